"""Topics: create, list, delete; attributes, tags, policies."""

import json
import re

from case import ACCOUNT, REGION, rows
from sns_case import TOPIC_GONE, SnsCase

INVALID = "InvalidParameter"
# How long a request may take to fail, and how often: the default.
RETRIES = {"minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3, "numMaxDelayRetries": 0, "numNoDelayRetries": 0,
           "numMinDelayRetries": 0, "backoffFunction": "linear"}


class CreateTopic(SnsCase):
    def test_answers_its_arn(self):
        name = self.name()
        self.assertEqual(self.sns.create_topic(Name=name)["TopicArn"], f"arn:aws:sns:{REGION}:{ACCOUNT}:{name}")

    def test_again_answers_the_same(self):
        name, attributes = self.name(), {"DisplayName": "shop"}
        first = self.sns.create_topic(Name=name, Attributes=attributes)
        self.assertEqual(self.sns.create_topic(Name=name, Attributes=attributes)["TopicArn"], first["TopicArn"])
        self.assertEqual(self.sns.create_topic(Name=name)["TopicArn"], first["TopicArn"])

    def test_again_with_other_attributes(self):
        name = self.name()
        self.sns.create_topic(Name=name, Attributes={"DisplayName": "shop"})
        self.refused(INVALID, self.sns.create_topic, Name=name, Attributes={"DisplayName": "other"},
                     message=re.compile("Topic already exists with different attributes"))

    def test_again_with_other_tags(self):
        name = self.name()
        self.sns.create_topic(Name=name, Tags=[{"Key": "a", "Value": "1"}])
        self.refused(INVALID, self.sns.create_topic, Name=name, Tags=[{"Key": "a", "Value": "2"}],
                     message="Invalid parameter: Tags Reason: Topic already exists with different tags")

    @rows(empty="", too_long="a" * 257, dot="a.b", space="a b", umlaut="ä", fifo_without_attribute="a.fifo")
    def test_bad_name(self, name):
        self.refused(INVALID, self.sns.create_topic, Name=name, message=re.compile("Topic Name"))

    def test_longest_name(self):
        name = (self.name() + "-" * 255)[:255]  # the broker's own limit; the real one is 256
        self.assertTrue(self.sns.create_topic(Name=name)["TopicArn"].endswith(":" + name))

    def test_without_name(self):
        self.refused("ValidationError", self.sns.create_topic, message=re.compile("[Nn]ame"))

    def test_fifo_needs_its_suffix(self):
        self.refused(INVALID, self.sns.create_topic, Name=self.name(), Attributes={"FifoTopic": "true"},
                     message=re.compile(r"Topic Name|\.fifo"))

    def test_unknown_attribute(self):
        self.refused(INVALID, self.sns.create_topic, Name=self.name(), Attributes={"Colour": "red"},
                     message=re.compile("Colour|AttributeName"))

    def test_in_another_region_the_arn_says_so(self):
        arn = self.world.client("sns", region="ap-south-1").create_topic(Name=self.name())["TopicArn"]
        self.assertTrue(arn.startswith("arn:aws:sns:ap-south-1:"), arn)


