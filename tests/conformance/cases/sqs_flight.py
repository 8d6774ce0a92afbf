"""Messages in flight: how many a queue may have, and what becomes of those whose receiver has gone."""

import json
import threading

from case import rows
from own_daemon import OwnDaemon
from raw import JSON, RawCase

MOST = 120000


class InFlight(OwnDaemon):
    """With a daemon that gives out a thousand at a time, for there is much to take."""

    def full(self, fifo):
        self.start("--aws-strict=false")
        url = self.queue(fifo, VisibilityTimeout="43200")
        lines = "".join(f"{n}\n" for n in range(MOST + 1))
        self.ctl.run("publish", "queue/" + url.rpartition("/")[2], "--lines", stdin=lines)
        for _ in range(MOST // 1000):
            self.assertEqual(len(self.receive(url, 1000, AttributeNames=[], MessageAttributeNames=[])), 1000)
        self.assertEqual(self.attributes(url, "ApproximateNumberOfMessagesNotVisible"),
                         {"ApproximateNumberOfMessagesNotVisible": str(MOST)})
        return url

    def test_most_of_standard(self):
        url = self.full(False)
        self.refused("OverLimit", self.sqs.receive_message, QueueUrl=url, status=400 if self.is_json else 403)

    def test_most_of_fifo(self):
        url = self.full(True)
        self.assertEqual(self.receive(url), [])


class ReceiverThatHasGone(RawCase):
    def poll_and_go(self, url):
        """A long poll whose connection is closed at once."""
        self.connection.request("POST", "/", json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20}),
                                {"X-Amz-Target": "AmazonSQS.ReceiveMessage", "Content-Type": JSON})
        self.connection.close()

    @rows(standard=False, fifo=True)
    def test_takes_no_message_away(self, fifo):
        url = self.queue(fifo)
        self.poll_and_go(url)
        self.send_fifo(url) if fifo else self.send(url)
        self.assertEqual(self.receive_one(url)["Attributes"]["ApproximateReceiveCount"], "1")

    def test_others_go_on_waiting(self):
        url, got = self.queue(), []
        thread = threading.Thread(target=lambda: got.append(self.receive_one(url)["Body"]))
        thread.start()
        self.poll_and_go(url)
        self.send(url, "for who is there")
        thread.join()
        self.assertEqual(got, ["for who is there"])
