"""Publish and PublishBatch: what they answer and refuse, and what reaches a queue raw."""

import json
import re

from case import rows
from sns_case import TOPIC_GONE, SnsCase, text

from sqs_send import EVERY_KIND

INVALID = "InvalidParameter"
UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class Publish(SnsCase):
    def test_answers_an_id(self):
        answer = self.publish(self.topic())
        self.assertRegex(answer["MessageId"], UUID)
        self.assertNotIn("SequenceNumber", answer)

    @rows(ascii="hello", markup="<a>&\"'", umlaut="ä😀", newlines="a\r\nb\n", json='{"a": 1}', spaces="  ")
    def test_raw_body_comes_as_it_was(self, body):
        topic, url = self.subscribed_raw()
        self.assertEqual(self.sends_to(topic, url, body), [body])

    def test_raw_moves_attributes(self):
        topic, url = self.subscribed_raw()
        self.publish(topic, MessageAttributes=EVERY_KIND)
        self.assertEqual(self.receive_one(url)["MessageAttributes"], EVERY_KIND)

    def test_every_subscribed_queue_gets_it(self):
        topic, urls = self.topic(), [self.queue() for _ in range(3)]
        for url in urls:
            self.subscribe(topic, url, RawMessageDelivery="true")
        self.publish(topic)
        self.assertEqual([self.bodies(url) for url in urls], [["hello"]] * 3)

    def test_without_subscriptions_succeeds(self):
        self.publish(self.topic())

    def test_what_was_published_before_does_not_come(self):
        topic, url = self.topic(), self.queue()
        self.publish(topic, "before")
        self.subscribe(topic, url, RawMessageDelivery="true")
        self.assertEqual(self.sends_to(topic, url, "after"), ["after"])

    def test_to_no_topic(self):
        self.refused("NotFound", self.sns.publish, TopicArn=self.missing(), Message="x", status=404, message=TOPIC_GONE)

    def test_target_arn_is_a_topics(self):
        topic, url = self.subscribed_raw()
        self.sns.publish(TargetArn=topic, Message="x")
        self.assertEqual(self.bodies(url), ["x"])

    def test_to_nowhere(self):
        self.refused(INVALID, self.sns.publish, Message="x", message=re.compile("TopicArn"))

    def test_empty_message(self):
        self.refused(INVALID, self.sns.publish, TopicArn=self.topic(), Message="", message="Invalid parameter: Empty message")

    def test_without_message(self):
        with self.assertRaises(self.sns.exceptions.ClientError) as caught:
            self.sns.publish(TopicArn=self.topic())
        self.assertIn(caught.exception.response["Error"]["Code"], (INVALID, "ValidationError"))

    def test_largest(self):
        topic, url = self.subscribed_raw()
        self.assertEqual(self.sends_to(topic, url, "x" * 262144), ["x" * 262144])

    @rows(body=("x" * 262145, {}), bytes=("ä" * 131072 + "x", {}), with_attributes=("x" * 262144, {"a": text("b")}))
    def test_too_large(self, body, attributes):
        self.refused(INVALID, self.sns.publish, TopicArn=self.topic(), Message=body, MessageAttributes=attributes,
                     message=re.compile("^Invalid parameter: Message too long.*262144"))

    def test_more_than_ten_attributes_are_no_sqs_message(self):
        topic, url = self.topic(), self.queue()
        self.subscribe(topic, url)
        self.publish(topic, MessageAttributes={f"a{n}": text("x") for n in range(11)})
        self.assertEqual(len(self.envelope(url)["MessageAttributes"]), 11)

    def test_more_than_ten_attributes_fail_a_raw_delivery(self):
        source, dead = self.dead_letter_pair(5)
        topic = self.topic()
        self.subscribe(topic, source, RawMessageDelivery="true")
        self.publish(topic, MessageAttributes={f"a{n}": text("x") for n in range(11)})
        self.assertEqual(self.receive(source), [])
        self.eventually(lambda: self.attributes(dead, "ApproximateNumberOfMessages")["ApproximateNumberOfMessages"] == "1")

    @rows(no_type={"StringValue": "x"}, unknown_type={"DataType": "Colour", "StringValue": "x"}, no_value={"DataType": "String"},
          empty={"DataType": "String", "StringValue": ""}, no_number={"DataType": "Number", "StringValue": "ten"},
          no_array={"DataType": "String.Array", "StringValue": "["})
    def test_refuses_attribute(self, value):
        with self.assertRaises(self.sns.exceptions.ClientError) as caught:
            self.publish(self.topic(), MessageAttributes={"a": value})
        self.assertIn(caught.exception.response["Error"]["Code"], (INVALID, "ParameterValueInvalid", "ValidationError"))

    @rows(longest="s" * 100, text="Order created: 12 & <more>", umlaut="Bestellung für 12 €")
    def test_takes_subject(self, subject):
        topic, url = self.subscribed()
        self.publish(topic, Subject=subject)
        self.assertEqual(self.envelope(url)["Subject"], subject)

    @rows(empty="", too_long="s" * 101, newline="a\nb", control="a\x07b")
    def test_refuses_subject(self, subject):
        self.refused(INVALID, self.sns.publish, TopicArn=self.topic(), Message="x", Subject=subject,
                     message=re.compile("^Invalid parameter: Subject"))

    def test_group_passes_to_a_standard_queue(self):
        topic, url = self.subscribed_raw()
        self.publish(topic, MessageGroupId="noisy")
        self.assertEqual(self.receive_one(url)["Attributes"]["MessageGroupId"], "noisy")


