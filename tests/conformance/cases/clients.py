"""What boto3 makes of the calls: resources, paginators, signed links, many threads."""

import concurrent.futures
import urllib.request

import boto3

from case import REGION
from sns_case import SnsCase


class Clients(SnsCase):
    boto3_only = "about what boto3 makes of the calls"

    def resource(self, service):
        return boto3.resource(service, region_name=REGION, endpoint_url=self.world.endpoint, aws_access_key_id="test",
                              aws_secret_access_key="secret")

    def test_queue_as_a_resource(self):
        queue = self.resource("sqs").create_queue(QueueName=self.name(), Attributes={"VisibilityTimeout": "0"})
        queue.send_message(MessageBody="hello", MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}})
        message, = queue.receive_messages(MessageAttributeNames=["All"], WaitTimeSeconds=20)
        self.assertEqual((message.body, message.message_attributes["a"]["StringValue"]), ("hello", "b"))
        message.change_visibility(VisibilityTimeout=0)
        message.delete()
        self.assertEqual(queue.receive_messages(), [])
        self.assertEqual(queue.attributes["VisibilityTimeout"], "0")
        queue.delete()

    def test_queue_is_found_by_its_name(self):
        url = self.queue()
        self.assertEqual(self.resource("sqs").get_queue_by_name(QueueName=url.rpartition("/")[2]).url, url)

    def test_dead_letter_sources_of_a_resource(self):
        url, dead = self.dead_letter_pair()
        self.assertEqual([queue.url for queue in self.resource("sqs").Queue(dead).dead_letter_source_queues.all()],
                         [url])

    def test_topic_as_a_resource(self):
        url = self.queue()
        topic = self.resource("sns").create_topic(Name=self.name())
        subscription = topic.subscribe(Protocol="sqs", Endpoint=self.arn(url),
                                       Attributes={"RawMessageDelivery": "true"})
        topic.publish(Message="hello")
        self.assertEqual(self.bodies(url), ["hello"])
        self.assertEqual([each.arn for each in topic.subscriptions.all()], [subscription.arn])
        topic.delete()

    def test_paginators(self):
        account = "700000000001"
        sqs, sns = self.world.client("sqs", account), self.world.client("sns", account)
        urls = [sqs.create_queue(QueueName=f"q{n}")["QueueUrl"] for n in range(5)]
        pages = sqs.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2})
        self.assertEqual(sorted(url for page in pages for url in page["QueueUrls"]), urls)
        arns = {sns.create_topic(Name=f"t{n}")["TopicArn"] for n in range(120)}
        pages = sns.get_paginator("list_topics").paginate()
        self.assertEqual({topic["TopicArn"] for page in pages for topic in page["Topics"]}, arns)

    def test_signed_link(self):
        """A link in Query that anybody may follow."""
        topic, url = self.subscribed_raw()
        link = self.sns.generate_presigned_url("publish", Params={"TopicArn": topic, "Message": "by a link & more"})
        with urllib.request.urlopen(link) as answer:
            self.assertEqual(answer.status, 200)
        self.assertEqual(self.bodies(url), ["by a link & more"])

    def test_many_threads(self):
        """Each message is received and deleted once, whoever takes it."""
        url = self.queue()

        def send(n):
            self.send(url, str(n))

        def take(_):
            taken = self.receive(url)
            for message in taken:
                self.delete(url, message)
            return [message["Body"] for message in taken]

        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            list(pool.map(send, range(200)))
            got = []
            while len(got) < 200:
                batch = [body for bodies in pool.map(take, range(10)) for body in bodies]
                self.assertTrue(batch, f"only {len(got)} of 200 came")
                got += batch
        self.assertEqual(sorted(got, key=int), [str(n) for n in range(200)])

    def test_many_threads_of_a_fifo_queue_keep_each_groups_order(self):
        url = self.fifo()
        for n in range(60):
            self.send_fifo(url, f"{n % 6} {n:02}", str(n % 6))
        got = {str(group): [] for group in range(6)}

        def take(_):
            taken = self.receive(url, 3)
            for message in taken:
                got[message["Attributes"]["MessageGroupId"]].append(message["Body"])
                self.delete(url, message)
            return len(taken)

        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            while sum(map(len, got.values())) < 60:
                self.assertTrue(sum(pool.map(take, range(6))), got)
        for group, bodies in got.items():
            self.assertEqual(bodies, [f"{group} {n:02}" for n in range(int(group), 60, 6)])
