"""What every case stands on: clients of the daemon under test, verbs for queues and messages, and what a refusal must
look like. A case is written once; which client library runs it decides the protocol."""

import json
import re
import time
import unittest
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

PATIENCE = 60  # seconds for anything that is expected to come
ACCOUNT = "000000000000"
REGION = "eu-central-1"
# A refusal has one code in Query; JSON has a shape beside it, named as the code without its prefix but for these.
SHAPES = {
    "AWS.SimpleQueueService.NonExistentQueue": "QueueDoesNotExist",
    "QueueAlreadyExists": "QueueNameExists",
    "InvalidParameterValue": "InvalidParameterValueException",
    "MissingParameter": "MissingRequiredParameterException",
    "AccessDenied": "AccessDeniedException",
}
NO_QUEUE = "AWS.SimpleQueueService.NonExistentQueue"
INVALID, MISSING = "InvalidParameterValue", "MissingParameter"
MISSING_ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:never-made"


def shape_of(code):
    """What JSON names the refusal that Query has a code for."""
    return SHAPES.get(code, code.rpartition(".")[2])


def rows(**table):
    """Makes a case of each row: `test_x` with a row `empty=(1, 2)` becomes `test_x_empty`, called with 1 and 2."""

    def mark(function):
        function.rows = table
        return function

    return mark


class World:
    """The daemon under test, and how to reach it: by boto3, or through a bridge (bridge.py) by another client."""

    def __init__(self, protocol, endpoint, ctl, bridge=None):
        self.protocol = protocol
        self.endpoint = endpoint
        self.ctl = ctl
        self.bridge = bridge
        self._session = boto3.session.Session()
        self._clients = {}

    def client(self, service, account="test", region=REGION, endpoint=None):
        """Sends what it is given, right or wrong, and never twice. An access key of twelve digits is the account."""
        key = (service, account, region, endpoint)
        if key not in self._clients:
            self._clients[key] = self._session.client(
                service, region_name=region, endpoint_url=endpoint or self.endpoint, aws_access_key_id=account,
                aws_secret_access_key="secret", config=Config(
                    parameter_validation=False, retries={"max_attempts": 0}, read_timeout=PATIENCE))
            if self.bridge:
                self.bridge.take_over(self._clients[key], endpoint=endpoint or self.endpoint, account=account,
                                      region=region)
        return self._clients[key]


class Case(unittest.TestCase):
    world = None  # of the run; a class with a daemon of its own has its own
    binaries = None  # brokerd and brokerctl
    protocols = ("json", "query")
    boto3_only = None  # why no other client can run it
    longMessage = True

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        for name, function in list(vars(cls).items()):
            for row, values in getattr(function, "rows", {}).items():
                setattr(cls, f"{name}_{row}", cls._of_row(function, values))
            if hasattr(function, "rows"):
                delattr(cls, name)

    @staticmethod
    def _of_row(function, values):
        return lambda self: function(self, *(values if isinstance(values, tuple) else (values,)))

    @property
    def is_json(self):
        return self.world.protocol == "json"

    @property
    def sqs(self):
        return self.world.client("sqs")

    @property
    def sns(self):
        return self.world.client("sns")

    @property
    def no_queue(self):
        return "The specified queue does not exist" + ("." if self.is_json else " for this wsdl version.")

    def name(self, suffix=""):
        """One that no other case has."""
        return f"c-{uuid.uuid4().hex}{suffix}"

    def queue(self, fifo=False, **attributes):
        """Makes a queue -> its URL."""
        if fifo:
            attributes.setdefault("FifoQueue", "true")
        return self.sqs.create_queue(QueueName=self.name(".fifo" if fifo else ""), Attributes=attributes)["QueueUrl"]

    def fifo(self, **attributes):
        return self.queue(True, **attributes)

    def attributes(self, url, *names):
        return self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names) or ["All"]).get("Attributes", {})

    def arn(self, url):
        return self.attributes(url, "QueueArn")["QueueArn"]

    def send(self, url, body="hello", **more):
        return self.sqs.send_message(QueueUrl=url, MessageBody=body, **more)

    def send_fifo(self, url, body="hello", group="g", **more):
        more.setdefault("MessageDeduplicationId", uuid.uuid4().hex)
        return self.send(url, body, MessageGroupId=group, **more)

    def receive(self, url, most=10, **more):
        """What is there now, with everything that can be asked for."""
        more = {"AttributeNames": ["All"], "MessageAttributeNames": ["All"], **more}
        return self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=most, **more).get("Messages", [])

    def receive_one(self, url, **more):
        """Waits for it."""
        messages = self.receive(url, 1, WaitTimeSeconds=20, **more)
        self.assertEqual(len(messages), 1, "messages received")
        return messages[0]

    def bodies(self, url, **more):
        return [message["Body"] for message in self.receive(url, **more)]

    def delete(self, url, message):
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def give_back(self, url, message, seconds=0):
        self.sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds)

    def dead_letter_pair(self, most=1, fifo=False, **attributes):
        """A queue and its dead-letter queue -> their URLs."""
        dead = self.queue(fifo)
        policy = {"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": most}
        return self.queue(fifo, RedrivePolicy=json.dumps(policy), **attributes), dead

    def dead_letter(self, source, dead):
        """Lets the one message in `source` fail once, which must be enough -> the message in `dead`."""
        self.give_back(source, self.receive_one(source))
        self.assertEqual(self.receive(source), [])
        return self.receive_one(dead, VisibilityTimeout=0)

    def eventually(self, condition):
        """Asks again and again; `condition` asks the daemon, which takes its time."""
        deadline = time.monotonic() + PATIENCE
        while not (answer := condition()):
            self.assertLess(time.monotonic(), deadline, f"not within {PATIENCE} s")
        return answer

    def refused(self, code, call, message=None, status=400, **arguments):
        """`message` is the whole text, or a compiled pattern of a part."""
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        response = caught.exception.response
        error = response["Error"]
        self.assertEqual(error["Code"], code, error.get("Message"))
        self.assertTrue(error.get("Message"), "a refusal says why")
        wanted = {"HTTPStatusCode": status, "Type": "Sender"}
        if self.is_json and call.__self__.meta.service_model.service_name == "sqs":
            wanted["QueryErrorCode"] = shape_of(code)
        told = {**response["ResponseMetadata"], **error}
        if self.world.bridge:  # which has what its client tells
            wanted = {name: value for name, value in wanted.items() if name in told}
        self.assertEqual({name: told.get(name) for name in wanted}, wanted, error)
        if isinstance(message, re.Pattern):
            self.assertRegex(error["Message"], message)
        elif message is not None:
            self.assertEqual(error["Message"], message)
        return error["Message"]

    def refused_entry(self, failed, code, entry_id=None):
        """An entry of Failed[] -> its message."""
        self.assertEqual((failed["Code"], failed["SenderFault"]), (code, True), failed)
        self.assertTrue(failed.get("Message"), "a refusal says why")
        if entry_id is not None:
            self.assertEqual(failed["Id"], entry_id)
        return failed["Message"]
