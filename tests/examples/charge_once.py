"""Idempotency: the same message twice is the same work once.

A message is delivered at least once: a worker may die after it has charged a card and before it has acked, and the message
comes again. So the worker writes down what it did, under a key that names the work, and looks there first. The broker keeps
these records; no other database is needed.

usage: charge_once.py HOST:PORT"""

import json
import sys

from broker.v1 import idempotency_pb2 as i, messages_pb2 as m
from client import Broker
from google.protobuf.duration_pb2 import Duration

CLAIM_LIFE = Duration(seconds=60)            # longer than the work takes
RESULT_LIFE = Duration(seconds=7 * 86400)    # longer than the message may come again


class Crash(Exception):
    pass


def handle(broker, delivery, charge):
    """Does the work of a message unless it is done, and answers its result; None while another worker is at it."""
    order = json.loads(delivery.message.body)
    key = f"charge/{order['order_id']}"  # names the work, not the delivery: a second message for the order counts too
    record = broker.idempotency.Claim(i.ClaimKeyRequest(key=key, life=CLAIM_LIFE))
    if record.state == i.IdempotencyRecord.DONE:
        return f"already done: {record.result.decode()}"
    if record.state == i.IdempotencyRecord.IN_PROGRESS:
        return None
    try:
        result = charge(order)
    except Exception:
        # Not done: whoever gets the message next may try at once.
        broker.idempotency.Release(i.ReleaseKeyRequest(key=key, token=record.token))
        raise
    broker.idempotency.Complete(
        i.CompleteKeyRequest(key=key, token=record.token, result=result.encode(), life=RESULT_LIFE))
    return result


def work(broker, charge, die_before_ack=False):
    """Takes what is in the queue."""
    while deliveries := broker.receive("charges"):
        for delivery in deliveries:
            try:
                result = handle(broker, delivery, charge)
            except ConnectionError as error:
                print(f"attempt {delivery.attempt}: {error}")
                broker.nack("charges", delivery, str(error))
                continue
            if result is None:
                broker.nack("charges", delivery, "another worker is at it")
                continue
            print(f"attempt {delivery.attempt}: {result}")
            if die_before_ack:
                raise Crash
            broker.ack("charges", [delivery])


def main(address):
    broker = Broker(address)
    # A short visibility timeout, so that what a dead worker held comes back soon.
    broker.create_queue("charges", visibility_timeout=Duration(seconds=1))
    order = json.dumps({"order_id": "12345", "total": 99}).encode()
    broker.publish("charges", [m.PublishMessage(body=order)])

    charged = []
    failures = iter([ConnectionError("the bank does not answer")])

    def charge(order):
        for failure in failures:  # only the first time
            raise failure
        charged.append(order["order_id"])
        return f"charged {order['total']}"

    try:
        work(broker, charge, die_before_ack=True)
    except Crash:
        print("the worker died before it acked")
    work(broker, charge)                                          # the same message comes again
    broker.publish("charges", [m.PublishMessage(body=order)])     # and somebody publishes the order a second time
    work(broker, charge)
    print(f"charged {len(charged)} time")


if __name__ == "__main__":
    main(sys.argv[1])
