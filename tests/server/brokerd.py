"""Runs the real daemon for a test: port 0, a folder of its own, every line of its log read.

Nothing here sleeps: lines, exits and answers are waited for, with a deadline."""

import http.client
import json
import os
import queue
import re
import subprocess
import tempfile
import threading
import time
import unittest

PATIENCE = 60  # seconds for anything that is expected to come


def environment(extra=None):
    """The caller's environment without what brokerd would take for a setting."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BROKER_")}
    clean.update(extra or {})
    return clean


def run(binary, *arguments, env=None, **options):
    """Runs to the end, for starts that fail and flags that only print."""
    return subprocess.run([binary, *arguments], env=environment(env), capture_output=True, text=True,
                          timeout=PATIENCE, check=False, **options)


def wait_until(condition):
    """Asks again and again; `condition` asks a daemon, which takes its time."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE} s")


class Brokerd:
    """One process of the daemon, perhaps run by another command. `lines` is its log so far."""

    def __init__(self, binary, data, *arguments, env=None, under=(), **options):
        ports = [] if any(a.startswith("--http-address") for a in arguments) else ["--http-address=127.0.0.1:0"]
        ports += [] if any(a.startswith("--grpc-address") for a in arguments) else ["--grpc-address=127.0.0.1:0"]
        self.process = subprocess.Popen([*under, binary, "--data", data, *ports, *arguments], env=environment(env),
                                        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, **options)
        self.lines = []
        self._queue = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    def wait_for_line(self, pattern):
        """The match in the first line, from the start of the log, that has one."""
        for line in self.lines:
            if match := re.search(pattern, line):
                return match
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                line = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no line with {pattern!r} within {PATIENCE} s:\n{self.log()}") from None
            if line is None:
                raise AssertionError(f"brokerd ended without a line with {pattern!r}:\n{self.log()}")
            self.lines.append(line)
            if match := re.search(pattern, line):
                return match

    def log(self):
        return "\n".join(self.lines)

    def wait_ready(self):
        self.wait_for_line(r"\bready\b")
        return self

    def address(self, api):
        return self.wait_for_line(rf"listening api={api} address=(\S+)").group(1)

    def get(self, path):
        """HTTP GET -> (status, parsed JSON)."""
        connection = http.client.HTTPConnection(self.address("http"), timeout=PATIENCE)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def signal(self, number):
        self.process.send_signal(number)

    def wait_exit(self):
        """The exit code; `lines` is then the whole log."""
        code = self.process.wait(timeout=PATIENCE)
        self._reader.join(timeout=PATIENCE)
        while True:
            line = self._queue.get(timeout=PATIENCE)
            if line is None:
                self._queue.put(None)
                break
            self.lines.append(line)
        self.process.stderr.close()
        return code

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        return self.wait_exit()


class DaemonTest(unittest.TestCase):
    """Sets `binary` from the command line; daemons that a test leaves running are killed."""

    binary = ""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="brokerd_test_")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.data = os.path.join(self.folder, "data")

    def start(self, *arguments, data=None, **options):
        daemon = Brokerd(self.binary, data or self.data, *arguments, **options)
        self.addCleanup(daemon.kill)
        return daemon

    def refuse(self, code, *arguments, **options):
        """A start that must fail with `code`; answers what standard error says."""
        if not any(a.startswith("--data") for a in arguments):
            arguments = ("--data", self.data, *arguments)
        for flag in ("--http-address", "--grpc-address"):
            if not any(a.startswith(flag) for a in arguments):
                arguments = (flag + "=127.0.0.1:0", *arguments)
        done = run(self.binary, *arguments, **options)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr


def main(module_name):
    """For `if __name__ == "__main__"`: the one argument is the path of brokerd."""
    import sys
    DaemonTest.binary = os.path.abspath(sys.argv.pop(1))
    unittest.main(module=module_name)
