"""FIFO queues: order within a group, deduplication, and the rules for their parameters."""

import re

from case import INVALID, MISSING, Case, rows

NO_DEDUPLICATION = ("The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
                    "explicitly")


class Order(Case):
    def test_of_a_group(self):
        url = self.fifo()
        for n in range(10):
            self.send_fifo(url, str(n))
        self.assertEqual(self.bodies(url), [str(n) for n in range(10)])

    def test_group_waits_for_what_is_in_flight(self):
        url = self.fifo()
        self.send_fifo(url, "first")
        self.send_fifo(url, "second")
        first = self.receive_one(url)
        self.assertEqual(self.receive(url), [])
        self.delete(url, first)
        self.assertEqual(self.bodies(url), ["second"])

    def test_other_groups_do_not_wait(self):
        url = self.fifo()
        self.send_fifo(url, "a", "a")
        self.receive_one(url)
        self.send_fifo(url, "a2", "a")
        self.send_fifo(url, "b", "b")
        self.assertEqual(self.bodies(url), ["b"])

    def test_what_is_given_back_comes_first(self):
        url = self.fifo()
        self.send_fifo(url, "first")
        self.send_fifo(url, "second")
        self.give_back(url, self.receive_one(url))
        self.assertEqual(self.bodies(url), ["first", "second"])

    def test_sequence_numbers_rise(self):
        url = self.fifo()
        sent = [self.send_fifo(url, str(n), str(n % 2))["SequenceNumber"] for n in range(5)]
        for number in sent:
            self.assertRegex(number, r"^\d{20}$")
        self.assertEqual(sent, sorted(set(sent)))
        received = [message["Attributes"]["SequenceNumber"] for message in self.receive(url)]
        self.assertEqual(sorted(received), sent)

    def test_batch_keeps_its_order(self):
        url = self.fifo()
        answer = self.sqs.send_message_batch(QueueUrl=url, Entries=[
            {"Id": f"e{n}", "MessageBody": str(n), "MessageGroupId": "g", "MessageDeduplicationId": str(n)}
            for n in range(10)])
        numbers = [entry["SequenceNumber"] for entry in answer["Successful"]]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual(self.bodies(url), [str(n) for n in range(10)])


