"""The three batch actions: results entry by entry, and what refuses the whole."""

import re

from case import INVALID, MISSING, NO_QUEUE, Case, rows

from sqs_send import FOO, md5, md5_of

CODE = "AWS.SimpleQueueService."
BAD_IDS = {"empty": "", "space": "a b", "long": "a" * 81, "dot": "a.b", "umlaut": "ä"}


def entries(*bodies, **more):
    return [{"Id": f"e{n}", "MessageBody": body, **more} for n, body in enumerate(bodies)]


class EveryBatch(Case):
    """Rules that the three share."""

    def calls(self, url):
        """Each with a maker of entries, one for each id."""
        return {
            "SendMessageBatch": (self.sqs.send_message_batch, lambda i: {"Id": i, "MessageBody": "x"}),
            "DeleteMessageBatch": (self.sqs.delete_message_batch, lambda i: {"Id": i, "ReceiptHandle": "x"}),
            "ChangeMessageVisibilityBatch": (self.sqs.change_message_visibility_batch,
                                             lambda i: {"Id": i, "ReceiptHandle": "x", "VisibilityTimeout": 1}),
        }

    def refuse_ids(self, action, ids, code, message):
        url = self.queue()
        call, entry = self.calls(url)[action]
        self.refused(CODE + code, call, QueueUrl=url, Entries=[entry(i) for i in ids], message=message)

    @rows(send="SendMessageBatch", delete="DeleteMessageBatch", change="ChangeMessageVisibilityBatch")
    def test_empty(self, action):
        self.refuse_ids(action, [], "EmptyBatchRequest",
                        f"There should be at least one {action}RequestEntry in the request.")

    @rows(send="SendMessageBatch", delete="DeleteMessageBatch", change="ChangeMessageVisibilityBatch")
    def test_too_many(self, action):
        self.refuse_ids(action, [f"e{n}" for n in range(20)], "TooManyEntriesInBatchRequest",
                        "Maximum number of entries per request are 10. You have sent 20.")

    @rows(send="SendMessageBatch", delete="DeleteMessageBatch", change="ChangeMessageVisibilityBatch")
    def test_same_id_twice(self, action):
        self.refuse_ids(action, ["a", "b", "a"], "BatchEntryIdsNotDistinct", "Id a repeated.")

    @rows(**{f"{action}_{what}": (action, bad) for action in ("SendMessageBatch", "DeleteMessageBatch",
             "ChangeMessageVisibilityBatch") for what, bad in BAD_IDS.items() if what in ("space", "long")})
    def test_bad_id(self, action, bad):
        self.refuse_ids(action, ["a", bad], "InvalidBatchEntryId",
                        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be "
                        "at most 80 letters long.")

    @rows(**BAD_IDS)
    def test_send_refuses_id(self, bad):
        url = self.queue()
        code = MISSING if bad == "" else CODE + "InvalidBatchEntryId"
        if bad == "":  # which of the two is not recorded
            with self.assertRaises(self.sqs.exceptions.ClientError) as caught:
                self.sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": bad, "MessageBody": "x"}])
            self.assertIn(caught.exception.response["Error"]["Code"], (code, CODE + "InvalidBatchEntryId"))
        else:
            self.refused(code, self.sqs.send_message_batch, QueueUrl=url, Entries=[{"Id": bad, "MessageBody": "x"}])
        self.assertEqual(self.receive(url), [])

    @rows(send="SendMessageBatch", delete="DeleteMessageBatch", change="ChangeMessageVisibilityBatch")
    def test_to_no_queue(self, action):
        call, entry = self.calls("never-made")[action]
        self.refused(NO_QUEUE, call, QueueUrl="never-made", Entries=[entry("a")], message=self.no_queue)