class ListAndDelete(SnsCase):
    """Lists in an account of its own: they are whole."""

    def test_none(self):
        self.assertEqual(self.world.client("sns", "500000000000").list_topics()["Topics"], [])

    def test_pages_of_a_hundred(self):
        client = self.world.client("sns", "500000000001")
        made = {client.create_topic(Name=f"t{n}")["TopicArn"] for n in range(101)}
        first = client.list_topics()
        self.assertEqual(len(first["Topics"]), 100)
        rest = client.list_topics(NextToken=first["NextToken"])
        self.assertNotIn("NextToken", rest)
        self.assertEqual({topic["TopicArn"] for topic in first["Topics"] + rest["Topics"]}, made)

    def test_bad_token(self):
        self.refused(INVALID, self.sns.list_topics, NextToken="no token", message=re.compile("NextToken|[Nn]ext token"))

    def test_deleted_topic_is_gone(self):
        arn = self.topic()
        self.sns.delete_topic(TopicArn=arn)
        self.refused("NotFound", self.sns.get_topic_attributes, TopicArn=arn, status=404, message=TOPIC_GONE)

    def test_delete_again_succeeds(self):
        arn = self.topic()
        self.sns.delete_topic(TopicArn=arn)
        self.sns.delete_topic(TopicArn=arn)

    def test_delete_ends_its_subscriptions_and_leaves_what_was_delivered(self):
        topic, url = self.subscribed_raw()
        self.publish(topic, "delivered")
        self.sns.delete_topic(TopicArn=topic)
        self.assertEqual(self.bodies(url), ["delivered"])
        self.assertNotIn(topic, {s["TopicArn"] for s in self.sns.list_subscriptions()["Subscriptions"]})

    @rows(word="x", queue=f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", empty="")
    def test_bad_arn(self, arn):
        self.refused(INVALID, self.sns.get_topic_attributes, TopicArn=arn, message=re.compile("TopicArn"))


class TopicAttributes(SnsCase):
    def test_at_first(self):
        arn = self.topic()
        got = self.topic_attributes(arn)
        self.assertLessEqual({"TopicArn": arn, "Owner": ACCOUNT, "SubscriptionsConfirmed": "0", "SubscriptionsPending": "0",
                              "SubscriptionsDeleted": "0", "DisplayName": ""}.items(), got.items())
        self.assertNotIn("FifoTopic", got)
        self.assertEqual(json.loads(got["Policy"])["Statement"][0]["Resource"], arn)

    def test_effective_delivery_policy(self):
        policy = json.loads(self.topic_attributes(self.topic())["EffectiveDeliveryPolicy"])
        self.assertLessEqual(RETRIES.items(), policy["http"]["defaultHealthyRetryPolicy"].items())

    def test_of_fifo(self):
        got = self.topic_attributes(self.topic(True))
        self.assertLessEqual({"FifoTopic": "true", "ContentBasedDeduplication": "false"}.items(), got.items())

    @rows(name=("DisplayName", "shop"), signature=("SignatureVersion", "2"), tracing=("TracingConfig", "Active"),
          key=("KmsMasterKeyId", "alias/mine"), feedback=("SQSSuccessFeedbackSampleRate", "50"))
    def test_set(self, name, value):
        arn = self.topic()
        self.sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
        self.assertEqual(self.topic_attributes(arn)[name], value)

    @rows(signature=("SignatureVersion", "3"), tracing=("TracingConfig", "Loud"), policy=("Policy", "{"),
          long_name=("DisplayName", "a" * 101), delivery=("DeliveryPolicy", "{"))
    def test_refuses(self, name, value):
        self.refused(INVALID, self.sns.set_topic_attributes, TopicArn=self.topic(), AttributeName=name,
                     AttributeValue=value, message=re.compile(name))

    @rows(unknown="Colour", owner="Owner", counted="SubscriptionsConfirmed", fifo="FifoTopic")
    def test_refuses_to_set(self, name):
        self.refused(INVALID, self.sns.set_topic_attributes, TopicArn=self.topic(), AttributeName=name,
                     AttributeValue="true")

    def test_set_of_no_topic(self):
        self.refused("NotFound", self.sns.set_topic_attributes, TopicArn=self.missing(), AttributeName="DisplayName",
                     AttributeValue="x", status=404, message=TOPIC_GONE)

    def test_counts_subscriptions(self):
        topic, _ = self.subscribed()
        self.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://127.0.0.1:9/")
        got = self.topic_attributes(topic)
        self.assertEqual((got["SubscriptionsConfirmed"], got["SubscriptionsPending"]), ("1", "1"))

    def test_delivery_policy(self):
        arn = self.topic()
        policy = {"http": {"defaultHealthyRetryPolicy": {**RETRIES, "numRetries": 5, "maxDelayTarget": 60}}}
        self.sns.set_topic_attributes(TopicArn=arn, AttributeName="DeliveryPolicy", AttributeValue=json.dumps(policy))
        effective = json.loads(self.topic_attributes(arn)["EffectiveDeliveryPolicy"])
        self.assertEqual(effective["http"]["defaultHealthyRetryPolicy"]["numRetries"], 5)

    @rows(longer_than_an_hour={"maxDelayTarget": 3601}, least_above_most={"minDelayTarget": 30}, too_many={"numRetries": 101},
          unknown_backoff={"backoffFunction": "none"}, no_number={"numRetries": "x"}, negative={"numNoDelayRetries": -1})
    def test_refuses_delivery_policy(self, part):
        policy = {"http": {"defaultHealthyRetryPolicy": {**RETRIES, **part}}}
        self.refused(INVALID, self.sns.set_topic_attributes, TopicArn=self.topic(), AttributeName="DeliveryPolicy",
                     AttributeValue=json.dumps(policy), message=re.compile("DeliveryPolicy"))

    def test_content_based_deduplication_needs_fifo(self):
        self.refused(INVALID, self.sns.create_topic, Name=self.name(), Attributes={"ContentBasedDeduplication": "true"},
                     message=re.compile("ContentBasedDeduplication"))


class TagsAndPolicies(SnsCase):
    def tags(self, arn):
        return {tag["Key"]: tag["Value"] for tag in self.sns.list_tags_for_resource(ResourceArn=arn)["Tags"]}

    def test_tags(self):
        arn = self.sns.create_topic(Name=self.name(), Tags=[{"Key": "a", "Value": "1"}])["TopicArn"]
        self.sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}])
        self.assertEqual(self.tags(arn), {"a": "2", "b": ""})
        self.sns.untag_resource(ResourceArn=arn, TagKeys=["a", "never"])
        self.assertEqual(self.tags(arn), {"b": ""})

    def test_fifty_tags(self):
        arn = self.topic()
        self.sns.tag_resource(ResourceArn=arn, Tags=[{"Key": f"k{n}", "Value": "v"} for n in range(50)])
        self.refused("TagLimitExceeded", self.sns.tag_resource, ResourceArn=arn, Tags=[{"Key": "one", "Value": "more"}],
                     message=re.compile("^Could not complete request: tag quota of per resource exceeded"))

    @rows(key_too_long={"Key": "k" * 129, "Value": "v"}, value_too_long={"Key": "k", "Value": "v" * 257},
          empty_key={"Key": "", "Value": "v"}, reserved={"Key": "aws:a", "Value": "v"})
    def test_refuses_tag(self, tag):
        with self.assertRaises(self.sns.exceptions.ClientError) as caught:
            self.sns.tag_resource(ResourceArn=self.topic(), Tags=[tag])
        self.assertIn(caught.exception.response["Error"]["Code"], (INVALID, "ValidationError"))

    @rows(tag=("tag_resource", {"Tags": [{"Key": "a", "Value": "1"}]}), untag=("untag_resource", {"TagKeys": ["a"]}),
          list=("list_tags_for_resource", {}))
    def test_tags_of_no_topic(self, call, more):
        self.refused("ResourceNotFound", getattr(self.sns, call), ResourceArn=self.missing(), status=404,
                     message="Resource does not exist", **more)

    def test_permission(self):
        arn = self.topic()
        self.sns.add_permission(TopicArn=arn, Label="l", AWSAccountId=["111111111111"], ActionName=["Publish"])
        statement = [s for s in json.loads(self.topic_attributes(arn)["Policy"])["Statement"] if s["Sid"] == "l"][0]
        self.assertEqual((statement["Action"], statement["Principal"], statement["Resource"]),
                         ("SNS:Publish", {"AWS": "arn:aws:iam::111111111111:root"}, arn))
        self.refused(INVALID, self.sns.add_permission, TopicArn=arn, Label="l", AWSAccountId=["111111111111"],
                     ActionName=["Publish"], message="Invalid parameter: Statement already exists")
        self.sns.remove_permission(TopicArn=arn, Label="l")
        self.assertNotIn('"l"', self.topic_attributes(arn)["Policy"])

    def test_permission_for_an_unknown_action(self):
        self.refused(INVALID, self.sns.add_permission, TopicArn=self.topic(), Label="l", AWSAccountId=["111111111111"],
                     ActionName=["Fly"], message=re.compile("Fly|out of service scope|ActionName"))

    def test_permissions_of_no_topic(self):
        self.refused("NotFound", self.sns.add_permission, TopicArn=self.missing(), Label="l", status=404,
                     AWSAccountId=["111111111111"], ActionName=["Publish"], message=TOPIC_GONE)
        self.refused("NotFound", self.sns.remove_permission, TopicArn=self.missing(), Label="l", status=404,
                     message=TOPIC_GONE)

    def test_data_protection_policy(self):
        arn, policy = self.topic(), json.dumps({"Name": "p", "Version": "2021-06-01", "Statement": []})
        self.assertFalse(self.sns.get_data_protection_policy(ResourceArn=arn).get("DataProtectionPolicy"))
        self.sns.put_data_protection_policy(ResourceArn=arn, DataProtectionPolicy=policy)
        self.assertEqual(self.sns.get_data_protection_policy(ResourceArn=arn)["DataProtectionPolicy"], policy)

    def test_archive_policy(self):
        arn = self.topic(True, ArchivePolicy=json.dumps({"MessageRetentionPeriod": "7"}))
        got = self.topic_attributes(arn)
        self.assertEqual(json.loads(got["ArchivePolicy"]), {"MessageRetentionPeriod": "7"})

    @rows(none="0", too_long="366", word="x")
    def test_refuses_archive_policy(self, days):
        self.refused(INVALID, self.sns.create_topic, Name=self.name(".fifo"), Attributes={
            "FifoTopic": "true", "ArchivePolicy": json.dumps({"MessageRetentionPeriod": days})},
            message=re.compile("ArchivePolicy"))
