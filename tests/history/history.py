"""What the files of a run say: each call, when it began and when its end was known, and what became of each message.

Confined to files: nothing here knows the daemon."""

import collections
import dataclasses
import glob
import json
import math
import os


@dataclasses.dataclass
class Call:
    client: str
    operation: str
    asked: object
    began: float
    ended: float = math.inf
    outcome: str = "unknown"  # of a call without an end too: its client was killed
    told: object = None

    @property
    def ok(self):
        return self.outcome == "ok"


@dataclasses.dataclass
class Message:
    """One that somebody meant to send; several calls if its sender did not know the end of the first."""
    key: str
    md5: str
    group: str  # None: of a queue without order
    number: int  # in its group, as sent
    calls: list = dataclasses.field(default_factory=list)
    answers: list = dataclasses.field(default_factory=list)  # {"id", "md5"} of each acknowledgement

    @property
    def acknowledged(self):
        return bool(self.answers)


@dataclasses.dataclass
class Delivery:
    key: str
    md5: str
    said_md5: str
    id: str
    handle: str
    call: Call
    place: int  # in its receive
    lease_ends: float  # not earlier than this, as far as is known before any change


@dataclasses.dataclass
class Delete:
    delivery: Delivery
    call: Call
    lease_ends: float
    acknowledged: bool


class History:
    def __init__(self, calls, visibility_s, kills=0, left=0):
        self.calls = sorted(calls, key=lambda call: call.began)
        self.kills = kills
        self.left = left  # messages, when the last client had ended
        self.messages = {}
        self.groups = collections.defaultdict(list)  # messages in the order in which they were first sent
        self.deliveries = []
        self.of_key = collections.defaultdict(list)  # deliveries, as their receives began
        self.deletes = []
        self._of_handle = {}
        for call in self.calls:
            if call.operation.startswith("send"):
                self._send(call)
            elif call.operation.startswith("receive"):
                self._receive(call, visibility_s)
        self.groups.pop(None, None)
        # What a handle was used for is told by the receive it came from, which began earlier.
        for call in self.calls:
            if call.operation.startswith("change"):
                self._change(call)
            elif call.operation.startswith("delete"):
                self._delete(call)

    def _send(self, call):
        for entry in call.asked:
            if entry["key"] not in self.messages:
                group = entry["group"]
                message = Message(entry["key"], entry["md5"], group, len(self.groups[group]))
                self.messages[message.key] = message
                self.groups[group].append(message)
            self.messages[entry["key"]].calls.append(call)
        for answer in call.told or []:
            self.messages[answer["key"]].answers.append(answer)

    def _receive(self, call, visibility_s):
        for place, told in enumerate(call.told or []):
            delivery = Delivery(call=call, place=place, lease_ends=call.began + visibility_s, **told)
            self.deliveries.append(delivery)
            self.of_key[delivery.key].append(delivery)
            self._of_handle[delivery.handle] = delivery

    def _change(self, call):
        for handle in call.asked["handles"]:
            delivery = self._of_handle[handle]
            ends = call.began + call.asked["visibility_s"]
            if handle in (call.told or []):
                delivery.lease_ends = ends
            elif call.outcome == "unknown":
                delivery.lease_ends = min(delivery.lease_ends, ends)

    def _delete(self, call):
        for handle in call.asked["handles"]:
            if call.outcome == "unknown" or handle in (call.told or []):
                delivery = self._of_handle[handle]
                self.deletes.append(Delete(delivery, call, delivery.lease_ends, call.ok))


def calls_of(client, lines):
    """The calls of one client's lines, each a dictionary."""
    calls = {}
    for line in lines:
        if "operation" in line:
            calls[line["call"]] = Call(client, line["operation"], line["asked"], line["at"])
        else:
            call = calls[line["call"]]
            call.ended, call.outcome, call.told = line["at"], line["outcome"], line.get("told")
    return list(calls.values())


def read(folder):
    """The history in a run's folder: a file for each client, and `run.json` of the driver."""
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        run = json.load(file)
    calls = []
    for path in sorted(glob.glob(os.path.join(folder, "*.jsonl"))):
        with open(path, encoding="utf-8") as file:
            calls += calls_of(os.path.splitext(os.path.basename(path))[0], map(json.loads, file))
    return History(calls, run["visibility_s"], run["kills"], run["left"])
