"""Some twenty calls through the AWS CLI, against a daemon of its own.

usage: smoke_cli.py BROKERD FOLDER

FOLDER keeps its virtual environment, as for conformance.py."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import conformance

sys.path.insert(0, os.path.join(os.path.dirname(conformance.HERE), "e2e"))

import daemon  # noqa: E402  (needs the path above)


class Cli(unittest.TestCase):
    brokerd = command = None  # from the command line

    @classmethod
    def setUpClass(cls):
        cls.broker = cls.enterClassContext(daemon.Broker(cls.brokerd))
        cls.home = cls.enterClassContext(tempfile.TemporaryDirectory())

    def run_aws(self, *arguments):
        env = {"PATH": os.environ["PATH"], "HOME": self.home, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
               "AWS_DEFAULT_REGION": "us-east-1", "AWS_DEFAULT_OUTPUT": "json", "AWS_MAX_ATTEMPTS": "1"}
        # To SQS it heeds the flag only, not AWS_ENDPOINT_URL.
        return subprocess.run([self.command, "--endpoint-url", "http://" + self.broker.http_address, *arguments], env=env,
                              capture_output=True, text=True, timeout=daemon.PATIENCE, check=False)

    def aws(self, *arguments):
        done = self.run_aws(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def sqs(self, *arguments):
        return self.aws("sqs", *arguments)

    def sns(self, *arguments):
        return self.aws("sns", *arguments)

    def queue(self, suffix="", *more):
        return self.sqs("create-queue", "--queue-name", self.id().rpartition(".")[2] + suffix, *more)["QueueUrl"]

    def arn(self, url):
        return self.sqs("get-queue-attributes", "--queue-url", url, "--attribute-names", "QueueArn")["Attributes"]["QueueArn"]

    def receive(self, url, *more):
        return self.sqs("receive-message", "--queue-url", url, "--max-number-of-messages", "10", *more).get("Messages", [])

    def fails(self, code, *arguments):
        done = self.run_aws(*arguments)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn(f"({code})", done.stderr)
        return done.stderr

    def test_create_and_find_queue(self):
        url = self.queue()
        self.assertEqual(self.sqs("get-queue-url", "--queue-name", url.rpartition("/")[2])["QueueUrl"], url)

    def test_list_queues(self):
        url = self.queue()
        self.assertEqual(self.sqs("list-queues", "--queue-name-prefix", url.rpartition("/")[2])["QueueUrls"], [url])

    def test_list_queues_in_pages(self):
        urls = [self.queue(str(n)) for n in range(3)]
        got = self.sqs("list-queues", "--queue-name-prefix", "test_list_queues_in_pages", "--page-size", "2")
        self.assertEqual(got["QueueUrls"], urls)

    def test_attributes(self):
        url = self.queue("", "--attributes", "VisibilityTimeout=7,DelaySeconds=1")
        self.sqs("set-queue-attributes", "--queue-url", url, "--attributes", "DelaySeconds=2")
        got = self.sqs("get-queue-attributes", "--queue-url", url, "--attribute-names", "All")["Attributes"]
        self.assertEqual((got["VisibilityTimeout"], got["DelaySeconds"]), ("7", "2"))

    def test_send_receive_delete(self):
        url = self.queue()
        sent = self.sqs("send-message", "--queue-url", url, "--message-body", "hello <ä>", "--message-attributes",
                        '{"a": {"DataType": "Number", "StringValue": "1"}}')
        message, = self.receive(url, "--message-attribute-names", "All", "--attribute-names", "All")
        self.assertEqual((message["MessageId"], message["Body"]), (sent["MessageId"], "hello <ä>"))
        self.assertEqual(message["MD5OfMessageAttributes"], sent["MD5OfMessageAttributes"])
        self.sqs("delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])

    def test_visibility(self):
        url = self.queue()
        self.sqs("send-message", "--queue-url", url, "--message-body", "x")
        message, = self.receive(url)
        self.assertEqual(self.receive(url), [])
        self.sqs("change-message-visibility", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"],
                 "--visibility-timeout", "0")
        self.assertEqual(len(self.receive(url)), 1)

    def test_batches(self):
        url = self.queue()
        sent = self.sqs("send-message-batch", "--queue-url", url, "--entries", "Id=a,MessageBody=1", "Id=b,MessageBody=2")
        self.assertEqual([entry["Id"] for entry in sent["Successful"]], ["a", "b"])
        entries = [f"Id=e{n},ReceiptHandle={m['ReceiptHandle']}" for n, m in enumerate(self.receive(url))]
        self.assertEqual(len(self.sqs("delete-message-batch", "--queue-url", url, "--entries", *entries)["Successful"]), 2)

    def test_long_poll_wakes(self):
        url = self.queue()
        self.sqs("send-message", "--queue-url", url, "--message-body", "x", "--delay-seconds", "1")
        self.assertEqual(len(self.receive(url, "--wait-time-seconds", "20")), 1)

    def test_fifo(self):
        url = self.queue(".fifo", "--attributes", "FifoQueue=true,ContentBasedDeduplication=true")
        for body in ("1", "2", "1"):
            self.sqs("send-message", "--queue-url", url, "--message-body", body, "--message-group-id", "g")
        self.assertEqual([message["Body"] for message in self.receive(url)], ["1", "2"])

    def test_purge_and_delete(self):
        url = self.queue()
        self.sqs("send-message", "--queue-url", url, "--message-body", "x")
        self.sqs("purge-queue", "--queue-url", url)
        self.assertEqual(self.receive(url), [])
        self.sqs("delete-queue", "--queue-url", url)
        self.fails("AWS.SimpleQueueService.NonExistentQueue", "sqs", "purge-queue", "--queue-url", url)

    def test_tags(self):
        url = self.queue("", "--tags", "a=1")
        self.sqs("tag-queue", "--queue-url", url, "--tags", "b=2")
        self.sqs("untag-queue", "--queue-url", url, "--tag-keys", "a")
        self.assertEqual(self.sqs("list-queue-tags", "--queue-url", url)["Tags"], {"b": "2"})

    def test_permissions(self):
        url = self.queue()
        self.sqs("add-permission", "--queue-url", url, "--label", "l", "--aws-account-ids", "111111111111", "--actions", "*")
        self.sqs("remove-permission", "--queue-url", url, "--label", "l")

    def test_dead_letters_and_move(self):
        dead = self.queue("-dead")
        url = self.queue("", "--attributes", json.dumps(
            {"RedrivePolicy": json.dumps({"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": 1})}))
        self.assertEqual(self.sqs("list-dead-letter-source-queues", "--queue-url", dead)["queueUrls"], [url])
        self.sqs("send-message", "--queue-url", url, "--message-body", "bad")
        self.receive(url, "--visibility-timeout", "0")
        self.assertEqual(self.receive(url), [])
        self.assertEqual(len(self.receive(dead, "--visibility-timeout", "0", "--wait-time-seconds", "20")), 1)
        self.sqs("start-message-move-task", "--source-arn", self.arn(dead))
        self.assertEqual(len(self.receive(url, "--wait-time-seconds", "20")), 1)
        self.assertEqual(len(self.sqs("list-message-move-tasks", "--source-arn", self.arn(dead))["Results"]), 1)

    def test_errors_of_queues(self):
        self.fails("AWS.SimpleQueueService.NonExistentQueue", "sqs", "get-queue-url", "--queue-name", "never-made")
        self.fails("InvalidParameterValue", "sqs", "create-queue", "--queue-name", "a b")

    def topic(self):
        return self.sns("create-topic", "--name", self.id().rpartition(".")[2])["TopicArn"]

    def test_topic(self):
        arn = self.topic()
        self.assertIn({"TopicArn": arn}, self.sns("list-topics")["Topics"])
        self.sns("set-topic-attributes", "--topic-arn", arn, "--attribute-name", "DisplayName", "--attribute-value", "shop")
        self.assertEqual(self.sns("get-topic-attributes", "--topic-arn", arn)["Attributes"]["DisplayName"], "shop")
        self.sns("delete-topic", "--topic-arn", arn)
        self.fails("NotFound", "sns", "get-topic-attributes", "--topic-arn", arn)

    def test_topic_tags(self):
        arn = self.topic()
        self.sns("tag-resource", "--resource-arn", arn, "--tags", "Key=a,Value=1")
        self.assertEqual(self.sns("list-tags-for-resource", "--resource-arn", arn)["Tags"], [{"Key": "a", "Value": "1"}])

    def subscribe(self, topic, url, *more):
        return self.sns("subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", self.arn(url),
                        "--return-subscription-arn", *more)["SubscriptionArn"]

    def test_fan_out_in_envelopes(self):
        topic, url = self.topic(), self.queue()
        arn = self.subscribe(topic, url)
        sent = self.sns("publish", "--topic-arn", topic, "--message", "hello", "--subject", "s")
        envelope = json.loads(self.receive(url)[0]["Body"])
        self.assertEqual((envelope["MessageId"], envelope["Message"], envelope["Subject"]), (sent["MessageId"], "hello", "s"))
        self.assertEqual(self.sns("list-subscriptions-by-topic", "--topic-arn", topic)["Subscriptions"][0]["SubscriptionArn"], arn)
        self.sns("unsubscribe", "--subscription-arn", arn)

    def test_fan_out_raw_with_filter(self):
        topic, url = self.topic(), self.queue()
        arn = self.subscribe(topic, url, "--attributes", json.dumps({"RawMessageDelivery": "true"}))
        self.sns("set-subscription-attributes", "--subscription-arn", arn, "--attribute-name", "FilterPolicy",
                 "--attribute-value", '{"colour": ["red"]}')
        for colour in ("blue", "red"):
            self.sns("publish", "--topic-arn", topic, "--message", colour, "--message-attributes", json.dumps(
                {"colour": {"DataType": "String", "StringValue": colour}}))
        self.assertEqual([message["Body"] for message in self.receive(url)], ["red"])

    def test_publish_batch(self):
        topic, url = self.topic(), self.queue()
        self.subscribe(topic, url, "--attributes", json.dumps({"RawMessageDelivery": "true"}))
        sent = self.sns("publish-batch", "--topic-arn", topic, "--publish-batch-request-entries", "Id=a,Message=1", "Id=b,Message=2")
        self.assertEqual(len(sent["Successful"]), 2)
        self.assertEqual(sorted(message["Body"] for message in self.receive(url)), ["1", "2"])

    def test_errors_of_topics(self):
        arn = self.topic() + "-never-made"
        self.assertIn("Topic does not exist", self.fails("NotFound", "sns", "publish", "--topic-arn", arn, "--message", "x"))
        self.fails("InvalidParameter", "sns", "create-topic", "--name", "a b")


if __name__ == "__main__":
    Cli.brokerd = os.path.abspath(sys.argv.pop(1))
    Cli.command = os.path.join(os.path.dirname(conformance.environment(sys.argv.pop(1), "cli")), "aws")
    unittest.main()
