"""SQS in JSON over one plain connection, for scripts that have no client library and look after their sockets."""

import http.client
import json

import daemon

ACCOUNT = "000000000000"


class Refused(Exception):
    """An answer other than 200: (status, body)."""


def request(operation, **asked):
    """(path, headers, body) of a call."""
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AmazonSQS.{operation}"}
    return "/", headers, json.dumps(asked)


def request_bytes(operation, **asked):
    """The same as it goes over the wire."""
    path, headers, body = request(operation, **asked)
    lines = [f"POST {path} HTTP/1.1", "Host: broker", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def queue_url(address, name):
    return f"http://{address}/{ACCOUNT}/{name}"


class Sqs:
    def __init__(self, address):
        self.address = address
        self._connection = http.client.HTTPConnection(address, timeout=daemon.PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._connection.close()

    def call(self, operation, **asked):
        path, headers, body = request(operation, **asked)
        self._connection.request("POST", path, body, headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise Refused(response.status, answer.decode(errors="replace"))
        return json.loads(answer or b"{}")

    def url(self, queue):
        return queue_url(self.address, queue)

    def create_queue(self, name, **attributes):
        return self.call("CreateQueue", QueueName=name, Attributes=attributes)["QueueUrl"]

    def send(self, queue, body, **more):
        return self.call("SendMessage", QueueUrl=self.url(queue), MessageBody=body, **more)["MessageId"]

    def receive(self, queue, **more):
        return self.call("ReceiveMessage", QueueUrl=self.url(queue), **more).get("Messages", [])

    def delete(self, queue, message):
        self.call("DeleteMessage", QueueUrl=self.url(queue), ReceiptHandle=message["ReceiptHandle"])

    def count(self, queue):
        """Of messages that are there, whether they can be seen or not."""
        attributes = self.call("GetQueueAttributes", QueueUrl=self.url(queue), AttributeNames=["All"])["Attributes"]
        return sum(int(attributes[name]) for name in attributes if name.startswith("ApproximateNumberOfMessages"))
