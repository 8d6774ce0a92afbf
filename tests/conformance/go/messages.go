package main

import (
	"bytes"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
)

// The SDK itself holds bodies against their MD5, of whatever is sent and received.
var messageCases = []testCase{
	{"message-send-receive", messageSendReceive},
	{"message-any-text", messageAnyText},
	{"message-attributes", messageAttributes},
	{"message-attributes-md5", messageAttributesMD5},
	{"message-bad-attribute", messageBadAttribute},
	{"message-delay", messageDelay},
	{"message-long-poll", messageLongPoll},
	{"message-batch-with-bad-entry", messageBatchWithBadEntry},
	{"message-batch-refused", messageBatchRefused},
	{"message-visibility", messageVisibility},
	{"message-visibility-batch", messageVisibilityBatch},
	{"message-visibility-too-late", messageVisibilityTooLate},
	{"message-bad-receipt", messageBadReceipt},
	{"message-delete", messageDelete},
	{"message-delete-batch", messageDeleteBatch},
	{"message-purge", messagePurge},
}

func messageSendReceive(w *world) {
	url := w.queue(nil)
	sent := w.send(url, "hello")
	got := w.receive(url, 1)[0]
	checkEqual("the body", *got.Body, "hello")
	checkEqual("the id", *got.MessageId, *sent.MessageId)
	checkEqual("the receive count", got.Attributes["ApproximateReceiveCount"], "1")
	for _, name := range []string{"SentTimestamp", "ApproximateFirstReceiveTimestamp"} {
		milliseconds, err := strconv.ParseInt(got.Attributes[name], 10, 64)
		check(err == nil && milliseconds > 1_600_000_000_000, "%s is %q", name, got.Attributes[name])
	}
	check(got.Attributes["SenderId"] != "", "SenderId is not there")
}

func messageAnyText(w *world) {
	url := w.queue(nil)
	body := "<&>\"'\t\r\n \u00e9\u20ac\U0001f600 \ufffd"
	w.send(url, body)
	checkEqual("the body", *w.receive(url, 1)[0].Body, body)
}

func messageAttributes(w *world) {
	const trace = "Root=1-5759e988-bd862e3fe1be46a994272793"
	url := w.queue(nil)
	must(w.sqs.SendMessage(w, &sqs.SendMessageInput{
		QueueUrl: url, MessageBody: aws.String("x"),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"text":  {DataType: aws.String("String"), StringValue: aws.String("\u00e9<&>")},
			"price": {DataType: aws.String("Number.euro"), StringValue: aws.String("12345678901234567890.0123456789")},
			"bytes": {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255, 10}},
		},
		MessageSystemAttributes: map[string]types.MessageSystemAttributeValue{
			"AWSTraceHeader": {DataType: aws.String("String"), StringValue: aws.String(trace)},
		}}))
	got := w.receive(url, 1)[0]
	checkEqual("how many", len(got.MessageAttributes), 3)
	checkEqual("text", *got.MessageAttributes["text"].StringValue, "\u00e9<&>")
	checkEqual("price", *got.MessageAttributes["price"].StringValue, "12345678901234567890.0123456789")
	checkEqual("the type of price", *got.MessageAttributes["price"].DataType, "Number.euro")
	binary := got.MessageAttributes["bytes"].BinaryValue
	check(bytes.Equal(binary, []byte{0, 255, 10}), "bytes are %v", binary)
	checkEqual("the trace", got.Attributes["AWSTraceHeader"], trace)
}

func messageAttributesMD5(w *world) {
	const md5 = "ae7155c6026991b6d54b11589678bf9c" // of {"Foo": String "Bar"}; this SDK does not check it
	url := w.queue(nil)
	sent := must(w.sqs.SendMessage(w, &sqs.SendMessageInput{
		QueueUrl: url, MessageBody: aws.String("x"), MessageAttributes: map[string]types.MessageAttributeValue{
			"Foo": {DataType: aws.String("String"), StringValue: aws.String("Bar")}}}))
	checkEqual("the MD5 of what is sent", *sent.MD5OfMessageAttributes, md5)
	checkEqual("the MD5 of what comes", *w.receive(url, 1)[0].MD5OfMessageAttributes, md5)
}

func messageBadAttribute(w *world) {
	_, err := w.sqs.SendMessage(w, &sqs.SendMessageInput{
		QueueUrl: w.queue(nil), MessageBody: aws.String("x"), MessageAttributes: map[string]types.MessageAttributeValue{
			"n": {DataType: aws.String("Number"), StringValue: aws.String("many")}}})
	refused[smithy.APIError](err, "InvalidParameterValue", 400)
}

func messageDelay(w *world) {
	url := w.queue(nil)
	must(w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("never"), DelaySeconds: 900}))
	must(w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("late"), DelaySeconds: 1}))
	checkList("what comes", bodies(w.receive(url, 1)), "late")
	checkEqual("what is delayed", w.queueAttribute(url, types.QueueAttributeNameApproximateNumberOfMessagesDelayed), "1")
}

func messageLongPoll(w *world) {
	url := w.queue(attributes{"ReceiveMessageWaitTimeSeconds": "20"})
	received := make(chan string, 1)
	go func() {
		got, err := w.sqs.ReceiveMessage(w, &sqs.ReceiveMessageInput{QueueUrl: url})
		if err != nil || len(got.Messages) != 1 {
			received <- "nothing"
			return
		}
		received <- *got.Messages[0].Body
	}()
	w.send(url, "waited for")
	checkEqual("what came", <-received, "waited for")
}

