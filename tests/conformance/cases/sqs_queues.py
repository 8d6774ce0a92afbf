"""Queues: create, find, list, delete; their names and URLs."""

import re

from case import INVALID, MISSING, NO_QUEUE, Case, rows

NAMES = re.compile(r"alphanumeric characters, hyphens, or underscores.*1 to 80 in length")


class CreateQueue(Case):
    def test_answers_url_of_host_account_and_name(self):
        name = self.name()
        self.assertEqual(self.sqs.create_queue(QueueName=name)["QueueUrl"],
                         f"{self.world.endpoint}/000000000000/{name}")

    def test_again_answers_the_same_url(self):
        name = self.name()
        first = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        self.assertEqual(self.sqs.create_queue(QueueName=name)["QueueUrl"], first)

    def test_again_with_the_same_attributes_answers_the_same_url(self):
        name, attributes = self.name(), {"VisibilityTimeout": "7", "DelaySeconds": "1"}
        first = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.assertEqual(self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"], first)
        self.assertEqual(self.sqs.create_queue(QueueName=name)["QueueUrl"], first, "none given, none compared")

    def test_again_with_a_default_that_was_not_given_is_the_same(self):
        name = self.name()
        first = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        again = self.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
        self.assertEqual(again, first)

    @rows(visibility=("VisibilityTimeout", "31"), delay=("DelaySeconds", "1"),
          retention=("MessageRetentionPeriod", "60"),
          wait=("ReceiveMessageWaitTimeSeconds", "1"), size=("MaximumMessageSize", "2048"))
    def test_again_with_another_value_is_refused(self, attribute, value):
        name = self.name()
        self.sqs.create_queue(QueueName=name)
        self.refused("QueueAlreadyExists", self.sqs.create_queue, QueueName=name, Attributes={attribute: value},
                     message="A queue already exists with the same name and a different value for attribute "
                             + attribute)

    @rows(empty="", too_long="a" * 81, dot="a.b", space="a b", slash="a/b", umlaut="ä", fifo_without_attribute="a.fifo")
    def test_bad_name(self, name):
        if name == "":
            self.refused(INVALID, self.sqs.create_queue, QueueName=name)
        else:
            self.refused(INVALID, self.sqs.create_queue, QueueName=name, message=NAMES)

    @rows(longest="-" * 48, every_kind="aZ09_-")
    def test_good_name(self, tail):
        name = self.name()[:32] + tail
        self.assertTrue(self.sqs.create_queue(QueueName=name)["QueueUrl"].endswith("/" + name))

    def test_without_name(self):
        self.refused(MISSING, self.sqs.create_queue, message="The request must contain the parameter QueueName.")

    def test_with_tags(self):
        url = self.sqs.create_queue(QueueName=self.name(), tags={"team": "shop", "empty": ""})["QueueUrl"]
        self.assertEqual(self.sqs.list_queue_tags(QueueUrl=url)["Tags"], {"team": "shop", "empty": ""})

    def test_within_a_minute_after_delete(self):
        name = self.name()
        self.sqs.delete_queue(QueueUrl=self.sqs.create_queue(QueueName=name)["QueueUrl"])
        self.refused("AWS.SimpleQueueService.QueueDeletedRecently", self.sqs.create_queue, QueueName=name,
                     message="You must wait 60 seconds after deleting a queue before you can create another with the "
                             "same name.")

    def test_accounts_do_not_see_each_other(self):
        name = self.name()
        ours = self.world.client("sqs", "111111111111").create_queue(QueueName=name)["QueueUrl"]
        self.assertIn("/111111111111/", ours)
        self.refused(NO_QUEUE, self.sqs.get_queue_url, QueueName=name, message=self.no_queue)


class GetQueueUrl(Case):
    def test_answers_what_create_did(self):
        url = self.queue()
        self.assertEqual(self.sqs.get_queue_url(QueueName=url.rpartition("/")[2])["QueueUrl"], url)

    def test_of_another_account(self):
        url = self.world.client("sqs", "222222222222").create_queue(QueueName=self.name())["QueueUrl"]
        found = self.sqs.get_queue_url(QueueName=url.rpartition("/")[2], QueueOwnerAWSAccountId="222222222222")
        self.assertEqual(found["QueueUrl"], url)

    def test_of_no_queue(self):
        self.refused(NO_QUEUE, self.sqs.get_queue_url, QueueName="never-made", message=self.no_queue)

    def test_without_name(self):
        self.refused(MISSING, self.sqs.get_queue_url, message="The request must contain the parameter QueueName.")

    def test_is_the_exception_that_clients_catch(self):
        with self.assertRaises(self.sqs.exceptions.QueueDoesNotExist):
            self.sqs.get_queue_url(QueueName="never-made")


class QueueUrls(Case):
    """Whatever a client takes for a queue's URL."""

    @rows(bare_name="{name}", path="/000000000000/{name}",
          other_host="https://sqs.us-east-1.amazonaws.com/000000000000/{name}",
          with_region="http://localhost:1/queue/us-west-2/000000000000/{name}")
    def test_is_understood(self, form):
        url = self.queue()
        given = form.format(name=url.rpartition("/")[2])
        self.send(given, "x")
        self.assertEqual(self.bodies(url), ["x"])

    def test_of_another_account_is_another_queue(self):
        url = self.queue()
        self.refused(NO_QUEUE, self.sqs.send_message, QueueUrl=url.replace("/000000000000/", "/333333333333/"),
                     MessageBody="x", message=self.no_queue)


class ListQueues(Case):
    """Each in an account of its own: the lists are whole."""

    def make(self, account, *names):
        client = self.world.client("sqs", account)
        return client, [client.create_queue(QueueName=name)["QueueUrl"] for name in names]

    def test_none(self):
        self.assertNotIn("QueueUrls", self.world.client("sqs", "400000000000").list_queues())

    def test_all(self):
        client, urls = self.make("400000000001", "a", "b", "c")
        self.assertEqual(client.list_queues()["QueueUrls"], urls)

    def test_prefix(self):
        client, urls = self.make("400000000002", "ab", "abc", "b")
        self.assertEqual(client.list_queues(QueueNamePrefix="ab")["QueueUrls"], urls[:2])
        self.assertNotIn("QueueUrls", client.list_queues(QueueNamePrefix="AB"), "letters' case counts")

    def test_pages(self):
        client, urls = self.make("400000000003", *(f"q{n}" for n in range(5)))
        found, token, pages = [], {}, 0
        while True:
            page = client.list_queues(MaxResults=2, **token)
            found, pages = found + page["QueueUrls"], pages + 1
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        self.assertEqual((sorted(found), pages), (sorted(urls), 3))

    def test_without_max_results_there_is_no_token(self):
        client, _ = self.make("400000000004", "a", "b")
        self.assertNotIn("NextToken", client.list_queues())

    @rows(none=0, too_many=1001, negative=-1)
    def test_bad_max_results(self, most):
        self.refused(INVALID, self.sqs.list_queues, MaxResults=most,
                     message=re.compile(f"{most}.*MaxResults|MaxResults.*{most}"))

    def test_bad_token(self):
        self.refused(INVALID, self.sqs.list_queues, MaxResults=1, NextToken="no token",
                     message="Invalid or expired next token.")


class DeleteQueue(Case):
    def test_is_gone_with_its_messages(self):
        url = self.queue()
        self.send(url)
        self.sqs.delete_queue(QueueUrl=url)
        self.refused(NO_QUEUE, self.sqs.receive_message, QueueUrl=url, message=self.no_queue)
        self.refused(NO_QUEUE, self.sqs.get_queue_url, QueueName=url.rpartition("/")[2], message=self.no_queue)

    def test_of_no_queue(self):
        self.refused(NO_QUEUE, self.sqs.delete_queue, QueueUrl=f"{self.world.endpoint}/000000000000/never-made",
                     message=self.no_queue)

    def test_without_url(self):
        self.refused(MISSING, self.sqs.delete_queue, message="The request must contain the parameter QueueUrl.")
