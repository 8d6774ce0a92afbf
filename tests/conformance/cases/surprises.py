"""Two surprises that users of other servers report - a queue URL that is no good in another container, deleted messages
that come back after a restart - and what an alias for accounts does. Each has daemons of its own."""

import http.client
import json
import uuid

from own_daemon import OwnDaemon
from sns_case import SnsCase


class QueueUrlFromElsewhere(OwnDaemon):
    def test_follows_the_host_that_the_caller_used(self):
        self.start()
        name = self.name()
        for host in ("127.0.0.1", "localhost"):
            client = self.world.client("sqs", endpoint=f"http://{host}:{self.port}")
            url = client.create_queue(QueueName=name)["QueueUrl"]
            self.assertEqual(url, f"http://{host}:{self.port}/000000000000/{name}")
            self.assertEqual(client.get_queue_url(QueueName=name)["QueueUrl"], url)
            self.assertEqual(client.list_queues()["QueueUrls"], [url])

    def test_made_under_one_name_works_under_another(self):
        self.start()
        url = self.world.client("sqs", endpoint=f"http://localhost:{self.port}").create_queue(
            QueueName=self.name())["QueueUrl"]
        self.send(url, "across")
        self.send(url.replace("localhost", "broker.internal"), "from a name that only others know")
        self.assertEqual(len(self.receive(url)), 2)

    def test_host_header_of_another_container(self):
        self.start()
        connection = http.client.HTTPConnection(self.broker.http_address)
        self.addCleanup(connection.close)
        connection.request("POST", "/", "Action=CreateQueue&QueueName=q", {
            "Host": "broker:4566", "Content-Type": "application/x-www-form-urlencoded"})
        self.assertIn(b"<QueueUrl>http://broker:4566/000000000000/q</QueueUrl>", connection.getresponse().read())

    def test_public_url_wins(self):
        self.start("--aws-public-url=https://queues.example:8443")
        url = self.queue()
        self.assertTrue(url.startswith("https://queues.example:8443/000000000000/"), url)
        self.send(url, "through the endpoint")
        self.assertEqual(self.bodies(url), ["through the endpoint"])

    def test_public_url_with_a_path(self):
        self.start("--aws-public-url=https://queues.example/sqs")
        url = self.queue()
        self.assertTrue(url.startswith("https://queues.example/sqs/000000000000/"), url)
        self.send(url, "through the endpoint")
        below = self.world.client("sqs", endpoint=f"http://{self.broker.http_address}/sqs")
        below.send_message(QueueUrl=url, MessageBody="below the path")
        self.send(url.replace("/sqs", ""), "without the path")
        self.assertEqual(sorted(self.bodies(url)), ["below the path", "through the endpoint", "without the path"])


