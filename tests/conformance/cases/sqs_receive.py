"""ReceiveMessage: how much it takes, what comes with a message, and when it waits."""

import re
import threading
import time

from case import INVALID, MISSING, NO_QUEUE, Case, rows

from sqs_send import FOO, md5_of

SYSTEM = {"SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"}
THREE = {name: {"DataType": "String", "StringValue": name} for name in ("foo.a", "foo.b", "bar")}


class ReceiveMessage(Case):
    def test_nothing(self):
        self.assertNotIn("Messages", self.sqs.receive_message(QueueUrl=self.queue()))

    def test_takes_one_unless_told(self):
        url = self.queue()
        for _ in range(2):
            self.send(url)
        self.assertEqual(len(self.sqs.receive_message(QueueUrl=url)["Messages"]), 1)

    def test_takes_what_is_there_without_waiting_for_more(self):
        url = self.queue()
        for _ in range(3):
            self.send(url)
        self.assertEqual(len(self.receive(url, 10, WaitTimeSeconds=20)), 3)

    @rows(most=("MaxNumberOfMessages", 11, "1 and 10"), least=("MaxNumberOfMessages", 0, "1 and 10"),
          wait_below=("WaitTimeSeconds", -1, "0 and <= 20"), wait_above=("WaitTimeSeconds", 21, "0 and <= 20"),
          visibility_below=("VisibilityTimeout", -1, "43200"), visibility_above=("VisibilityTimeout", 43201, "43200"))
    def test_refuses(self, name, value, limit):
        message = self.refused(INVALID, self.sqs.receive_message, QueueUrl=self.queue(), **{name: value},
                               message=re.compile(f"^Value {value} for parameter {name} is invalid. Reason: "))
        self.assertIn(limit.split()[-1], message)

    def test_of_no_queue(self):
        self.refused(NO_QUEUE, self.sqs.receive_message, QueueUrl="never-made", message=self.no_queue)

    def test_without_url(self):
        self.refused(MISSING, self.sqs.receive_message, message="The request must contain the parameter QueueUrl.")

    def test_every_receive_gives_a_new_handle(self):
        url = self.queue()
        self.send(url)
        first = self.receive_one(url, VisibilityTimeout=0)
        second = self.receive_one(url)
        self.assertEqual(first["MessageId"], second["MessageId"])
        self.assertNotEqual(first["ReceiptHandle"], second["ReceiptHandle"])


