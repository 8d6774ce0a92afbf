"""Verbs for topics and subscriptions."""

import json

from case import Case

TOPIC_GONE = "Topic does not exist"


class SnsCase(Case):
    def topic(self, fifo=False, **attributes):
        """Makes a topic -> its ARN."""
        if fifo:
            attributes.setdefault("FifoTopic", "true")
        return self.sns.create_topic(Name=self.name(".fifo" if fifo else ""), Attributes=attributes)["TopicArn"]

    def missing(self):
        """The ARN of a topic that is not there."""
        return self.topic().rpartition(":")[0] + ":never-made"

    def topic_attributes(self, arn):
        return self.sns.get_topic_attributes(TopicArn=arn)["Attributes"]

    def subscribe(self, topic, url, **attributes):
        """A queue -> the subscription's ARN."""
        return self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=self.arn(url), Attributes=attributes,
                                  ReturnSubscriptionArn=True)["SubscriptionArn"]

    def subscription_attributes(self, arn):
        return self.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]

    def subscribed(self, **attributes):
        """A topic and a queue that is subscribed to it -> ARN, URL."""
        topic, url = self.topic(), self.queue()
        self.subscribe(topic, url, **attributes)
        return topic, url

    def subscribed_raw(self, **attributes):
        return self.subscribed(RawMessageDelivery="true", **attributes)

    def subscribed_fifo(self, raw="true", **attributes):
        topic, url = self.topic(True, **attributes), self.fifo()
        self.subscribe(topic, url, RawMessageDelivery=raw)
        return topic, url

    def publish(self, topic, message="hello", **more):
        return self.sns.publish(TopicArn=topic, Message=message, **more)

    def envelope(self, url):
        """Of the next message, which must have come."""
        return json.loads(self.receive_one(url)["Body"])

    def sends_to(self, topic, url, *messages):
        """Publishes each -> those that come."""
        for message in messages:
            self.publish(topic, message)
        return self.bodies(url)


def text(value, kind="String"):
    return {"DataType": kind, "StringValue": value}
