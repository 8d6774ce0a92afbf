"""The order's life, from publish to dead letter and back, with brokerctl against the real daemon.

usage: order_life_cli.py BROKERD BROKERCTL"""

import sys

import daemon

ORDER = '{"order_id":"12345"}'


def check(condition, said):
    assert condition, said


def counts(ctl, queue):
    described = ctl.json("queue", "describe", queue)
    return {name: described[name] for name in ("ready", "leased", "retrying", "delayed")}


def receive(ctl, source, *flags):
    return ctl.json("receive", source, "--max", "10", "--wait", "5s", *flags)["messages"]


def set_up(ctl):
    ctl.run("topic", "create", "orders")
    for name in ("billing-dlq", "inventory", "email"):
        ctl.run("queue", "create", name)
    ctl.run("queue", "create", "billing", "--visibility-timeout", "30s", "--max-attempts", "3", "--dead-letter",
            "billing-dlq")
    for queue in ("billing", "inventory", "email"):
        ctl.run("subscription", "create", f"{queue}-orders", "--topic", "orders", "--queue", queue)


def publish(ctl):
    published = ctl.json("publish", "orders", "--body", ORDER, "--attribute", "kind=created")
    check(published["subscriptions"] == 3, published)
    return published["messages"][0]["id"]


def everyone_but_billing_is_done(ctl, published_id):
    for queue in ("inventory", "email"):
        messages = receive(ctl, queue, "--ack")
        check(len(messages) == 1, messages)
        check(messages[0]["body"] == ORDER and messages[0]["attributes"] == {"kind": "created"}, messages)
        check(messages[0]["attempt"] == 1 and messages[0]["origin_id"] == published_id, messages)


def billing_fails_until_dead_letter(ctl):
    for attempt in (1, 2, 3):
        (message,) = receive(ctl, "billing")
        check(message["attempt"] == attempt and message["body"] == ORDER, message)
        ctl.run("nack", "billing", message["receipt"], "--reason", f"card declined, try {attempt}")
    check(counts(ctl, "billing") == {"ready": 0, "leased": 0, "retrying": 0, "delayed": 0}, "billing is not empty")


def dead_letter_has_its_story(ctl):
    (letter,) = ctl.json("dlq", "show", "billing-dlq")["messages"]
    check(letter["source"] == "queue/billing", letter)
    check(letter["attempts"] == 3, letter)
    check(letter["reason"] == "card declined, try 3", letter)
    check(letter["body"] == ORDER and letter["attributes"] == {"kind": "created"}, letter)
    return letter


def nobody_gets_it_again(ctl):
    for queue in ("inventory", "email"):
        check(ctl.json("receive", queue, "--max", "10")["messages"] == [], f"{queue} got it again")


def redriven_and_done(ctl):
    task = ctl.json("dlq", "redrive", "billing-dlq")
    check(task["state"] == "done" and task["moved"] == 1 and task["left"] == 0, task)
    check(ctl.json("dlq", "show", "billing-dlq") == {"messages": []}, "the dead letter is still there")
    nobody_gets_it_again(ctl)
    (message,) = receive(ctl, "billing", "--ack")
    check(message["body"] == ORDER and message["attributes"] == {"kind": "created"}, message)
    check(message["attempt"] == 1, message)  # its new life counts its own attempts
    check(message["failures"][-1]["reason"] == "card declined, try 3", message)


def main(brokerd_binary, brokerctl_binary):
    with daemon.Broker(brokerd_binary) as broker:
        ctl = daemon.Brokerctl(brokerctl_binary, broker)
        set_up(ctl)
        published_id = publish(ctl)
        everyone_but_billing_is_done(ctl, published_id)
        billing_fails_until_dead_letter(ctl)
        before = dead_letter_has_its_story(ctl)
        broker.kill9_and_restart()
        after = dead_letter_has_its_story(ctl)
        check(before == after, f"the dead letter changed: {before} -> {after}")
        nobody_gets_it_again(ctl)
        redriven_and_done(ctl)
        broker.kill9_and_restart()
        for queue in ("billing", "inventory", "email", "billing-dlq"):
            check(counts(ctl, queue) == {"ready": 0, "leased": 0, "retrying": 0, "delayed": 0}, f"{queue} is not empty")
        broker.stop()
    print("an order's life with brokerctl: published, failed, dead-lettered, killed, redriven, received, settled")


if __name__ == "__main__":
    main(*sys.argv[1:])
