"""Runs cases with the boto3 of this interpreter, against a daemon started for it or one that runs already.

usage: run_cases.py json|query --brokerd FILE --brokerctl FILE [--endpoint URL --grpc HOST:PORT] [-k PATTERN ...] [-v]
                    [--bridge COMMAND]

With --endpoint the cases that need daemons of their own still start them. With --bridge all calls are made by another
client, behind a bridge (bridge.py); what it cannot run is left out, with the reasons."""

import argparse
import collections
import contextlib
import os
import shlex
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "cases")
sys.path[1:1] = [HERE, CASES, os.path.join(os.path.dirname(HERE), "e2e")]

import botocore.session  # noqa: E402  (needs the path above)

import bridge  # noqa: E402
import case  # noqa: E402
import daemon  # noqa: E402

MOST_LEFT_OUT = 0.15  # of the cases, behind a bridge


class Running:
    """A daemon that somebody else has started, as daemon.Brokerctl wants it."""

    def __init__(self, address, folder):
        self.address = address
        self.folder = folder


def of_protocol(suite, protocol, bridged):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from of_protocol(test, protocol, bridged)
        elif protocol in getattr(test, "protocols", case.Case.protocols):
            if bridged and getattr(test, "boto3_only", None):
                unittest.skip(test.boto3_only)(type(test))
            yield test


def left_out(result):
    """Says which, by their reasons -> how many."""
    by_reason = collections.defaultdict(list)
    for test, reason in result.skipped:
        by_reason[reason].append(test.id())
    for reason, tests in sorted(by_reason.items()):
        print(f"left out, {reason}: {len(tests)}", *(tests if len(tests) < 20 else ()), sep="\n    ")
    if result.testsRun:
        print(f"{result.testsRun - len(result.skipped)} of {result.testsRun} cases run")
    return len(result.skipped)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("protocol", choices=case.Case.protocols)
    parser.add_argument("--brokerd", required=True)
    parser.add_argument("--brokerctl", required=True)
    parser.add_argument("--endpoint")
    parser.add_argument("--grpc", default="127.0.0.1:8085")
    parser.add_argument("-k", action="append", dest="patterns")
    parser.add_argument("--bridge")
    parser.add_argument("-v", action="store_true", dest="verbose")
    given = parser.parse_args()

    speaks = botocore.session.get_session().get_service_model("sqs").protocol
    if speaks != given.protocol:
        parser.error(f"the botocore of {sys.executable} speaks {speaks} to SQS, not {given.protocol}")
    loader = unittest.TestLoader()
    loader.testNamePatterns = [p if "*" in p else f"*{p}*" for p in given.patterns] if given.patterns else None
    with contextlib.ExitStack() as stack:
        binaries = os.path.abspath(given.brokerd), os.path.abspath(given.brokerctl)
        if given.endpoint:
            broker, endpoint = Running(given.grpc, HERE), given.endpoint.rstrip("/")
        else:
            broker = stack.enter_context(daemon.Broker(binaries[0]))
            endpoint = "http://" + broker.http_address
        case.Case.binaries = binaries
        other = stack.enter_context(bridge.Bridge(shlex.split(given.bridge))) if given.bridge else None
        case.Case.world = case.World(given.protocol, endpoint, daemon.Brokerctl(binaries[1], broker), other)
        suite = unittest.TestSuite(of_protocol(loader.discover(CASES, "*.py", CASES), given.protocol, other))
        result = unittest.TextTestRunner(sys.stdout, verbosity=1 + given.verbose).run(suite)
    few = left_out(result) <= MOST_LEFT_OUT * result.testsRun
    return 0 if result.wasSuccessful() and result.testsRun and few else 1


if __name__ == "__main__":
    sys.exit(main())
