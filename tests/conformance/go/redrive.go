package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
)

const noQueueArn = "arn:aws:sqs:" + region + ":" + account + ":never-made"

var redriveCases = []testCase{
	{"redrive-dead-letter", redriveDeadLetter},
	{"redrive-sources-in-pages", redriveSourcesInPages},
	{"redrive-bad-policy", redriveBadPolicy},
	{"redrive-move-task", redriveMoveTask},
	{"redrive-move-from-no-queue", redriveMoveFromNoQueue},
}

// deadLetterPair answers a queue and the one for its dead letters, after one attempt.
func (w *world) deadLetterPair() (url, dead *string) {
	dead = w.queue(nil)
	return w.queue(redriveTo(w.queueArn(dead))), dead
}

func redriveTo(arn string) attributes {
	return attributes{"RedrivePolicy": fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":"1"}`, arn)}
}

// fail sends a message, has its one attempt end, and answers its id.
func (w *world) fail(url *string, body string) string {
	sent := w.send(url, body)
	w.giveBack(url, w.receive(url, 1)[0])
	return *sent.MessageId
}

func redriveDeadLetter(w *world) {
	url, dead := w.deadLetterPair()
	id := w.fail(url, "poison")
	got := w.receive(dead, 1)[0]
	checkEqual("the body", *got.Body, "poison")
	checkEqual("the id", *got.MessageId, id)
	checkEqual("the receive count", got.Attributes["ApproximateReceiveCount"], "2")
	checkEqual("the source", got.Attributes["DeadLetterQueueSourceArn"], w.queueArn(url))
	w.receiveNothing(url)
}

func redriveSourcesInPages(w *world) {
	dead := w.queue(nil)
	settings := redriveTo(w.queueArn(dead))
	want := []string{*w.queue(settings), *w.queue(settings), *w.queue(settings)}
	var got []string
	pages := sqs.NewListDeadLetterSourceQueuesPaginator(w.sqs, &sqs.ListDeadLetterSourceQueuesInput{
		QueueUrl: dead, MaxResults: aws.Int32(2)})
	for pages.HasMorePages() {
		got = append(got, must(pages.NextPage(w)).QueueUrls...)
	}
	slices.Sort(got)
	checkList("the sources", got, want...)
}

func redriveBadPolicy(w *world) {
	_, err := w.sqs.SetQueueAttributes(w, &sqs.SetQueueAttributesInput{
		QueueUrl: w.queue(nil), Attributes: redriveTo(noQueueArn)})
	refused[smithy.APIError](err, "InvalidParameterValue", 400)
}

func redriveMoveTask(w *world) {
	url, dead := w.deadLetterPair()
	w.fail(url, "poison")
	source := w.queueArn(dead)
	started := must(w.sqs.StartMessageMoveTask(w, &sqs.StartMessageMoveTaskInput{SourceArn: &source}))
	check(*started.TaskHandle != "", "the task has no handle")
	checkList("what came back", bodies(w.receive(url, 1)), "poison")
	var task types.ListMessageMoveTasksResultEntry
	for deadline := time.Now().Add(patience); aws.ToString(task.Status) != "COMPLETED"; {
		check(time.Now().Before(deadline), "the task is %s after %v", aws.ToString(task.Status), patience)
		task = must(w.sqs.ListMessageMoveTasks(w, &sqs.ListMessageMoveTasksInput{SourceArn: &source})).Results[0]
	}
	checkEqual("what it moved", task.ApproximateNumberOfMessagesMoved, 1)
	checkEqual("its source", *task.SourceArn, source)
	w.receiveNothing(dead)
}

func redriveMoveFromNoQueue(w *world) {
	_, err := w.sqs.StartMessageMoveTask(w, &sqs.StartMessageMoveTaskInput{SourceArn: aws.String(noQueueArn)})
	refused[*types.ResourceNotFoundException](err, "ResourceNotFoundException", 404)
}
