"""What the end-to-end scripts share: a broker that can be killed and started again on the same data, brokerctl, and
Python modules generated from our proto. The daemon itself is run by tests/server/brokerd.py. Nothing here sleeps."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "server"))

import brokerd  # noqa: E402  (needs the path above)

PATIENCE = brokerd.PATIENCE


class Broker:
    """A data folder and the daemon that serves it now. Use as a context: the folder and the process go with it."""

    def __init__(self, binary, *arguments):
        self._binary = binary
        self._arguments = arguments
        self._folder = tempfile.TemporaryDirectory(prefix="broker_e2e_")
        self._daemon = None

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            undo.callback(self._folder.cleanup)
            self.start()
            undo.pop_all()
        return self

    def __exit__(self, *_):
        if self._daemon is not None:
            self._daemon.kill()
        self._folder.cleanup()

    @property
    def folder(self):
        return self._folder.name

    @property
    def address(self):
        """Of gRPC; another one after every start."""
        return self._daemon.address("grpc")

    @property
    def http_address(self):
        """Another one after every start."""
        return self._daemon.address("http")

    @property
    def process(self):
        return self._daemon.process

    def start(self):
        self._daemon = brokerd.Brokerd(self._binary, os.path.join(self.folder, "data"), *self._arguments)
        self._daemon.wait_ready()

    def kill9(self):
        """SIGKILL: the process gets no chance to finish anything. Answers its log."""
        self._daemon.kill()
        log, self._daemon = self._daemon.log(), None
        return log

    def kill9_and_restart(self):
        self.kill9()
        self.start()

    def stop(self):
        """SIGTERM; it must end in order, and must not have logged an error."""
        self._daemon.signal(15)
        code = self._daemon.wait_exit()
        log, self._daemon = self._daemon.log(), None
        assert code == 0, f"brokerd ended with {code}:\n{log}"
        assert " error " not in log, f"an error was logged:\n{log}"


class Brokerctl:
    """Runs brokerctl against a broker, with a configuration folder of its own."""

    def __init__(self, binary, broker):
        self._binary = binary
        self._broker = broker

    def environment(self):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("BROKER_", "XDG_"))}
        env["BROKER_ADDRESS"] = self._broker.address
        env["XDG_CONFIG_HOME"] = os.path.join(self._broker.folder, "config")
        return env

    def open(self, *arguments):
        """Starts it with pipes to its standard streams -> Popen."""
        return subprocess.Popen([self._binary, *arguments], env=self.environment(), stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments, stdin="", exit_code=0):
        """Runs to the end -> CompletedProcess. Any other exit code is a failure that shows what was said."""
        done = subprocess.run([self._binary, *arguments], env=self.environment(), input=stdin, capture_output=True,
                              text=True, timeout=PATIENCE, check=False)
        assert done.returncode == exit_code, (f"brokerctl {' '.join(arguments)}: exit {done.returncode}, expected "
                                              f"{exit_code}\n{done.stdout}{done.stderr}")
        return done

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "-o", "json", **options).stdout)


def native():
    """The modules of broker.v1, generated from proto/: {"queues": (queues_pb2, queues_pb2_grpc), ...}."""
    import importlib

    import native_api  # generates them when it is imported

    del native_api
    names = ("admin", "common", "dead_letters", "messages", "queues", "subscriptions", "tasks", "topics")
    return {name: tuple(importlib.import_module(f"broker.v1.{name}_{kind}") for kind in ("pb2", "pb2_grpc"))
            for name in names}
