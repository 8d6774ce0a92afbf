"""What crosses between AWS's protocols and the native one, here by brokerctl: both see the same topics and queues."""

import base64
import json
import tempfile

from sns_case import SnsCase, text

from sqs_send import EVERY_KIND


class Crossing(SnsCase):
    def ctl(self, *arguments, **options):
        return self.world.ctl.run(*arguments, **options).stdout

    def received(self, name, *more):
        """What brokerctl receives from a queue."""
        return self.world.ctl.json("receive", name, "--max", "10", "--wait", "5s", *more)["messages"]

    def native_queue(self, *more):
        """Made by brokerctl -> its URL."""
        name = self.name()
        self.ctl("queue", "create", name, *more)
        return self.sqs.get_queue_url(QueueName=name)["QueueUrl"]

    @staticmethod
    def name_of(address):
        return address.replace(":", "/").rpartition("/")[2]

    def test_native_publish_to_a_topic_arrives_in_its_envelope(self):
        topic, url = self.subscribed()
        self.ctl("publish", "topic/" + self.name_of(topic), "--body", "hello ä", "--subject", "s", "--attribute", "kind=created",
                 "--attribute", "total:number=99.90", "--attribute", "raw:bytes=AAH/")
        got = self.envelope(url)
        self.assertEqual((got["Message"], got["Subject"], got["TopicArn"]), ("hello ä", "s", topic))
        self.assertEqual(got["MessageAttributes"], {
            "kind": {"Type": "String", "Value": "created"}, "total": {"Type": "Number", "Value": "99.90"},
            "raw": {"Type": "Binary", "Value": "AAH/"}})

    def test_native_publish_to_a_topic_arrives_raw(self):
        topic, url = self.subscribed_raw()
        self.ctl("publish", "topic/" + self.name_of(topic), "--body", "hello", "--attribute", "kind=created",
                 "--attribute", "total:number=99.90")
        message = self.receive_one(url)
        self.assertEqual((message["Body"], message["MessageAttributes"]),
                         ("hello", {"kind": text("created"), "total": text("99.90", "Number")}))

    def test_native_publish_passes_the_filter_of_a_subscription(self):
        topic, url = self.subscribed_raw(FilterPolicy='{"kind": ["created"]}')
        for kind in ("deleted", "created"):
            self.ctl("publish", "topic/" + self.name_of(topic), "--body", kind, "--attribute", f"kind={kind}")
        self.assertEqual(self.bodies(url), ["created"])

    def test_native_publish_to_a_queue(self):
        url = self.queue()
        self.ctl("publish", "queue/" + self.name_of(url), "--body", "hello", "--attribute", "a=b")
        message = self.receive_one(url)
        self.assertEqual((message["Body"], message["MessageAttributes"]), ("hello", {"a": text("b")}))

    def test_sent_message_is_received_natively(self):
        url = self.queue()
        self.send(url, "hello ä", MessageAttributes=EVERY_KIND)
        message, = self.received(self.name_of(url))
        self.assertEqual(message["body"], "hello ä")
        self.assertEqual(message["attributes"]["number"], "-12.50e3")
        self.assertEqual(message["attributes"]["text"], EVERY_KIND["text"]["StringValue"])
        self.assertEqual(base64.b64decode(message["attributes"]["bytes"]), b"\0\1\xff")

    def test_published_message_is_received_natively_as_itself(self):
        topic, url = self.subscribed()
        self.publish(topic, "hello", Subject="s", MessageAttributes={"a": text("b")})
        message, = self.received(self.name_of(url))
        self.assertEqual((message["body"], message["subject"], message["attributes"]), ("hello", "s", {"a": "b"}))

    def test_pull_subscription_of_an_aws_topic(self):
        topic, name = self.topic(), self.name()
        self.ctl("subscription", "create", name, "--topic", self.name_of(topic))
        self.publish(topic, "hello")
        self.assertEqual([message["body"] for message in self.received(name)], ["hello"])

    def test_queue_made_natively_is_a_queue_here(self):
        url = self.native_queue("--visibility-timeout", "7s", "--delay", "0s", "--retention", "1d")
        got = self.attributes(url)
        self.assertEqual((got["VisibilityTimeout"], got["MessageRetentionPeriod"], got["DelaySeconds"]), ("7", "86400", "0"))
        self.send(url, "x")
        self.assertEqual(self.bodies(url), ["x"])

    def test_redrive_policy_made_natively_is_shown_here(self):
        dead = self.native_queue()
        url = self.native_queue("--dead-letter", self.name_of(dead), "--max-attempts", "3")
        policy = json.loads(self.attributes(url, "RedrivePolicy")["RedrivePolicy"])
        self.assertEqual((policy["deadLetterTargetArn"], int(policy["maxReceiveCount"])), (self.arn(dead), 3))

    def test_attributes_set_here_are_seen_natively(self):
        url, dead = self.dead_letter_pair(4, VisibilityTimeout="7")
        shown = json.dumps(self.world.ctl.json("queue", "describe", self.name_of(url)))
        for part in ('"7s"', self.name_of(dead), "4"):
            self.assertIn(part, shown)

    def test_ack_here_of_what_was_published_there_and_back(self):
        url = self.queue()
        self.ctl("publish", "queue/" + self.name_of(url), "--body", "x")
        self.delete(url, self.receive_one(url))
        self.assertEqual(self.world.ctl.json("receive", self.name_of(url))["messages"], [])
        self.send(url, "y")
        self.received(self.name_of(url), "--ack")
        self.assertEqual(self.attributes(url, "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessages"),
                         {"ApproximateNumberOfMessagesNotVisible": "0", "ApproximateNumberOfMessages": "0"})

    def test_dead_letter_of_here_tells_its_story_there(self):
        url, dead = self.dead_letter_pair()
        self.send(url, "bad")
        self.dead_letter(url, dead)
        shown = json.dumps(self.world.ctl.json("dlq", "show", self.name_of(dead)))
        self.assertIn(self.name_of(url), shown)

    def test_body_that_is_no_text_comes_in_base64(self):
        url, body = self.queue(), b"\xff\xfe\0raw"
        with tempfile.NamedTemporaryFile() as file:
            file.write(body)
            file.flush()
            self.ctl("publish", "queue/" + self.name_of(url), "--body", "@" + file.name)
        message = self.receive_one(url)
        self.assertEqual(base64.b64decode(message["Body"]), body)
        self.assertEqual(message["MessageAttributes"], {"broker.body-encoding": text("base64")})

    def test_message_with_eleven_attributes_is_not_lost(self):
        url = self.queue()
        self.ctl("publish", "queue/" + self.name_of(url), "--body", "x",
                 *(part for n in range(11) for part in ("--attribute", f"a{n}={n}")))
        self.assertEqual(self.receive_one(url)["Body"], "x")

    def test_message_with_eleven_attributes_is_dead_lettered_with_the_reason(self):
        url, dead = self.dead_letter_pair(5)
        self.ctl("publish", "queue/" + self.name_of(url), "--body", "x",
                 *(part for n in range(11) for part in ("--attribute", f"a{n}={n}")))
        self.assertEqual(self.receive(url), [])
        shown = json.dumps(self.eventually(lambda: self.world.ctl.json("dlq", "show", self.name_of(dead))["messages"]))
        self.assertIn("attributes", shown)

    def test_ordering_key_is_the_group(self):
        url = self.fifo()
        self.ctl("publish", "queue/" + self.name_of(url), "--body", "x", "--key", "customer 7", "--dedup-id", "order")
        got = self.receive_one(url)["Attributes"]
        self.assertEqual((got["MessageGroupId"], got["MessageDeduplicationId"]), ("customer 7", "order"))