class MessageStructure(SnsCase):
    def publish_json(self, topic, message):
        return self.publish(topic, json.dumps(message), MessageStructure="json")

    @rows(default=({"default": "d"}, "d"), of_the_protocol=({"default": "d", "sqs": "s"}, "s"),
          of_another=({"default": "d", "email": "e"}, "d"))
    def test_chooses(self, message, wanted):
        topic, url = self.subscribed_raw()
        self.publish_json(topic, message)
        self.assertEqual(self.bodies(url), [wanted])

    @rows(no_default={"sqs": "s"}, list=["default"])
    def test_refuses(self, message):
        self.refused(INVALID, self.sns.publish, TopicArn=self.topic(), Message=json.dumps(message), MessageStructure="json",
                     message=re.compile("^Invalid parameter: Message Structure"))

    def test_no_json(self):
        self.refused(INVALID, self.sns.publish, TopicArn=self.topic(), Message="hello", MessageStructure="json",
                     message=re.compile("^Invalid parameter: Message Structure"))

    def test_unknown(self):
        self.refused(INVALID, self.sns.publish, TopicArn=self.topic(), Message="x", MessageStructure="yaml",
                     message=re.compile("MessageStructure|Message Structure"))


class PublishBatch(SnsCase):
    def entries(self, *messages):
        return [{"Id": f"e{n}", "Message": message} for n, message in enumerate(messages)]

    def batch(self, topic, entries):
        return self.sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)

    def refuse(self, code, entries, message=None):
        self.refused(code, self.sns.publish_batch, TopicArn=self.topic(), PublishBatchRequestEntries=entries, message=message)

    def test_ten(self):
        topic, url = self.subscribed_raw()
        answer = self.batch(topic, self.entries(*"0123456789"))
        self.assertEqual([entry["Id"] for entry in answer["Successful"]], [f"e{n}" for n in range(10)])
        self.assertEqual(len({entry["MessageId"] for entry in answer["Successful"]}), 10)
        self.assertFalse(answer.get("Failed"))
        self.assertEqual(sorted(self.bodies(url)), list("0123456789"))

    def test_empty(self):
        self.refuse("EmptyBatchRequest", [], "The batch request doesn't contain any entries.")

    def test_too_many(self):
        self.refuse("TooManyEntriesInBatchRequest", self.entries(*"0123456789a"),
                    re.compile("^The batch request contains more entries than permissible.*10"))

    def test_same_id_twice(self):
        self.refuse("BatchEntryIdsNotDistinct", [{"Id": "a", "Message": "x"}] * 2,
                    "Two or more batch entries in the request have the same Id.")

    @rows(space="a b", long="a" * 81, dot="a.b")
    def test_bad_id(self, bad):
        self.refuse("InvalidBatchEntryId", [{"Id": bad, "Message": "x"}],
                    "The Id of a batch entry in a batch request doesn't abide by the specification.")

    def test_too_large(self):
        self.refuse("BatchRequestTooLong", self.entries("x" * 131072, "x" * 131073),
                    re.compile("^The length of all the messages put together is more than the limit.*262144"))

    @rows(subject={"Message": "x", "Subject": ""}, attribute={"Message": "x", "MessageAttributes": {"a": {"DataType": "Colour", "StringValue": "x"}}},
          empty={"Message": ""})
    def test_bad_entry_fails_alone(self, bad):
        topic, url = self.subscribed_raw()
        answer = self.batch(topic, [*self.entries("good"), {"Id": "bad", **bad}])
        self.assertEqual([entry["Id"] for entry in answer["Successful"]], ["e0"])
        self.assertEqual([(entry["Id"], entry["SenderFault"]) for entry in answer["Failed"]], [("bad", True)])
        self.assertEqual(self.bodies(url), ["good"])

    def test_to_no_topic(self):
        self.refused("NotFound", self.sns.publish_batch, TopicArn=self.missing(), PublishBatchRequestEntries=self.entries("x"),
                     status=404, message=TOPIC_GONE)


