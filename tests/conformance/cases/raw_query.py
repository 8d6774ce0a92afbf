"""Query on the wire: forms, their encodings, and answers as XML."""

import urllib.parse

from case import INVALID, MISSING, NO_QUEUE, rows
from raw import FORM, SQS, RawCase


class Query(RawCase):
    protocols = ("query",)

    def test_get_without_action(self):
        answer = self.ask(method="GET")
        self.assertEqual((answer.status, answer.body.strip()), (404, b"<UnknownOperationException/>"), answer)
        self.still_open()

    def test_get_with_action(self):
        answer = self.ask(method="GET", path="/?Action=ListQueues&QueueNamePrefix=never-made")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.xml.tag, SQS + "ListQueuesResponse")

    def test_action_in_the_path_and_parameters_in_the_body(self):
        url = self.queue()
        answer = self.ask_form({"QueueUrl": url, "MessageBody": "x"}, path="/?Action=SendMessage")
        self.assertEqual(answer.status, 200, answer)

    @rows(unknown="Fly", other_case="sendmessage", markup="<&>")
    def test_unknown_action(self, action):
        self.refused_form(self.ask_form({"Action": action}), "InvalidAction")

    @rows(none={"QueueName": "q"}, empty={"Action": ""})
    def test_post_without_action(self, form):
        answer = self.ask_form(form)
        self.assertIn(answer.status, (400, 404), answer)
        self.still_open()

    @rows(create="CreateQueue", list="ListQueues")
    def test_at_a_queues_url(self, action):
        path = self.queue()[len(self.world.endpoint):]
        self.refused_form(self.ask_form({"Action": action, "QueueName": "q"}, path=path), "InvalidAction")

    def test_path_names_the_queue(self):
        url = self.queue()
        path = url[len(self.world.endpoint):]
        self.assertEqual(self.ask_form({"Action": "SendMessage", "MessageBody": "by its path"}, path=path).status, 200)
        self.assertEqual(self.bodies(url), ["by its path"])

    def test_url_in_the_body_wins_over_the_path(self):
        path, url = self.queue()[len(self.world.endpoint):], self.queue()
        self.ask_form({"Action": "SendMessage", "MessageBody": "x", "QueueUrl": url}, path=path)
        self.assertEqual(self.bodies(url), ["x"])

    @rows(cut="%4", no_digits="%zz", alone="a%")
    def test_bad_percent_encoding(self, value):
        answer = self.ask_form(f"Action=GetQueueUrl&QueueName={value}")
        self.refused_form(answer, "MalformedQueryString")

    def test_plus_and_percent(self):
        url = self.queue()
        self.ask_form(f"Action=SendMessage&QueueUrl={urllib.parse.quote(url)}&MessageBody=a+b%2Bc%20%E2%82%AC%26%3d")
        self.assertEqual(self.bodies(url), ["a b+c €&="])

    @rows(bytes="%ff%fe", nul="a%00b", escape="%1b", not_a_character="%ef%bf%bf")
    def test_body_that_xml_cannot_carry(self, body):
        answer = self.ask_form(f"Action=SendMessage&QueueUrl={urllib.parse.quote(self.queue())}&MessageBody={body}")
        self.assertEqual(answer.status, 400, answer)
        self.refused_form(answer, answer.xml.findtext(f".//{SQS}Code"))

    def test_same_parameter_twice(self):
        answer = self.ask_form("Action=GetQueueUrl&QueueName=never-made&QueueName=never-made-either")
        self.assertEqual(answer.status, 400, answer)
        self.still_open()

    def test_names_of_members_are_taken_too(self):
        url = self.queue()
        answer = self.ask_form({"Action": "TagQueue", "QueueUrl": url, "Tags.1.Key": "a", "Tags.1.Value": "1",
                                "Tags.2.Key": "b", "Tags.2.Value": "2"})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.sqs.list_queue_tags(QueueUrl=url)["Tags"], {"a": "1", "b": "2"})

    def test_attributes_under_their_flat_name(self):
        name = self.name()
        answer = self.ask_form({"Action": "CreateQueue", "QueueName": name, "Attribute.1.Name": "DelaySeconds",
                                "Attribute.1.Value": "5", "Attribute.2.Name": "VisibilityTimeout", "Attribute.2.Value": "6"})
        url = answer.xml.findtext(f".//{SQS}QueueUrl")
        self.assertEqual(self.attributes(url, "DelaySeconds", "VisibilityTimeout"),
                         {"DelaySeconds": "5", "VisibilityTimeout": "6"})

    def test_empty_receive(self):
        answer = self.ask_form({"Action": "ReceiveMessage", "QueueUrl": self.queue()})
        self.assertIn(b"<ReceiveMessageResult/>", answer.body)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/xml"), answer.headers["Content-Type"])
        self.assertTrue(answer.xml.findtext(f"{SQS}ResponseMetadata/{SQS}RequestId"))

    def test_text_escapes_quotes_and_carriage_returns(self):
        url = self.queue()
        self.send(url, 'a"b\r\n<&>')
        answer = self.ask_form({"Action": "ReceiveMessage", "QueueUrl": url})
        self.assertIn(b"<Body>a&quot;b&#xD;\n&lt;&amp;&gt;</Body>", answer.body)

    def test_system_attributes_under_their_new_name(self):
        url = self.queue()
        self.send(url)
        answer = self.ask_form({"Action": "ReceiveMessage", "QueueUrl": url, "AttributeName.1": "SenderId",
                                "MessageSystemAttributeName.1": "SentTimestamp"})
        names = [name.text for name in answer.xml.iterfind(f".//{SQS}Attribute/{SQS}Name")]
        self.assertEqual(sorted(names), ["SenderId", "SentTimestamp"])

    @rows(number=("MaxNumberOfMessages", "ten"), too_long=("WaitTimeSeconds", "9" * 40), empty=("VisibilityTimeout", "x"),
          half=("MaxNumberOfMessages", "1.5"))
    def test_wrong_type_of_number(self, name, value):
        self.refused_form(self.ask_form({"Action": "ReceiveMessage", "QueueUrl": self.queue(), name: value}), INVALID)

    @rows(missing=({"Action": "SendMessage"}, MISSING), no_queue=({"Action": "GetQueueUrl", "QueueName": "never-made"}, NO_QUEUE))
    def test_error(self, form, code):
        if "QueueName" not in form:
            form = {**form, "QueueUrl": self.queue()}
        self.refused_form(self.ask_form(form), code)

    @rows(charset=FORM + "; charset=utf-8", in_capitals=FORM.upper())
    def test_content_type(self, kind):
        answer = self.ask_form({"Action": "ListQueues", "QueueNamePrefix": "never-made"}, Content_Type=kind)
        self.assertEqual(answer.status, 200, answer)

    @rows(deep="a." * 2000 + "1", far="AttributeName.999999999", gap="AttributeName.5", zero="AttributeName.0", odd="AttributeName.x")
    def test_odd_names_do_no_harm(self, name):
        answer = self.ask_form({"Action": "ReceiveMessage", "QueueUrl": self.queue(), name: "All"})
        self.assertIn(answer.status, (200, 400), answer)
        self.still_open()


    def test_client_at_a_queues_url(self):
        """Older clients send to the queue's own URL."""
        url = self.queue()
        client = self.world.client("sqs", endpoint=url)
        client.send_message(QueueUrl=url, MessageBody="x")
        self.assertEqual(self.bodies(url), ["x"])
