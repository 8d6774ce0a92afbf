package main

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
)

var fifoCases = []testCase{
	{"fifo-groups", fifoGroups},
	{"fifo-deduplication", fifoDeduplication},
	{"fifo-content-deduplication", fifoContentDeduplication},
	{"fifo-receive-again", fifoReceiveAgain},
	{"fifo-without-group", fifoWithoutGroup},
}

func (w *world) fifoQueue(byContent bool) *string {
	settings := attributes{"FifoQueue": "true"}
	if byContent {
		settings["ContentBasedDeduplication"] = "true"
	}
	return w.queue(settings)
}

func (w *world) sendFifo(url *string, group, body string) *sqs.SendMessageOutput {
	return must(w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: url, MessageBody: &body, MessageGroupId: &group}))
}

func fifoGroups(w *world) {
	url := w.fifoQueue(true)
	sent := w.sendFifo(url, "a", "a1")
	check(*w.sendFifo(url, "a", "a2").SequenceNumber > *sent.SequenceNumber, "sequence numbers do not grow")
	got := w.receive(url, 2)
	checkList("the group's messages", bodies(got), "a1", "a2")
	checkEqual("the group", got[0].Attributes["MessageGroupId"], "a")
	checkEqual("the sequence number", got[0].Attributes["SequenceNumber"], *sent.SequenceNumber)
	w.sendFifo(url, "a", "a3")
	w.sendFifo(url, "b", "b1")
	checkList("what is not held up", bodies(w.receive(url, 1)), "b1")
	w.delete(url, got[0])
	w.delete(url, got[1])
	checkList("what follows", bodies(w.receive(url, 1)), "a3")
}

func fifoDeduplication(w *world) {
	url := w.fifoQueue(false)
	send := func(body string) *sqs.SendMessageOutput {
		return must(w.sqs.SendMessage(w, &sqs.SendMessageInput{
			QueueUrl: url, MessageBody: &body, MessageGroupId: aws.String("g"), MessageDeduplicationId: aws.String("once")}))
	}
	first, second := send("first"), send("second")
	checkEqual("the id of the second", *second.MessageId, *first.MessageId)
	checkEqual("its sequence number", *second.SequenceNumber, *first.SequenceNumber)
	got := w.receive(url, 1)
	checkList("what comes", bodies(got), "first")
	checkEqual("its deduplication id", got[0].Attributes["MessageDeduplicationId"], "once")
	w.delete(url, got[0])
	w.receiveNothing(url)
}

func fifoContentDeduplication(w *world) {
	url := w.fifoQueue(true)
	w.sendFifo(url, "g", "same")
	w.sendFifo(url, "h", "same")
	w.sendFifo(url, "g", "other")
	checkList("what comes", bodies(w.receive(url, 2)), "same", "other")
}

func fifoReceiveAgain(w *world) {
	url := w.fifoQueue(true)
	w.sendFifo(url, "g", "x")
	receive := func() types.Message {
		got := must(w.sqs.ReceiveMessage(w, &sqs.ReceiveMessageInput{
			QueueUrl: url, WaitTimeSeconds: 5, ReceiveRequestAttemptId: aws.String("attempt")})).Messages
		checkEqual("how many came", len(got), 1)
		return got[0]
	}
	first := receive()
	checkEqual("the id of what came again", *receive().MessageId, *first.MessageId)
}

func fifoWithoutGroup(w *world) {
	_, err := w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: w.fifoQueue(true), MessageBody: aws.String("x")})
	refused[smithy.APIError](err, "MissingParameter", 400)
	_, err = w.sqs.SendMessage(w, &sqs.SendMessageInput{
		QueueUrl: w.fifoQueue(false), MessageBody: aws.String("x"), MessageGroupId: aws.String("g")})
	refused[smithy.APIError](err, "InvalidParameterValue", 400)
}
