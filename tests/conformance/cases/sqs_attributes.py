"""Attributes of queues: what each is at first, what it takes, and how a wrong one is refused."""

import json
import re
import time

from case import ACCOUNT, INVALID, MISSING, MISSING_ARN, NO_QUEUE, REGION, Case, rows

DEFAULTS = {
    "VisibilityTimeout": "30", "MaximumMessageSize": "1048576", "MessageRetentionPeriod": "345600", "DelaySeconds": "0",
    "ReceiveMessageWaitTimeSeconds": "0", "SqsManagedSseEnabled": "true", "ApproximateNumberOfMessages": "0",
    "ApproximateNumberOfMessagesNotVisible": "0", "ApproximateNumberOfMessagesDelayed": "0",
}
RANGES = {"VisibilityTimeout": (0, 43200), "MaximumMessageSize": (1024, 1048576),
          "MessageRetentionPeriod": (60, 1209600), "DelaySeconds": (0, 900), "ReceiveMessageWaitTimeSeconds": (0, 20)}
OUTSIDE = {f"{name}_{what}": (name, value) for name, (least, most) in RANGES.items()
           for what, value in (("below", str(least - 1)), ("above", str(most + 1)), ("no_number", "many"), ("empty", ""))
           if (name, what) != ("VisibilityTimeout", "empty")}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Sid": "s", "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}]})


class GetQueueAttributes(Case):
    @rows(**{name: (name, value) for name, value in DEFAULTS.items()})
    def test_default_of(self, name, value):
        self.assertEqual(self.attributes(self.queue(), name), {name: value})

    def test_all(self):
        url = self.queue()
        got = self.attributes(url, "All")
        self.assertLessEqual(set(DEFAULTS) | {"QueueArn", "CreatedTimestamp", "LastModifiedTimestamp"}, set(got))
        self.assertFalse({"FifoQueue", "RedrivePolicy", "Policy", "KmsMasterKeyId", "DeduplicationScope"} & set(got))
        self.assertEqual(got["QueueArn"], f"arn:aws:sqs:{REGION}:{ACCOUNT}:" + url.rpartition("/")[2])

    def test_all_of_fifo(self):
        got = self.attributes(self.fifo(), "All")
        self.assertLessEqual({"FifoQueue": "true", "ContentBasedDeduplication": "false", "DeduplicationScope": "queue",
                              "FifoThroughputLimit": "perQueue"}.items(), got.items())

    def test_no_names_answer_nothing(self):
        self.assertNotIn("Attributes", self.sqs.get_queue_attributes(QueueUrl=self.queue()))

    def test_all_beside_another_name(self):
        self.assertEqual(self.attributes(self.queue(), "All", "QueueArn").keys(), self.attributes(self.queue()).keys())

    def test_unknown_name(self):
        self.refused("InvalidAttributeName", self.sqs.get_queue_attributes, QueueUrl=self.queue(),
                     AttributeNames=["Colour"], message="Unknown Attribute Colour.")

    def test_what_is_not_set_is_left_out(self):
        self.assertEqual(self.attributes(self.queue(), "RedrivePolicy", "Policy", "DelaySeconds"), {"DelaySeconds": "0"})

    def test_of_no_queue(self):
        self.refused(NO_QUEUE, self.sqs.get_queue_attributes, QueueUrl="never-made", AttributeNames=["All"],
                     message=self.no_queue)

    def test_timestamps_are_seconds(self):
        got = self.attributes(self.queue(), "CreatedTimestamp", "LastModifiedTimestamp")
        for value in got.values():
            self.assertLess(abs(int(value) - time.time()), 3600)

    def test_counts(self):
        url = self.queue()
        for _ in range(3):
            self.send(url)
        self.send(url, DelaySeconds=900)
        self.receive_one(url)
        counts = self.attributes(url, *(name for name in DEFAULTS if name.startswith("Approximate")))
        self.assertEqual(counts, {"ApproximateNumberOfMessages": "2", "ApproximateNumberOfMessagesNotVisible": "1",
                                  "ApproximateNumberOfMessagesDelayed": "1"})


