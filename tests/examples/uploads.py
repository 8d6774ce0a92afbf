"""File uploaded -> virus scan -> thumbnail, metadata: stages that hang together by events only.

What it shows: stages that publish for the next ones, filters, a consumer on a stream with flow control, a quarantine, and
a snapshot to make the thumbnails anew after a mistake.

usage: uploads.py HOST:PORT"""

import queue
import sys

from broker.v1 import messages_pb2 as m, snapshots_pb2 as n, subscriptions_pb2 as s, topics_pb2 as t
from broker.v1.common_pb2 import Attribute, DeadLetterPolicy
from client import Broker
from google.protobuf.duration_pb2 import Duration

FILES = {"cat.png": b"meow", "worm.exe": b"EICAR", "dog.png": b"woof"}


def set_up(broker):
    broker.topics.Create(t.CreateTopicRequest(topic=t.Topic(name="files")))
    broker.create_queue("quarantine")
    # Whatever the scanner refuses goes to the quarantine at once, with the scanner's reason.
    broker.create_queue("scan", dead_letter=DeadLetterPolicy(max_attempts=1, target="quarantine"))
    broker.create_queue("metadata")
    broker.subscribe("to-scan", "files", queue="scan", filter='attributes.stage = "uploaded"')
    broker.subscribe("to-metadata", "files", queue="metadata", filter='attributes.stage = "clean"')
    # The thumbnailer pulls from its subscription, and what it has settled is kept for a while: it can go back.
    broker.subscribe("thumbnail", "files", filter='attributes.stage = "clean"', retain_acknowledged=True)


def event(name, stage):
    # The body says where the file is; large files belong into a store of their own.
    return m.PublishMessage(body=name.encode(), attributes={"stage": Attribute(text=stage)},
                            deduplication_id=f"{name}/{stage}")


def scan(broker, files):
    """A stream delivers while fewer than 10 messages are unsettled. Each is answered by an ack or a nack on it."""
    requests = queue.Queue()
    requests.put(m.ConsumeRequest(open=m.ConsumeOpen(source="scan", max_outstanding_messages=10, consumer="scanner")))
    left = len(files)
    for response in broker.messages.Consume(iter(requests.get, None)):
        for delivery in response.deliveries:
            name = delivery.message.body.decode()
            if b"EICAR" in files[name]:
                nack = m.NackEntry(receipt=delivery.receipt, reason="virus found")
                requests.put(m.ConsumeRequest(nacks=[nack]))
            else:
                broker.publish("files", [event(name, "clean")])  # first the next stage, then the ack
                requests.put(m.ConsumeRequest(acks=[delivery.receipt]))
        for settled in response.settled:
            left -= len(settled.acks) + len(settled.nacks)
        if left == 0:
            requests.put(None)  # closes our side; the broker ends the stream


def take_all(broker, source):
    names = []
    while deliveries := broker.receive(source):
        names += [delivery.message.body.decode() for delivery in deliveries]
        broker.ack(source, deliveries)
    return ", ".join(sorted(names))


def main(address):
    broker = Broker(address)
    set_up(broker)
    snapshot = n.Snapshot(name="before-the-release", subscription="thumbnail")
    broker.snapshots.Create(n.CreateSnapshotRequest(snapshot=snapshot, life=Duration(seconds=86400)))

    broker.publish("files", [event(name, "uploaded") for name in FILES])
    scan(broker, FILES)
    print(f"metadata of {take_all(broker, 'metadata')}")
    print(f"thumbnails of {take_all(broker, 'thumbnail')}")
    (letter,) = broker.receive("quarantine")
    print(f"quarantine: {letter.message.body.decode()}, {letter.message.failures[0].reason}")

    # The release made them upside down: back to where the subscription stood before it.
    broker.subscriptions.Seek(s.SeekRequest(name="thumbnail", snapshot="before-the-release"))
    print(f"thumbnails again of {take_all(broker, 'thumbnail')}")


if __name__ == "__main__":
    main(sys.argv[1])
