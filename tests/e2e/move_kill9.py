"""A redrive of many dead letters under kill -9: the daemon dies at ten random points of the move, and in the end every
message is at its target exactly once and nowhere else.

usage: move_kill9.py BROKERD      BROKER_MOVE_MESSAGES=N moves so many (20,000); BROKER_SEED=N replays the choices (not
the timing)"""

import os
import random
import sys

import daemon
import grpc

V1 = daemon.native()
messages, dead_letters, queues, tasks = (V1[name][0] for name in ("messages", "dead_letters", "queues", "tasks"))
KILLS = 10
BATCH = 1000


class Client:
    """Calls of one life of the daemon."""

    def __init__(self, address):
        self._channel = grpc.insecure_channel(address)
        self.messages = V1["messages"][1].MessagesStub(self._channel)
        self.queues = V1["queues"][1].QueuesStub(self._channel)
        self.tasks = V1["tasks"][1].TasksStub(self._channel)
        self.dead_letters = V1["dead_letters"][1].DeadLettersStub(self._channel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._channel.close()

    def receive(self, queue):
        return self.messages.Receive(messages.ReceiveRequest(source=f"queue/{queue}", max_messages=BATCH)).deliveries

    def waiting(self, queue):
        stats = self.queues.Get(queues.GetQueueRequest(name=queue)).stats
        return stats.ready + stats.leased + stats.retrying + stats.delayed


def fill(client, count):
    """`count` dead letters of the queue "orders"."""
    client.queues.Create(queues.CreateQueueRequest(queue=queues.Queue(name="dead")))
    orders = queues.Queue(name="orders")
    orders.dead_letter.max_attempts = 1
    orders.dead_letter.target = "dead"
    client.queues.Create(queues.CreateQueueRequest(queue=orders))
    for first in range(0, count, BATCH):
        entries = [messages.PublishMessage(body=str(number).encode()) for number in range(first, min(first + BATCH, count))]
        response = client.messages.Publish(messages.PublishRequest(target="queue/orders", messages=entries))
        assert not any(result.HasField("error") for result in response.results), response
        failed = [messages.NackEntry(receipt=delivery.receipt, reason="no") for delivery in client.receive("orders")]
        assert len(failed) == len(entries), f"{len(failed)} of {len(entries)} came"
        client.messages.Nack(messages.NackRequest(source="queue/orders", entries=failed))
    daemon.brokerd.wait_until(lambda: client.waiting("dead") == count)


def task_of(client, task_id):
    return client.tasks.Get(tasks.GetTaskRequest(id=task_id))


def drain(client):
    """What "orders" holds, in the order in which it comes."""
    bodies = []
    while True:
        deliveries = client.receive("orders")
        if not deliveries:
            return bodies
        bodies += [int(delivery.message.body) for delivery in deliveries]
        receipts = [delivery.receipt for delivery in deliveries]
        client.messages.Ack(messages.AckRequest(source="queue/orders", receipts=receipts))


def main(binary):
    count = int(os.environ.get("BROKER_MOVE_MESSAGES", "20000"))
    seed = os.environ.get("BROKER_SEED", str(random.randrange(1 << 32)))
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    points = sorted(chance.randrange(count) for _ in range(KILLS))
    under_way = 0
    with daemon.Broker(binary) as broker:
        with Client(broker.address) as client:
            fill(client, count)
            task_id = client.dead_letters.Redrive(dead_letters.RedriveRequest(queue="dead")).id
        for point in points:
            with Client(broker.address) as client:
                daemon.brokerd.wait_until(lambda: task_of(client, task_id).moved >= point)  # noqa: B023
                under_way += task_of(client, task_id).state == tasks.Task.RUNNING
            broker.kill9_and_restart()
        with Client(broker.address) as client:
            daemon.brokerd.wait_until(lambda: task_of(client, task_id).state != tasks.Task.RUNNING)
            task = task_of(client, task_id)
            assert task.state == tasks.Task.DONE and task.moved == count and task.left == 0, f"seed {seed}: {task}"
            bodies = drain(client)
            assert len(bodies) == len(set(bodies)), f"seed {seed}: {len(bodies) - len(set(bodies))} came twice"
            assert set(bodies) == set(range(count)), f"seed {seed}: {count - len(bodies)} of {count} are lost"
            assert client.waiting("dead") == 0 and client.waiting("orders") == 0
        broker.stop()
    assert under_way > 0, f"seed {seed}: the move was over before the first kill"
    print(f"{count} messages moved, {KILLS} kills, {under_way} of them during the move: each is at its target once")


if __name__ == "__main__":
    main(*sys.argv[1:])
