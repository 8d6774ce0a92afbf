"""More connections than the daemon may open files: each face keeps its own, the store goes on meanwhile, and when the
crowd has gone everybody is served again. So it is when an accept failed for want of a descriptor.

usage: descriptors_test.py BROKERD"""

import contextlib
import os
import resource
import sys
import tempfile
import urllib.request

import raw  # first: it finds the folders of the others
import daemon
import native_api

LIMIT = 256
CROWD = LIMIT + 50
# What an HTTP/2 client says first: its preface, and settings that are empty.
HELLO = {"grpc": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)), "http": b"GET /li"}
BODY = bytes(3 << 20)
BODIES = 50  # several times what is kept in memory: the store needs new files


@contextlib.contextmanager
def crowd(address, hello):
    with contextlib.ExitStack() as connections:
        for _ in range(CROWD):
            connections.enter_context(raw.Connection(address)).say(hello)
        yield


def live(client):
    """What the store must have files for."""
    for _ in range(BODIES):
        client.publish("q", BODY)
        [delivery] = client.receive("q", maximum=1, wait_s=daemon.PATIENCE)
        assert delivery.message.body == BODY
        client.ack("q", delivery.receipt)


def reach(broker):
    """A new client of each face."""
    with urllib.request.urlopen(f"http://{broker.address('http')}/readyz", timeout=daemon.PATIENCE) as answer:
        assert answer.status == 200
    with native_api.Client(broker.address("grpc")) as client:
        client.stats("q")


def is_reached(broker):
    with contextlib.suppress(OSError):
        reach(broker)
        return True


def starve(broker, client):
    """No descriptor is left at all for a while."""
    address = broker.address("grpc")
    resource.prlimit(broker.process.pid, resource.RLIMIT_NOFILE, (4, LIMIT))
    with raw.Connection(address):
        broker.wait_for_line('warning grpc_accept_failed reason="Too many open files"')
    resource.prlimit(broker.process.pid, resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
    live(client)
    reach(broker)


def main(binary):
    with tempfile.TemporaryDirectory(prefix="broker_hostile_") as folder, contextlib.ExitStack() as undo:
        broker = daemon.brokerd.Brokerd(binary, os.path.join(folder, "data"), under=("prlimit", f"--nofile={LIMIT}"))
        undo.callback(broker.kill)
        broker.wait_ready()
        assert "warning few_descriptors" in broker.log() and f"limit={LIMIT}" in broker.log(), broker.log()
        with native_api.Client(broker.address("grpc")) as client:
            client.create_queue("q")
            for face, other in (("grpc", "http"), ("http", "grpc")):
                with crowd(broker.address(face), HELLO[face]):
                    broker.wait_for_line(f"warning {face}_connections_full")
                    live(client)
                    if other == "grpc":
                        native_api.Client(broker.address("grpc")).channel.close()
                    else:
                        assert broker.get("/readyz")[0] == 200
                daemon.brokerd.wait_until(lambda: is_reached(broker))
            starve(broker, client)
        broker.signal(15)
        code = broker.wait_exit()
        assert code == 0 and " error " not in broker.log(), f"ended with {code}:\n{broker.log()}"


if __name__ == "__main__":
    main(*sys.argv[1:])