class DeletedStaysDeleted(OwnDaemon):
    def some_are_deleted(self, url, send):
        """Sends 30, deletes 10, leases 10 of the others -> what was deleted, what is leased."""
        for n in range(30):
            send(url, f"message {n}")
        deleted, leased = self.receive(url), self.receive(url)
        self.sqs.delete_message_batch(QueueUrl=url, Entries=[
            {"Id": f"e{n}", "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(deleted)])
        return [{message["Body"] for message in messages} for messages in (deleted, leased)]

    def all_that_is_left(self, url):
        found = []
        while int(self.attributes(url, "ApproximateNumberOfMessages")["ApproximateNumberOfMessages"]):
            found += self.bodies(url)
        return found

    def stay_deleted_over(self, restart):
        self.start()
        standard, fifo = self.queue(VisibilityTimeout="43200"), self.fifo(VisibilityTimeout="43200")
        before = {standard: self.some_are_deleted(standard, self.send),
                  fifo: self.some_are_deleted(fifo, lambda url, body: self.send_fifo(url, body, uuid.uuid4().hex))}
        restart()
        self.reach()
        for url, (deleted, leased) in before.items():
            self.assertEqual((len(deleted), len(leased)), (10, 10))
            left = self.all_that_is_left(url)
            self.assertEqual(set(left), {f"message {n}" for n in range(30)} - deleted - leased)
            self.assertEqual(len(left), 10)
            self.assertEqual(self.attributes(url, "ApproximateNumberOfMessagesNotVisible"),
                             {"ApproximateNumberOfMessagesNotVisible": "20"})

    def test_after_a_stop(self):
        self.stay_deleted_over(lambda: (self.broker.stop(), self.broker.start()))

    def test_after_kill(self):
        self.stay_deleted_over(lambda: self.broker.kill9_and_restart())

    def test_purge_and_delete_of_a_queue_too(self):
        self.start()
        purged, deleted = self.queue(), self.queue()
        for url in (purged, deleted):
            self.send(url)
        self.sqs.purge_queue(QueueUrl=purged)
        self.sqs.delete_queue(QueueUrl=deleted)
        self.broker.kill9_and_restart()
        self.reach()
        self.assertEqual(self.receive(purged), [])
        self.refused("AWS.SimpleQueueService.NonExistentQueue", self.sqs.receive_message, QueueUrl=deleted,
                     message=self.no_queue)

    def test_handles_and_duplicates_outlive_it(self):
        self.start()
        url, fifo = self.queue(), self.fifo()
        self.send(url)
        handle = self.receive_one(url)["ReceiptHandle"]
        first = self.send_fifo(fifo, MessageDeduplicationId="d")
        self.broker.kill9_and_restart()
        self.reach()
        self.assertEqual(self.receive(url), [], "the lease goes on")
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
        self.assertEqual(self.send_fifo(fifo, MessageDeduplicationId="d")["MessageId"], first["MessageId"])
        self.assertEqual(self.attributes(url, "ApproximateNumberOfMessagesNotVisible"),
                         {"ApproximateNumberOfMessagesNotVisible": "0"})


class TopicsStay(OwnDaemon, SnsCase):
    def test_with_subscriptions_and_the_key_that_signs(self):
        self.start()
        topic, url = self.subscribed(FilterPolicy='{"colour": ["red"]}')
        red = {"colour": {"DataType": "String", "StringValue": "red"}}
        self.publish(topic, "before", MessageAttributes=red)
        before = self.envelope(url)
        self.broker.kill9_and_restart()
        self.reach()
        self.publish(topic, "filtered out")
        self.publish(topic, "after", MessageAttributes=red)
        after = self.envelope(url)
        self.assertEqual(after["Message"], "after")
        self.assertEqual(*(each["SigningCertURL"].rpartition("/")[2] for each in (before, after)))


class AccountAlias(OwnDaemon):
    """`[namespaces] alias = {"*" = "default"}`, as ./deploy/start has it."""

    TOPIC = "arn:aws:sns:us-east-1:123456789012:order-events"
    QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/order-queue"

    def start(self):
        super().start("--namespaces-alias=*=default")
        self.ctl.run("topic", "create", "order-events")
        self.ctl.run("queue", "create", "order-queue")
        self.ctl.run("subscription", "create", "order-events-queue", "--topic", "order-events", "--queue",
                     "order-queue")

    def client(self, service):
        return self.world.client(service, "123456789012", "us-east-1")

    def test_lesson_publishes_and_sends_as_it_stands(self):
        self.start()
        published = self.client("sns").publish(
            TopicArn=self.TOPIC, Subject="Order Created",
            Message=json.dumps({"order_id": "12345", "customer": "Alice", "items": ["item1", "item2"]}))
        self.assertTrue(published["MessageId"])
        self.client("sqs").send_message(QueueUrl=self.QUEUE, MessageBody=json.dumps({"order_id": "12345"}))
        received = self.ctl.json("receive", "order-queue", "--max", "10", "--wait", "5s")["messages"]
        self.assertEqual([json.loads(message["body"])["order_id"] for message in received], ["12345", "12345"])
        self.assertEqual(received[0]["subject"], "Order Created")

    def test_what_brokerctl_made_is_found_and_has_the_callers_account(self):
        self.start()
        sqs, sns = self.client("sqs"), self.client("sns")
        url = sqs.get_queue_url(QueueName="order-queue")["QueueUrl"]
        self.assertTrue(url.endswith("/123456789012/order-queue"), url)
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.assertEqual(arn, "arn:aws:sqs:us-east-1:123456789012:order-queue")
        self.assertEqual(sns.list_topics()["Topics"], [{"TopicArn": self.TOPIC}])
        attributes = sns.get_topic_attributes(TopicArn=self.TOPIC)["Attributes"]
        self.assertEqual((attributes["TopicArn"], attributes["Owner"]), (self.TOPIC, "123456789012"))
        subscription, = sns.list_subscriptions_by_topic(TopicArn=self.TOPIC)["Subscriptions"]
        self.assertEqual((subscription["Endpoint"], subscription["Protocol"], subscription["Owner"]),
                         (arn, "sqs", "123456789012"))

    def test_arn_names_the_account_whoever_signs(self):
        self.start()
        self.world.client("sns", "test", "us-east-1").publish(TopicArn=self.TOPIC, Message="x")
        message = self.world.client("sqs", "test", "us-east-1").receive_message(
            QueueUrl=self.QUEUE, WaitTimeSeconds=20)["Messages"][0]
        self.assertEqual(message["Body"], "x")
