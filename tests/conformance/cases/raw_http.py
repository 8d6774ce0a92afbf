"""HTTP itself: what is too large, cut short or no HTTP at all ends with an answer or a closed connection, and the
daemon goes on."""

import http.client
import json
import socket
import urllib.parse

from case import PATIENCE, rows
from raw import FORM, JSON, RawCase


class Http(RawCase):
    def send_bytes(self, data):
        """Sends them, closes its half, and reads to the end."""
        address = urllib.parse.urlsplit(self.world.endpoint)
        with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer

    def goes_on(self):
        self.setUp()
        self.still_open()

    def test_header_too_large(self):
        self.connection.putrequest("POST", "/")
        self.connection.putheader("X-Large", "x" * 100000)
        self.connection.putheader("Content-Length", "0")
        try:
            self.connection.endheaders()
            self.assertIn(self.connection.getresponse().status, (400, 413, 431))
        except (ConnectionError, http.client.HTTPException):
            pass  # closed before it was all sent
        self.goes_on()

    @rows(json=JSON, form=FORM)
    def test_body_too_large(self, kind):
        self.connection.putrequest("POST", "/")
        self.connection.putheader("Content-Type", kind)
        self.connection.putheader("X-Amz-Target", "AmazonSQS.SendMessage")
        self.connection.putheader("Content-Length", str(1 << 40))
        self.connection.endheaders()
        self.assertEqual(self.connection.getresponse().status, 413)
        self.goes_on()

    @rows(line=b"POST / HT", headers=b"POST / HTTP/1.1\r\nHost: a\r\nContent-Le",
          body=b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nAction=Lis", nothing=b"")
    def test_cut_short(self, data):
        answer = self.send_bytes(data)
        self.assertFalse(answer.startswith(b"HTTP/1.1 200"), answer)
        self.goes_on()

    @rows(no_http=b"hello\r\n\r\n", bad_length=b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
          two_lengths=b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          bad_chunk=b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
          tls=b"\x16\x03\x01\x02\x00\x01\x00")
    def test_no_http(self, data):
        answer = self.send_bytes(data)
        self.assertTrue(answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer)
        self.goes_on()

    @rows(PUT="PUT", DELETE="DELETE", PATCH="PATCH", OPTIONS="OPTIONS")
    def test_method(self, method):
        answer = self.ask(method=method)
        self.assertIn(answer.status, (400, 404, 405), answer)

    def test_chunked_body(self):
        body = json.dumps({"QueueNamePrefix": "never-made"}).encode()
        headers = {"X-Amz-Target": "AmazonSQS.ListQueues", "Content-Type": JSON, "Transfer-Encoding": "chunked"}
        self.connection.request("POST", "/", iter([body[:5], body[5:]]), headers, encode_chunked=True)
        self.assertEqual(self.connection.getresponse().read(), b"{}")

    def test_expect_continue(self):
        answer = self.ask_json("ListQueues", {"QueueNamePrefix": "never-made"}, Expect="100-continue")
        self.assertEqual(answer.body, b"{}")

    def test_two_requests_at_once(self):
        one = (b"POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: AmazonSQS.ListQueues\r\nContent-Type: " + JSON.encode() +
               b"\r\nContent-Length: 32\r\n\r\n" + b'{"QueueNamePrefix":"never-made"}')
        self.assertEqual(self.send_bytes(one * 2).count(b"HTTP/1.1 200"), 2)

    @rows(unknown="AWS4-HMAC-SHA256 nonsense", empty="", basic="Basic abc")
    def test_odd_authorization(self, value):
        answer = self.ask_json("ListQueues", {"QueueNamePrefix": "never-made"}, Authorization=value)
        self.assertIn(answer.status, (200, 400, 403), answer)
        self.still_open()
