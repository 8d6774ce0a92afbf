"""Requests as no client library would send them, and a good one on the same connection after each."""

import http.client
import json
import urllib.parse
import xml.etree.ElementTree as ElementTree

from case import PATIENCE, Case

FORM = "application/x-www-form-urlencoded"
JSON = "application/x-amz-json-1.0"
SQS = "{http://queue.amazonaws.com/doc/2012-11-05/}"
SNS = "{http://sns.amazonaws.com/doc/2010-03-31/}"


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def xml(self):
        return ElementTree.fromstring(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:500]!r}"


class RawCase(Case):
    boto3_only = "no client in it, but bare HTTP"

    def setUp(self):
        address = urllib.parse.urlsplit(self.world.endpoint)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=PATIENCE)
        self.addCleanup(self.connection.close)

    def ask(self, body=b"", method="POST", path="/", **headers):
        """A header's name may be written with underscores. The connection is not opened again behind our back."""
        self.connection.request(method, path, body if isinstance(body, bytes) else body.encode(),
                                {name.replace("_", "-"): value for name, value in headers.items()})
        self.connection.auto_open = 0
        return Answer(self.connection.getresponse())

    def ask_json(self, operation, body, **headers):
        body = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.ask(body, X_Amz_Target=f"AmazonSQS.{operation}", **{"Content_Type": JSON, **headers})

    def ask_form(self, body, path="/", **headers):
        body = body if isinstance(body, (bytes, str)) else urllib.parse.urlencode(body)
        return self.ask(body, path=path, **{"Content_Type": FORM, **headers})

    def refused_json(self, answer, shape, code, status=400):
        """`shape` with its namespace; `code` as Query says it."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"], JSON)
        self.assertEqual(answer.json["__type"], shape, answer)
        self.assertTrue(answer.json["message"], answer)
        self.assertEqual(answer.headers["x-amzn-query-error"], f"{code};Sender")
        self.still_open()
        return answer.json["message"]

    def refused_form(self, answer, code, status=400, namespace=SQS):
        self.assertEqual(answer.status, status, answer)
        root = answer.xml
        self.assertEqual(root.tag, namespace + "ErrorResponse", answer)
        error = root.find(namespace + "Error")
        self.assertEqual([error.findtext(namespace + "Type"), error.findtext(namespace + "Code")], ["Sender", code],
                         answer)
        self.assertTrue(error.findtext(namespace + "Message"), answer)
        self.assertTrue(root.findtext(namespace + "RequestId"), answer)
        self.still_open()
        return error.findtext(namespace + "Message")

    def still_open(self):
        """The connection lives, and what comes next on it is understood."""
        answer = self.ask(json.dumps({"QueueNamePrefix": "never-made"}), X_Amz_Target="AmazonSQS.ListQueues",
                          Content_Type=JSON)
        self.assertEqual((answer.status, answer.json), (200, {}), answer)
