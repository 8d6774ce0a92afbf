"""The image of deploy/Dockerfile, built and run for real, with the settings of deploy/compose.yaml: what was published
into it from outside outlives a kill, and it lives with no more rights than it needs.

usage: container_test.py BROKERCTL BASE_TAR BINARIES     with the programs in the folder BINARIES
       container_test.py BROKERCTL BASE_TAR              with those that the image's own build stage makes

BASE_TAR is Debian's base image; it is made if it is not there."""

import json
import os
import sys
import tempfile
import unittest
import urllib.request

import podman
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IMAGE = "localhost/broker"
GRPC, HTTP = 8085, 4566
# What the image may add to Debian: its size is a promise (README.md).
MOST_BYTES = 80_000_000


def compose_service():
    with open(os.path.join(ROOT, "deploy", "compose.yaml"), encoding="utf-8") as file:
        return yaml.safe_load(file)["services"]["broker"]


class Container:
    """One container of the image. `flags` go to podman, `arguments` to the image's entry point."""

    def __init__(self, engine, *arguments, flags=()):
        self._engine = engine
        self._id = engine("run", "--detach", "--log-driver", "k8s-file", *podman.LIMITS, "--publish",
                          f"127.0.0.1::{GRPC}", "--publish", f"127.0.0.1::{HTTP}", *flags, IMAGE, *arguments)

    def address(self, port):
        return self._engine("port", self._id, str(port))

    def execute(self, *command):
        return self._engine.attempt("exec", self._id, *command)

    def log(self):
        done = self._engine.attempt("logs", self._id)
        return done.stdout + done.stderr

    def healthy(self):
        return self._engine.attempt("healthcheck", "run", self._id).returncode == 0

    def running(self):
        return self._engine("inspect", "--format", "{{.State.Running}}", self._id) == "true"

    def wait_healthy(self):
        podman.wait_until(lambda: self.healthy() or not self.running())
        assert self.running(), f"the container ended:\n{self.log()}"
        return self

    def signal(self, name):
        """Answers the exit code."""
        self._engine("kill", "--signal", name, self._id)
        return self.wait_exit()

    def wait_exit(self):
        return int(self._engine("wait", self._id))

    def remove(self):
        self._engine("rm", "--force", "--time", "0", self._id)


