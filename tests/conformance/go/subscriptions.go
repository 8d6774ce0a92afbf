package main

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

var subscriptionCases = []testCase{
	{"subscription-envelope", subscriptionEnvelope},
	{"subscription-envelope-signature", subscriptionEnvelopeSignature},
	{"subscription-raw", subscriptionRaw},
	{"subscription-filter", subscriptionFilter},
	{"subscription-filter-of-bodies", subscriptionFilterOfBodies},
	{"subscription-bad-filter", subscriptionBadFilter},
	{"subscription-attributes", subscriptionAttributes},
	{"subscription-missing", subscriptionMissing},
	{"subscription-list", subscriptionList},
	{"subscription-fifo", subscriptionFifo},
	{"subscription-end", subscriptionEnd},
}

// subscribe answers the subscription's ARN.
func (w *world) subscribe(topic, queue *string, settings attributes) *string {
	return must(w.sns.Subscribe(w, &sns.SubscribeInput{
		TopicArn: topic, Protocol: aws.String("sqs"), Endpoint: aws.String(w.queueArn(queue)), Attributes: settings,
		ReturnSubscriptionArn: true})).SubscriptionArn
}

func (w *world) publish(topic *string, body, kind string) *sns.PublishOutput {
	return must(w.sns.Publish(w, &sns.PublishInput{
		TopicArn: topic, Message: &body, Subject: aws.String("news"),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"kind": {DataType: aws.String("String"), StringValue: &kind}}}))
}

func subscriptionEnvelope(w *world) {
	topic, queue := w.topic(nil), w.queue(nil)
	w.subscribe(topic, queue, nil)
	published := w.publish(topic, `{"order":"1"}`, "created")
	got := w.receive(queue, 1)[0]
	checkEqual("the number of SQS's own attributes", len(got.MessageAttributes), 0)
	envelope := parseEnvelope(*got.Body)
	checkEqual("Type", envelope.Type, "Notification")
	checkEqual("MessageId", envelope.MessageId, *published.MessageId)
	checkEqual("TopicArn", envelope.TopicArn, *topic)
	checkEqual("Subject", envelope.Subject, "news")
	checkEqual("Message", envelope.Message, `{"order":"1"}`)
	checkEqual("the attribute", envelope.MessageAttributes["kind"], envelopeAttribute{"String", "created"})
	check(strings.Contains(envelope.UnsubscribeURL, "Action=Unsubscribe"), "UnsubscribeURL is %q", envelope.UnsubscribeURL)
}

func subscriptionEnvelopeSignature(w *world) {
	topic, queue := w.topic(nil), w.queue(nil)
	w.subscribe(topic, queue, nil)
	for _, version := range []string{"1", "2"} {
		must(w.sns.SetTopicAttributes(w, &sns.SetTopicAttributesInput{
			TopicArn: topic, AttributeName: aws.String("SignatureVersion"), AttributeValue: &version}))
		w.publish(topic, "signed", "x")
		message := w.receive(queue, 1)[0]
		envelope := parseEnvelope(*message.Body)
		checkEqual("SignatureVersion", envelope.SignatureVersion, version)
		envelope.verify()
		w.delete(queue, message)
	}
}

func subscriptionRaw(w *world) {
	topic, queue := w.topic(nil), w.queue(nil)
	w.subscribe(topic, queue, attributes{"RawMessageDelivery": "true"})
	w.publish(topic, "as it is", "created")
	got := w.receive(queue, 1)[0]
	checkEqual("the body", *got.Body, "as it is")
	checkEqual("the attribute", *got.MessageAttributes["kind"].StringValue, "created")
}

func subscriptionFilter(w *world) {
	topic, queue := w.topic(nil), w.queue(nil)
	w.subscribe(topic, queue, attributes{
		"RawMessageDelivery": "true", "FilterPolicy": `{"kind":["created",{"prefix":"upd"}]}`})
	for _, kind := range []string{"created", "deleted", "updated"} {
		w.publish(topic, kind, kind)
	}
	checkList("what passes", sortedBodies(w.receive(queue, 2)), "created", "updated")
}

func subscriptionFilterOfBodies(w *world) {
	topic, queue := w.topic(nil), w.queue(nil)
	w.subscribe(topic, queue, attributes{
		"RawMessageDelivery": "true", "FilterPolicyScope": "MessageBody",
		"FilterPolicy": `{"order":{"sum":[{"numeric":[">",100]}]}}`})
	for _, body := range []string{`{"order":{"sum":100}}`, `{"order":{"sum":100.5}}`, "no JSON"} {
		w.publish(topic, body, "x")
	}
	checkList("what passes", bodies(w.receive(queue, 1)), `{"order":{"sum":100.5}}`)
}

