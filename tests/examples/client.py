"""What the examples share: the services of broker.v1 on one channel, and the four calls that every consumer makes."""

import grpc
from broker.v1 import (dead_letters_pb2_grpc, idempotency_pb2_grpc, messages_pb2 as m, messages_pb2_grpc, queues_pb2 as q,
                       queues_pb2_grpc, snapshots_pb2_grpc, subscriptions_pb2 as s, subscriptions_pb2_grpc,
                       tasks_pb2 as t, tasks_pb2_grpc, topics_pb2_grpc)
from google.protobuf.duration_pb2 import Duration


class Broker:
    def __init__(self, address):
        channel = grpc.insecure_channel(address)
        self.topics = topics_pb2_grpc.TopicsStub(channel)
        self.queues = queues_pb2_grpc.QueuesStub(channel)
        self.subscriptions = subscriptions_pb2_grpc.SubscriptionsStub(channel)
        self.messages = messages_pb2_grpc.MessagesStub(channel)
        self.dead_letters = dead_letters_pb2_grpc.DeadLettersStub(channel)
        self.snapshots = snapshots_pb2_grpc.SnapshotsStub(channel)
        self.idempotency = idempotency_pb2_grpc.IdempotencyStub(channel)
        self.tasks = tasks_pb2_grpc.TasksStub(channel)

    def create_queue(self, name, **settings):
        self.queues.Create(q.CreateQueueRequest(queue=q.Queue(name=name, **settings)))

    def subscribe(self, name, topic, **settings):
        wanted = s.Subscription(name=name, topic=topic, **settings)
        self.subscriptions.Create(s.CreateSubscriptionRequest(subscription=wanted))

    def publish(self, target, messages):
        """A batch is one atomic commit; each message has its own result."""
        results = self.messages.Publish(m.PublishRequest(target=target, messages=messages)).results
        for result in results:
            if result.HasField("error"):
                raise RuntimeError(f"{result.error.reason}: {result.error.message}")
        return results

    def receive(self, source, most=10, wait_s=1):
        """Waits a moment for the first message; empty when none came."""
        request = m.ReceiveRequest(source=source, max_messages=most, wait=Duration(seconds=wait_s))
        return self.messages.Receive(request).deliveries

    def ack(self, source, deliveries):
        self.messages.Ack(m.AckRequest(source=source, receipts=[d.receipt for d in deliveries]))

    def nack(self, source, delivery, reason):
        entry = m.NackEntry(receipt=delivery.receipt, reason=reason)
        self.messages.Nack(m.NackRequest(source=source, entries=[entry]))

    def wait_for(self, task):
        """A task is work of the broker; it goes on whether somebody asks or not."""
        while task.state == t.Task.RUNNING:
            task = self.tasks.Get(t.GetTaskRequest(id=task.id))
        return task