class SetQueueAttributes(Case):
    @rows(**{f"{name}_{value}": (name, str(value)) for name, bounds in RANGES.items() for value in bounds})
    def test_takes(self, name, value):
        url = self.queue()
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={name: value})
        self.assertEqual(self.attributes(url, name), {name: value})

    @rows(**OUTSIDE)
    def test_refuses(self, name, value):
        url = self.queue()
        self.refused("InvalidAttributeValue", self.sqs.set_queue_attributes, QueueUrl=url, Attributes={name: value},
                     message=re.compile(f"[Ii]nvalid value for the parameter {name}"))
        self.assertEqual(self.attributes(url, name), {name: DEFAULTS[name]})

    @rows(**OUTSIDE)
    def test_create_refuses(self, name, value):
        self.refused("InvalidAttributeValue", self.sqs.create_queue, QueueName=self.name(), Attributes={name: value},
                     message=re.compile(f"[Ii]nvalid value for the parameter {name}"))

    @rows(several={"VisibilityTimeout": "5", "DelaySeconds": "6"}, policy={"Policy": POLICY})
    def test_keeps_the_others(self, attributes):
        url = self.queue(ReceiveMessageWaitTimeSeconds="3")
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
        self.assertLessEqual({**attributes, "ReceiveMessageWaitTimeSeconds": "3"}.items(), self.attributes(url).items())

    def test_all_or_none(self):
        url = self.queue()
        self.refused("InvalidAttributeValue", self.sqs.set_queue_attributes, QueueUrl=url,
                     Attributes={"DelaySeconds": "5", "VisibilityTimeout": "-1"})
        self.assertEqual(self.attributes(url, "DelaySeconds"), {"DelaySeconds": "0"})

    @rows(unknown="Colour", arn="QueueArn", created="CreatedTimestamp", counted="ApproximateNumberOfMessages",
          all="All")
    def test_refuses_to_set(self, name):
        self.refused("InvalidAttributeName", self.sqs.set_queue_attributes, QueueUrl=self.queue(),
                     Attributes={name: "1"}, message=f"Unknown Attribute {name}.")
        self.refused("InvalidAttributeName", self.sqs.create_queue, QueueName=self.name(), Attributes={name: "1"},
                     message=f"Unknown Attribute {name}.")

    def test_without_attributes(self):
        self.refused(MISSING, self.sqs.set_queue_attributes, QueueUrl=self.queue(), message=re.compile("Attribute"))

    def test_of_no_queue(self):
        self.refused(NO_QUEUE, self.sqs.set_queue_attributes, QueueUrl="never-made", Attributes={"DelaySeconds": "1"},
                     message=self.no_queue)

    def test_policy_is_taken_away_with_an_empty_one(self):
        url = self.queue(Policy=POLICY)
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
        self.assertNotIn("Policy", self.attributes(url))

    def test_policy_that_is_no_json(self):
        self.refused("InvalidAttributeValue", self.sqs.set_queue_attributes, QueueUrl=self.queue(),
                     Attributes={"Policy": "{"}, message=re.compile("Policy"))

    def test_kms_key_turns_managed_encryption_off(self):
        url = self.queue(KmsMasterKeyId="alias/mine", KmsDataKeyReusePeriodSeconds="60")
        got = self.attributes(url)
        self.assertLessEqual({"KmsMasterKeyId": "alias/mine", "KmsDataKeyReusePeriodSeconds": "60",
                              "SqsManagedSseEnabled": "false"}.items(), got.items())

    def test_managed_encryption_can_be_turned_off(self):
        self.assertEqual(self.attributes(self.queue(SqsManagedSseEnabled="false"), "SqsManagedSseEnabled"),
                         {"SqsManagedSseEnabled": "false"})

    @rows(below="59", above="86401", no_number="x")
    def test_refuses_kms_reuse_period(self, value):
        self.refused("InvalidAttributeValue", self.sqs.create_queue, QueueName=self.name(),
                     Attributes={"KmsMasterKeyId": "k", "KmsDataKeyReusePeriodSeconds": value},
                     message=re.compile("KmsDataKeyReusePeriodSeconds"))


class FifoAttributes(Case):
    def test_name_must_end_in_fifo(self):
        self.refused(INVALID, self.sqs.create_queue, QueueName=self.name(), Attributes={"FifoQueue": "true"},
                     message=re.compile(r"must end with \.fifo suffix"))

    @rows(FifoQueue=("FifoQueue", "false"), ContentBasedDeduplication=("ContentBasedDeduplication", "true"),
          DeduplicationScope=("DeduplicationScope", "queue"), FifoThroughputLimit=("FifoThroughputLimit", "perQueue"))
    def test_standard_queue_does_not_know(self, name, value):
        self.refused("InvalidAttributeName", self.sqs.create_queue, QueueName=self.name(), Attributes={name: value},
                     message=f"Unknown Attribute {name}.")

    @rows(ContentBasedDeduplication=("ContentBasedDeduplication", "maybe"),
          DeduplicationScope=("DeduplicationScope", "message"), FifoThroughputLimit=("FifoThroughputLimit", "none"))
    def test_refuses(self, name, value):
        self.refused("InvalidAttributeValue", self.sqs.create_queue, QueueName=self.name(".fifo"),
                     Attributes={"FifoQueue": "true", name: value}, message=re.compile(name))

    def test_fifo_cannot_be_set_later(self):
        self.refused("InvalidAttributeValue", self.sqs.set_queue_attributes, QueueUrl=self.queue(),
                     Attributes={"FifoQueue": "true"}, message="Invalid value for the parameter FifoQueue. Reason: "
                                                               "Modifying queue type is not supported.")

    def test_high_throughput(self):
        wanted = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
        self.assertLessEqual(wanted.items(), self.attributes(self.fifo(**wanted)).items())

    def test_high_throughput_needs_scope_of_groups(self):
        self.refused("InvalidAttributeValue", self.sqs.create_queue, QueueName=self.name(".fifo"),
                     Attributes={"FifoQueue": "true", "FifoThroughputLimit": "perMessageGroupId"},
                     message="Invalid value for the parameter FifoThroughputLimit. Reason: The perMessageGroupId value is "
                             "allowed only when the value for DeduplicationScope is messageGroup.")

    def test_content_based_deduplication_can_be_switched(self):
        url = self.fifo()
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"ContentBasedDeduplication": "true"})
        self.assertEqual(self.attributes(url, "ContentBasedDeduplication"), {"ContentBasedDeduplication": "true"})


