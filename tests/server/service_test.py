"""deploy/brokerd.service: systemd understands every line of it, it is confined, and it fits brokerd.

usage: service_test.py BROKERD"""

import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import brokerd

UNIT = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "deploy",
                    "brokerd.service")
INSTALLED = "/usr/local/bin/brokerd"
# Of 10, by systemd's own reckoning: 10 is no confinement at all.
MOST_EXPOSED = 1.5


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", "--no-pager", *arguments], capture_output=True, text=True,
                          timeout=brokerd.PATIENCE, check=False)


def setting(name):
    unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    unit.optionxform = str
    unit.read(UNIT, encoding="utf-8")
    return unit["Service"][name]


class Service(unittest.TestCase):
    binary = ""

    def test_systemd_has_nothing_to_say_against_it(self):
        # With the program that is there: the installed one is not.
        with open(UNIT, encoding="utf-8") as file, tempfile.TemporaryDirectory() as folder:
            text = file.read()
            self.assertIn(f"ExecStart={INSTALLED}\n", text)
            copy = os.path.join(folder, "brokerd.service")
            with open(copy, "w", encoding="utf-8") as out:
                out.write(text.replace(INSTALLED, self.binary))
            done = analyze("verify", "--man=no", copy)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_it_is_confined(self):
        done = analyze("security", "--offline=yes", f"--threshold={MOST_EXPOSED * 10:.0f}", UNIT)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_it_waits_longer_for_a_stop_than_brokerd_does(self):
        printed = brokerd.run(self.binary, "--print-config").stdout
        grace = int(re.search(r'^shutdown_grace = "(\d+)s"', printed, re.MULTILINE).group(1))
        self.assertGreater(int(setting("TimeoutStopSec").removesuffix("s")), grace)


if __name__ == "__main__":
    if shutil.which("systemd-analyze") is None:
        print("SKIPPED: systemd-analyze is not installed")
        sys.exit(77)
    Service.binary = os.path.abspath(sys.argv.pop(1))
    unittest.main()