class FifoTopics(SnsCase):
    def publish_fifo(self, topic, message="hello", deduplication="d", group="g"):
        return self.publish(topic, message, MessageGroupId=group, MessageDeduplicationId=deduplication)

    def test_order_and_sequence(self):
        topic, url = self.subscribed_fifo()
        sent = [self.publish_fifo(topic, str(n), str(n)) for n in range(5)]
        numbers = [answer["SequenceNumber"] for answer in sent]
        self.assertRegex(numbers[0], r"^\d{20}$")
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual(self.bodies(url), [str(n) for n in range(5)])

    def test_group_and_deduplication_id_pass_on(self):
        topic, url = self.subscribed_fifo()
        self.publish_fifo(topic)
        got = self.receive_one(url)["Attributes"]
        self.assertEqual((got["MessageGroupId"], got["MessageDeduplicationId"]), ("g", "d"))

    def test_same_id_is_delivered_once(self):
        topic, url = self.subscribed_fifo()
        first, again = self.publish_fifo(topic, "one"), self.publish_fifo(topic, "two")
        self.assertEqual(first["MessageId"], again["MessageId"])
        self.assertEqual(self.bodies(url), ["one"])

    def test_by_content(self):
        topic, url = self.subscribed_fifo(ContentBasedDeduplication="true")
        for body in ("a", "b", "a"):
            self.publish(topic, body, MessageGroupId="g")
        self.assertEqual(self.bodies(url), ["a", "b"])

    def test_without_group(self):
        self.refused(INVALID, self.sns.publish, TopicArn=self.topic(True), Message="x", MessageDeduplicationId="d",
                     message="Invalid parameter: The MessageGroupId parameter is required for FIFO topics")

    def test_without_deduplication_id(self):
        self.refused(INVALID, self.sns.publish, TopicArn=self.topic(True), Message="x", MessageGroupId="g",
                     message="Invalid parameter: The topic should either have ContentBasedDeduplication enabled or "
                             "MessageDeduplicationId provided explicitly")

    def test_deduplication_id_on_a_standard_topic(self):
        self.refused(INVALID, self.sns.publish, TopicArn=self.topic(), Message="x", MessageDeduplicationId="d",
                     message=re.compile("^Invalid parameter: MessageDeduplicationId"))

    def test_replay_of_what_is_archived(self):
        topic = self.topic(True, ArchivePolicy=json.dumps({"MessageRetentionPeriod": "1"}))
        for n in range(3):
            self.publish_fifo(topic, str(n), str(n))
        url = self.fifo()
        arn = self.subscribe(topic, url, RawMessageDelivery="true")
        self.assertEqual(self.receive(url), [])
        self.sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="ReplayPolicy", AttributeValue=json.dumps(
            {"PointType": "Timestamp", "StartingPoint": "2020-01-01T00:00:00.000Z"}))
        got = []
        while len(got) < 3:
            message = self.receive_one(url)
            self.delete(url, message)
            got.append(message["Body"])
        self.assertEqual(got, ["0", "1", "2"])
