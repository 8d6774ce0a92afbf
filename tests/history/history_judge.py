"""Judges a history by what was promised, from its files alone. A call whose end nobody knows may have gone either way.

usage: history_judge.py FOLDER      exit 0 if every rule holds and there was enough to judge"""

import bisect
import collections
import math
import sys

import history

SHOWN = 5  # violations of each rule
# For each kill, and at least one kill's worth.
FLOORS = {"sends": 50, "acknowledged": 50, "deliveries": 50, "deletes": 20, "unknown": 1}


def valid_sends_are_taken(past):
    """Every message of a run is valid: a broker that refuses it is wrong."""
    return [f"{message.key} was refused" for message in past.messages.values() if not message.acknowledged
            and any(call.outcome != "unknown" for call in message.calls)]


def acknowledged_is_delivered(past):
    """What was acknowledged has come by the time the queues are empty."""
    return [f"{message.key}, acknowledged as {message.answers[0]['id']}, never came"
            for message in past.messages.values() if message.acknowledged and message.key not in past.of_key]


def nothing_is_invented(past):
    """What comes was sent, byte for byte, and is one message however often it comes."""
    wrong = []
    for delivery in past.deliveries:
        sent = past.messages.get(delivery.key)
        if sent is None or min(call.began for call in sent.calls) > delivery.call.ended:
            wrong.append(f"{delivery.key} came and was not sent")
        elif not delivery.md5 == delivery.said_md5 == sent.md5:
            wrong.append(f"{delivery.key} was sent with MD5 {sent.md5}, came with {delivery.md5} and "
                         f"said {delivery.said_md5}")
    for message in past.messages.values():
        wrong += [f"{message.key} was acknowledged with MD5 {answer['md5']}, not {message.md5}"
                  for answer in message.answers if answer["md5"] != message.md5]
        ids = {answer["id"] for answer in message.answers} | {delivery.id for delivery in past.of_key[message.key]}
        if len(ids) > 1:
            wrong.append(f"{message.key} is several messages: {', '.join(sorted(ids))}")
    return wrong


def settles(past, delete):
    """Whether it is sure to have settled its message. A FIFO queue says so; any other also answers a delete OK that
    came after its lease, when somebody else may have the message, and ignores it."""
    message = past.messages.get(delete.delivery.key)
    in_fifo = message is not None and message.group is not None
    return delete.acknowledged and (in_fifo or delete.call.ended < delete.lease_ends)


def deleted_stays_away(past):
    """No receive that began after a delete was acknowledged has the message."""
    settled = {}
    for delete in past.deletes:
        if settles(past, delete):
            key = delete.delivery.key
            settled[key] = min(delete.call.ended, settled.get(key, math.inf))
    return [f"{delivery.key} came to {delivery.call.client}, which asked at {delivery.call.began:.6f}, deleted at "
            f"{settled[delivery.key]:.6f}"
            for delivery in past.deliveries if delivery.call.began > settled.get(delivery.key, math.inf)]


def first_deliveries(past, messages):
    """Of each message that came: the delivery that was first known, in the order of `messages`."""
    return [min(past.of_key[message.key], key=lambda delivery: delivery.call.ended)
            for message in messages if past.of_key.get(message.key)]


def groups_keep_their_order(past):
    """What one receive has of a group is in the order in which it was sent, and so are first deliveries."""
    wrong = []
    latest = {}  # of a receive and a group: the message before
    for delivery in past.deliveries:
        message = past.messages.get(delivery.key)
        if message is None or message.group is None:
            continue
        before = latest.get((id(delivery.call), message.group), message)
        if before.number > message.number:
            wrong.append(f"{message.key} came behind {before.key} in one receive")
        latest[id(delivery.call), message.group] = message
    for messages in past.groups.values():
        last = None  # of the earlier messages' first receives, the one that began last
        for delivery in first_deliveries(past, messages):
            if last is not None and delivery.call.ended < last.call.began:
                wrong.append(f"{delivery.key} came before {last.key}, which was sent earlier")
            if last is None or delivery.call.began > last.call.began:
                last = delivery
    return wrong


def groups_wait(past):
    """A message of a group first comes only after a delete of every earlier one has begun, or in one receive with it."""
    wrong = []
    delete_began = {}
    for delete in past.deletes:
        delete_began.setdefault(delete.delivery.key, delete.call.began)
    for messages in past.groups.values():
        earlier = []  # (when the delete began, key), sorted
        for delivery in first_deliveries(past, messages):
            still_there = {key for _, key in earlier[bisect.bisect_right(earlier, (delivery.call.ended, "")):]}
            still_there -= {other["key"] for other in delivery.call.told}
            wrong += [f"{delivery.key} came while {key} was there, sent earlier" for key in sorted(still_there)]
            bisect.insort(earlier, (delete_began.get(delivery.key, math.inf), delivery.key))
    return wrong


RULES = (valid_sends_are_taken, acknowledged_is_delivered, nothing_is_invented, deleted_stays_away,
         groups_keep_their_order, groups_wait)


def counts(past):
    return {"sends": len(past.messages),
            "acknowledged": sum(message.acknowledged for message in past.messages.values()),
            "deliveries": len(past.deliveries),
            "deletes": sum(settles(past, delete) for delete in past.deletes),
            "unknown": sum(call.outcome == "unknown" for call in past.calls)}


def too_little(past):
    """What there is not enough of, for a verdict to mean something."""
    found = counts(past)
    least = {what: floor * max(1, past.kills) for what, floor in FLOORS.items() if what != "unknown" or past.kills}
    short = [f"{found[what]} {what}, at least {floor} wanted" for what, floor in least.items() if found[what] < floor]
    return short + ([f"{past.left} messages were left in the queues"] if past.left else [])


def judge(past, say=print):
    """Says what was found -> the names of the rules that are broken."""
    found = counts(past)
    say(f"{past.kills} kills; " + ", ".join(f"{count} {what}" for what, count in found.items()))
    sorts = collections.Counter((call.operation, call.outcome) for call in past.calls)
    for operation in sorted({call.operation for call in past.calls}):
        say(f"  {operation}: " + ", ".join(f"{sorts[operation, end]} {end}" for end in ("ok", "refused", "unknown")))
    broken = []
    for rule in RULES:
        wrong = rule(past)
        say(f"{rule.__name__}: {f'BROKEN {len(wrong)} times' if wrong else 'holds'}")
        for line in wrong[:SHOWN]:
            say(f"  {line}")
        if wrong:
            broken.append(rule.__name__)
    return broken


def main(folder):
    past = history.read(folder)
    broken = judge(past)
    short = too_little(past)
    for line in short:
        print(f"too little to judge: {line}")
    return 1 if broken or short else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
