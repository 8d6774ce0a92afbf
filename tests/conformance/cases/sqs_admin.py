"""Tags and permissions."""

import json
import re

from case import ACCOUNT, INVALID, MISSING, NO_QUEUE, Case, rows


class Tags(Case):
    def tags(self, url):
        return self.sqs.list_queue_tags(QueueUrl=url).get("Tags", {})

    def test_none(self):
        self.assertNotIn("Tags", self.sqs.list_queue_tags(QueueUrl=self.queue()))

    def test_added_changed_and_taken_away(self):
        url = self.queue()
        self.sqs.tag_queue(QueueUrl=url, Tags={"a": "1", "b": "2"})
        self.sqs.tag_queue(QueueUrl=url, Tags={"b": "3", "c": ""})
        self.assertEqual(self.tags(url), {"a": "1", "b": "3", "c": ""})
        self.sqs.untag_queue(QueueUrl=url, TagKeys=["a", "never"])
        self.assertEqual(self.tags(url), {"b": "3", "c": ""})

    @rows(unicode=("ключ ä", "значение 😀"), punctuation=("a+-=._:/@", "a+-=._:/@"), longest=("k" * 128, "v" * 256))
    def test_takes(self, key, value):
        url = self.queue()
        self.sqs.tag_queue(QueueUrl=url, Tags={key: value})
        self.assertEqual(self.tags(url), {key: value})

    @rows(long_key=("k" * 129, "v"), long_value=("k", "v" * 257), empty_key=("", "v"), aws=("aws:a", "v"))
    def test_refuses(self, key, value):
        url = self.queue()
        self.refused(INVALID, self.sqs.tag_queue, QueueUrl=url, Tags={key: value})
        self.assertEqual(self.tags(url), {})

    def test_fifty(self):
        url = self.queue()
        self.sqs.tag_queue(QueueUrl=url, Tags={f"k{n}": "v" for n in range(50)})
        self.refused(INVALID, self.sqs.tag_queue, QueueUrl=url, Tags={"one": "more"},
                     message=re.compile("^Too many tags added for queue"))
        self.assertEqual(len(self.tags(url)), 50)

    def test_do_not_touch_attributes(self):
        url = self.queue(VisibilityTimeout="5")
        self.sqs.tag_queue(QueueUrl=url, Tags={"a": "1"})
        self.assertEqual(self.attributes(url, "VisibilityTimeout"), {"VisibilityTimeout": "5"})

    def test_of_no_queue(self):
        for call, more in ((self.sqs.tag_queue, {"Tags": {"a": "1"}}), (self.sqs.untag_queue, {"TagKeys": ["a"]}),
                           (self.sqs.list_queue_tags, {})):
            self.refused(NO_QUEUE, call, QueueUrl="never-made", message=self.no_queue, **more)

    def test_without_tags(self):
        self.refused(MISSING, self.sqs.tag_queue, QueueUrl=self.queue(), message=re.compile("Tags"))

    def test_without_keys(self):
        self.refused(MISSING, self.sqs.untag_queue, QueueUrl=self.queue(), message=re.compile("TagKeys"))


class Permissions(Case):
    def add(self, url, label="l", accounts=("111111111111",), actions=("SendMessage",)):
        self.sqs.add_permission(QueueUrl=url, Label=label, AWSAccountIds=list(accounts), Actions=list(actions))

    def statements(self, url):
        policy = self.attributes(url, "Policy").get("Policy")
        return json.loads(policy)["Statement"] if policy else []

    def test_makes_a_policy(self):
        url = self.queue()
        self.add(url, "l", ("111111111111", "222222222222"), ("SendMessage", "ReceiveMessage"))
        statement, = self.statements(url)
        self.assertEqual((statement["Sid"], statement["Effect"], statement["Resource"]), ("l", "Allow", self.arn(url)))
        self.assertEqual(statement["Action"], ["SQS:SendMessage", "SQS:ReceiveMessage"])
        self.assertEqual(statement["Principal"]["AWS"], ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"])

    def test_all_actions(self):
        url = self.queue()
        self.add(url, actions=("*",))
        self.assertIn(self.statements(url)[0]["Action"], ("SQS:*", ["SQS:*"]))

    def test_same_label_twice(self):
        url = self.queue()
        self.add(url)
        self.refused(INVALID, self.sqs.add_permission, QueueUrl=url, Label="l", AWSAccountIds=["111111111111"],
                     Actions=["SendMessage"], message="Value l for parameter Label is invalid. Reason: Already exists.")

    def test_removed(self):
        url = self.queue()
        self.add(url)
        self.add(url, "m")
        self.sqs.remove_permission(QueueUrl=url, Label="l")
        self.assertEqual([statement["Sid"] for statement in self.statements(url)], ["m"])
        self.sqs.remove_permission(QueueUrl=url, Label="m")
        self.assertEqual(self.statements(url), [])

    def test_remove_unknown(self):
        self.refused(INVALID, self.sqs.remove_permission, QueueUrl=self.queue(), Label="never",
                     message="Value never for parameter Label is invalid. Reason: can't find label on existing policy.")

    @rows(label=("Label", "a b"), long_label=("Label", "a" * 81), action=("Actions", ["Fly"]),
          owner_only=("Actions", ["CreateQueue"]), account=("AWSAccountIds", ["me"]))
    def test_refuses(self, name, value):
        self.refused(INVALID, self.sqs.add_permission, QueueUrl=self.queue(), **{
            "Label": "l", "AWSAccountIds": [ACCOUNT], "Actions": ["SendMessage"], name: value})

    @rows(Label="Label", AWSAccountIds="AWSAccountIds", Actions="Actions")
    def test_without(self, name):
        given = {"Label": "l", "AWSAccountIds": [ACCOUNT], "Actions": ["SendMessage"]}
        del given[name]
        self.refused(MISSING, self.sqs.add_permission, QueueUrl=self.queue(), message=re.compile("PrincipalId" if name == "AWSAccountIds" else name[:6]), **given)

    def test_of_no_queue(self):
        self.refused(NO_QUEUE, self.sqs.remove_permission, QueueUrl="never-made", Label="l", message=self.no_queue)
