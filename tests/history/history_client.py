"""One client of a history, with boto3: sends to a queue, or receives from it and settles, and writes down each call
before it is made and once its end is known. Every call is tried once.

A call that was answered is `ok` or `refused`; of any other nobody knows whether it took effect: `unknown`. Times are of
the monotonic clock, which all processes of a machine share.

usage: history_client.py send|receive ENDPOINT QUEUE_URL FILE SEED      (run by history_run.py)

Standard output gets a byte for each call that ended. After an unknown one the client waits for a byte, or the end, of
standard input: the daemon is up again. SIGTERM ends it; after SIGUSR1 a receiver deletes all it gets."""

import hashlib
import json
import os
import random
import signal
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

PATIENCE = 60  # seconds
GROUPS = 3  # of each sender
RECEIVE_WAIT_S = 1


class Client:
    def __init__(self, endpoint, url, path, seed):
        self.url = url
        self.fifo = url.endswith(".fifo")
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.chance = random.Random(seed)
        self.stopping = self.draining = False
        self._file = open(path, "w", buffering=1, encoding="utf-8")
        self._calls = 0
        self._sqs = boto3.client("sqs", region_name="eu-central-1", endpoint_url=endpoint, aws_access_key_id="test",
                                 aws_secret_access_key="secret",
                                 config=Config(retries={"total_max_attempts": 1}, read_timeout=PATIENCE))

    def call(self, operation, asked, read, **arguments):
        """Makes one call and writes it down. `read` takes what is worth telling from the answer -> that, or None."""
        self._calls += 1
        self._write(call=self._calls, operation=operation, asked=asked)
        told, error = None, None
        try:
            told = read(getattr(self._sqs, operation)(QueueUrl=self.url, **arguments))
            outcome = "ok"
        except ClientError as refusal:
            error = str(refusal)
            outcome = "refused" if refusal.response["ResponseMetadata"]["HTTPStatusCode"] < 500 else "unknown"
        except BotoCoreError as failure:
            error = str(failure)
            outcome = "unknown"
        self._write(call=self._calls, outcome=outcome, **({"error": error} if error else {"told": told}))
        os.write(sys.stdout.fileno(), b".")
        if outcome == "unknown":
            sys.stdin.buffer.read(1)
        return outcome, told

    def _write(self, **line):
        self._file.write(json.dumps({"at": time.monotonic(), **line}) + "\n")


def md5(body):
    return hashlib.md5(body.encode()).hexdigest()


class Sender(Client):
    def run(self):
        count = 0
        while not self.stopping:
            size = self.chance.choice((1, 1, 1, 2, 5, 10))
            entries = [self.entry(count + i) for i in range(size)]
            count += size
            # The same deduplication id again is the same message, so a FIFO queue may be asked until it answers. To
            # any other queue that would be a second message.
            while self.send(entries) == "unknown" and self.fifo and not self.stopping:
                pass

    def entry(self, number):
        key = f"{self.name}/{number}"
        entry = {"MessageBody": f"{key} {self.chance.randbytes(self.chance.randrange(400)).hex()}"}
        if self.fifo:
            entry["MessageGroupId"] = f"{self.name}-{self.chance.randrange(GROUPS)}"
            entry["MessageDeduplicationId"] = key
        return entry

    def send(self, entries):
        asked = [{"key": key_of(e["MessageBody"]), "md5": md5(e["MessageBody"]), "group": e.get("MessageGroupId")}
                 for e in entries]

        def told(sent, of):
            return {"key": of["key"], "id": sent["MessageId"], "md5": sent["MD5OfMessageBody"]}

        if len(entries) == 1:
            return self.call("send_message", asked, lambda answer: [told(answer, asked[0])], **entries[0])[0]
        return self.call("send_message_batch", asked,
                         lambda answer: [told(sent, asked[int(sent["Id"])]) for sent in answer.get("Successful", [])],
                         Entries=[{"Id": str(i), **e} for i, e in enumerate(entries)])[0]


class Receiver(Client):
    def run(self):
        while not self.stopping:
            outcome, messages = self.receive(self.chance.choice((1, 3, 10)), self.chance.choice((0, RECEIVE_WAIT_S)))
            if outcome == "ok" and messages:
                self.settle([message["handle"] for message in messages])

    def receive(self, most, wait_s):
        def told(answer):
            return [{"key": key_of(m["Body"]), "md5": md5(m["Body"]), "said_md5": m["MD5OfBody"], "id": m["MessageId"],
                     "handle": m["ReceiptHandle"]} for m in answer.get("Messages", [])]

        return self.call("receive_message", {"most": most, "wait_s": wait_s}, told, MaxNumberOfMessages=most,
                         WaitTimeSeconds=wait_s)

    def settle(self, handles):
        fates = {handle: "delete" if self.draining else self.chance.choices(
            ("delete", "give back", "prolong", "forget"), (85, 6, 6, 3))[0] for handle in handles}
        chosen = {fate: [handle for handle in handles if fates[handle] == fate] for fate in set(fates.values())}
        self.change(chosen.get("give back", []), 0)
        prolonged = chosen.get("prolong", [])
        self.change(prolonged, self.chance.randrange(1, 5))
        deleted = chosen.get("delete", []) + prolonged
        if len(deleted) > 1 and self.chance.random() < 0.7:
            self.delete_batch(deleted)
        else:
            for handle in deleted:
                self.call("delete_message", {"handles": [handle]}, lambda _, done=handle: [done], ReceiptHandle=handle)

    def delete_batch(self, handles):
        self.call("delete_message_batch", {"handles": handles}, done(handles),
                  Entries=[{"Id": str(i), "ReceiptHandle": handle} for i, handle in enumerate(handles)])

    def change(self, handles, visibility_s):
        asked = {"handles": handles, "visibility_s": visibility_s}
        if len(handles) == 1:
            self.call("change_message_visibility", asked, lambda _: handles, ReceiptHandle=handles[0],
                      VisibilityTimeout=visibility_s)
        elif handles:
            self.call("change_message_visibility_batch", asked, done(handles),
                      Entries=[{"Id": str(i), "ReceiptHandle": handle, "VisibilityTimeout": visibility_s}
                               for i, handle in enumerate(handles)])


def key_of(body):
    return body.split(" ", 1)[0]


def done(handles):
    return lambda answer: [handles[int(entry["Id"])] for entry in answer.get("Successful", [])]


def main(role, *arguments):
    client = {"send": Sender, "receive": Receiver}[role](*arguments)
    signal.signal(signal.SIGTERM, lambda *_: setattr(client, "stopping", True))
    signal.signal(signal.SIGUSR1, lambda *_: setattr(client, "draining", True))
    client.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
