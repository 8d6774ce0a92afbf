"""Subscriptions: of queues and of what is not delivered to yet; their attributes and lists."""

import json
import re

from case import ACCOUNT, MISSING_ARN, rows
from sns_case import TOPIC_GONE, SnsCase

INVALID = "InvalidParameter"


class Subscribe(SnsCase):
    def test_answers_an_arn_below_the_topics(self):
        topic = self.topic()
        arn = self.subscribe(topic, self.queue())
        self.assertRegex(arn, f"^{re.escape(topic)}:[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$")

    def test_again_answers_the_same(self):
        topic, url = self.topic(), self.queue()
        self.assertEqual(self.subscribe(topic, url), self.subscribe(topic, url))

    def test_again_with_other_attributes(self):
        topic, url = self.topic(), self.queue()
        self.subscribe(topic, url)
        self.refused(INVALID, self.sns.subscribe, TopicArn=topic, Protocol="sqs", Endpoint=self.arn(url),
                     Attributes={"RawMessageDelivery": "true"},
                     message="Invalid parameter: Attributes Reason: Subscription already exists with different "
                             "attributes")

    def test_to_no_topic(self):
        self.refused("NotFound", self.sns.subscribe, TopicArn=self.missing(), Protocol="sqs",
                     Endpoint=self.arn(self.queue()),
                     status=404, message=TOPIC_GONE)

    @rows(no_arn="queue", topic="arn:aws:sns:eu-central-1:000000000000:t", url="http://localhost/000000000000/q",
          empty="",
          no_queue=MISSING_ARN)
    def test_bad_endpoint(self, endpoint):
        self.refused(INVALID, self.sns.subscribe, TopicArn=self.topic(), Protocol="sqs", Endpoint=endpoint,
                     message=re.compile("[Ee]ndpoint|queue"))

    @rows(unknown="pigeon", email="email", email_json="email-json", sms="sms", application="application",
          firehose="firehose",
          empty="")
    def test_protocol_that_is_not_offered(self, protocol):
        self.refused(INVALID, self.sns.subscribe, TopicArn=self.topic(), Protocol=protocol, Endpoint="x@example.com",
                     message=re.compile("[Pp]rotocol|not offered"))

    def test_fifo_queue_to_standard_topic(self):
        self.refused(INVALID, self.sns.subscribe, TopicArn=self.topic(), Protocol="sqs", Endpoint=self.arn(self.fifo()),
                     message=re.compile("FIFO|fifo"))

    def test_standard_queue_to_fifo_topic(self):
        topic, url = self.topic(True), self.queue()
        self.subscribe(topic, url, RawMessageDelivery="true")
        self.publish(topic, "hello", MessageGroupId="g", MessageDeduplicationId="d")
        self.assertEqual(self.bodies(url), ["hello"])

    @rows(http=("http", "http://127.0.0.1:9/hook"), https=("https", "https://127.0.0.1:9/hook"))
    def test_http_waits_for_its_confirmation(self, protocol, endpoint):
        topic = self.topic()
        answer = self.sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
        self.assertEqual(answer["SubscriptionArn"], "pending confirmation")
        listed, = self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        self.assertEqual((listed["SubscriptionArn"], listed["Endpoint"]), ("PendingConfirmation", endpoint))

    def test_http_with_an_endpoint_of_another_protocol(self):
        self.refused(INVALID, self.sns.subscribe, TopicArn=self.topic(), Protocol="http", Endpoint="https://127.0.0.1/",
                     message=re.compile("[Ee]ndpoint"))

    def test_confirm_with_a_token_that_is_not_known(self):
        self.refused(INVALID, self.sns.confirm_subscription, TopicArn=self.topic(), Token="x" * 64,
                     message=re.compile("[Tt]oken"))

    def test_confirm_of_no_topic(self):
        self.refused("NotFound", self.sns.confirm_subscription, TopicArn=self.missing(), Token="x" * 64, status=404,
                     message=TOPIC_GONE)


class Lists(SnsCase):
    def test_by_topic(self):
        topic, urls = self.topic(), [self.queue() for _ in range(3)]
        arns = {self.subscribe(topic, url) for url in urls}
        listed = self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        self.assertEqual({s["SubscriptionArn"] for s in listed}, arns)
        self.assertEqual({s["Endpoint"] for s in listed}, {self.arn(url) for url in urls})
        self.assertEqual({(s["TopicArn"], s["Protocol"], s["Owner"]) for s in listed}, {(topic, "sqs", ACCOUNT)})

    def test_of_all_topics_in_pages(self):
        account = "600000000001"
        sns, sqs = self.world.client("sns", account), self.world.client("sqs", account)
        topics = [sns.create_topic(Name=f"t{n}")["TopicArn"] for n in range(11)]
        for n in range(10):
            sqs.create_queue(QueueName=f"q{n}")
            for topic in topics:
                sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:eu-central-1:{account}:q{n}")
        first = sns.list_subscriptions()
        self.assertEqual(len(first["Subscriptions"]), 100)
        rest = sns.list_subscriptions(NextToken=first["NextToken"])
        self.assertNotIn("NextToken", rest)
        listed = first["Subscriptions"] + rest["Subscriptions"]
        self.assertEqual(len({s["SubscriptionArn"] for s in listed}), 110)

    def test_of_no_topic(self):
        self.refused("NotFound", self.sns.list_subscriptions_by_topic, TopicArn=self.missing(), status=404,
                     message=TOPIC_GONE)