class Parameters(Case):
    def test_without_group(self):
        self.refused(MISSING, self.sqs.send_message, QueueUrl=self.fifo(), MessageBody="x", MessageDeduplicationId="d",
                     message="The request must contain the parameter MessageGroupId.")

    def test_without_deduplication_id(self):
        self.refused(INVALID, self.sqs.send_message, QueueUrl=self.fifo(), MessageBody="x", MessageGroupId="g",
                     message=NO_DEDUPLICATION)

    @rows(group=("MessageGroupId", {"MessageDeduplicationId": "d"}),
          deduplication=("MessageDeduplicationId", {"MessageGroupId": "g"}))
    def test_missing_in_one_entry_fails_the_batch(self, name, only):
        url = self.fifo()
        self.refused(INVALID, self.sqs.send_message_batch, QueueUrl=url, Entries=[
            {"Id": "good", "MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "1"},
            {"Id": "bad", "MessageBody": "x", **only}], message=re.compile(name))
        self.assertEqual(self.receive(url), [])

    @rows(**{f"{name}_{what}": (name, value) for name in ("MessageGroupId", "MessageDeduplicationId")
             for what, value in (("too_long", "a" * 129), ("space", "a b"), ("umlaut", "ä"))})
    def test_refuses(self, name, value):
        self.refused(INVALID, self.sqs.send_message, QueueUrl=self.fifo(), MessageBody="x",
                     **{"MessageGroupId": "g", "MessageDeduplicationId": "d", name: value}, message=re.compile(name))

    @rows(longest="a" * 128, punctuation="!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    def test_takes(self, value):
        url = self.fifo()
        self.send_fifo(url, group=value, MessageDeduplicationId=value)
        got = self.receive_one(url)["Attributes"]
        self.assertEqual((got["MessageGroupId"], got["MessageDeduplicationId"]), (value, value))

    def test_delay_of_a_message(self):
        self.refused(INVALID, self.sqs.send_message, QueueUrl=self.fifo(), MessageBody="x", MessageGroupId="g",
                     MessageDeduplicationId="d", DelaySeconds=1, message=re.compile(
                         r"^Value 1 for parameter DelaySeconds is invalid\. Reason: .*not valid for this queue type"))

    def test_no_delay_is_allowed(self):
        url = self.fifo()
        self.send_fifo(url, DelaySeconds=0)
        self.assertEqual(len(self.receive(url)), 1)

    def test_delay_of_the_queue(self):
        url = self.fifo(DelaySeconds="1")
        self.send_fifo(url)
        self.assertEqual(self.receive(url), [])
        self.receive_one(url)

    def test_deduplication_id_on_a_standard_queue(self):
        self.refused(INVALID, self.sqs.send_message, QueueUrl=self.queue(), MessageBody="x", MessageDeduplicationId="d",
                     message=re.compile("MessageDeduplicationId|not valid for this queue type"))


class Deduplication(Case):
    def test_same_id_is_stored_once(self):
        url = self.fifo()
        first = self.send_fifo(url, "one", MessageDeduplicationId="d")
        again = self.send_fifo(url, "two", MessageDeduplicationId="d")
        self.assertEqual([again[name] for name in ("MessageId", "SequenceNumber")],
                         [first[name] for name in ("MessageId", "SequenceNumber")])
        self.assertNotEqual(again["MD5OfMessageBody"], first["MD5OfMessageBody"], "the MD5 is that of this request")
        self.assertEqual(self.bodies(url), ["one"])

    def test_of_the_whole_queue(self):
        url = self.fifo()
        self.send_fifo(url, "one", "a", MessageDeduplicationId="d")
        self.send_fifo(url, "two", "b", MessageDeduplicationId="d")
        self.assertEqual(self.bodies(url), ["one"])

    def test_of_a_group(self):
        url = self.fifo(DeduplicationScope="messageGroup")
        self.send_fifo(url, "one", "a", MessageDeduplicationId="d")
        self.send_fifo(url, "two", "b", MessageDeduplicationId="d")
        self.send_fifo(url, "three", "b", MessageDeduplicationId="d")
        self.assertEqual(sorted(self.bodies(url)), ["one", "two"])

    def test_scope_changed_later_changes_nothing(self):
        url = self.fifo()
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"DeduplicationScope": "messageGroup"})
        self.assertEqual(self.attributes(url, "DeduplicationScope"), {"DeduplicationScope": "messageGroup"})
        self.send_fifo(url, "one", "a", MessageDeduplicationId="d")
        self.send_fifo(url, "two", "b", MessageDeduplicationId="d")
        self.assertEqual(self.bodies(url), ["one"])

    def test_by_content(self):
        url = self.fifo(ContentBasedDeduplication="true")
        sent = [self.send(url, body, MessageGroupId="g")["MessageId"] for body in ("a", "b", "a")]
        self.assertEqual((sent[0], len(set(sent))), (sent[2], 2))
        self.assertEqual(self.bodies(url), ["a", "b"])

    def test_by_content_ignores_attributes(self):
        url = self.fifo(ContentBasedDeduplication="true")
        self.send(url, "a", MessageGroupId="g")
        self.send(url, "a", MessageGroupId="g", MessageAttributes={"x": {"DataType": "String", "StringValue": "y"}})
        self.assertEqual(len(self.receive(url)), 1)

    def test_id_wins_over_content(self):
        url = self.fifo(ContentBasedDeduplication="true")
        self.send_fifo(url, "a", MessageDeduplicationId="1")
        self.send_fifo(url, "a", MessageDeduplicationId="2")
        self.assertEqual(self.bodies(url), ["a", "a"])

    def test_survives_a_delete(self):
        url = self.fifo()
        self.send_fifo(url, MessageDeduplicationId="d")
        self.delete(url, self.receive_one(url))
        self.send_fifo(url, MessageDeduplicationId="d")
        self.assertEqual(self.receive(url), [])

    def test_purge_clears_it(self):
        url = self.fifo()
        self.send_fifo(url, MessageDeduplicationId="d")
        self.sqs.purge_queue(QueueUrl=url)
        self.send_fifo(url, "again", MessageDeduplicationId="d")
        self.assertEqual(self.bodies(url), ["again"])

    def test_within_a_batch(self):
        url = self.fifo()
        answer = self.sqs.send_message_batch(QueueUrl=url, Entries=[
            {"Id": i, "MessageBody": i, "MessageGroupId": "g", "MessageDeduplicationId": "d"} for i in ("a", "b")])
        self.assertEqual(len({entry["MessageId"] for entry in answer["Successful"]}), 1)
        self.assertEqual(self.bodies(url), ["a"])


class ReceiveRequestAttempt(Case):
    def test_retry_gets_the_same_messages(self):
        url = self.fifo()
        for n in range(3):
            self.send_fifo(url, str(n), str(n))
        first = self.receive(url, 2, ReceiveRequestAttemptId="try")
        again = self.receive(url, 2, ReceiveRequestAttemptId="try")
        self.assertEqual(len(first), 2)
        self.assertEqual([m["MessageId"] for m in again], [m["MessageId"] for m in first])

    def test_another_id_gets_others(self):
        url = self.fifo()
        for n in range(2):
            self.send_fifo(url, str(n), str(n))
        first = self.receive(url, 1, ReceiveRequestAttemptId="one")
        self.assertEqual([m["Body"] for m in first + self.receive(url, 1, ReceiveRequestAttemptId="two")], ["0", "1"])

    @rows(too_long="a" * 129, space="a b")
    def test_refuses(self, attempt):
        self.refused(INVALID, self.sqs.receive_message, QueueUrl=self.fifo(), ReceiveRequestAttemptId=attempt,
                     message=re.compile("ReceiveRequestAttemptId"))

    def test_on_a_standard_queue(self):
        self.refused(INVALID, self.sqs.receive_message, QueueUrl=self.queue(), ReceiveRequestAttemptId="a")


class FairQueues(Case):
    def test_noisy_group_does_not_hold_up_the_others(self):
        url = self.queue()
        for n in range(30):
            self.send(url, f"noisy {n}", MessageGroupId="noisy")
        self.send(url, "quiet", MessageGroupId="quiet")
        self.assertIn("quiet", self.bodies(url) + self.bodies(url))

    def test_group_comes_back_and_does_not_block(self):
        url = self.queue()
        for n in range(2):
            self.send(url, str(n), MessageGroupId="g")
        got = [self.receive_one(url) for _ in range(2)]
        self.assertEqual([message["Attributes"]["MessageGroupId"] for message in got], ["g", "g"])