func subscriptionBadFilter(w *world) {
	_, err := w.sns.Subscribe(w, &sns.SubscribeInput{
		TopicArn: w.topic(nil), Protocol: aws.String("sqs"), Endpoint: aws.String(w.queueArn(w.queue(nil))),
		Attributes: attributes{"FilterPolicy": `{"kind":[{"sounds-like":"x"}]}`}})
	refused[*types.InvalidParameterException](err, "InvalidParameter", 400)
}

func subscriptionAttributes(w *world) {
	topic, queue := w.topic(nil), w.queue(nil)
	subscription := w.subscribe(topic, queue, nil)
	set := func(name, value string) {
		must(w.sns.SetSubscriptionAttributes(w, &sns.SetSubscriptionAttributesInput{
			SubscriptionArn: subscription, AttributeName: &name, AttributeValue: &value}))
	}
	set("RawMessageDelivery", "true")
	set("FilterPolicy", `{"kind":["created"]}`)
	got := must(w.sns.GetSubscriptionAttributes(w, &sns.GetSubscriptionAttributesInput{
		SubscriptionArn: subscription})).Attributes
	var policy map[string][]string
	check(json.Unmarshal([]byte(got["FilterPolicy"]), &policy) == nil, "FilterPolicy is %q", got["FilterPolicy"])
	checkList("FilterPolicy", policy["kind"], "created")
	checkAttributes(got, attributes{"RawMessageDelivery": "true", "TopicArn": *topic, "Endpoint": w.queueArn(queue),
		"Protocol": "sqs", "Owner": account, "PendingConfirmation": "false"})
}

func subscriptionMissing(w *world) {
	topic := w.topic(nil)
	_, err := w.sns.GetSubscriptionAttributes(w, &sns.GetSubscriptionAttributesInput{
		SubscriptionArn: aws.String(*topic + ":00000000-0000-0000-0000-000000000000")})
	refused[*types.NotFoundException](err, "NotFound", 404)
}

func subscriptionList(w *world) {
	topic, queue := w.topic(nil), w.queue(nil)
	want := *w.subscribe(topic, queue, nil)
	checkEqual("the second ARN", *w.subscribe(topic, queue, nil), want)
	var got []string
	pages := sns.NewListSubscriptionsByTopicPaginator(w.sns, &sns.ListSubscriptionsByTopicInput{TopicArn: topic})
	for pages.HasMorePages() {
		for _, subscription := range must(pages.NextPage(w)).Subscriptions {
			checkEqual("the endpoint", *subscription.Endpoint, w.queueArn(queue))
			got = append(got, *subscription.SubscriptionArn)
		}
	}
	checkList("the subscriptions", got, want)
	checkEqual("how many the topic has", w.topicAttributes(topic)["SubscriptionsConfirmed"], "1")
}

func subscriptionFifo(w *world) {
	topic, queue := w.topic(attributes{"FifoTopic": "true", "ContentBasedDeduplication": "true"}), w.fifoQueue(false)
	w.subscribe(topic, queue, attributes{"RawMessageDelivery": "true"})
	publish := func(body string) *sns.PublishOutput {
		return must(w.sns.Publish(w, &sns.PublishInput{TopicArn: topic, Message: &body, MessageGroupId: aws.String("g")}))
	}
	first := publish("a")
	checkEqual("the sequence number of the same again", *publish("a").SequenceNumber, *first.SequenceNumber)
	check(*publish("b").SequenceNumber > *first.SequenceNumber, "sequence numbers do not grow")
	got := w.receive(queue, 2)
	checkList("what comes", bodies(got), "a", "b")
	checkEqual("the group", got[1].Attributes["MessageGroupId"], "g")
}

func subscriptionEnd(w *world) {
	topic, queue := w.topic(nil), w.queue(nil)
	subscription := w.subscribe(topic, queue, attributes{"RawMessageDelivery": "true"})
	w.publish(topic, "before", "x")
	must(w.sns.Unsubscribe(w, &sns.UnsubscribeInput{SubscriptionArn: subscription}))
	w.publish(topic, "after", "x")
	checkList("what comes", bodies(w.receive(queue, 1)), "before")
	_, err := w.sns.GetSubscriptionAttributes(w, &sns.GetSubscriptionAttributesInput{SubscriptionArn: subscription})
	refused[*types.NotFoundException](err, "NotFound", 404)
}
