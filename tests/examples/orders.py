"""Order created -> billing, inventory, email: each gets every order, at its own pace, and none knows of the others.

What it shows: fan-out, batches, a dead-letter queue with the reason, its audit and redrive, and a replay for a consumer
that came late. How to charge only once is in charge_once.py.

usage: orders.py HOST:PORT"""

import json
import sys

from broker.v1 import dead_letters_pb2 as d, messages_pb2 as m, topics_pb2 as t
from broker.v1.common_pb2 import Attribute, DeadLetterPolicy
from client import Broker
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp


def set_up(broker):
    # The topic keeps what was published for a week, so that it can be replayed.
    topic = t.Topic(name="order-events", retention=Duration(seconds=7 * 86400))
    broker.topics.Create(t.CreateTopicRequest(topic=topic))
    broker.create_queue("billing-dead")
    # Three attempts, then the message goes to billing-dead with its story.
    broker.create_queue("billing", dead_letter=DeadLetterPolicy(max_attempts=3, target="billing-dead"))
    broker.create_queue("inventory")
    broker.create_queue("email")
    broker.subscribe("billing-orders", "order-events", queue="billing")
    broker.subscribe("inventory-orders", "order-events", queue="inventory")
    # Only large orders get a letter from a person.
    broker.subscribe("email-orders", "order-events", queue="email", filter="attributes.total >= 100")


def publish_orders(broker):
    orders = [{"order_id": "1", "customer": "Alice", "total": 120}, {"order_id": "2", "customer": "Bob", "total": 30},
              {"order_id": "3", "customer": "Carol", "total": 45}]
    # The deduplication id makes it safe to publish again when the answer was lost: it is stored once.
    batch = [m.PublishMessage(body=json.dumps(order).encode(), subject="Order Created",
                              deduplication_id=order["order_id"],
                              attributes={"total": Attribute(number=str(order["total"]))}) for order in orders]
    broker.publish("order-events", batch)
    again = broker.publish("order-events", batch[:1])
    print(f"published {len(batch)} orders; publishing one again: duplicate={again[0].duplicate}")


def bill(broker, blocked):
    """Until the queue is empty. A customer whose card is declined fails every time, and ends up dead-lettered."""
    while deliveries := broker.receive("billing"):
        for delivery in deliveries:
            order = json.loads(delivery.message.body)
            if order["customer"] in blocked:
                print(f"billing: order {order['order_id']} failed, attempt {delivery.attempt}")
                broker.nack("billing", delivery, "card declined")
            else:
                print(f"billing: charged order {order['order_id']}")
                broker.ack("billing", [delivery])


def reserve_stock(broker):
    """A whole batch in one step: one write to the stock's own database, one ack."""
    deliveries = broker.receive("inventory", most=100)
    orders = [json.loads(delivery.message.body)["order_id"] for delivery in deliveries]
    broker.ack("inventory", deliveries)
    print(f"inventory: reserved for orders {', '.join(orders)} in one batch")


def write_letters(broker):
    deliveries = broker.receive("email")
    print(f"email: {len(deliveries)} letter, to {json.loads(deliveries[0].message.body)['customer']}")
    broker.ack("email", deliveries)


def audit_and_redrive(broker):
    """What failed, why and how often; then, once the reason is mended, back to where it came from."""
    for letter in broker.dead_letters.List(d.ListDeadLettersRequest(queue="billing-dead")).dead_letters:
        print(f"dead letter: {json.loads(letter.message.body)['order_id']} from {letter.failure.source}, "
              f"{letter.failure.attempts} attempts, {letter.failure.reason}")
    task = broker.wait_for(broker.dead_letters.Redrive(d.RedriveRequest(queue="billing-dead")))
    print(f"redrive: {task.moved} message back to billing")


def replay_for_a_late_consumer(broker):
    """Analytics begins today and wants the orders of before."""
    broker.create_queue("analytics")
    # From the beginning of time: the topic gives what it keeps.
    request = t.ReplayRequest(topic="order-events", queue="analytics", from_time=Timestamp(seconds=0))
    task = broker.wait_for(broker.topics.Replay(request))
    deliveries = broker.receive("analytics")
    broker.ack("analytics", deliveries)
    print(f"analytics: {task.moved} orders replayed, {len(deliveries)} received")


def main(address):
    broker = Broker(address)
    set_up(broker)
    publish_orders(broker)
    bill(broker, blocked={"Bob"})
    reserve_stock(broker)
    write_letters(broker)
    audit_and_redrive(broker)
    bill(broker, blocked=set())
    replay_for_a_late_consumer(broker)


if __name__ == "__main__":
    main(sys.argv[1])
