"""SendMessage: what it answers, and what bodies, attributes and delays it takes."""

import hashlib
import re
import struct

from case import INVALID, MISSING, NO_QUEUE, Case, rows

FOO = {"Foo": {"DataType": "String", "StringValue": "Bar"}}
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
EVERY_KIND = {
    "text": {"DataType": "String", "StringValue": "a & <b> \"c\" ä 😀\n"},
    "number": {"DataType": "Number", "StringValue": "-12.50e3"},
    "long": {"DataType": "Number", "StringValue": "12345678901234567890123456789012345678"},
    "price": {"DataType": "Number.price", "StringValue": "1"},
    "bytes": {"DataType": "Binary", "BinaryValue": b"\0\1\xff"},
    "png": {"DataType": "Binary.png", "BinaryValue": b"png"},
    "id": {"DataType": "String.uuid", "StringValue": "x"},
}


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def md5_of(attributes):
    """As clients compute it."""

    def sized(value):
        return struct.pack(">I", len(value)) + value

    digest = hashlib.md5()
    for name in sorted(attributes):
        kind = attributes[name]["DataType"]
        binary = kind.startswith("Binary")
        value = attributes[name]["BinaryValue"] if binary else attributes[name]["StringValue"].encode()
        digest.update(sized(name.encode()) + sized(kind.encode()) + (b"\2" if binary else b"\1") + sized(value))
    return digest.hexdigest()


