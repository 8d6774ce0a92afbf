"""All bad neighbours at once: 2,000 idle long polls, a slow loris, half-closed sockets, bodies that never come, 10,000
requests on one connection. Another client meanwhile sends, receives and deletes as if it were alone; afterwards
the daemon holds no more than before.

usage: crowd_test.py BROKERD"""

import hashlib
import sys
import threading

import raw  # first: it finds the folders of the others
import daemon
import native_api
import sqs_http

LONG_POLLS = 2000
OTHERS = 100  # of each other sort of neighbour
REQUESTS = 10_000
ROUNDS = 300  # of the client that must not notice
WAIT_S = 20
LORIS_PACE_S = 0.05  # between two rounds of a byte for each connection
MAY_STAY_BYTES = 32 * raw.MIB  # resident, of what the crowd took: allocators keep some


class Neighbours:
    """Whoever takes and gives nothing. A context; a neighbour that is disturbed itself is a failure too."""

    def __init__(self, address):
        self._address = address
        self._url = sqs_http.queue_url(address, "idle")
        self._connections = []
        self._stop = threading.Event()
        self._failures = []
        self._threads = [threading.Thread(target=self._guard, args=(work,)) for work in (self._loris, self._busy)]
        self.requests_answered = 0

    def __enter__(self):
        for _ in range(LONG_POLLS):
            self._open(self._receive(WAIT_S))
        for _ in range(OTHERS):
            self._open(b"").finish()
            self._open(self._receive(WAIT_S)).finish()
            self._open(b"POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 100000\r\n\r\n")
            self._open(b"POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 100000\r\n\r\n{").finish()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(daemon.PATIENCE)
        for connection in self._connections:
            connection.close()
        assert not self._failures, self._failures

    def wait_busy(self):
        """Until the 10,000 requests are answered."""
        self._threads[1].join(daemon.PATIENCE)
        assert self.requests_answered == REQUESTS, f"{self.requests_answered} of {REQUESTS} were answered"

    def _open(self, data):
        connection = raw.Connection(self._address)
        connection.say(data)
        self._connections.append(connection)
        return connection

    def _receive(self, wait_s):
        return sqs_http.request_bytes("ReceiveMessage", QueueUrl=self._url, WaitTimeSeconds=wait_s)

    def _guard(self, work):
        try:
            work()
        except Exception as error:  # noqa: B902  (a thread's exception would be lost)
            self._failures.append(error)

    def _loris(self):
        """Headers and bodies that come a byte at a time, and never end."""
        header = b"POST / HTTP/1.1\r\nHost: b\r\nX-Slow: " + b"x" * 100_000
        body = b"POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000
        slow = [[self._open(b""), data] for data in (header, body) for _ in range(OTHERS)]
        place = 0
        while not self._stop.wait(LORIS_PACE_S):
            for connection, data in slow:
                connection.say(data[place:place + 1])
            place += 1

    def _busy(self):
        """A thousand at a time: the daemon reads no further than it answers."""
        with raw.Connection(self._address) as connection:
            for _ in range(REQUESTS // 1000):
                connection.say(self._receive(0) * 1000)
                for _ in range(1000):
                    status, _ = connection.answer()
                    assert status == 200, status
                    self.requests_answered += 1


def live(sqs):
    """Sends, receives and deletes, alone with its queue: every answer is exactly the one it must be."""
    for number in range(ROUNDS):
        bodies = [f"{number} {part} " + "x" * number for part in "ab"]
        ids = [sqs.send("mine", body) for body in bodies]
        messages = []
        while len(messages) < len(bodies):
            messages += sqs.receive("mine", MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_S, AttributeNames=["All"])
        assert [m["Body"] for m in messages] == bodies and [m["MessageId"] for m in messages] == ids, messages
        for message in messages:
            assert message["MD5OfBody"] == hashlib.md5(message["Body"].encode()).hexdigest(), message
            assert message["Attributes"]["ApproximateReceiveCount"] == "1", message
            sqs.delete("mine", message)
        assert sqs.count("mine") == 0


def wait_receivers(client, count):
    """Until so many wait at the idle queue."""
    daemon.brokerd.wait_until(lambda: client.stats("idle").waiting_receivers == count)


def main(binary):
    with daemon.Broker(binary) as broker:
        process = broker.process
        with sqs_http.Sqs(broker.http_address) as sqs, native_api.Client(broker.address) as client:
            for queue in ("mine", "idle"):
                sqs.create_queue(queue)
            live(sqs)  # so that memory is what a used daemon has
            descriptors, resident = raw.descriptors(process), raw.resident_bytes(process)
            with Neighbours(broker.http_address) as neighbours:
                wait_receivers(client, LONG_POLLS)  # who has closed its sending side waits no more
                crowd = raw.descriptors(process) - descriptors
                live(sqs)
                neighbours.wait_busy()
                most = raw.resident_bytes(process)
            wait_receivers(client, 0)
            live(sqs)
            daemon.brokerd.wait_until(lambda: raw.descriptors(process) <= descriptors)
            after = raw.resident_bytes(process)
            print(f"resident: {resident >> 20} MiB before, {most >> 20} with {crowd} connections, {after >> 20} after")
            assert after - resident <= MAY_STAY_BYTES, "memory did not come back"
        broker.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