class SendMessageBatch(Case):
    def test_ten(self):
        url, bodies = self.queue(), [f"body {n}" for n in range(10)]
        answer = self.sqs.send_message_batch(QueueUrl=url, Entries=entries(*bodies))
        self.assertNotIn("Failed", answer)
        self.assertEqual([(e["Id"], e["MD5OfMessageBody"]) for e in answer["Successful"]],
                         [(f"e{n}", md5(body)) for n, body in enumerate(bodies)])
        got = {message["MessageId"]: message["Body"] for message in self.receive(url)}
        self.assertEqual(got, dict(zip((e["MessageId"] for e in answer["Successful"]), bodies)))

    def test_attributes_of_an_entry(self):
        url = self.queue()
        answer = self.sqs.send_message_batch(QueueUrl=url, Entries=entries("x", MessageAttributes=FOO))
        self.assertEqual(answer["Successful"][0]["MD5OfMessageAttributes"], md5_of(FOO))
        self.assertEqual(self.receive_one(url)["MessageAttributes"], FOO)

    def test_delay_of_an_entry(self):
        url = self.queue()
        self.sqs.send_message_batch(QueueUrl=url, Entries=entries("late", DelaySeconds=900) + [
            {"Id": "now", "MessageBody": "now"}])
        self.assertEqual(self.bodies(url), ["now"])

    @rows(characters=({"MessageBody": "a\0"}, "InvalidMessageContents"),
          delay=({"MessageBody": "x", "DelaySeconds": 901}, INVALID),
          attribute=({"MessageBody": "x", "MessageAttributes": {"a b": FOO["Foo"]}}, INVALID))
    def test_bad_entry_fails_alone(self, bad, code):
        url = self.queue()
        answer = self.sqs.send_message_batch(QueueUrl=url, Entries=[*entries("good"), {"Id": "bad", **bad}])
        self.assertEqual([entry["Id"] for entry in answer["Successful"]], ["e0"])
        self.assertEqual(len(answer["Failed"]), 1)
        self.refused_entry(answer["Failed"][0], code, "bad")
        self.assertEqual(self.bodies(url), ["good"])

    def test_entry_above_the_size_of_the_queue_fails_alone(self):
        url = self.queue(MaximumMessageSize="1024")
        answer = self.sqs.send_message_batch(QueueUrl=url, Entries=entries("good", "x" * 1025))
        self.assertIn("1024", self.refused_entry(answer["Failed"][0], INVALID, "e1"))
        self.assertEqual(self.bodies(url), ["good"])

    def test_all_fail(self):
        answer = self.sqs.send_message_batch(QueueUrl=self.queue(), Entries=entries("a\0", "b\0"))
        self.assertNotIn("Successful", answer)
        self.assertEqual([entry["Id"] for entry in answer["Failed"]], ["e0", "e1"])

    def test_largest(self):
        url = self.queue()
        self.sqs.send_message_batch(QueueUrl=url, Entries=entries("x" * 524288, "y" * 524288))
        self.assertEqual(sorted(body[0] for body in self.bodies(url)), ["x", "y"])

    def test_too_large(self):
        url = self.queue()
        self.refused(CODE + "BatchRequestTooLong", self.sqs.send_message_batch, QueueUrl=url,
                     Entries=entries("x" * 524288, "y" * 524289),
                     message="Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.")
        self.assertEqual(self.receive(url), [])


class DeleteMessageBatch(Case):
    def test_good_and_bad(self):
        url = self.queue()
        self.send(url)
        handle = self.receive_one(url, VisibilityTimeout=0)["ReceiptHandle"]
        answer = self.sqs.delete_message_batch(QueueUrl=url, Entries=[
            {"Id": "good", "ReceiptHandle": handle}, {"Id": "bad", "ReceiptHandle": "x"}])
        self.assertEqual(answer["Successful"], [{"Id": "good"}])
        self.assertEqual(self.refused_entry(answer["Failed"][0], "ReceiptHandleIsInvalid", "bad"),
                         'The input receipt handle "x" is not a valid receipt handle.')
        self.assertEqual(self.receive(url), [])

    def test_ten(self):
        url = self.queue()
        self.sqs.send_message_batch(QueueUrl=url, Entries=entries(*"0123456789"))
        taken = self.receive(url, VisibilityTimeout=0)
        answer = self.sqs.delete_message_batch(QueueUrl=url, Entries=[
            {"Id": f"e{n}", "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(taken)])
        self.assertEqual(len(answer["Successful"]), 10)
        self.assertNotIn("Failed", answer)
        self.assertEqual(self.receive(url), [])


class ChangeMessageVisibilityBatch(Case):
    def test_good_and_bad(self):
        url = self.queue()
        self.sqs.send_message_batch(QueueUrl=url, Entries=entries("back", "outside", "deleted"))
        taken = {message["Body"]: message["ReceiptHandle"] for message in self.receive(url)}
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=taken["deleted"])
        answer = self.sqs.change_message_visibility_batch(QueueUrl=url, Entries=[
            {"Id": "back", "ReceiptHandle": taken["back"], "VisibilityTimeout": 0},
            {"Id": "outside", "ReceiptHandle": taken["outside"], "VisibilityTimeout": 43201},
            {"Id": "deleted", "ReceiptHandle": taken["deleted"], "VisibilityTimeout": 1},
            {"Id": "garbage", "ReceiptHandle": "x", "VisibilityTimeout": 1}])
        self.assertEqual(answer["Successful"], [{"Id": "back"}])
        failed = {entry["Id"]: entry for entry in answer["Failed"]}
        self.assertIn("43201", self.refused_entry(failed["outside"], INVALID))
        self.assertRegex(self.refused_entry(failed["deleted"], INVALID), "not available for visibility timeout change")
        self.refused_entry(failed["garbage"], "ReceiptHandleIsInvalid")
        self.assertEqual(self.bodies(url), ["back"])
