"""What no client library would do, over plain sockets: the daemon refuses it, and is there for everybody else.

usage: hostile_test.py BROKERD      BROKER_SEED=N replays what is random"""

import hashlib
import json
import os
import random
import unittest

import raw  # first: it finds the folders of the others
import brokerd
import sqs_http

SEED = os.environ.get("BROKER_SEED", str(random.randrange(1 << 32)))
CLIENT_HELLO = bytes.fromhex("16030100f8010000f40303") + bytes(range(200))
LONG_POLL_S = 20


class HostileTest(brokerd.DaemonTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.start().wait_ready()
        self.address = self.daemon.address("http")
        self.sqs = sqs_http.Sqs(self.address)
        self.sqs.create_queue("q")
        self.url = self.sqs.url("q")
        self.descriptors = raw.descriptors(self.daemon.process)
        self.connections = []

    def tearDown(self):
        """It still works, holds nothing of those who came, and ends in order."""
        try:
            for connection in self.connections:
                connection.close()
            self.sqs.send("q", "after all this")
            bodies = [message["Body"] for message in self.sqs.receive("q", MaxNumberOfMessages=10)]
            self.assertIn("after all this", bodies)
            brokerd.wait_until(lambda: raw.descriptors(self.daemon.process) <= self.descriptors)
            self.daemon.signal(15)
            self.assertEqual(self.daemon.wait_exit(), 0, self.daemon.log())
            self.assertNotIn(" error ", self.daemon.log())
        finally:
            self.sqs.close()
            super().tearDown()

    def connect(self):
        self.connections.append(raw.Connection(self.address))
        return self.connections[-1]

    def send_request(self, body):
        return sqs_http.request_bytes("SendMessage", QueueUrl=self.url, MessageBody=body)

    def open_long_poll(self, **more):
        connection = self.connect()
        connection.say(sqs_http.request_bytes("ReceiveMessage", QueueUrl=self.url, WaitTimeSeconds=LONG_POLL_S,
                                              AttributeNames=["All"], **more))
        return connection

    def received_first(self):
        """Receives one, which nobody has had before."""
        (message,) = self.sqs.receive("q", WaitTimeSeconds=LONG_POLL_S, AttributeNames=["All"])
        self.assertEqual(message["Attributes"]["ApproximateReceiveCount"], "1")
        self.sqs.delete("q", message)
        return message["Body"]

    # ---- requests that are none

    def test_a_request_cut_anywhere_does_nothing(self):
        request = self.send_request("cut")
        for cut in range(len(request)):
            with raw.Connection(self.address) as connection:
                connection.say(request[:cut])
                connection.finish()
                self.assertEqual(connection.answers(), [400] if cut else [], f"cut at {cut}")
        for cut in range(0, len(request), 7):
            connection = self.connect()
            connection.say(request[:cut])
            connection.reset()
        self.assertEqual(self.sqs.count("q"), 0)

    def test_garbage_is_refused_and_the_connection_closed(self):
        chance = random.Random(SEED)
        garbage = {"TLS": CLIENT_HELLO, "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "zeros": bytes(1000),
                   "no version": b"POST /\r\n\r\n", "SMTP": b"EHLO broker\r\n\r\n"}
        garbage.update({f"random {i}, seed {SEED}": chance.randbytes(chance.randrange(1, 3000)) for i in range(100)})
        for name, data in garbage.items():
            with self.subTest(name), raw.Connection(self.address) as connection:
                connection.say(data)
                connection.finish()
                statuses = connection.answers()
                self.assertEqual(len(statuses), 1)
                self.assertIn(statuses[0], (400, 431, 505))

    def test_garbage_behind_a_request_takes_nothing_from_it(self):
        connection = self.connect()
        connection.say(self.send_request("good") + CLIENT_HELLO)
        self.assertEqual(connection.answers(), [200, 400])
        self.assertEqual(self.received_first(), "good")

    def test_a_flood_of_headers_is_cut_short(self):
        floods = {"many": b"X-Flood: 1\r\n" * 1_000_000, "one": b"X-Flood: " + b"x" * 10 * raw.MIB,
                  "a target": b"x" * 10 * raw.MIB}
        for name, flood in floods.items():
            with self.subTest(name), raw.Connection(self.address) as connection:
                connection.say(b"POST / HTTP/1.1\r\n" + flood if name != "a target" else b"POST /" + flood)
                self.assertIn(connection.answers(), ([431], [414], []))  # none: a reset took it along

    def test_bodies_announced_and_never_sent_cost_nothing(self):
        before = raw.resident_bytes(self.daemon.process)
        for size in (1, 1000, raw.MIB) * 100:
            self.connect().say(f"POST / HTTP/1.1\r\nHost: b\r\nContent-Length: {size}\r\n\r\n".encode())
        self.sqs.send("q", "x")
        self.assertEqual(self.received_first(), "x")
        self.assertLess(raw.resident_bytes(self.daemon.process) - before, 16 * raw.MIB)
        for connection in self.connections:
            connection.finish()
            self.assertEqual(connection.answers(), [400])

    def test_a_body_too_large_is_refused_before_it_comes(self):
        for size in (1 << 40, (1 << 64) - 1, 1 << 64, 10 ** 30):
            with self.subTest(size), raw.Connection(self.address) as connection:
                connection.say(f"POST / HTTP/1.1\r\nHost: b\r\nContent-Length: {size}\r\n\r\n".encode())
                self.assertIn(connection.answers(), ([400], [413]))

    def test_two_lengths_are_refused(self):
        for headers in (b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: 5\r\nTransfer-Encoding: chunked"):
            with self.subTest(headers), raw.Connection(self.address) as connection:
                connection.say(b"POST / HTTP/1.1\r\nHost: b\r\n" + headers + b"\r\n\r\nhello")
                self.assertEqual(connection.answers(), [400])

    # ---- requests that are good, sent strangely

    def test_pipelined_requests_are_answered_in_order(self):
        connection = self.connect()
        bodies = [f"body {i}" for i in range(500)]
        connection.say(b"".join(self.send_request(body) for body in bodies))
        for body in bodies:
            status, answer = connection.answer()
            self.assertEqual((status, json.loads(answer)["MD5OfMessageBody"]),
                             (200, hashlib.md5(body.encode()).hexdigest()))
        self.assertEqual([self.received_first() for _ in bodies], bodies)

    def test_a_request_byte_by_byte(self):
        connection = self.connect()
        for byte in self.send_request("slow"):
            connection.say(bytes([byte]))
        self.assertEqual(connection.answer()[0], 200)
        self.assertEqual(self.received_first(), "slow")

    def test_a_client_that_closes_its_sending_side_gets_its_answer(self):
        connection = self.connect()
        connection.say(self.send_request("half"))
        connection.finish()
        self.assertEqual(connection.answers(), [200])
        self.assertEqual(self.received_first(), "half")

    # ---- long polls that nobody waits for any more

    def test_a_message_that_comes_after_a_long_poll_was_closed_is_not_lost_and_not_counted(self):
        for number in range(100):
            for end in ("close", "reset"):
                getattr(self.open_long_poll(), end)()
                self.sqs.send("q", f"{number} {end}")
                self.assertEqual(self.received_first(), f"{number} {end}")

    def test_of_many_long_polls_the_one_that_is_left_gets_the_message(self):
        gone = [self.open_long_poll() for _ in range(200)]
        left = self.open_long_poll()
        for number, connection in enumerate(gone):
            connection.reset() if number % 2 else connection.close()
        self.sqs.send("q", "for who is left")
        status, answer = left.answer()
        (message,) = json.loads(answer)["Messages"]
        self.assertEqual((status, message["Body"], message["Attributes"]["ApproximateReceiveCount"]),
                         (200, "for who is left", "1"))
        self.sqs.delete("q", message)

    def test_a_long_poll_whose_client_sends_no_more_is_answered_at_once(self):
        connection = self.open_long_poll()
        connection.finish()
        self.assertEqual(connection.answers(), [200])
        self.sqs.send("q", "x")
        self.assertEqual(self.received_first(), "x")


if __name__ == "__main__":
    print(f"seed {SEED}", flush=True)
    brokerd.main(__name__)
