"""kill -9 under load, again and again: every publish that was answered OK is delivered to each of its receivers, and
nothing whose ack was answered OK comes back.

Publishers and consumers run as threads against a topic with a queue and a pull subscription on it. The daemon is killed
once enough was published since its start, so every kill falls into load. An unanswered call proves nothing either way.

usage: kill9.py BROKERD [ROUNDS]      BROKER_SEED=N replays the choices (not the timing)"""

import os
import random
import sys
import threading
import time

import daemon
import grpc

V1 = daemon.native()
messages = V1["messages"][0]
MessagesStub = V1["messages"][1].MessagesStub

SOURCES = ("queue/billing", "subscription/audit")
PUBLISHERS = 4
CONSUMERS = 2  # of each source
VISIBILITY_S = 8
# An ack counts as settling only while its lease surely holds: one that comes after the lease was lost is answered OK
# and does nothing.
SAFE_S = VISIBILITY_S / 2


class Ledger:
    """What was promised and what was seen. Locked: every thread writes into it."""

    def __init__(self):
        self._lock = threading.Lock()
        self.stored = set()
        self.delivered = {source: set() for source in SOURCES}
        self.acked = {source: set() for source in SOURCES}
        self.returned = []
        self.deliveries = 0

    def published(self, bodies):
        with self._lock:
            self.stored.update(bodies)

    def received(self, source, bodies):
        with self._lock:
            self.deliveries += len(bodies)
            self.delivered[source].update(bodies)
            self.returned += [(source, body) for body in bodies if body in self.acked[source]]

    def settled(self, source, bodies):
        with self._lock:
            self.acked[source].update(bodies)

    def stored_count(self):
        with self._lock:
            return len(self.stored)


class Load:
    """The clients of one life of the daemon. They end when it does."""

    def __init__(self, address, ledger, life, seed, publishing=True):
        self._address = address
        self._life = life  # in every body, so that no two are the same
        self._ledger = ledger
        self._changed = threading.Condition()
        self._stopping = False
        self._failures = []
        jobs = [(self._publish, n) for n in range(PUBLISHERS if publishing else 0)]
        jobs += [(self._consume, source) for source in SOURCES for _ in range(CONSUMERS)]
        self._threads = [threading.Thread(target=self._guard, args=(job, what, random.Random(f"{seed}/{life}/{n}")))
                         for n, (job, what) in enumerate(jobs)]
        for thread in self._threads:
            thread.start()

    def wait_stored(self, count):
        with self._changed:
            deadline = time.monotonic() + daemon.PATIENCE
            while self._ledger.stored_count() < count and not self._failures:
                assert self._changed.wait(deadline - time.monotonic()), f"fewer than {count} publishes were answered"
        assert not self._failures, self._failures

    def join(self):
        self._stopping = True
        for thread in self._threads:
            thread.join(timeout=daemon.PATIENCE)
            assert not thread.is_alive(), "a client does not end"
        assert not self._failures, self._failures

    def _guard(self, job, what, chance):
        try:
            with grpc.insecure_channel(self._address) as channel:
                job(MessagesStub(channel), what, chance)
        except grpc.RpcError as error:
            # The end of the daemon looks like this; anything else is a defect.
            if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
                self._fail(error)
        except Exception as error:  # noqa: B902  (a thread's exception would be lost)
            self._fail(error)

    def _fail(self, error):
        with self._changed:
            self._failures.append(error)
            self._changed.notify_all()

    def _publish(self, stub, number, chance):
        prefix = f"{self._life}/{number}"
        count = 0
        while not self._stopping:
            bodies = [f"{prefix}/{count + i}".encode() for i in range(chance.choice((1, 1, 1, 10, 100)))]
            count += len(bodies)
            entries = [messages.PublishMessage(body=body) for body in bodies]
            response = stub.Publish(messages.PublishRequest(target="topic/orders", messages=entries))
            assert not any(result.HasField("error") for result in response.results), response
            self._ledger.published(bodies)
            with self._changed:
                self._changed.notify_all()

    def _consume(self, stub, source, chance):
        while not self._stopping:
            request = messages.ReceiveRequest(source=source, max_messages=chance.choice((1, 10, 100)))
            request.wait.seconds = 1
            asked = time.monotonic()
            deliveries = stub.Receive(request).deliveries
            self._ledger.received(source, [delivery.message.body for delivery in deliveries])
            acks, nacks = [], []
            for delivery in deliveries:
                (acks if chance.random() < 0.8 else nacks).append(delivery)
            if acks:
                results = stub.Ack(messages.AckRequest(source=source, receipts=[d.receipt for d in acks])).results
                if time.monotonic() - asked < SAFE_S:
                    self._ledger.settled(source, [d.message.body for d, result in zip(acks, results)
                                                  if not result.HasField("error")])
            if nacks:
                entries = [messages.NackEntry(receipt=d.receipt, reason="again") for d in nacks]
                stub.Nack(messages.NackRequest(source=source, entries=entries))


