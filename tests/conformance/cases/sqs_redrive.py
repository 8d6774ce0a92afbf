"""Dead letters, and the move tasks that bring them back."""

import base64
import json
import re

from case import INVALID, MISSING, MISSING_ARN, Case, rows

NOT_FOUND = "ResourceNotFoundException"
UNSUPPORTED = "AWS.SimpleQueueService.UnsupportedOperation"


class DeadLetters(Case):
    def test_after_the_last_attempt(self):
        url, dead = self.dead_letter_pair(3)
        self.send(url)
        for _ in range(3):
            self.give_back(url, self.receive_one(url))
        self.assertEqual(self.receive(url), [])
        self.receive_one(dead)

    def test_when_the_last_lease_ends(self):
        url, dead = self.dead_letter_pair()
        self.send(url)
        self.receive_one(url, VisibilityTimeout=1)
        self.receive_one(dead)

    def test_keeps_id_body_and_attributes(self):
        url, dead = self.dead_letter_pair()
        attributes = {"a": {"DataType": "Number.price", "StringValue": "1"}}
        sent = self.send(url, "story", MessageAttributes=attributes)
        letter = self.dead_letter(url, dead)
        self.assertEqual((letter["MessageId"], letter["Body"], letter["MessageAttributes"]),
                         (sent["MessageId"], "story", attributes))

    def test_count_goes_on_and_source_is_named(self):
        url, dead = self.dead_letter_pair()
        self.send(url)
        counts = [self.dead_letter(url, dead)["Attributes"], self.receive_one(dead)["Attributes"]]
        self.assertEqual([got["ApproximateReceiveCount"] for got in counts], ["2", "3"])
        self.assertEqual({got["DeadLetterQueueSourceArn"] for got in counts}, {self.arn(url)})

    def test_keeps_the_time_it_was_sent(self):
        url, dead = self.dead_letter_pair(2)
        self.send(url)
        message = self.receive_one(url, VisibilityTimeout=0)
        self.assertEqual(self.dead_letter(url, dead)["Attributes"]["SentTimestamp"],
                         message["Attributes"]["SentTimestamp"])

    def test_of_fifo_keeps_its_group(self):
        url, dead = self.dead_letter_pair(1, True)
        self.send_fifo(url, "bad", MessageDeduplicationId="d")
        self.send_fifo(url, "next")
        self.give_back(url, self.receive_one(url))
        self.assertEqual(self.bodies(url), ["next"], "a dead letter frees its group")
        got = self.receive_one(dead)["Attributes"]
        self.assertEqual((got["MessageGroupId"], got["MessageDeduplicationId"]), ("g", "d"))

    def test_sources_are_listed(self):
        url, dead = self.dead_letter_pair()
        self.assertEqual(self.sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"], [url])
        self.assertEqual(self.sqs.list_dead_letter_source_queues(QueueUrl=url).get("queueUrls", []), [])

    def test_sources_come_in_pages(self):
        dead = self.queue()
        policy = json.dumps({"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": 1})
        urls = [self.queue(RedrivePolicy=policy) for _ in range(3)]
        first = self.sqs.list_dead_letter_source_queues(QueueUrl=dead, MaxResults=2)
        rest = self.sqs.list_dead_letter_source_queues(QueueUrl=dead, MaxResults=2, NextToken=first["NextToken"])
        self.assertEqual(sorted(first["queueUrls"] + rest["queueUrls"]), sorted(urls))
        self.assertNotIn("NextToken", rest)

    def test_sources_of_no_queue(self):
        self.refused("AWS.SimpleQueueService.NonExistentQueue", self.sqs.list_dead_letter_source_queues,
                     QueueUrl="never-made", message=self.no_queue)


class MoveTasks(Case):
    def failed(self, fifo=False):
        url, dead = self.dead_letter_pair(1, fifo)
        sent = self.send_fifo(url) if fifo else self.send(url)
        self.dead_letter(url, dead)
        return url, dead, sent

    def start(self, dead, **more):
        return self.sqs.start_message_move_task(SourceArn=self.arn(dead), **more)["TaskHandle"]

    def tasks(self, dead, **more):
        return self.sqs.list_message_move_tasks(SourceArn=self.arn(dead), **more).get("Results", [])

    def completed(self, dead):
        return self.eventually(lambda: [task for task in self.tasks(dead) if task["Status"] == "COMPLETED"])[0]

    def slow(self):
        """A task that has 20 s of work."""
        url, dead = self.dead_letter_pair()
        self.sqs.send_message_batch(QueueUrl=dead, Entries=[{"Id": f"e{n}", "MessageBody": "x"} for n in range(10)])
        self.sqs.send_message_batch(QueueUrl=dead, Entries=[{"Id": f"e{n}", "MessageBody": "x"} for n in range(10)])
        return url, dead, self.start(dead, DestinationArn=self.arn(url), MaxNumberOfMessagesPerSecond=1)

    def test_back_to_where_it_came_from(self):
        url, dead, sent = self.failed()
        self.start(dead)
        message = self.receive_one(url)
        self.assertEqual(message["Body"], "hello")
        self.assertNotEqual(message["MessageId"], sent["MessageId"])
        self.assertEqual(message["Attributes"]["ApproximateReceiveCount"], "1")
        self.assertNotIn("DeadLetterQueueSourceArn", message["Attributes"])
        self.assertEqual(self.receive(dead), [])

    def test_fails_where_a_message_has_no_source(self):
        url, dead, _ = self.failed()
        self.send(dead, "sent here")
        self.start(dead)
        (task,) = self.eventually(lambda: [task for task in self.tasks(dead) if task["Status"] != "RUNNING"])
        self.assertEqual((task["Status"], task["FailureReason"], task["ApproximateNumberOfMessagesMoved"]),
                         ("FAILED", "CouldNotDetermineMessageSource", 1))
        self.assertEqual((self.bodies(url), self.bodies(dead)), (["hello"], ["sent here"]))

    def test_has_a_new_time_of_sending(self):
        url, dead = self.dead_letter_pair(2)
        self.send(url)
        before = self.receive_one(url, VisibilityTimeout=1)["Attributes"]["SentTimestamp"]
        self.dead_letter(url, dead)
        self.start(dead)
        self.assertGreater(int(self.receive_one(url)["Attributes"]["SentTimestamp"]), int(before))

    def test_to_another_queue(self):
        _, dead, _ = self.failed()
        other = self.queue()
        self.start(dead, DestinationArn=self.arn(other))
        self.receive_one(other)

    def test_completed_task_is_listed_without_handle(self):
        _, dead, _ = self.failed()
        self.start(dead)
        task = self.completed(dead)
        self.assertEqual((task["SourceArn"], task["ApproximateNumberOfMessagesMoved"]), (self.arn(dead), 1))
        self.assertNotIn("TaskHandle", task)
        self.assertNotIn("FailureReason", task)
        self.assertGreater(task["StartedTimestamp"], 1600000000000)

    def test_running_task_has_its_handle(self):
        url, dead, handle = self.slow()
        task = self.tasks(dead)[0]
        self.assertLessEqual({"Status": "RUNNING", "TaskHandle": handle, "DestinationArn": self.arn(url),
                              "MaxNumberOfMessagesPerSecond": 1}.items(), task.items())
        told = json.loads(base64.b64decode(handle))
        self.assertEqual(told["sourceArn"], self.arn(dead))
        self.assertTrue(told["taskId"])

    def test_cancelled(self):
        _, dead, handle = self.slow()
        self.assertLess(self.sqs.cancel_message_move_task(TaskHandle=handle)["ApproximateNumberOfMessagesMoved"], 20)
        task = self.eventually(lambda: [t for t in self.tasks(dead) if t["Status"] == "CANCELLED"])[0]
        self.assertNotIn("TaskHandle", task)

    def test_one_at_a_time(self):
        _, dead, _ = self.slow()
        self.refused(INVALID, self.sqs.start_message_move_task, SourceArn=self.arn(dead),
                     message="There is already a task running. Only one active task is allowed for a source queue arn at "
                             "a given time.")

    def test_newest_is_listed_first(self):
        url, dead, _ = self.failed()
        self.start(dead)
        self.completed(dead)
        self.send(dead)
        self.start(dead, DestinationArn=self.arn(url))
        newest = self.tasks(dead, MaxResults=1)
        self.assertEqual([task.get("DestinationArn") for task in newest], [self.arn(url)])
        self.assertEqual(len(self.tasks(dead, MaxResults=10)), 2)

    def test_from_a_queue_that_is_nobodys_target(self):
        self.refused(INVALID, self.sqs.start_message_move_task, SourceArn=self.arn(self.queue()),
                     message="Source queue must be configured as a Dead Letter Queue.")

    def test_from_no_queue(self):
        self.refused(NOT_FOUND, self.sqs.start_message_move_task, SourceArn=MISSING_ARN, status=404,
                     message="The resource that you specified for the SourceArn parameter doesn't exist.")

    def test_to_no_queue(self):
        _, dead = self.dead_letter_pair()
        self.refused(NOT_FOUND, self.sqs.start_message_move_task, SourceArn=self.arn(dead), DestinationArn=MISSING_ARN,
                     status=404,
                     message="The resource that you specified for the DestinationArn parameter doesn't exist.")

    @rows(none=0, above=501, negative=-1)
    def test_rate(self, rate):
        _, dead = self.dead_letter_pair()
        self.refused(INVALID, self.sqs.start_message_move_task, SourceArn=self.arn(dead),
                     MaxNumberOfMessagesPerSecond=rate, message=re.compile("MaxNumberOfMessagesPerSecond"))

    def test_without_source(self):
        self.refused(MISSING, self.sqs.start_message_move_task,
                     message="The request must contain the parameter SourceArn.")

    def test_list_of_no_queue(self):
        self.refused(NOT_FOUND, self.sqs.list_message_move_tasks, SourceArn=MISSING_ARN, status=404)

    @rows(none=0, above=11)
    def test_list_most(self, most):
        _, dead = self.dead_letter_pair()
        self.refused(INVALID, self.sqs.list_message_move_tasks, SourceArn=self.arn(dead), MaxResults=most,
                     message=re.compile("MaxResults"))

    def test_list_of_none(self):
        _, dead = self.dead_letter_pair()
        self.assertEqual(self.tasks(dead), [])

    @rows(garbage="x", base64=base64.b64encode(b"{}").decode())
    def test_cancel_garbage(self, handle):
        self.refused(INVALID, self.sqs.cancel_message_move_task, TaskHandle=handle, message=re.compile("TaskHandle"))

    def test_cancel_no_task(self):
        _, dead = self.dead_letter_pair()
        handle = base64.b64encode(json.dumps({"taskId": "999999", "sourceArn": self.arn(dead)}).encode()).decode()
        self.refused(NOT_FOUND, self.sqs.cancel_message_move_task, TaskHandle=handle, status=404,
                     message="Task does not exist.")

    def test_cancel_completed(self):
        _, dead, _ = self.failed()
        handle = self.start(dead)
        self.completed(dead)
        self.refused(UNSUPPORTED, self.sqs.cancel_message_move_task, TaskHandle=handle,
                     message="Only active tasks can be cancelled.")
