"""Runs the cases of this folder through another client of AWS than boto3, behind its bridge (bridge.py).

usage: through.py cli|go|java|javascript BROKERD BROKERCTL FOLDER [--smoke] [-- ARGUMENTS OF run_cases.py]

--smoke runs some twenty cases only. FOLDER keeps what is built and installed. Where a client cannot be had, it is skipped,
loudly."""

import os
import shlex
import shutil
import subprocess
import sys

import conformance
import sdk_smoke

SMOKE = (  # patterns, for a case or two of each area
    "CreateQueue.test_answers_url", "GetQueueUrl.test_of_no_queue", "ListQueues.test_pages",
    "GetQueueAttributes.test_counts", "SetQueueAttributes.test_all_or_none", "test_body_comes_back_as_it_was_emoji",
    "MessageAttributes.test_ten", "MessageAttributes.test_eleven", "Delay.test_message_comes_after",
    "LongPoll.test_wakes_for_a_message", "SendMessageBatch.test_bad_entry_fails_alone", "DeleteMessageBatch.test_ten",
    "Order.test_of_a_group", "Deduplication.test_by_content", "Tags.test_added", "Permissions.test_makes_a_policy",
    "MoveTasks.test_back_to", "TopicAttributes.test_set_name", "Envelope.test_values", "Policies.test_changed",
    "PublishBatch.test_ten", "Unsubscribe.test_ends", "SubscriptionAttributes.test_refuses_filter",
)
JAVASCRIPT = os.path.join(conformance.HERE, "javascript")


def cli(folder):
    return conformance.environment(folder, "cli"), "-B", os.path.join(conformance.HERE, "cli_bridge.py")


def javascript(folder):
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            conformance.skip(f"{tool} is not installed")
    home = os.path.join(folder, "javascript")
    os.makedirs(home, exist_ok=True)
    for name in ("package.json", "bridge.js"):
        shutil.copy(os.path.join(JAVASCRIPT, name), home)
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=30000"],
                          cwd=home, capture_output=True, text=True, timeout=conformance.PATIENCE, check=False)
    if done.returncode != 0:
        conformance.skip(f"npm install: {done.stderr.strip().splitlines()[-1]}")
    return "node", "--no-warnings", os.path.join(home, "bridge.js")


def command(client, folder):
    if client in ("go", "java"):
        return sdk_smoke.built(client, folder).bridge()
    return {"cli": cli, "javascript": javascript}[client](folder)


def main(client, brokerd, brokerctl, folder, *rest):
    folder = os.path.abspath(folder)
    chosen = [argument for name in SMOKE for argument in ("-k", name)] if "--smoke" in rest else []
    more = rest[rest.index("--") + 1:] if "--" in rest else ()
    python = conformance.environment(folder, "json")
    return subprocess.run([python, "-B", os.path.join(conformance.HERE, "run_cases.py"), "json", "--brokerd", brokerd,
                           "--brokerctl", brokerctl, "--bridge", shlex.join(command(client, folder)), *chosen, *more],
                          check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