def set_up(address):
    with grpc.insecure_channel(address) as channel:
        topics, queues, subscriptions = (V1[name][0] for name in ("topics", "queues", "subscriptions"))
        V1["topics"][1].TopicsStub(channel).Create(topics.CreateTopicRequest(topic=topics.Topic(name="orders")))
        queue = queues.Queue(name="billing")
        queue.visibility_timeout.seconds = VISIBILITY_S
        V1["queues"][1].QueuesStub(channel).Create(queues.CreateQueueRequest(queue=queue))
        audit = subscriptions.Subscription(name="audit", topic="orders")
        audit.visibility_timeout.seconds = VISIBILITY_S
        into_queue = subscriptions.Subscription(name="billing-orders", topic="orders", queue="billing")
        stub = V1["subscriptions"][1].SubscriptionsStub(channel)
        for subscription in (audit, into_queue):
            stub.Create(subscriptions.CreateSubscriptionRequest(subscription=subscription))


def wait_drained(address):
    """Until nothing waits in either source; leases of the killed come back when their time is over."""
    queues, subscriptions = V1["queues"][0], V1["subscriptions"][0]
    with grpc.insecure_channel(address) as channel:
        queue_stub = V1["queues"][1].QueuesStub(channel)
        subscription_stub = V1["subscriptions"][1].SubscriptionsStub(channel)

        def left():
            both = (queue_stub.Get(queues.GetQueueRequest(name="billing")).stats,
                    subscription_stub.Get(subscriptions.GetSubscriptionRequest(name="audit")).stats)
            return sum(stats.ready + stats.leased + stats.retrying + stats.delayed for stats in both)

        daemon.brokerd.wait_until(lambda: left() == 0)


def main(binary, rounds="10"):
    seed = os.environ.get("BROKER_SEED", str(random.randrange(1 << 32)))
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    ledger = Ledger()
    with daemon.Broker(binary) as broker:
        set_up(broker.address)
        for number in range(int(rounds)):
            load = Load(broker.address, ledger, number, seed)
            load.wait_stored(ledger.stored_count() + chance.randrange(500, 3000))
            broker.kill9()
            load.join()
            broker.start()
        load = Load(broker.address, ledger, "drain", seed, publishing=False)
        wait_drained(broker.address)
        load.join()
        broker.stop()
    for source in SOURCES:
        lost = ledger.stored - ledger.delivered[source]
        assert not lost, (f"seed {seed}: {len(lost)} of {len(ledger.stored)} never came to {source}, "
                          f"e.g. {sorted(lost)[:5]}")
    assert not ledger.returned, (f"seed {seed}: {len(ledger.returned)} came back after their ack, "
                                 f"e.g. {ledger.returned[:5]}")
    acked = sum(len(ids) for ids in ledger.acked.values())
    print(f"{rounds} kills: {len(ledger.stored)} publishes answered OK, all delivered twice over ({ledger.deliveries} "
          f"deliveries); {acked} acks answered OK, none came back")


if __name__ == "__main__":
    main(*sys.argv[1:])