func messageBatchWithBadEntry(w *world) {
	url := w.queue(nil)
	entries := []types.SendMessageBatchRequestEntry{
		{Id: aws.String("good"), MessageBody: aws.String("good")},
		{Id: aws.String("bad"), MessageBody: aws.String("\u0001")},
		{Id: aws.String("fine"), MessageBody: aws.String("fine")},
	}
	got := must(w.sqs.SendMessageBatch(w, &sqs.SendMessageBatchInput{QueueUrl: url, Entries: entries}))
	checkEqual("how many went well", len(got.Successful), 2)
	checkEqual("how many did not", len(got.Failed), 1)
	checkEqual("its id", *got.Failed[0].Id, "bad")
	checkEqual("its code", *got.Failed[0].Code, "InvalidMessageContents")
	checkEqual("the sender's fault", got.Failed[0].SenderFault, true)
	checkList("what comes", sortedBodies(w.receive(url, 2)), "fine", "good")
}

func messageBatchRefused(w *world) {
	url := w.queue(nil)
	send := func(ids ...string) error {
		entries := []types.SendMessageBatchRequestEntry{}
		for _, id := range ids {
			entries = append(entries, types.SendMessageBatchRequestEntry{Id: &id, MessageBody: aws.String("x")})
		}
		_, err := w.sqs.SendMessageBatch(w, &sqs.SendMessageBatchInput{QueueUrl: url, Entries: entries})
		return err
	}
	const prefix = "AWS.SimpleQueueService."
	refused[*types.EmptyBatchRequest](send(), prefix+"EmptyBatchRequest", 400)
	refused[*types.BatchEntryIdsNotDistinct](send("a", "a"), prefix+"BatchEntryIdsNotDistinct", 400)
	refused[*types.InvalidBatchEntryId](send("no spaces"), prefix+"InvalidBatchEntryId", 400)
	refused[*types.TooManyEntriesInBatchRequest](
		send("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"), prefix+"TooManyEntriesInBatchRequest", 400)
	w.receiveNothing(url)
}

func messageVisibility(w *world) {
	url := w.queue(nil)
	w.send(url, "again")
	first := w.receive(url, 1)[0]
	w.receiveNothing(url)
	w.giveBack(url, first)
	second := w.receive(url, 1)[0]
	checkEqual("the receive count", second.Attributes["ApproximateReceiveCount"], "2")
	check(*second.ReceiptHandle != *first.ReceiptHandle, "the receipt handle is the same")
}

func messageVisibilityBatch(w *world) {
	url := w.queue(nil)
	w.send(url, "a")
	w.send(url, "b")
	var entries []types.ChangeMessageVisibilityBatchRequestEntry
	for i, message := range w.receive(url, 2) {
		entries = append(entries, types.ChangeMessageVisibilityBatchRequestEntry{
			Id: aws.String(strconv.Itoa(i)), ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0})
	}
	entries = append(entries, types.ChangeMessageVisibilityBatchRequestEntry{
		Id: aws.String("bad"), ReceiptHandle: aws.String("garbage"), VisibilityTimeout: 0})
	got := must(w.sqs.ChangeMessageVisibilityBatch(w, &sqs.ChangeMessageVisibilityBatchInput{
		QueueUrl: url, Entries: entries}))
	checkEqual("how many went well", len(got.Successful), 2)
	checkEqual("how many did not", len(got.Failed), 1)
	checkEqual("its code", *got.Failed[0].Code, "ReceiptHandleIsInvalid")
	w.receive(url, 2)
}

func messageVisibilityTooLate(w *world) {
	url := w.queue(nil)
	w.send(url, "x")
	message := w.receive(url, 1)[0]
	w.delete(url, message)
	_, err := w.sqs.ChangeMessageVisibility(w, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: url, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 5})
	refused[smithy.APIError](err, "InvalidParameterValue", 400)
}

func messageBadReceipt(w *world) {
	_, err := w.sqs.DeleteMessage(w, &sqs.DeleteMessageInput{QueueUrl: w.queue(nil), ReceiptHandle: aws.String("garbage")})
	refused[*types.ReceiptHandleIsInvalid](err, "ReceiptHandleIsInvalid", 400)
}

func messageDelete(w *world) {
	url := w.queue(nil)
	w.send(url, "x")
	message := w.receive(url, 1)[0]
	const inFlight = types.QueueAttributeNameApproximateNumberOfMessagesNotVisible
	checkEqual("what is in flight", w.queueAttribute(url, inFlight), "1")
	w.delete(url, message)
	w.delete(url, message)
	checkEqual("what is in flight then", w.queueAttribute(url, inFlight), "0")
	w.receiveNothing(url)
}

func messageDeleteBatch(w *world) {
	url := w.queue(nil)
	w.send(url, "x")
	entries := []types.DeleteMessageBatchRequestEntry{
		{Id: aws.String("good"), ReceiptHandle: w.receive(url, 1)[0].ReceiptHandle},
		{Id: aws.String("bad"), ReceiptHandle: aws.String("garbage")},
	}
	got := must(w.sqs.DeleteMessageBatch(w, &sqs.DeleteMessageBatchInput{QueueUrl: url, Entries: entries}))
	checkEqual("how many went well", len(got.Successful), 1)
	checkEqual("how many did not", len(got.Failed), 1)
	checkEqual("the good one", *got.Successful[0].Id, "good")
	checkEqual("the bad one", *got.Failed[0].Id, "bad")
	checkEqual("its code", *got.Failed[0].Code, "ReceiptHandleIsInvalid")
}

func messagePurge(w *world) {
	url := w.queue(nil)
	w.send(url, "a")
	w.send(url, "b")
	must(w.sqs.PurgeQueue(w, &sqs.PurgeQueueInput{QueueUrl: url}))
	w.receiveNothing(url)
	checkEqual("what is left", w.queueAttribute(url, types.QueueAttributeNameApproximateNumberOfMessages), "0")
}