class SystemAttributes(Case):
    def test_none_unless_asked(self):
        url = self.queue()
        self.send(url, MessageAttributes=FOO)
        message = self.sqs.receive_message(QueueUrl=url)["Messages"][0]
        self.assertEqual(set(message), {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"})

    def test_all(self):
        url = self.queue()
        self.send(url)
        self.assertEqual(set(self.receive_one(url)["Attributes"]), SYSTEM)

    @rows(**{name: name for name in SYSTEM})
    def test_only(self, name):
        url = self.queue()
        self.send(url)
        self.assertEqual(set(self.receive_one(url, AttributeNames=[name])["Attributes"]), {name})

    def test_absent_ones_are_left_out(self):
        url = self.queue()
        self.send(url)
        self.assertNotIn("Attributes", self.receive_one(url, AttributeNames=["AWSTraceHeader", "MessageGroupId"]))

    def test_unknown(self):
        self.refused("InvalidAttributeName", self.sqs.receive_message, QueueUrl=self.queue(), AttributeNames=["Colour"],
                     message="Unknown Attribute Colour.")

    def test_times_are_milliseconds(self):
        url = self.queue()
        self.send(url)
        got = self.receive_one(url)["Attributes"]
        for name in ("SentTimestamp", "ApproximateFirstReceiveTimestamp"):
            self.assertLess(abs(int(got[name]) / 1000 - time.time()), 3600)
        self.assertLessEqual(int(got["SentTimestamp"]), int(got["ApproximateFirstReceiveTimestamp"]))

    def test_receive_count_goes_on_and_first_receive_stays(self):
        url = self.queue()
        self.send(url)
        seen = [self.receive_one(url, VisibilityTimeout=0)["Attributes"] for _ in range(3)]
        self.assertEqual([got["ApproximateReceiveCount"] for got in seen], ["1", "2", "3"])
        self.assertEqual(len({got["ApproximateFirstReceiveTimestamp"] for got in seen}), 1)

    def test_of_fifo(self):
        url = self.fifo()
        self.send_fifo(url, MessageDeduplicationId="d")
        got = self.receive_one(url)["Attributes"]
        self.assertEqual(set(got), SYSTEM | {"MessageGroupId", "MessageDeduplicationId", "SequenceNumber"})
        self.assertEqual((got["MessageGroupId"], got["MessageDeduplicationId"]), ("g", "d"))


class NewNameOfSystemAttributes(Case):
    protocols = ("json",)  # the other client does not know it: raw_query.py sends it

    def test_is_united_with_the_old(self):
        url = self.queue()
        self.send(url)
        message = self.receive_one(url, AttributeNames=["SenderId"], MessageSystemAttributeNames=["SentTimestamp"])
        self.assertEqual(set(message["Attributes"]), {"SenderId", "SentTimestamp"})


class MessageAttributeNames(Case):
    @rows(all=(["All"], THREE), dot_star=([".*"], THREE), star=(["*"], THREE), prefix=(["foo.*"], ("foo.a", "foo.b")),
          one=(["bar"], ("bar",)), two=(["bar", "foo.a"], ("bar", "foo.a")),
          overlapping=(["foo.a", "foo.*"], ("foo.a", "foo.b")))
    def test_names(self, names, wanted):
        url = self.queue()
        self.send(url, MessageAttributes=THREE)
        message = self.receive_one(url, MessageAttributeNames=names)
        self.assertEqual(set(message["MessageAttributes"]), set(wanted))
        self.assertEqual(message["MD5OfMessageAttributes"], md5_of(message["MessageAttributes"]))

    @rows(none=[], other=["qux"], other_case=["BAR"])
    def test_nothing_matches(self, names):
        url = self.queue()
        self.send(url, MessageAttributes=THREE)
        message = self.receive_one(url, MessageAttributeNames=names)
        self.assertFalse({"MessageAttributes", "MD5OfMessageAttributes"} & set(message))


class LongPoll(Case):
    def in_a_moment(self, action):
        """While the caller waits; if it comes first, the receive finds it there."""
        thread = threading.Thread(target=action)
        thread.start()
        self.addCleanup(thread.join)

    def test_wakes_for_a_message(self):
        url = self.queue()
        self.in_a_moment(lambda: self.send(url, "late"))
        self.assertEqual(self.receive_one(url)["Body"], "late")

    def test_wakes_for_what_is_given_back(self):
        url = self.queue()
        self.send(url)
        message = self.receive_one(url, VisibilityTimeout=43200)
        self.in_a_moment(lambda: self.give_back(url, message))
        self.receive_one(url)

    def test_wakes_for_a_lease_that_ends(self):
        url = self.queue()
        self.send(url)
        self.receive_one(url, VisibilityTimeout=1)
        self.receive_one(url)

    def test_ends_empty(self):
        self.assertEqual(self.receive(self.queue(), WaitTimeSeconds=1), [])

    def test_queue_says_how_long(self):
        url = self.queue(ReceiveMessageWaitTimeSeconds="20")
        self.in_a_moment(lambda: self.send(url, "late"))
        self.assertEqual(self.bodies(url), ["late"])

    def test_receive_wins_over_the_queue(self):
        self.assertEqual(self.receive(self.queue(ReceiveMessageWaitTimeSeconds="20"), WaitTimeSeconds=0), [])

    def test_each_message_wakes_one(self):
        url, got = self.queue(), []
        threads = [threading.Thread(target=lambda: got.append(self.receive_one(url)["MessageId"])) for _ in range(4)]
        for thread in threads:
            thread.start()
        sent = [self.send(url)["MessageId"] for _ in threads]
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(got), sorted(sent))
