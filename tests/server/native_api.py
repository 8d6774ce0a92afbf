"""The native API for tests: generated from our proto at run time, as a client author would."""

import glob
import importlib
import os
import subprocess
import sys
import tempfile

os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")  # daemons are started while channels are open

import grpc  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATIENCE = 60


def generate():
    """Generates the modules into a folder that lives as long as the answer does, and imports nothing yet."""
    folder = tempfile.TemporaryDirectory(prefix="broker_proto_")
    proto = os.path.join(ROOT, "proto")
    sources = sorted(glob.glob(os.path.join(proto, "broker", "v1", "*.proto")))
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", "-I", proto, f"--python_out={folder.name}",
                    f"--grpc_python_out={folder.name}", *sources], check=True)
    sys.path.insert(0, folder.name)
    return folder


_generated = generate()
messages = importlib.import_module("broker.v1.messages_pb2")
queues = importlib.import_module("broker.v1.queues_pb2")
_messages_grpc = importlib.import_module("broker.v1.messages_pb2_grpc")
_queues_grpc = importlib.import_module("broker.v1.queues_pb2_grpc")


class Client:
    """One channel, with the few verbs that the daemon's tests need."""

    def __init__(self, address):
        self.channel = grpc.insecure_channel(address)
        grpc.channel_ready_future(self.channel).result(timeout=PATIENCE)
        self.messages = _messages_grpc.MessagesStub(self.channel)
        self.queues = _queues_grpc.QueuesStub(self.channel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()

    def create_queue(self, name, namespace="", **settings):
        request = queues.CreateQueueRequest(namespace=namespace, queue=queues.Queue(name=name, **settings))
        return self.queues.Create(request, timeout=PATIENCE)

    def publish(self, target, *bodies, namespace=""):
        request = messages.PublishRequest(namespace=namespace, target=target,
                                          messages=[messages.PublishMessage(body=body) for body in bodies])
        return [result.id for result in self.messages.Publish(request, timeout=PATIENCE).results]

    def receive(self, source, maximum=10, wait_s=0, namespace=""):
        request = messages.ReceiveRequest(namespace=namespace, source=source, max_messages=maximum)
        request.wait.seconds = wait_s
        return list(self.messages.Receive(request, timeout=PATIENCE).deliveries)

    def receive_later(self, source, wait_s):
        """A long poll under way; `.result()` waits for its answer."""
        request = messages.ReceiveRequest(source=source, max_messages=1)
        request.wait.seconds = wait_s
        return self.messages.Receive.future(request, timeout=PATIENCE)

    def ack(self, source, *receipts):
        return self.messages.Ack(messages.AckRequest(source=source, receipts=receipts), timeout=PATIENCE)

    def stats(self, queue):
        return self.queues.Get(queues.GetQueueRequest(name=queue), timeout=PATIENCE).stats
