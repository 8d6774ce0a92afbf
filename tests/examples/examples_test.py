"""Runs each example against a real daemon, as its reader would, and looks at what it says.

usage: examples_test.py BROKERD"""

import os
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(FOLDER), "server"))

import brokerd  # noqa: E402  (needs the path above)
import native_api  # noqa: E402

STORIES = {
    "orders.py": """\
published 3 orders; publishing one again: duplicate=True
billing: charged order 1
billing: order 2 failed, attempt 1
billing: charged order 3
billing: order 2 failed, attempt 2
billing: order 2 failed, attempt 3
inventory: reserved for orders 1, 2, 3 in one batch
email: 1 letter, to Alice
dead letter: 2 from queue/billing, 3 attempts, card declined
redrive: 1 message back to billing
billing: charged order 2
analytics: 3 orders replayed, 3 received
""",
    "charge_once.py": """\
attempt 1: the bank does not answer
attempt 2: charged 99
the worker died before it acked
attempt 3: already done: charged 99
attempt 1: already done: charged 99
charged 1 time
""",
    "uploads.py": """\
metadata of cat.png, dog.png
thumbnails of cat.png, dog.png
quarantine: worm.exe, virus found
thumbnails again of cat.png, dog.png
""",
}


class ExamplesTest(brokerd.DaemonTest):
    def tell(self, name):
        daemon = self.start()
        daemon.wait_ready()
        with native_api.generate() as modules:
            done = subprocess.run([sys.executable, "-B", os.path.join(FOLDER, name), daemon.address("grpc")],
                                  env={**os.environ, "PYTHONPATH": modules}, capture_output=True, text=True,
                                  timeout=brokerd.PATIENCE, check=False)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout, STORIES[name])

    def test_every_example_is_here(self):
        programs = {name for name in os.listdir(FOLDER) if name.endswith(".py")}
        self.assertEqual(programs - {"client.py", "examples_test.py"}, set(STORIES))

    def test_orders(self):
        self.tell("orders.py")

    def test_charging_once(self):
        self.tell("charge_once.py")

    def test_uploads(self):
        self.tell("uploads.py")


if __name__ == "__main__":
    brokerd.main(__name__)
