"""Stands between clients and the daemon, and breaks a promise that the daemon keeps: for the judge to find.

A fault is a function (operation, asked, forward) -> answer, where forward(asked) asks the daemon."""

import collections
import contextlib
import hashlib
import http.client
import http.server
import itertools
import json
import threading
import uuid

import daemon

EACH = 7  # a fault that only strikes sometimes strikes each seventh of its calls


def sometimes(operation, fault):
    """`fault` for some calls of `operation`, everything else as it should be."""
    numbers = itertools.count(1)

    def made(called, asked, forward):
        if called == operation and next(numbers) % EACH == 0:
            return fault(asked, forward)
        return forward(asked)

    return made


def md5(body):
    return hashlib.md5(body.encode()).hexdigest()


def lose(asked, _):
    """A send is acknowledged and thrown away."""
    return {"MessageId": str(uuid.uuid4()), "MD5OfMessageBody": md5(asked["MessageBody"])}


def not_delete(*_):
    """A delete is acknowledged and not done."""
    return {}


def alter(asked, forward):
    """Bodies come back with another last letter, and the MD5 of that."""
    answer = forward(asked)
    for message in answer.get("Messages", []):
        message["Body"] = message["Body"][:-1] + "!"
        message["MD5OfBody"] = md5(message["Body"])
    return answer


def send_twice(asked, forward):
    """A send to the queue that does not know one from another is stored twice."""
    if "MessageDeduplicationId" not in asked:
        forward(asked)
    return forward(asked)


def reverse(operation, asked, forward):
    """Batches are stored the wrong way round."""
    if operation == "SendMessageBatch":
        asked["Entries"].reverse()
    return forward(asked)


def ungroup(operation, asked, forward):
    """Every message is a group of its own."""
    for entry in asked.get("Entries", [asked]):
        if "MessageGroupId" in entry:
            entry["MessageGroupId"] = entry["MessageDeduplicationId"]
    return forward(asked)


Planted = collections.namedtuple("Planted", "fault found_by may_break")
PLANTED = {
    "lose": Planted(sometimes("SendMessage", lose), "acknowledged_is_delivered", ()),
    "not_delete": Planted(sometimes("DeleteMessage", not_delete), "deleted_stays_away", ()),
    "alter": Planted(sometimes("ReceiveMessage", alter), "nothing_is_invented", ()),
    "send_twice": Planted(sometimes("SendMessage", send_twice), "nothing_is_invented", ("deleted_stays_away",)),
    "reverse": Planted(reverse, "groups_keep_their_order", ("groups_wait",)),
    "ungroup": Planted(ungroup, "groups_wait", ("groups_keep_their_order",)),
}


@contextlib.contextmanager
def proxy(address, fault):
    """Serves until the context ends; its value is the address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self):
            super().setup()
            self._upstream = http.client.HTTPConnection(address, timeout=daemon.PATIENCE)

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = 200

            def forward(asked):
                nonlocal status
                kept = {name: self.headers[name] for name in ("Content-Type", "X-Amz-Target")}
                self._upstream.request("POST", self.path, json.dumps(asked), kept)
                response = self._upstream.getresponse()
                status = response.status
                return json.loads(response.read() or b"{}")

            operation = self.headers["X-Amz-Target"].partition(".")[2]
            answer = json.dumps(fault(operation, json.loads(body), forward)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def finish(self):
            self._upstream.close()
            super().finish()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield "127.0.0.1:%d" % server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
