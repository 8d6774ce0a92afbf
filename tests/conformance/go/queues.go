package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
)

const noSuchQueue = "AWS.SimpleQueueService.NonExistentQueue"

var queueCases = []testCase{
	{"queue-create-again", queueCreateAgain},
	{"queue-url", queueURL},
	{"queue-missing", queueMissing},
	{"queue-bad-attribute", queueBadAttribute},
	{"queue-attributes", queueAttributes},
	{"queue-list-in-pages", queueListInPages},
	{"queue-tags", queueTags},
	{"queue-permissions", queuePermissions},
	{"queue-delete", queueDelete},
}

func queueCreateAgain(w *world) {
	name := w.newName()
	create := func(timeout string) (*sqs.CreateQueueOutput, error) {
		return w.sqs.CreateQueue(w, &sqs.CreateQueueInput{
			QueueName: &name, Attributes: attributes{"VisibilityTimeout": timeout}})
	}
	first := *must(create("31")).QueueUrl
	checkEqual("the second URL", *must(create("31")).QueueUrl, first)
	_, err := create("32")
	refused[*types.QueueNameExists](err, "QueueAlreadyExists", 400)
}

func queueURL(w *world) {
	url := *w.queue(nil)
	name := url[strings.LastIndex(url, "/")+1:]
	got := must(w.sqs.GetQueueUrl(w, &sqs.GetQueueUrlInput{QueueName: &name}))
	checkEqual("the URL", *got.QueueUrl, url)
	checkEqual("its end", strings.Join(strings.Split(url, "/")[3:], "/"), account+"/"+name)
}

func queueMissing(w *world) {
	_, err := w.sqs.GetQueueUrl(w, &sqs.GetQueueUrlInput{QueueName: aws.String("never-made")})
	refused[*types.QueueDoesNotExist](err, noSuchQueue, 400)
}

func queueBadAttribute(w *world) {
	_, err := w.sqs.CreateQueue(w, &sqs.CreateQueueInput{
		QueueName: aws.String(w.newName()), Attributes: attributes{"VisibilityTimeout": "43201"}})
	refused[*types.InvalidAttributeValue](err, "InvalidAttributeValue", 400)
	_, err = w.sqs.CreateQueue(w, &sqs.CreateQueueInput{QueueName: aws.String("not a name")})
	refused[smithy.APIError](err, "InvalidParameterValue", 400)
}

func queueAttributes(w *world) {
	url := w.queue(attributes{"DelaySeconds": "7"})
	must(w.sqs.SetQueueAttributes(w, &sqs.SetQueueAttributesInput{
		QueueUrl: url, Attributes: attributes{"MessageRetentionPeriod": "3600", "MaximumMessageSize": "2048"}}))
	got := must(w.sqs.GetQueueAttributes(w, &sqs.GetQueueAttributesInput{
		QueueUrl: url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll}})).Attributes
	checkAttributes(got, attributes{
		"DelaySeconds": "7", "MessageRetentionPeriod": "3600", "MaximumMessageSize": "2048", "VisibilityTimeout": "30",
		"ApproximateNumberOfMessages": "0", "QueueArn": w.queueArn(url)})
}

func queueListInPages(w *world) {
	var want, got []string
	for range 5 {
		want = append(want, *w.queue(nil))
	}
	pages := sqs.NewListQueuesPaginator(w.sqs, &sqs.ListQueuesInput{
		QueueNamePrefix: &w.name, MaxResults: aws.Int32(2)})
	count := 0
	for ; pages.HasMorePages(); count++ {
		got = append(got, must(pages.NextPage(w)).QueueUrls...)
	}
	slices.Sort(got)
	checkList("the queues", got, want...)
	checkEqual("the number of pages", count, 3)
}

func queueTags(w *world) {
	url := w.queue(nil)
	must(w.sqs.TagQueue(w, &sqs.TagQueueInput{QueueUrl: url, Tags: attributes{"team": "billing", "empty": ""}}))
	must(w.sqs.UntagQueue(w, &sqs.UntagQueueInput{QueueUrl: url, TagKeys: []string{"empty"}}))
	got := must(w.sqs.ListQueueTags(w, &sqs.ListQueueTagsInput{QueueUrl: url})).Tags
	checkEqual("the tags", fmt.Sprint(got), fmt.Sprint(attributes{"team": "billing"}))
}

func queuePermissions(w *world) {
	url := w.queue(nil)
	must(w.sqs.AddPermission(w, &sqs.AddPermissionInput{
		QueueUrl: url, Label: aws.String("senders"), AWSAccountIds: []string{"123456789012"},
		Actions: []string{"SendMessage"}}))
	policy := w.queueAttribute(url, types.QueueAttributeNamePolicy)
	check(strings.Contains(policy, "senders") && strings.Contains(policy, "123456789012"), "the policy is %s", policy)
	must(w.sqs.RemovePermission(w, &sqs.RemovePermissionInput{QueueUrl: url, Label: aws.String("senders")}))
	policy = w.queueAttribute(url, types.QueueAttributeNamePolicy)
	check(!strings.Contains(policy, "senders"), "the policy is %s", policy)
}

func queueDelete(w *world) {
	url := w.queue(nil)
	w.send(url, "lost")
	must(w.sqs.DeleteQueue(w, &sqs.DeleteQueueInput{QueueUrl: url}))
	_, err := w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("too late")})
	refused[*types.QueueDoesNotExist](err, noSuchQueue, 400)
}