class ContainerTest(unittest.TestCase):
    engine = None
    brokerctl = ""

    def as_composed(self, volume):
        """The flags that say the same as compose.yaml, but for the ports, which are any free ones."""
        service = compose_service()
        flags = ["--volume", f"{volume}:{service['volumes'][0].split(':')[1]}"]
        flags += [part for name, value in service["environment"].items() for part in ("--env", f"{name}={value}")]
        flags += [f"--cap-drop={name}" for name in service["cap_drop"]]
        flags += [f"--security-opt={option}" for option in service["security_opt"]]
        if service["read_only"]:
            flags += ["--read-only", "--read-only-tmpfs=false"]
        return flags

    def start(self, *arguments, flags=None):
        if flags is None:
            flags = self.as_composed(f"{self._testMethodName}-data")
        container = Container(self.engine, *arguments, flags=flags)
        self.addCleanup(container.remove)
        return container

    def ctl(self, container, *arguments, stdin=""):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("BROKER_", "XDG_"))}
        return podman.call(self.brokerctl, "--address", container.address(GRPC), *arguments, env=environment,
                           input=stdin).stdout

    def test_what_was_published_from_outside_outlives_a_kill(self):
        bodies = [f"order {number}" for number in range(1000)]
        container = self.start().wait_healthy()
        self.ctl(container, "queue", "create", "billing")
        self.ctl(container, "publish", "queue/billing", "--lines", stdin="\n".join(bodies) + "\n")
        self.assertEqual(container.signal("KILL"), 137)
        container.remove()

        again = self.start().wait_healthy()
        received = []
        while messages := json.loads(self.ctl(again, "receive", "billing", "--max", "100", "--ack", "-o", "json"))[
                "messages"]:
            received += [message["body"] for message in messages]
        self.assertEqual(received, bodies)

    def test_it_is_process_1_and_stops_in_order(self):
        container = self.start().wait_healthy()
        self.assertEqual(container.execute("cat", "/proc/1/comm").stdout, "brokerd\n")
        self.assertEqual(container.signal("TERM"), 0)
        log = container.log()
        self.assertRegex(log, r"\bstopped\b")
        self.assertNotIn(" error ", log)

    def test_it_runs_unprivileged_on_a_read_only_root(self):
        container = self.start().wait_healthy()
        status = dict(line.split(":\t", 1) for line in
                      container.execute("cat", "/proc/1/status").stdout.splitlines())
        self.assertEqual(status["Uid"].split(), ["10001"] * 4)
        self.assertEqual(status["Gid"].split(), ["10001"] * 4)
        self.assertEqual(int(status["CapEff"], 16), 0)
        self.assertEqual(int(status["NoNewPrivs"]), 1)
        for folder in ("/", "/tmp", "/usr/local/bin"):
            refused = container.execute("sh", "-c", f"echo x > {folder}/x")
            self.assertIn("Read-only file system", refused.stderr)

    def test_it_answers_from_outside_and_within(self):
        container = self.start().wait_healthy()
        with urllib.request.urlopen(f"http://{container.address(HTTP)}/readyz", timeout=podman.PATIENCE) as answer:
            self.assertTrue(json.load(answer)["ready"])
        inside = container.execute("brokerctl", "topic", "create", "orders")
        self.assertEqual(inside.returncode, 0, inside.stderr)
        self.assertEqual(self.ctl(container, "topic", "list", "-o", "name"), "orders\n")

    def test_without_an_answer_it_is_not_healthy(self):
        container = self.start("infinity", flags=("--entrypoint", "sleep"))
        self.assertFalse(container.healthy())
        self.assertTrue(container.running())

    def test_it_says_that_there_is_no_authentication(self):
        self.assertRegex(self.start().wait_healthy().log(), "warning no_authentication .*no authentication")

    def test_a_wrong_setting_ends_it_with_its_name(self):
        container = self.start(flags=("--env", "BROKER_COMMIT=never"))
        self.assertEqual(container.wait_exit(), 2)
        self.assertIn("BROKER_COMMIT", container.log())

    def test_composed_ports_are_on_loopback_only(self):
        for port in compose_service()["ports"]:
            self.assertRegex(port, r"^127\.0\.0\.1:\d+:\d+$")

    def test_it_is_small(self):
        whole, base = self.engine.size(IMAGE), self.engine.size(podman.BASE)
        print(f"image: {whole / 1e6:.0f} MB, of which Debian {base / 1e6:.0f} MB", flush=True)
        self.assertLess(whole - base, MOST_BYTES)


def build_image(engine, binaries):
    dockerfile = os.path.join(ROOT, "deploy", "Dockerfile")
    if not binaries:
        return engine.build(IMAGE, dockerfile, ROOT)
    # All but the build stage, and in its place what was built already.
    engine.build(f"{IMAGE}-runtime", dockerfile, ROOT, "--target", "runtime")
    with tempfile.NamedTemporaryFile("w", suffix=".Dockerfile") as file:
        file.write(f"FROM {IMAGE}-runtime\nCOPY brokerd brokerctl /usr/local/bin/\n")
        file.flush()
        return engine.build(IMAGE, file.name, os.path.abspath(binaries))


def main(brokerctl, base, binaries=None):
    ContainerTest.brokerctl = os.path.abspath(brokerctl)
    with podman.Podman() as engine:
        engine.prepare(os.path.abspath(base))
        build_image(engine, binaries)
        ContainerTest.engine = engine
        return unittest.main(argv=sys.argv[:1], exit=False).result.wasSuccessful()


if __name__ == "__main__":
    try:
        sys.exit(0 if main(*sys.argv[1:]) else 1)
    except podman.Unavailable as why:
        print(f"SKIPPED: {why}")
        sys.exit(77)
