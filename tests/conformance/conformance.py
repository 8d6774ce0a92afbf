"""Runs the cases of this folder through boto3, once over each protocol that SQS speaks, against a daemon for each.

usage: conformance.py BROKERD BROKERCTL FOLDER [json|query ...] [-- ARGUMENTS OF run_cases.py]

FOLDER keeps a virtual environment for each protocol, made when it is first needed and when its requirements change.
Where PyPI cannot be reached, the suite is skipped, loudly."""

import fcntl
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import venv

SKIPPED = 77
LEAST = 250  # cases over each protocol
PATIENCE = 600  # seconds, for an installation and for a run
HERE = os.path.dirname(os.path.abspath(__file__))


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


def environment(folder, protocol):
    """The interpreter of the protocol's virtual environment. Tests that run at a time wait for the one that makes it."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "lock"), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _environment(folder, protocol)


def _environment(folder, protocol):
    requirements = os.path.join(HERE, f"requirements-{protocol}.txt")
    with open(requirements, "rb") as file:
        version = hashlib.sha256(file.read()).hexdigest()[:12]
    home = os.path.join(folder, f"{protocol}-{version}")
    python = os.path.join(home, "bin", "python")
    complete = os.path.join(home, "complete")
    if not os.path.exists(complete):
        if importlib.util.find_spec("ensurepip") is None:
            skip("python3-venv is not installed")
        venv.create(home, clear=True, with_pip=True)
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--retries=1", "-r", requirements],
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines()
            skip(f"pip install -r {os.path.basename(requirements)}: {said[-1] if said else 'failed'}")
        open(complete, "wb").close()
    return python


def main(brokerd, brokerctl, folder, *rest):
    more = list(rest[rest.index("--") + 1:]) if "--" in rest else []
    asked = [protocol for protocol in rest[:len(rest) - len(more)] if protocol != "--"]
    pythons = {protocol: environment(folder, protocol) for protocol in asked or ("json", "query")}
    runs = {protocol: subprocess.Popen([python, "-B", os.path.join(HERE, "run_cases.py"), protocol, "--brokerd",
                                        brokerd,
                                        "--brokerctl", brokerctl, *more],
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for protocol, python in pythons.items()}
    good = True
    for protocol, run in runs.items():
        said, _ = run.communicate(timeout=PATIENCE)
        print(f"== {protocol}\n{said}", end="")
        count = re.search(r"^Ran (\d+) tests", said, re.M)
        cases = int(count.group(1)) if count else 0
        good &= run.returncode == 0 and (bool(more) or cases >= LEAST)
        print(f"{protocol}: {cases} cases, {'at least ' + str(LEAST) + ' wanted, ' if not more else ''}"
              f"{'passed' if run.returncode == 0 else 'FAILED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
