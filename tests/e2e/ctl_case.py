"""What the tests of brokerctl share: one daemon for all tests of a class, a namespace for each test."""

import os
import sys
import unittest

import daemon

OK, ERROR, USAGE, NOT_FOUND, ALREADY_EXISTS, UNAVAILABLE, NOT_CONFIRMED, PARTIAL = range(8)


class CtlCase(unittest.TestCase):
    binaries = {}

    @classmethod
    def setUpClass(cls):
        cls.broker = daemon.Broker(cls.binaries["brokerd"])
        cls.broker.__enter__()
        cls.addClassCleanup(cls.broker.__exit__)
        cls.ctl = daemon.Brokerctl(cls.binaries["brokerctl"], cls.broker)

    def setUp(self):
        self.namespace = self.id().rsplit(".", 1)[-1]

    def run_ctl(self, *arguments, **options):
        return self.ctl.run(*arguments, "-n", self.namespace, **options)

    def json(self, *arguments, **options):
        return self.ctl.json(*arguments, "-n", self.namespace, **options)

    def fails(self, code, says, *arguments, **options):
        done = self.run_ctl(*arguments, exit_code=code, **options)
        self.assertIn(says, done.stderr)
        self.assertEqual(done.stdout, "")

    def names(self, *arguments):
        return self.run_ctl(*arguments, "-o", "name").stdout.split()


def main():
    """For `if __name__ == "__main__"`: the arguments are the paths of brokerd and brokerctl."""
    CtlCase.binaries["brokerctl"] = os.path.abspath(sys.argv.pop(2))
    CtlCase.binaries["brokerd"] = sys.argv.pop(1)
    unittest.main(module="__main__")