class RedrivePolicy(Case):
    def policy(self, count, target=None):
        return json.dumps({"deadLetterTargetArn": target or self.arn(self.queue()), "maxReceiveCount": count})

    @rows(number=(5, 5), text=("5", 5), least=(1, 1), most=(1000, 1000))
    def test_takes_count(self, count, echoed):
        got = self.attributes(self.queue(RedrivePolicy=self.policy(count)), "RedrivePolicy")["RedrivePolicy"]
        self.assertEqual(int(json.loads(got)["maxReceiveCount"]), echoed)

    @rows(zero=0, too_many=1001, negative=-1, word="many")
    def test_refuses_count(self, count):
        self.refused(INVALID, self.sqs.create_queue, QueueName=self.name(),
                     Attributes={"RedrivePolicy": self.policy(count)}, message=re.compile("maxReceiveCount|RedrivePolicy"))

    @rows(no_json="{", no_object="[]", no_count='{"deadLetterTargetArn":"%s"}' % MISSING_ARN,
          no_target='{"maxReceiveCount":1}', no_arn='{"deadLetterTargetArn":"x","maxReceiveCount":1}',
          no_queue='{"deadLetterTargetArn":"%s","maxReceiveCount":1}' % MISSING_ARN,
          more='{"deadLetterTargetArn":"%s","maxReceiveCount":1,"colour":1}' % MISSING_ARN)
    def test_refuses(self, policy):
        self.refused(INVALID, self.sqs.create_queue, QueueName=self.name(), Attributes={"RedrivePolicy": policy},
                     message=re.compile("RedrivePolicy"))

    def test_of_standard_queue_to_fifo_queue(self):
        self.refused(INVALID, self.sqs.create_queue, QueueName=self.name(),
                     Attributes={"RedrivePolicy": self.policy(1, self.arn(self.fifo()))},
                     message=re.compile("same type|RedrivePolicy"))

    def test_is_taken_away_with_an_empty_one(self):
        url = self.queue(RedrivePolicy=self.policy(1))
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
        self.assertNotIn("RedrivePolicy", self.attributes(url))

    @rows(nobody={"redrivePermission": "denyAll"}, another={"redrivePermission": "byQueue", "sourceQueueArns": [MISSING_ARN]})
    def test_target_may_refuse(self, allow):
        target = self.arn(self.queue(RedriveAllowPolicy=json.dumps(allow)))
        self.refused(INVALID, self.sqs.create_queue, QueueName=self.name(),
                     Attributes={"RedrivePolicy": self.policy(1, target)}, message=re.compile("RedrivePolicy|RedriveAllowPolicy"))

    def test_target_may_allow_by_name(self):
        source = self.queue()
        target = self.queue(RedriveAllowPolicy=json.dumps(
            {"redrivePermission": "byQueue", "sourceQueueArns": [self.arn(source)]}))
        self.sqs.set_queue_attributes(QueueUrl=source, Attributes={"RedrivePolicy": self.policy(2, self.arn(target))})
        self.assertIn("RedrivePolicy", self.attributes(source))

    @rows(no_json="{", unknown='{"redrivePermission":"some"}', no_names='{"redrivePermission":"byQueue"}',
          names_for_all='{"redrivePermission":"allowAll","sourceQueueArns":["%s"]}' % MISSING_ARN,
          too_many=json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [MISSING_ARN + str(n) for n in range(11)]}))
    def test_refuses_allow_policy(self, policy):
        self.refused(INVALID, self.sqs.create_queue, QueueName=self.name(), Attributes={"RedriveAllowPolicy": policy},
                     message=re.compile("RedriveAllowPolicy"))
