"""brokerctl against the real daemon: every group of commands, what it prints for programs, and its exit codes.

usage: brokerctl_test.py BROKERD BROKERCTL"""

import json
import os
import subprocess

import ctl_case
import daemon
from ctl_case import ALREADY_EXISTS, ERROR, NOT_CONFIRMED, NOT_FOUND, OK, PARTIAL, USAGE, CtlCase


class BrokerctlTest(CtlCase):
    # ---- topics, queues, subscriptions

    def test_topics_are_created_listed_changed_and_deleted(self):
        created = self.json("topic", "create", "orders")
        self.assertEqual(created["name"], "orders")
        self.fails(ALREADY_EXISTS, "orders", "topic", "create", "orders")
        self.run_ctl("topic", "create", "refunds")
        self.assertEqual(self.names("topic", "list"), ["orders", "refunds"])
        self.assertEqual(self.names("topic", "list", "--prefix", "ref"), ["refunds"])
        self.assertTrue(self.json("topic", "update", "orders", "--dedup-by-content")["dedup_by_content"])
        self.assertTrue(self.json("topic", "describe", "orders")["dedup_by_content"])
        self.fails(NOT_CONFIRMED, "--yes", "topic", "delete", "orders")
        self.run_ctl("topic", "delete", "orders", "--yes")
        self.fails(NOT_FOUND, "orders", "topic", "describe", "orders")

    def test_a_queue_has_the_settings_that_were_asked_for(self):
        self.run_ctl("queue", "create", "dlq")
        self.run_ctl("queue", "create", "q", "--visibility-timeout", "45s", "--retention", "2d", "--delay", "5s",
                     "--max-attempts", "4", "--dead-letter", "dlq", "--exactly-once", "--dedup-by-content",
                     "--dedup-scope", "group")
        queue = self.json("queue", "describe", "q")
        expected = {"name": "q", "visibility_timeout": "45s", "retention": "2d", "delay": "5s", "max_attempts": 4,
                    "dead_letter": "queue/dlq", "exactly_once": True, "ordered": False, "dedup_by_content": True,
                    "dedup_scope": "group", "ready": 0, "leased": 0, "retrying": 0, "delayed": 0, "bytes": 0,
                    "oldest_age": None}
        self.assertEqual({name: queue[name] for name in expected}, expected)
        self.assertEqual(self.json("queue", "describe", "dlq")["dead_letter_sources"], ["queue/q"])
        updated = self.json("queue", "update", "q", "--max-attempts", "9", "--delay", "0", "--no-exactly-once")
        self.assertEqual((updated["max_attempts"], updated["dead_letter"], updated["delay"], updated["exactly_once"]),
                         (9, "queue/dlq", "0s", False))
        self.assertIsNone(self.json("queue", "update", "q", "--no-dead-letter")["dead_letter"])

    def test_a_dead_letter_queue_in_use_needs_force(self):
        self.run_ctl("queue", "create", "dlq")
        self.run_ctl("queue", "create", "q", "--dead-letter", "dlq")
        self.fails(ERROR, "--force", "queue", "delete", "dlq", "--yes")
        self.run_ctl("queue", "delete", "dlq", "--yes", "--force")
        self.assertEqual(self.names("queue", "list"), ["q"])

    def test_a_subscription_is_pull_or_into_a_queue(self):
        self.run_ctl("topic", "create", "orders")
        self.run_ctl("queue", "create", "billing")
        into = self.json("subscription", "create", "billing-orders", "--topic", "orders", "--queue", "billing")
        self.assertEqual((into["topic"], into["queue"]), ("orders", "billing"))
        self.json("sub", "create", "audit", "--topic", "orders", "--visibility-timeout", "1m")
        self.assertEqual(self.json("sub", "describe", "audit")["visibility_timeout"], "1m")
        self.assertEqual(sorted(self.json("topic", "describe", "orders")["subscriptions"]), ["audit", "billing-orders"])
        self.assertEqual(self.names("subscription", "list", "--topic", "orders"), ["audit", "billing-orders"])
        self.assertEqual(self.json("subscription", "update", "audit", "--retention", "1d")["retention"], "1d")
        self.run_ctl("publish", "orders", "--body", "x")
        self.assertEqual(self.json("subscription", "purge", "audit", "--yes")["messages"], 1)
        self.run_ctl("subscription", "delete", "audit", "--yes")
        self.assertEqual(self.names("subscription", "list"), ["billing-orders"])

    def test_a_mistyped_name_gets_a_suggestion(self):
        self.run_ctl("queue", "create", "billing")
        self.fails(NOT_FOUND, "did you mean: billing?", "queue", "describe", "biling")
        self.fails(NOT_FOUND, "did you mean: queue/billing?", "publish", "biling", "--body", "x")

    def test_wrong_values_name_their_flag(self):
        self.fails(USAGE, "--visibility-timeout: 13h is outside 0s to 12h", "queue", "create", "q",
                   "--visibility-timeout", "13h")
        self.fails(USAGE, "--retention", "queue", "create", "q", "--retention", "1s")
        self.fails(USAGE, "NAME", "queue", "create", "a b")
        self.fails(NOT_FOUND, "nowhere", "queue", "create", "q", "--dead-letter", "nowhere")
        self.fails(NOT_FOUND, "nowhere", "subscription", "create", "s", "--topic", "nowhere")

    # ---- messages

    def test_a_message_comes_as_it_was_published(self):
        self.run_ctl("queue", "create", "q")
        body = '[1, "zwei", {"drei": null}]\n'
        total = "12345678901234567890123456789.5"
        published = self.json("publish", "q", "--body", "-", "--attribute", "kind=created", "--attribute",
                              f"total:number={total}", "--attribute", "blob:bytes=AAH/", "--subject", "s", "--key", "k",
                              "--dedup-id", "d", stdin=body)
        self.assertEqual(published["subscriptions"], 1)
        (message,) = self.json("receive", "q")["messages"]
        self.assertEqual(message["id"], published["messages"][0]["id"])
        self.assertEqual(message["body"], body)
        self.assertEqual(message["attributes"], {"kind": "created", "total": total, "blob": "AAH/"})
        self.assertEqual(message["attribute_types"], {"total": {"kind": "number"}, "blob": {"kind": "bytes"}})
        self.assertEqual((message["subject"], message["ordering_key"], message["deduplication_id"]), ("s", "k", "d"))
        self.assertEqual(message["attempt"], 1)
        again = self.json("publish", "q", "--body", "other", "--dedup-id", "d")["messages"][0]
        self.assertEqual((again["id"], again["duplicate"]), (message["id"], True))

    def test_bytes_that_are_no_text_survive(self):
        self.run_ctl("queue", "create", "q")
        path = os.path.join(self.broker.folder, "bytes")
        with open(path, "wb") as file:
            file.write(b"\xff\x00\xfe")
        self.run_ctl("publish", "q", "--body", f"@{path}")
        (message,) = self.json("receive", "q", "--ack")["messages"]
        self.assertEqual(message["body_base64"], "/wD+")
        self.assertNotIn("body", message)

    def test_a_publish_that_reaches_nobody_warns(self):
        self.run_ctl("topic", "create", "orders")
        done = self.run_ctl("publish", "orders", "--body", "x", "-q")
        self.assertIn("warning: orders has no subscription", done.stderr)

    def test_lines_are_messages(self):
        self.run_ctl("queue", "create", "q")
        lines = [f"line {n}" for n in range(1, 1201)]
        self.assertEqual(len(self.json("publish", "q", "--lines", stdin="\n".join(lines))["messages"]), 1200)
        received = []
        while batch := self.json("receive", "q", "--max", "1000", "--ack")["messages"]:
            received += [message["body"] for message in batch]
        self.assertEqual(received, lines)

    def test_lines_are_sent_as_they_come(self):
        self.run_ctl("queue", "create", "q")
        with self.ctl.open("publish", "q", "--lines", "-n", self.namespace) as publisher:
            try:
                for count, line in enumerate(("first\n", "second\n"), start=1):
                    publisher.stdin.write(line)
                    publisher.stdin.flush()
                    daemon.brokerd.wait_until(lambda: self.json("queue", "describe", "q")["ready"] == count)
                _, words = publisher.communicate(timeout=daemon.PATIENCE)
            finally:
                publisher.kill()
        self.assertEqual((publisher.returncode, words), (OK, "published 2 message(s)\n"))

    def test_watch_shows_what_changed(self):
        self.run_ctl("queue", "create", "q")
        with self.ctl.open("queue", "describe", "q", "--watch=50ms", "-o", "json", "-n", self.namespace) as watcher:
            try:
                for count in (0, 1):
                    while f'"ready": {count},' not in (line := watcher.stdout.readline()):
                        self.assertTrue(line, "the watch ended")
                    self.run_ctl("publish", "q", "--body", "x")
            finally:
                watcher.kill()

    def test_settling_by_receipt(self):
        self.run_ctl("queue", "create", "q")
        self.run_ctl("publish", "q", "--lines", stdin="a\nb\nc\n")
        receipts = [m["receipt"] for m in self.json("receive", "q", "--max", "10")["messages"]]
        self.assertEqual(self.json("queue", "describe", "q")["leased"], 3)
        self.run_ctl("extend", "q", receipts[0], "--for", "5m")
        self.run_ctl("nack", "q", receipts[1], "--reason", "busy", "--backoff", "1h")
        self.assertEqual(self.json("queue", "describe", "q")["retrying"], 1)
        (waiting,) = self.json("peek", "q", "retrying")["messages"]
        self.assertEqual((waiting["body"], waiting["last_reason"], waiting["attempts"]), ("b", "busy", 1))
        done = self.run_ctl("ack", "q", receipts[0], "nonsense", exit_code=PARTIAL)
        self.assertIn("receipt nonsense", done.stderr)
        self.run_ctl("ack", "q", "-", stdin=receipts[2] + "\n")
        counts = self.json("queue", "describe", "q")
        self.assertEqual((counts["ready"], counts["leased"], counts["retrying"]), (0, 0, 1))
        self.fails(USAGE, "nonsense", "ack", "q", "nonsense")

    def test_a_receipt_of_another_queue_is_refused(self):
        self.run_ctl("queue", "create", "a")
        self.run_ctl("queue", "create", "b")
        self.run_ctl("publish", "a", "--body", "x")
        (message,) = self.json("receive", "a")["messages"]
        self.fails(USAGE, message["receipt"], "ack", "b", message["receipt"])
        self.run_ctl("ack", "a", message["receipt"])

    def test_delayed_messages_are_listed_and_cancelled(self):
        self.run_ctl("queue", "create", "q")
        ids = [self.json("publish", "q", "--body", body, "--delay", "1h")["messages"][0]["id"] for body in "ab"]
        self.assertEqual([m["id"] for m in self.json("delayed", "list", "q")["messages"]], ids)
        self.assertEqual(self.json("receive", "q")["messages"], [])
        self.run_ctl("delayed", "cancel", "q", ids[0])
        self.run_ctl("delayed", "cancel", "q", *ids, exit_code=PARTIAL)
        self.fails(NOT_FOUND, f"error: message {ids[0]} is not", "delayed", "cancel", "q", ids[0])
        self.assertEqual(self.json("queue", "describe", "q")["delayed"], 0)

    def test_an_ambiguous_name_asks_for_its_kind(self):
        self.run_ctl("queue", "create", "both")
        self.run_ctl("topic", "create", "both")
        self.fails(USAGE, "queue/both", "publish", "both", "--body", "x")
        self.run_ctl("publish", "queue/both", "--body", "x")
        self.assertEqual(self.json("queue", "describe", "both")["ready"], 1)

    def test_purge_drops_everything(self):
        self.run_ctl("queue", "create", "q")
        self.run_ctl("publish", "q", "--lines", stdin="a\nb\n")
        self.run_ctl("publish", "q", "--body", "later", "--delay", "1h")
        self.json("receive", "q")
        self.fails(NOT_CONFIRMED, "--yes", "queue", "purge", "q")
        self.assertEqual(self.json("queue", "purge", "q", "--yes")["messages"], 3)
        counts = self.json("queue", "describe", "q")
        self.assertEqual([counts[n] for n in ("ready", "leased", "retrying", "delayed", "bytes")], [0] * 5)

    def test_dead_letters_whose_source_is_gone_stay_with_a_note(self):
        self.run_ctl("queue", "create", "dlq")
        for name in ("here", "gone"):
            self.run_ctl("queue", "create", name, "--max-attempts", "1", "--dead-letter", "dlq")
            self.run_ctl("publish", name, "--body", name)
            (message,) = self.json("receive", name)["messages"]
            self.run_ctl("nack", name, message["receipt"], "--reason", "no")
        self.run_ctl("queue", "delete", "gone", "--yes")
        done = self.run_ctl("dlq", "redrive", "dlq", "-o", "json", exit_code=PARTIAL)
        task = json.loads(done.stdout)
        self.assertEqual((task["state"], task["moved"], task["left"]), ("done", 1, 1))
        self.assertIn("gone", done.stderr)
        (left,) = self.json("dlq", "show", "dlq")["messages"]
        self.assertEqual((left["source"], left["body"]), ("queue/gone", "gone"))
        self.assertEqual(self.json("queue", "describe", "here")["ready"], 1)
        self.assertEqual(self.json("task", "show", task["id"])["moved"], 1)
        self.assertIn(task["id"], self.names("task", "list"))

    # ---- the rest

    def test_server_and_clock_say_who_they_are(self):
        self.assertTrue(self.json("server", "info")["version"])
        self.assertEqual(self.json("health")["status"], "serving")
        self.assertEqual(self.json("clock", "show")["held_back"], "0s")
        self.assertEqual(self.json("clock", "accept")["held_back"], "0s")

    def test_namespaces_do_not_see_each_other(self):
        self.run_ctl("queue", "create", "q")
        self.assertEqual(self.ctl.run("queue", "list", "-o", "name", "-n", "empty-one").stdout, "")

    def test_completion_knows_the_names_of_the_broker(self):
        self.run_ctl("queue", "create", "billing")
        done = self.ctl.run("__complete", "-n", self.namespace, "queue", "describe", "b")
        self.assertEqual(done.stdout, "billing\t\n")

    # ---- what a hostile shell gives

    def in_shell(self, command, *arguments):
        """`command` has "$@" for the brokerctl and its arguments."""
        return subprocess.run(["sh", "-c", command, "sh", self.binaries["brokerctl"], "-n", self.namespace, *arguments],
                              env=self.ctl.environment(), capture_output=True, timeout=daemon.PATIENCE, check=False)

    def test_closed_streams_are_errors(self):
        self.run_ctl("queue", "create", "q")
        done = self.in_shell('exec "$@" <&-', "publish", "q", "--body", "-")
        self.assertEqual(done.returncode, USAGE)
        self.assertIn(b"cannot read standard input", done.stderr)
        self.assertEqual(self.json("queue", "describe", "q")["ready"], 0)
        for command in ('exec "$@" >&-', 'exec "$@" >/dev/full'):
            done = self.in_shell(command, "queue", "list")
            self.assertEqual((done.returncode, done.stderr), (ERROR, b"error: standard output could not be written\n"))

    def test_arguments_that_are_not_utf8_are_named_in_one_line(self):
        for says, arguments in ((b"NAME", ("queue", "create", b"a\xff")),
                                (b"--key", ("publish", "q", "--body", "x", "--key", b"\xff")),
                                (b"--attribute", ("publish", "q", "--body", "x", "--attribute", b"k=\xff")),
                                (b"RECEIPT", ("ack", "q", b"\xff")),
                                (b"--reason", ("nack", "q", "x", "--reason", b"\xff"))):
            done = self.in_shell('exec "$@"', *arguments)
            self.assertEqual(done.returncode, USAGE, done.stderr)
            self.assertRegex(done.stderr, rb"\Aerror: %s: it is text and not valid UTF-8\n\Z" % says)


if __name__ == "__main__":
    ctl_case.main()
