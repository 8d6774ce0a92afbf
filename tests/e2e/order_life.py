"""The order's life, from publish to dead letter and back, with a gRPC client in Python made from our proto, against the
real daemon.

usage: order_life.py BROKERD"""

import sys

import daemon
import grpc

ORDER = b'{"order_id":"12345"}'
V1 = daemon.native()


def module(name):
    return V1[name][0]


def check(condition, said):
    assert condition, said


class Client:
    """The calls that this life needs, as a program would make them."""

    def __init__(self, address):
        self._channel = grpc.insecure_channel(address)
        grpc.channel_ready_future(self._channel).result(timeout=daemon.PATIENCE)
        for name, (_, stubs) in V1.items():
            service = {"dead_letters": "DeadLetters"}.get(name, name.capitalize())
            if hasattr(stubs, f"{service}Stub"):
                setattr(self, name, getattr(stubs, f"{service}Stub")(self._channel))

    def close(self):
        self._channel.close()

    def create_queue(self, name, **settings):
        queues = module("queues")
        return self.queues.Create(queues.CreateQueueRequest(queue=queues.Queue(name=name, **settings)))

    def subscribe(self, name, **settings):
        subscriptions = module("subscriptions")
        wanted = subscriptions.Subscription(name=name, topic="orders", **settings)
        return self.subscriptions.Create(subscriptions.CreateSubscriptionRequest(subscription=wanted))

    def receive(self, source, wait_s=5):
        request = module("messages").ReceiveRequest(source=source, max_messages=10)
        request.wait.seconds = wait_s
        return list(self.messages.Receive(request).deliveries)

    def ack(self, source, delivery):
        (result,) = self.messages.Ack(module("messages").AckRequest(source=source, receipts=[delivery.receipt])).results
        check(not result.HasField("error"), result)

    def nack(self, source, delivery, reason):
        entry = module("messages").NackEntry(receipt=delivery.receipt, reason=reason)
        (result,) = self.messages.Nack(module("messages").NackRequest(source=source, entries=[entry])).results
        check(not result.HasField("error"), result)

    def dead_letters_of(self, queue):
        return list(self.dead_letters.List(module("dead_letters").ListDeadLettersRequest(queue=queue)).dead_letters)

    def redrive(self, queue):
        """Starts the task and asks until it has ended."""
        task = self.dead_letters.Redrive(module("dead_letters").RedriveRequest(queue=queue))
        get = module("tasks").GetTaskRequest(id=task.id)
        daemon.brokerd.wait_until(lambda: self.tasks.Get(get).state != module("tasks").Task.RUNNING)
        return self.tasks.Get(get)

    def stats(self, queue):
        return self.queues.Get(module("queues").GetQueueRequest(name=queue)).stats


def set_up(client):
    topics = module("topics")
    client.topics.Create(topics.CreateTopicRequest(topic=topics.Topic(name="orders")))
    client.create_queue("billing-dlq")
    client.create_queue("inventory")
    policy = module("common").DeadLetterPolicy(max_attempts=3, target="billing-dlq")
    client.create_queue("billing", dead_letter=policy)
    client.subscribe("billing-orders", queue="billing")
    client.subscribe("inventory-orders", queue="inventory")
    client.subscribe("email")  # a pull subscription: no queue in between


def publish(client):
    messages = module("messages")
    order = messages.PublishMessage(body=ORDER)
    order.attributes["kind"].text = "created"
    response = client.messages.Publish(messages.PublishRequest(target="orders", messages=[order]))
    check(response.subscriptions == 3, response)
    return response.results[0].id


def is_the_order(message):
    return message.body == ORDER and message.attributes["kind"].text == "created"


def everyone_but_billing_is_done(client, published_id):
    (delivery,) = client.receive("inventory")
    check(is_the_order(delivery.message) and delivery.attempt == 1, delivery)
    check(delivery.message.origin_id == published_id, delivery)
    client.ack("inventory", delivery)
    (delivery,) = client.receive("email")
    check(is_the_order(delivery.message) and delivery.message.id == published_id, delivery)
    client.ack("email", delivery)


def dead_letter_has_its_story(client):
    (letter,) = client.dead_letters_of("billing-dlq")
    check(is_the_order(letter.message), letter)
    check(letter.failure.source == "queue/billing", letter)
    check(letter.failure.attempts == 3, letter)
    check(letter.failure.reason == "card declined, try 3", letter)
    return letter


def nobody_gets_it_again(client):
    check(client.receive("inventory", wait_s=0) == [], "inventory got it again")
    check(client.receive("email", wait_s=0) == [], "email got it again")


def main(binary):
    with daemon.Broker(binary) as broker:
        client = Client(broker.address)
        set_up(client)
        published_id = publish(client)
        everyone_but_billing_is_done(client, published_id)
        for attempt in (1, 2, 3):
            (delivery,) = client.receive("billing")
            check(delivery.attempt == attempt and is_the_order(delivery.message), delivery)
            if attempt < 3:
                client.nack("billing", delivery, f"card declined, try {attempt}")
        client.close()

        # The lease and its receipt outlive the process.
        broker.kill9_and_restart()
        client = Client(broker.address)
        check(client.stats("billing").leased == 1, client.stats("billing"))
        client.nack("billing", delivery, "card declined, try 3")
        # Its record is on disk only, and read first: the move comes after the answer.
        daemon.brokerd.wait_until(lambda: client.dead_letters_of("billing-dlq"))
        before = dead_letter_has_its_story(client)
        client.close()

        broker.kill9_and_restart()
        client = Client(broker.address)
        check(dead_letter_has_its_story(client) == before, "the dead letter changed")
        nobody_gets_it_again(client)
        task = client.redrive("billing-dlq")
        check(task.state == module("tasks").Task.DONE and task.moved == 1 and task.left == 0, task)
        check(client.dead_letters_of("billing-dlq") == [], "the dead letter is still there")
        nobody_gets_it_again(client)
        (delivery,) = client.receive("billing")
        check(is_the_order(delivery.message) and delivery.attempt == 1, delivery)
        check(delivery.message.failures[-1].reason == "card declined, try 3", delivery)
        client.ack("billing", delivery)
        client.close()

        broker.kill9_and_restart()
        client = Client(broker.address)
        for queue in ("billing", "inventory", "billing-dlq"):
            stats = client.stats(queue)
            check(stats.ready + stats.leased + stats.retrying + stats.delayed == 0, f"{queue}: {stats}")
        client.close()
        broker.stop()
    print("an order's life over gRPC: published, failed, killed, dead-lettered, redriven, received, settled")


if __name__ == "__main__":
    main(*sys.argv[1:])
