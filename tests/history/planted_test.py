"""Each fault that faulty_proxy.py plants between clients and the daemon is found, by the rule that is meant for it.

usage: planted_test.py BROKERD VENVS [FAULT ...]"""

import functools
import sys
import tempfile

import history_run  # first: it finds the folders of the others
import conformance
import faulty_proxy
import history
import history_judge


def main(binary, venvs, *names):
    python = conformance.environment(venvs, "json")
    failed = []
    for name in names or faulty_proxy.PLANTED:
        fault, found_by, may_break = faulty_proxy.PLANTED[name]
        print(f"== {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="broker_planted_") as folder:
            history_run.run(binary, python, folder, name, 0, functools.partial(faulty_proxy.proxy, fault=fault))
            broken = history_judge.judge(history.read(folder))
        if found_by not in broken or not {*broken} <= {found_by, *may_break}:
            failed.append(f"{name}: meant for {found_by}, broke {broken}")
    for line in failed:
        print(f"FAILED: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