class Unsubscribe(SnsCase):
    def test_ends_delivery_and_leaves_what_came(self):
        topic, url = self.topic(), self.queue()
        arn = self.subscribe(topic, url, RawMessageDelivery="true")
        self.publish(topic, "before")
        self.sns.unsubscribe(SubscriptionArn=arn)
        self.publish(topic, "after")
        self.assertEqual(self.bodies(url), ["before"])

    def test_again_succeeds(self):
        arn = self.subscribe(self.topic(), self.queue())
        self.sns.unsubscribe(SubscriptionArn=arn)
        self.sns.unsubscribe(SubscriptionArn=arn)

    @rows(word="x", topic="arn:aws:sns:eu-central-1:000000000000:t", pending="PendingConfirmation")
    def test_bad_arn(self, arn):
        self.refused(INVALID, self.sns.unsubscribe, SubscriptionArn=arn,
                     message=re.compile("SubscriptionArn|SubscriptionId"))


class SubscriptionAttributes(SnsCase):
    def subscription(self, **attributes):
        return self.subscribe(self.topic(), self.queue(), **attributes)

    def set(self, arn, name, value):
        self.sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)

    def test_at_first(self):
        topic, url = self.topic(), self.queue()
        arn = self.subscribe(topic, url)
        got = self.subscription_attributes(arn)
        self.assertLessEqual({"SubscriptionArn": arn, "TopicArn": topic, "Protocol": "sqs", "Endpoint": self.arn(url),
                              "Owner": ACCOUNT, "RawMessageDelivery": "false", "PendingConfirmation": "false",
                              "ConfirmationWasAuthenticated": "true"}.items(), got.items())
        self.assertFalse({"FilterPolicy", "FilterPolicyScope", "RedrivePolicy"} & set(got))

    def test_raw_can_be_switched(self):
        topic, url = self.topic(), self.queue()
        arn = self.subscribe(topic, url)
        self.set(arn, "RawMessageDelivery", "true")
        self.assertEqual(self.subscription_attributes(arn)["RawMessageDelivery"], "true")
        self.publish(topic, "raw")
        self.assertEqual(self.bodies(url), ["raw"])

    def test_filter_policy(self):
        policy = json.dumps({"colour": ["red"]})
        arn = self.subscription(FilterPolicy=policy)
        got = self.subscription_attributes(arn)
        self.assertEqual((got["FilterPolicy"], got["FilterPolicyScope"]), (policy, "MessageAttributes"))
        self.set(arn, "FilterPolicyScope", "MessageBody")
        self.assertEqual(self.subscription_attributes(arn)["FilterPolicyScope"], "MessageBody")
        self.set(arn, "FilterPolicy", "{}")
        self.assertNotIn("FilterPolicy", self.subscription_attributes(arn))

    def test_redrive_policy(self):
        policy = json.dumps({"deadLetterTargetArn": self.arn(self.queue())})
        arn = self.subscription(RedrivePolicy=policy)
        self.assertEqual(json.loads(self.subscription_attributes(arn)["RedrivePolicy"]), json.loads(policy))
        self.set(arn, "RedrivePolicy", "")
        self.assertNotIn("RedrivePolicy", self.subscription_attributes(arn))

    @rows(raw=("RawMessageDelivery", "maybe"), scope=("FilterPolicyScope", "Everything"), filter=("FilterPolicy", "{"),
          redrive=("RedrivePolicy", "{"),
          redrive_to_none=("RedrivePolicy",
                           '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:no-such-queue"}'),
          redrive_to_no_arn=("RedrivePolicy", '{"deadLetterTargetArn":"x"}'),
          unknown=("Colour", "red"), read_only=("Owner", "000000000000"))
    def test_refuses(self, name, value):
        self.refused(INVALID, self.sns.set_subscription_attributes, SubscriptionArn=self.subscription(),
                     AttributeName=name,
                     AttributeValue=value,
                     message=re.compile(name if name not in ("Colour", "Owner") else "AttributeName|" + name))
        self.refused(INVALID, self.sns.subscribe, TopicArn=self.topic(), Protocol="sqs",
                     Endpoint=self.arn(self.queue()),
                     Attributes={name: value})

    @rows(get=("get_subscription_attributes", {}),
          set=("set_subscription_attributes", {"AttributeName": "RawMessageDelivery", "AttributeValue": "true"}))
    def test_of_no_subscription(self, call, more):
        arn = self.subscription()
        self.sns.unsubscribe(SubscriptionArn=arn)
        self.refused("NotFound", getattr(self.sns, call), SubscriptionArn=arn, status=404,
                     message="Subscription does not exist", **more)


class NotOffered(SnsCase):
    @rows(sms=("get_sms_attributes", {}), platforms=("list_platform_applications", {}),
          phone=("check_if_phone_number_is_opted_out", {"phoneNumber": "+15551234567"}),
          endpoint=("create_platform_endpoint", {"PlatformApplicationArn": "a", "Token": "t"}))
    def test_says_so(self, call, more):
        with self.assertRaises(self.sns.exceptions.ClientError) as caught:
            getattr(self.sns, call)(**more)
        response = caught.exception.response
        if not self.world.bridge:
            self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertIn("not offered", response["Error"]["Message"])
