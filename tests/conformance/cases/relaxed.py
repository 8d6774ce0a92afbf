"""`aws.strict = false`: only the broker's own limits, and no waiting rules."""

from case import INVALID
from own_daemon import OwnDaemon


class Relaxed(OwnDaemon):
    def test_what_strict_refuses(self):
        self.start("--aws-strict=false")
        url = self.sqs.create_queue(QueueName=self.name() + "." + "n" * 100)["QueueUrl"]
        for _ in range(2):
            self.sqs.purge_queue(QueueUrl=url)
        self.sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": f"e{n}", "MessageBody": "x"} for n in range(20)])
        self.assertEqual(len(self.receive(url, 20)), 20)
        self.send(url, "x" * 2000000)
        self.assertEqual(len(self.receive_one(url)["Body"]), 2000000)
        self.send(url, MessageAttributes={f"a{n}": {"DataType": "String", "StringValue": "x"} for n in range(11)})
        self.assertEqual(len(self.receive_one(url)["MessageAttributes"]), 11)

    def test_numbers_and_topics_too(self):
        self.start("--aws-strict=false")
        url, topic = self.queue(), self.sns.create_topic(Name=self.name())["TopicArn"]
        large = {"n": {"DataType": "Number", "StringValue": "1e200"}}
        self.send(url, MessageAttributes=large)
        self.assertEqual(self.receive_one(url)["MessageAttributes"], large)
        self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=self.arn(url),
                           Attributes={"RawMessageDelivery": "true"})
        self.sns.publish(TopicArn=topic, Message="x" * 400000, MessageAttributes=large)
        self.assertEqual(len(self.receive_one(url)["Body"]), 400000)
        self.sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": f"e{n}", "Message": "x"}
                                                                          for n in range(11)])
        self.assertEqual(len(self.receive(url, 20)), 11)

    def test_deleted_name_is_free_at_once(self):
        self.start("--aws-strict=false")
        name = self.name()
        self.sqs.delete_queue(QueueUrl=self.sqs.create_queue(QueueName=name)["QueueUrl"])
        self.send(self.sqs.create_queue(QueueName=name)["QueueUrl"])

    def test_the_brokers_own_limits_stay(self):
        self.start("--aws-strict=false")
        url = self.queue()
        self.refused(INVALID, self.sqs.send_message, QueueUrl=url, MessageBody="x" * (10 * 1024 * 1024 + 1))
        self.refused(INVALID, self.sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=1001)
