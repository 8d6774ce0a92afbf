"""JSON 1.0 on the wire: what is malformed, what comes back, and which headers."""

import json

from case import rows
from raw import JSON, RawCase

SERIALIZATION = ("com.amazon.coral.service#SerializationException", "MalformedInput")
UNKNOWN = ("com.amazon.coral.service#UnknownOperationException", "UnknownOperationException")


class Json(RawCase):
    protocols = ("json",)

    @rows(nothing="", no_json="hello", cut='{"QueueName":"a', array="[]", text='"a"', null="null", number="1",
          two='{}{}', comma='{"QueueName":"a",}', single_quotes="{'QueueName':'a'}", bad_utf8=b'{"QueueName":"\xff"}',
          lone_surrogate='{"QueueName":"\\ud800"}', bad_escape='{"QueueName":"\\x"}', deep='{"a":' * 5000,
          raw_control=b'{"QueueName":"a\nb"}', name_twice='{"QueueName":"a","QueueName":"b"}')
    def test_malformed(self, body):
        answer = self.ask_json("GetQueueUrl", body)
        if body == "":  # an empty body is an empty object, or malformed
            self.assertEqual(answer.status, 400, answer)
            self.still_open()
        else:
            self.refused_json(answer, *SERIALIZATION)

    @rows(number={"QueueName": 1}, list={"QueueName": ["a"]}, object={"QueueName": {}}, true={"QueueName": True})
    def test_wrong_type_of_text(self, body):
        self.refused_json(self.ask_json("GetQueueUrl", body), *SERIALIZATION)

    @rows(text="ten", half=1.5, list=[1], huge=2 ** 70)
    def test_wrong_type_of_number(self, value):
        self.refused_json(self.ask_json("ReceiveMessage", {"QueueUrl": "q", "MaxNumberOfMessages": value}), *SERIALIZATION)

    def test_null_is_not_given(self):
        url = self.queue()
        answer = self.ask_json("SendMessage", {"QueueUrl": url, "MessageBody": "x", "DelaySeconds": None,
                                               "MessageAttributes": None})
        self.assertEqual(answer.status, 200, answer)

    def test_members_that_are_not_known_are_passed_over(self):
        answer = self.ask_json("SendMessage", {"QueueUrl": self.queue(), "MessageBody": "x", "Colour": {"a": [1, None]}})
        self.assertEqual(answer.status, 200, answer)

    @rows(operation="AmazonSQS.Fly", service="Other.SendMessage", no_dot="SendMessage", empty="", case="AmazonSQS.sendmessage")
    def test_unknown_target(self, target):
        answer = self.ask("{}", X_Amz_Target=target, Content_Type=JSON)
        self.assertIn(answer.status, (400, 404), answer)
        self.assertEqual(answer.json["__type"].rpartition("#")[2], "UnknownOperationException", answer)
        self.still_open()

    @rows(charset="application/x-amz-json-1.0; charset=utf-8", version="application/x-amz-json-1.1", plain="application/json")
    def test_content_type(self, kind):
        answer = self.ask_json("ListQueues", {"QueueNamePrefix": "never-made"}, Content_Type=kind)
        self.assertEqual((answer.status, answer.body), (200, b"{}"), answer)

    def test_empty_receive_is_an_empty_object(self):
        answer = self.ask_json("ReceiveMessage", {"QueueUrl": self.queue(), "MessageAttributeNames": ["All"]})
        self.assertEqual(answer.body, b"{}")
        self.assertEqual(answer.headers["Content-Type"], JSON)

    def test_no_empty_maps_or_lists(self):
        url = self.queue()
        sent = self.ask_json("SendMessageBatch", {"QueueUrl": url, "Entries": [{"Id": "a", "MessageBody": "x"}]}).json
        self.assertEqual(list(sent), ["Successful"])
        message, = self.ask_json("ReceiveMessage", {"QueueUrl": url, "MessageAttributeNames": ["All"],
                                                    "MessageSystemAttributeNames": ["AWSTraceHeader"]}).json["Messages"]
        self.assertEqual(set(message), {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"})

    @rows(delete=("DeleteMessage", {"ReceiptHandle": "x"}, "com.amazonaws.sqs#ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"),
          no_queue=("GetQueueUrl", {"QueueName": "never-made"}, "com.amazonaws.sqs#QueueDoesNotExist",
                    "AWS.SimpleQueueService.NonExistentQueue"),
          parameter=("ReceiveMessage", {"WaitTimeSeconds": 21}, "com.amazon.coral.service#InvalidParameterValueException",
                     "InvalidParameterValue"),
          missing=("SendMessage", {}, "com.amazon.coral.service#MissingRequiredParameterException", "MissingParameter"),
          empty_batch=("SendMessageBatch", {"Entries": []}, "com.amazonaws.sqs#EmptyBatchRequest",
                       "AWS.SimpleQueueService.EmptyBatchRequest"),
          attribute=("GetQueueAttributes", {"AttributeNames": ["x"]}, "com.amazonaws.sqs#InvalidAttributeName",
                     "InvalidAttributeName"))
    def test_error(self, operation, more, shape, code):
        self.refused_json(self.ask_json(operation, {"QueueUrl": self.queue(), **more}), shape, code)

    def test_request_id(self):
        answer = self.ask_json("ListQueues", {"QueueNamePrefix": "never-made"})
        self.assertRegex(answer.headers["x-amzn-RequestId"], r"^[0-9a-f-]{36}$")

    def test_at_the_path_of_a_queue(self):
        url = self.queue()
        path = url[len(self.world.endpoint):]
        answer = self.ask(json.dumps({"QueueUrl": url, "MessageBody": "by its path"}), path=path,
                          X_Amz_Target="AmazonSQS.SendMessage", Content_Type=JSON)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.bodies(url), ["by its path"])

    def test_at_the_path_of_a_queue_with_a_region(self):
        url = self.queue()
        path = "/queue/eu-central-1" + url[len(self.world.endpoint):]
        answer = self.ask(json.dumps({"MessageBody": "by its path alone"}), path=path, X_Amz_Target="AmazonSQS.SendMessage",
                          Content_Type=JSON)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.bodies(url), ["by its path alone"])

    def test_binary_that_is_no_base64(self):
        answer = self.ask_json("SendMessage", {"QueueUrl": self.queue(), "MessageBody": "x", "MessageAttributes": {
            "a": {"DataType": "Binary", "BinaryValue": "***"}}})
        self.assertEqual(answer.status, 400, answer)
        self.still_open()

    def test_forbidden_character_by_escape(self):
        self.refused_json(self.ask_json("SendMessage", '{"QueueUrl":"%s","MessageBody":"a\\u0000b"}' % self.queue()),
                          "com.amazonaws.sqs#InvalidMessageContents", "InvalidMessageContents")
