"""DeleteMessage, ChangeMessageVisibility and PurgeQueue; receipt handles in every state."""

import re

from case import INVALID, MISSING, NO_QUEUE, Case, rows

NOT_AVAILABLE = re.compile(r"Message does not exist or is not available for visibility timeout change\.$")
GARBAGE = {"word": "x", "base64": "AQEBAQ==", "long": "a" * 100, "markup": "<&\">"}


class Handles(Case):
    @rows(**GARBAGE)
    def test_garbage_is_not_deleted(self, handle):
        self.refused("ReceiptHandleIsInvalid", self.sqs.delete_message, QueueUrl=self.queue(), ReceiptHandle=handle,
                     message=f'The input receipt handle "{handle}" is not a valid receipt handle.')

    @rows(**GARBAGE)
    def test_garbage_is_not_changed(self, handle):
        self.refused("ReceiptHandleIsInvalid", self.sqs.change_message_visibility, QueueUrl=self.queue(),
                     ReceiptHandle=handle, VisibilityTimeout=1,
                     message=f'The input receipt handle "{handle}" is not a valid receipt handle.')

    def test_of_another_queue(self):
        url = self.queue()
        self.send(url)
        handle = self.receive_one(url, VisibilityTimeout=43200)["ReceiptHandle"]
        other = self.queue()
        self.send(other)
        self.refused("ReceiptHandleIsInvalid", self.sqs.delete_message, QueueUrl=other, ReceiptHandle=handle,
                     message=f'The input receipt handle "{handle}" is not a valid receipt handle.')
        self.assertEqual(len(self.receive(other)), 1)

    def test_changed_by_one_character(self):
        url = self.queue()
        self.send(url)
        handle = self.receive_one(url, VisibilityTimeout=0)["ReceiptHandle"]
        bent = handle[:-1] + ("A" if handle[-1] != "A" else "B")
        try:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=bent)
        except self.sqs.exceptions.ReceiptHandleIsInvalid:
            pass
        self.assertEqual(len(self.receive(url)), 1, "the message is still there")


class DeleteMessage(Case):
    def test_message_is_gone(self):
        url = self.queue()
        self.send(url)
        self.delete(url, self.receive_one(url))
        self.assertEqual(self.attributes(url, "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"),
                         {"ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0"})

    def test_again_succeeds(self):
        url = self.queue()
        self.send(url)
        message = self.receive_one(url)
        self.delete(url, message)
        self.delete(url, message)

    def test_after_expiry_succeeds(self):
        url = self.queue()
        self.send(url)
        self.delete(url, self.receive_one(url, VisibilityTimeout=0))
        self.assertEqual(self.receive(url), [])

    def test_with_an_older_handle_answers_ok(self):
        url = self.queue()
        self.send(url)
        old = self.receive_one(url, VisibilityTimeout=0)
        self.receive_one(url, VisibilityTimeout=43200)
        self.delete(url, old)

    def test_of_no_queue(self):
        self.refused(NO_QUEUE, self.sqs.delete_message, QueueUrl="never-made", ReceiptHandle="x", message=self.no_queue)

    def test_without_handle(self):
        self.refused(MISSING, self.sqs.delete_message, QueueUrl=self.queue(),
                     message="The request must contain the parameter ReceiptHandle.")


class ChangeMessageVisibility(Case):
    def leased(self):
        url = self.queue()
        self.send(url)
        return url, self.receive_one(url)

    def test_zero_gives_back_at_once(self):
        url, message = self.leased()
        self.give_back(url, message)
        self.assertEqual(len(self.receive(url)), 1)

    def test_longer_holds(self):
        url = self.queue(VisibilityTimeout="1")
        self.send(url)
        self.give_back(url, self.receive_one(url), 43000)
        self.assertEqual(self.receive(url, WaitTimeSeconds=2), [])

    def test_shorter_comes_back(self):
        url, message = self.leased()
        self.give_back(url, message, 1)
        self.receive_one(url)

    def test_visibility_of_the_queue(self):
        url = self.queue(VisibilityTimeout="0")
        self.send(url)
        self.assertEqual([len(self.receive(url)) for _ in range(2)], [1, 1])

    @rows(below=-1, above=43201)
    def test_outside(self, seconds):
        url, message = self.leased()
        self.refused(INVALID, self.sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=message["ReceiptHandle"],
                     VisibilityTimeout=seconds, message=re.compile(f"Value {seconds} for parameter VisibilityTimeout"))

    def test_of_a_deleted_message(self):
        url, message = self.leased()
        self.delete(url, message)
        self.refused(INVALID, self.sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=message["ReceiptHandle"],
                     VisibilityTimeout=1, message=NOT_AVAILABLE)

    def test_after_expiry_answers_ok_and_does_nothing(self):
        url = self.queue()
        self.send(url)
        message = self.receive_one(url, VisibilityTimeout=0)
        self.give_back(url, message, 43000)
        self.assertEqual(len(self.receive(url)), 1, "the message is still there")

    def test_without_timeout(self):
        url, message = self.leased()
        self.refused(MISSING, self.sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=message["ReceiptHandle"],
                     message="The request must contain the parameter VisibilityTimeout.")

    def test_of_no_queue(self):
        self.refused(NO_QUEUE, self.sqs.change_message_visibility, QueueUrl="never-made", ReceiptHandle="x",
                     VisibilityTimeout=1, message=self.no_queue)


class FifoHandles(Case):
    def test_delete_after_expiry(self):
        url = self.fifo()
        self.send_fifo(url)
        old = self.receive_one(url, VisibilityTimeout=0)
        self.refused(INVALID, self.sqs.delete_message, QueueUrl=url, ReceiptHandle=old["ReceiptHandle"],
                     message=re.compile(r"Reason: The receipt handle has expired\.$"))
        self.assertEqual(len(self.receive(url)), 1, "the message is still there")

    def test_delete_in_time(self):
        url = self.fifo()
        self.send_fifo(url)
        self.delete(url, self.receive_one(url))
        self.assertEqual(self.receive(url), [])

    def test_change_after_expiry(self):
        url = self.fifo()
        self.send_fifo(url)
        old = self.receive_one(url, VisibilityTimeout=0)
        self.refused(INVALID, self.sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=old["ReceiptHandle"],
                     VisibilityTimeout=1)


class PurgeQueue(Case):
    def test_takes_ready_leased_and_delayed(self):
        url = self.queue()
        self.send(url)
        message = self.receive_one(url)
        self.send(url)
        self.send(url, DelaySeconds=900)
        self.sqs.purge_queue(QueueUrl=url)
        counts = self.attributes(url, "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
                                 "ApproximateNumberOfMessagesDelayed")
        self.assertEqual(set(counts.values()), {"0"})
        self.delete(url, message)

    def test_again_within_a_minute(self):
        url = self.queue()
        self.sqs.purge_queue(QueueUrl=url)
        name = url.rpartition("/")[2]
        self.refused("AWS.SimpleQueueService.PurgeQueueInProgress", self.sqs.purge_queue, QueueUrl=url, status=403,
                     message=f"Only one PurgeQueue operation on {name} is allowed every 60 seconds.")

    def test_of_no_queue(self):
        self.refused(NO_QUEUE, self.sqs.purge_queue, QueueUrl="never-made", message=self.no_queue)

    def test_what_comes_later_stays(self):
        url = self.queue()
        self.sqs.purge_queue(QueueUrl=url)
        self.send(url, "later")
        self.assertEqual(self.bodies(url), ["later"])
