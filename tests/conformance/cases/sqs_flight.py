"""Messages in flight: how many a queue may have, and what becomes of those whose receiver has gone."""

import json
import threading

from case import rows
from raw import JSON, RawCase

MOST = 120000


class InFlight(RawCase):
    def fill(self, url, *more):
        """Puts as many as may be in flight, and takes them, over the native API: it does so a thousand at a time."""
        name = url.rpartition("/")[2]
        self.world.ctl.run("publish", "queue/" + name, "--lines", *more, stdin="".join(f"{n}\n" for n in range(MOST + 1)))
        for _ in range(MOST // 1000):
            self.world.ctl.run("receive", name, "--max", "1000", "-o", "name")

    def test_most(self):
        url = self.queue(VisibilityTimeout="43200")
        self.fill(url)
        self.assertEqual(self.attributes(url, "ApproximateNumberOfMessagesNotVisible"),
                         {"ApproximateNumberOfMessagesNotVisible": str(MOST)})
        # The real service answers 403 in either protocol; in JSON this one answers 400, as it does to all refusals.
        self.refused("OverLimit", self.sqs.receive_message, QueueUrl=url, status=400 if self.is_json else 403)

    def test_most_of_fifo(self):
        url = self.fifo(VisibilityTimeout="43200")
        self.fill(url)
        self.assertEqual(self.receive(url), [])


class ReceiverThatHasGone(RawCase):
    @rows(standard=False, fifo=True)
    def test_gets_no_message(self, fifo):
        """A long poll whose connection is closed: the next message goes to somebody who is there, at its first attempt."""
        url = self.queue(fifo)
        self.connection.request("POST", "/", json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20}),
                                {"X-Amz-Target": "AmazonSQS.ReceiveMessage", "Content-Type": JSON})
        self.connection.close()
        self.send_fifo(url) if fifo else self.send(url)
        self.assertEqual(self.receive_one(url)["Attributes"]["ApproximateReceiveCount"], "1")

    def test_others_go_on_waiting(self):
        url, got = self.queue(), []
        thread = threading.Thread(target=lambda: got.append(self.receive_one(url)["Body"]))
        thread.start()
        self.connection.request("POST", "/", json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20}),
                                {"X-Amz-Target": "AmazonSQS.ReceiveMessage", "Content-Type": JSON})
        self.connection.close()
        self.send(url, "for the living")
        thread.join()
        self.assertEqual(got, ["for the living"])
