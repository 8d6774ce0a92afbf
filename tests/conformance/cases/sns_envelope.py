"""The envelope in which a queue gets a topic's message, and its signature."""

import base64
import hashlib
import json
import os
import re
import subprocess
import tempfile
import urllib.request

from case import rows
from sns_case import SnsCase, text

MEMBERS = ["Type", "MessageId", "TopicArn", "Message", "Timestamp", "SignatureVersion", "Signature", "SigningCertURL",
           "UnsubscribeURL"]
SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")


class Envelope(SnsCase):
    def test_members_and_their_order(self):
        topic, url = self.subscribed()
        self.publish(topic)
        self.assertEqual(list(self.envelope(url)), MEMBERS)

    def test_with_subject_and_attributes(self):
        topic, url = self.subscribed()
        self.publish(topic, Subject="s", MessageAttributes={"a": text("b")})
        self.assertEqual(list(self.envelope(url)), [*MEMBERS[:3], "Subject", *MEMBERS[3:], "MessageAttributes"])

    def test_values(self):
        topic, url = self.subscribed()
        sent = self.publish(topic, "body", Subject="subject")
        got = self.envelope(url)
        self.assertLessEqual({"Type": "Notification", "MessageId": sent["MessageId"], "TopicArn": topic, "Message": "body",
                              "Subject": "subject", "SignatureVersion": "1"}.items(), got.items())
        self.assertRegex(got["Timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertIn("Action=Unsubscribe&SubscriptionArn=" + topic, got["UnsubscribeURL"].replace("%3A", ":"))

    def test_attributes(self):
        topic, url = self.subscribed()
        self.publish(topic, MessageAttributes={
            "text": text("a\"ä"), "number": text("12.50", "Number"), "list": text('["a", 1, true, null]', "String.Array"),
            "bytes": {"DataType": "Binary", "BinaryValue": b"\0\xff"}})
        self.assertEqual(self.envelope(url)["MessageAttributes"], {
            "text": {"Type": "String", "Value": "a\"ä"}, "number": {"Type": "Number", "Value": "12.50"},
            "list": {"Type": "String.Array", "Value": '["a", 1, true, null]'},
            "bytes": {"Type": "Binary", "Value": base64.b64encode(b"\0\xff").decode()}})

    def test_sqs_message_has_no_attributes_of_its_own(self):
        topic, url = self.subscribed()
        self.publish(topic, MessageAttributes={"a": text("b")})
        self.assertNotIn("MessageAttributes", self.receive_one(url))

    @rows(quotes='say "hi"\\', control="tab\tnewline\n", unicode="ä 😀 \u2028", json='{"a": [1]}', markup="<a>&amp;</a>")
    def test_message(self, body):
        topic, url = self.subscribed()
        self.publish(topic, body)
        self.assertEqual(self.envelope(url)["Message"], body)

    def test_md5_is_that_of_the_envelope(self):
        topic, url = self.subscribed()
        self.publish(topic)
        message = self.receive_one(url)
        self.assertEqual(message["MD5OfBody"], hashlib.md5(message["Body"].encode()).hexdigest())

    def test_is_the_same_at_every_receive(self):
        topic, url = self.subscribed()
        self.publish(topic)
        self.assertEqual(*(self.receive_one(url, VisibilityTimeout=0)["Body"] for _ in range(2)))

    def test_outlives_its_subscription_and_topic(self):
        topic, url = self.topic(), self.queue()
        arn = self.subscribe(topic, url)
        self.publish(topic, "late")
        self.sns.unsubscribe(SubscriptionArn=arn)
        self.sns.delete_topic(TopicArn=topic)
        self.assertEqual(self.envelope(url)["Message"], "late")

    def test_of_fifo_has_its_sequence_number_and_no_signature(self):
        topic, url = self.subscribed_fifo(raw="false")
        sent = self.publish(topic, MessageGroupId="g", MessageDeduplicationId="d")
        got = self.envelope(url)
        self.assertEqual(got["SequenceNumber"], sent["SequenceNumber"])
        self.assertFalse({"Signature", "SignatureVersion", "SigningCertURL"} & set(got))

    def test_raw_and_wrapped_side_by_side(self):
        topic, raw = self.subscribed_raw()
        wrapped = self.queue()
        self.subscribe(topic, wrapped)
        self.publish(topic, "x")
        self.assertEqual(self.bodies(raw), ["x"])
        self.assertEqual(self.envelope(wrapped)["Message"], "x")

    def test_dead_letter_keeps_it(self):
        source, dead = self.dead_letter_pair()
        topic = self.topic()
        self.subscribe(topic, source)
        self.publish(topic, "bad")
        self.assertEqual(json.loads(self.dead_letter(source, dead)["Body"])["Message"], "bad")


class Signature(SnsCase):
    def verify(self, envelope, digest):
        """With openssl and the certificate that the envelope names."""
        with urllib.request.urlopen(envelope["SigningCertURL"]) as answer:
            certificate = answer.read()
        said = "".join(f"{name}\n{envelope[name]}\n" for name in SIGNED if name in envelope)
        with tempfile.TemporaryDirectory() as folder:
            def kept(name, content):
                path = os.path.join(folder, name)
                with open(path, "wb") as file:
                    file.write(content)
                return path

            key = subprocess.run(["openssl", "x509", "-pubkey", "-noout", "-in", kept("certificate", certificate)],
                                 check=True, capture_output=True).stdout
            done = subprocess.run(["openssl", "dgst", digest, "-verify", kept("key", key), "-signature",
                                   kept("signature", base64.b64decode(envelope["Signature"])), kept("said", said.encode())],
                                  capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @rows(v1=("1", "-sha1", {}), v2=("2", "-sha256", {}), v1_with_subject=("1", "-sha1", {"Subject": "s"}),
          v2_with_subject=("2", "-sha256", {"Subject": "s"}))
    def test_verifies(self, version, digest, more):
        topic, url = self.topic(SignatureVersion=version), self.queue()
        self.subscribe(topic, url)
        self.publish(topic, "signed ä\n", **more)
        envelope = self.envelope(url)
        self.assertEqual(envelope["SignatureVersion"], version)
        self.verify(envelope, digest)

    def test_certificate_is_where_the_caller_came_in(self):
        topic, url = self.subscribed()
        self.publish(topic)
        self.assertRegex(self.envelope(url)["SigningCertURL"],
                         "^" + re.escape(self.world.endpoint) + r"/SimpleNotificationService-[0-9a-f]+\.pem$")