class SendMessage(Case):
    def test_answers_id_and_md5(self):
        answer = self.send(self.queue(), "hello")
        self.assertRegex(answer["MessageId"], r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertEqual(answer["MD5OfMessageBody"], md5("hello"))
        self.assertFalse({"MD5OfMessageAttributes", "MD5OfMessageSystemAttributes", "SequenceNumber"} & set(answer))

    def test_received_message_has_the_same_id(self):
        url = self.queue()
        sent = self.send(url)
        self.assertEqual(self.receive_one(url)["MessageId"], sent["MessageId"])

    @rows(ascii="hello", umlaut="ä", emoji="😀", spaces="  a  ", newlines="a\nb\tc", carriage_return="a\r\nb\r",
          markup="<a href=\"x\">&amp;'</a>", json='{"a": "\\u0001"}', percent="a%20b+c",
          last_of_plane="\ufffd\ud7ff\ue000",
          backslash="a\\b\"c\"", one="x", cdata="]]><![CDATA[", only_space=" ", only_newline="\n")
    def test_body_comes_back_as_it_was(self, body):
        url = self.queue()
        self.assertEqual(self.send(url, body)["MD5OfMessageBody"], md5(body))
        message = self.receive_one(url)
        self.assertEqual((message["Body"], message["MD5OfBody"]), (body, md5(body)))

    @rows(nul="a\0b", bell="\x07", escape="\x1b", vertical_tab="\x0b", not_a_character="\uffff", before_it="\ufffe")
    def test_refuses_characters(self, body):
        self.refused("InvalidMessageContents", self.sqs.send_message, QueueUrl=self.queue(), MessageBody=body,
                     message=re.compile("character"))

    def test_empty_body(self):
        self.refused(MISSING, self.sqs.send_message, QueueUrl=self.queue(), MessageBody="",
                     message="The request must contain the parameter MessageBody.")

    def test_without_body(self):
        self.refused(MISSING, self.sqs.send_message, QueueUrl=self.queue(),
                     message="The request must contain the parameter MessageBody.")

    def test_to_no_queue(self):
        self.refused(NO_QUEUE, self.sqs.send_message, QueueUrl="never-made", MessageBody="x", message=self.no_queue)

    def test_without_url(self):
        self.refused(MISSING, self.sqs.send_message, MessageBody="x",
                     message="The request must contain the parameter QueueUrl.")

    def test_largest_body(self):
        url, body = self.queue(), "x" * 1048576
        self.send(url, body)
        self.assertEqual(self.receive_one(url)["Body"], body)

    @rows(ascii="x" * 1048577, in_bytes="ä" * 524288 + "x")
    def test_body_too_large(self, body):
        self.refused(INVALID, self.sqs.send_message, QueueUrl=self.queue(), MessageBody=body,
                     message=re.compile("1048576"))

    def test_attributes_count(self):
        url, attributes = self.queue(), {"abc": {"DataType": "String", "StringValue": "de"}}  # 3 + 6 + 2
        self.send(url, "x" * (1048576 - 11), MessageAttributes=attributes)
        self.refused(INVALID, self.sqs.send_message, QueueUrl=url, MessageBody="x" * (1048576 - 10),
                     MessageAttributes=attributes, message=re.compile("1048576"))

    def test_system_attributes_do_not_count(self):
        self.send(self.queue(), "x" * 1048576,
                  MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": TRACE}})

    def test_size_of_the_queue(self):
        url = self.queue(MaximumMessageSize="1024")
        self.send(url, "x" * 1024)
        self.refused(INVALID, self.sqs.send_message, QueueUrl=url, MessageBody="x" * 1025, message=re.compile("1024"))


class Delay(Case):
    @rows(negative=-1, too_long=901)
    def test_outside(self, seconds):
        self.refused(INVALID, self.sqs.send_message, QueueUrl=self.queue(), MessageBody="x", DelaySeconds=seconds,
                     message=re.compile(f"Value {seconds} for parameter DelaySeconds is invalid"))

    def test_message_comes_after_its_delay(self):
        url = self.queue()
        self.send(url, DelaySeconds=1)
        self.assertEqual(self.receive(url), [])
        self.receive_one(url)  # a long poll wakes for it

    def test_of_the_queue(self):
        url = self.queue(DelaySeconds="900")
        self.send(url, "delayed")
        self.send(url, "at once", DelaySeconds=0)
        self.assertEqual(self.bodies(url), ["at once"])
        self.assertEqual(self.attributes(url, "ApproximateNumberOfMessagesDelayed"),
                         {"ApproximateNumberOfMessagesDelayed": "1"})

    def test_change_does_not_touch_what_was_sent(self):
        url = self.queue(DelaySeconds="900")
        self.send(url)
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"})
        self.assertEqual(self.receive(url), [])


class MessageAttributes(Case):
    def test_md5_of_one(self):
        answer = self.send(self.queue(), MessageAttributes=FOO)
        self.assertEqual(answer["MD5OfMessageAttributes"], "ae7155c6026991b6d54b11589678bf9c")

    def test_md5_of_trace_header(self):
        answer = self.send(self.queue(), MessageSystemAttributes={
            "AWSTraceHeader": {"DataType": "String", "StringValue": TRACE}})
        self.assertEqual(answer["MD5OfMessageSystemAttributes"], "5ae4d5d7636402d80f4eb6d213245a88")
        self.assertNotIn("MD5OfMessageAttributes", answer)

    def test_trace_header_comes_back(self):
        url = self.queue()
        self.send(url, MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": TRACE}})
        message = self.receive_one(url)
        self.assertEqual(message["Attributes"]["AWSTraceHeader"], TRACE)
        self.assertNotIn("MessageAttributes", message)

    def test_every_kind_comes_back(self):
        url = self.queue()
        self.assertEqual(self.send(url, MessageAttributes=EVERY_KIND)["MD5OfMessageAttributes"], md5_of(EVERY_KIND))
        message = self.receive_one(url)
        self.assertEqual(message["MessageAttributes"], EVERY_KIND)
        self.assertEqual(message["MD5OfMessageAttributes"], md5_of(EVERY_KIND))

    def test_ten(self):
        url = self.queue()
        ten = {f"a{n}": {"DataType": "Number", "StringValue": str(n)} for n in range(10)}
        self.send(url, MessageAttributes=ten)
        self.assertEqual(self.receive_one(url)["MessageAttributes"], ten)

    def test_eleven(self):
        self.refused(INVALID, self.sqs.send_message, QueueUrl=self.queue(), MessageBody="x",
                     MessageAttributes={f"a{n}": FOO["Foo"] for n in range(11)},
                     message="Number of message attributes [11] exceeds the allowed maximum [10].")

    @rows(empty="", too_long="a" * 257, space="a b", dot_first=".a", dot_last="a.", two_dots="a..b", aws="AWS.a",
          aws_in_any_case="aws.a", amazon="Amazon.a", slash="a/b")
    def test_refuses_name(self, name):
        self.refused(INVALID, self.sqs.send_message, QueueUrl=self.queue(), MessageBody="x",
                     MessageAttributes={name: FOO["Foo"]})

    @rows(longest="a" * 256, every_kind="aZ0_-.x")
    def test_takes_name(self, name):
        url = self.queue()
        self.send(url, MessageAttributes={name: FOO["Foo"]})
        self.assertEqual(list(self.receive_one(url)["MessageAttributes"]), [name])

    @rows(no_type={"StringValue": "x"}, empty_type={"DataType": "", "StringValue": "x"},
          unknown_type={"DataType": "Colour", "StringValue": "x"}, no_value={"DataType": "String"},
          empty_text={"DataType": "String", "StringValue": ""},
          bytes_for_text={"DataType": "String", "BinaryValue": b"x"},
          text_for_bytes={"DataType": "Binary", "StringValue": "x"},
          no_number={"DataType": "Number", "StringValue": "ten"},
          long_number={"DataType": "Number", "StringValue": "123456789012345678901234567890123456789"},
          large_number={"DataType": "Number", "StringValue": "1e127"},
          small_number={"DataType": "Number", "StringValue": "-1e-129"},
          empty_bytes={"DataType": "Binary", "BinaryValue": b""},
          list={"DataType": "StringList", "StringListValues": ["x"]},
          long_type={"DataType": "String." + "a" * 250, "StringValue": "x"},
          nul={"DataType": "String", "StringValue": "a\0"})
    def test_refuses_value(self, value):
        url = self.queue()
        with self.assertRaises(self.sqs.exceptions.ClientError) as caught:
            self.sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={"size": value})
        error = caught.exception.response["Error"]
        self.assertIn(error["Code"], (INVALID, "InvalidMessageContents", "AWS.SimpleQueueService.UnsupportedOperation"),
                      error)
        self.assertRegex(error["Message"], "size|list values")
        self.assertEqual(self.receive(url), [])

    @rows(unknown="Colour", lower_case="awstraceheader")
    def test_refuses_system_attribute(self, name):
        self.refused(INVALID, self.sqs.send_message, QueueUrl=self.queue(), MessageBody="x",
                     MessageSystemAttributes={name: FOO["Foo"]})
