"""SNS on the wire: Query with wrapped lists and maps."""

from case import rows
from raw import SNS, RawCase
from sns_case import SnsCase


class Sns(RawCase, SnsCase):
    def ask_sns(self, action, form=None, **more):
        return self.ask_form({"Action": action, "Version": "2010-03-31", **(form or {})}, **more)

    def test_answer(self):
        answer = self.ask_sns("CreateTopic", {"Name": self.name()})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Content-Type"].partition(";")[0], "text/xml")
        self.assertEqual(answer.xml.tag, SNS + "CreateTopicResponse")
        self.assertTrue(answer.xml.findtext(f"{SNS}CreateTopicResult/{SNS}TopicArn"))
        self.assertRegex(answer.xml.findtext(f"{SNS}ResponseMetadata/{SNS}RequestId"), r"^[0-9a-f-]{36}$")

    def test_maps_have_entries_and_lists_members(self):
        topic = self.topic()
        answer = self.ask_sns("GetTopicAttributes", {"TopicArn": topic})
        entries = answer.xml.findall(f"{SNS}GetTopicAttributesResult/{SNS}Attributes/{SNS}entry")
        got = {entry.findtext(SNS + "key"): entry.findtext(SNS + "value") for entry in entries}
        self.assertEqual(got["TopicArn"], topic)
        self.subscribe(topic, self.queue())
        answer = self.ask_sns("ListSubscriptionsByTopic", {"TopicArn": topic})
        members = answer.xml.findall(f"{SNS}ListSubscriptionsByTopicResult/{SNS}Subscriptions/{SNS}member")
        self.assertEqual([member.findtext(SNS + "TopicArn") for member in members], [topic])

    def test_attributes_and_tags_as_clients_send_them(self):
        answer = self.ask_sns("CreateTopic", {
            "Name": self.name(), "Attributes.entry.1.key": "DisplayName", "Attributes.entry.1.value": "shop",
            "Tags.member.1.Key": "a", "Tags.member.1.Value": "1"})
        arn = answer.xml.findtext(f".//{SNS}TopicArn")
        self.assertEqual(self.topic_attributes(arn)["DisplayName"], "shop")
        self.assertEqual(self.sns.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "a", "Value": "1"}])

    def test_empty_result(self):
        topic = self.topic()
        answer = self.ask_sns("DeleteTopic", {"TopicArn": topic})
        self.assertEqual((answer.status, answer.xml.tag), (200, SNS + "DeleteTopicResponse"))
        answer = self.ask_sns("TagResource", {"ResourceArn": self.topic(), "Tags.member.1.Key": "a", "Tags.member.1.Value": "b"})
        self.assertIsNotNone(answer.xml.find(SNS + "TagResourceResult"))

    @rows(no_topic=("GetTopicAttributes", {"TopicArn": "arn:aws:sns:eu-central-1:000000000000:never-made"}, "NotFound", 404),
          parameter=("CreateTopic", {"Name": "a b"}, "InvalidParameter", 400),
          missing=("Publish", {"TopicArn": "arn:aws:sns:eu-central-1:000000000000:t"}, None, 400),
          unknown=("Fly", {}, "InvalidAction", 400))
    def test_error(self, action, form, code, status):
        answer = self.ask_sns(action, form)
        self.assertEqual(answer.status, status, answer)
        self.refused_form(answer, code or answer.xml.findtext(f".//{SNS}Code"), status, SNS)

    def test_without_version(self):
        """An action that only SNS has is known by its name."""
        answer = self.ask_form({"Action": "CreateTopic", "Name": self.name()})
        self.assertEqual(answer.status, 200, answer)

    def test_publish_by_get(self):
        topic, url = self.subscribed_raw()
        answer = self.ask(method="GET", path=f"/?Action=Publish&Version=2010-03-31&TopicArn={topic}&Message=a+b%26c")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.bodies(url), ["a b&c"])

    def test_unsubscribe_url_of_an_envelope(self):
        topic, url = self.subscribed()
        self.publish(topic)
        link = self.envelope(url)["UnsubscribeURL"]
        self.assertTrue(link.startswith(self.world.endpoint), link)
        self.assertEqual(self.ask(method="GET", path=link[len(self.world.endpoint):]).status, 200)
        self.assertEqual(self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"], [])

    def test_certificate_is_pem(self):
        topic, url = self.subscribed()
        self.publish(topic)
        answer = self.ask(method="GET", path=self.envelope(url)["SigningCertURL"][len(self.world.endpoint):])
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.body.startswith(b"-----BEGIN CERTIFICATE-----"), answer)

    def test_no_other_certificate(self):
        self.assertEqual(self.ask(method="GET", path="/SimpleNotificationService-0.pem").status, 404)
