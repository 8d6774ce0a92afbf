package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
)

const (
	account  = "000000000000"
	region   = "eu-central-1"
	patience = 60 * time.Second // for anything that is expected to come
)

// Attributes by name.
type attributes = map[string]string

// world is what one case works on: clients that never send twice, and verbs. Failures end the case.
type world struct {
	context.Context
	sqs  *sqs.Client
	sns  *sns.Client
	name string // of the case, and the start of the names of all that it makes
	made int
}

func newWorld(endpoint, name string) *world {
	config := aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(endpoint),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "secret"}, nil
		}),
	}
	return &world{
		Context: context.Background(), sqs: sqs.NewFromConfig(config), sns: sns.NewFromConfig(config), name: name}
}

func (w *world) newName() string {
	w.made++
	return fmt.Sprintf("%s-%d", w.name, w.made)
}

// queue answers the URL of a new queue.
func (w *world) queue(settings attributes) *string {
	name := w.newName()
	if settings["FifoQueue"] == "true" {
		name += ".fifo"
	}
	return must(w.sqs.CreateQueue(w, &sqs.CreateQueueInput{QueueName: &name, Attributes: settings})).QueueUrl
}

func (w *world) queueAttribute(url *string, name types.QueueAttributeName) string {
	got := must(w.sqs.GetQueueAttributes(w, &sqs.GetQueueAttributesInput{
		QueueUrl: url, AttributeNames: []types.QueueAttributeName{name}}))
	return got.Attributes[string(name)]
}

func (w *world) queueArn(url *string) string {
	return w.queueAttribute(url, types.QueueAttributeNameQueueArn)
}

func (w *world) send(url *string, body string) *sqs.SendMessageOutput {
	return must(w.sqs.SendMessage(w, &sqs.SendMessageInput{QueueUrl: url, MessageBody: &body}))
}

// receive answers `count` messages, as they come in one receive after another, with all their attributes.
func (w *world) receive(url *string, count int) []types.Message {
	var got []types.Message
	for deadline := time.Now().Add(patience); len(got) < count; {
		check(time.Now().Before(deadline), "%d of %d messages came within %v", len(got), count, patience)
		got = append(got, must(w.sqs.ReceiveMessage(w, &sqs.ReceiveMessageInput{
			QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 5, MessageAttributeNames: []string{"All"},
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		})).Messages...)
	}
	checkEqual("the number of messages", len(got), count)
	return got
}

// receiveNothing asks without waiting.
func (w *world) receiveNothing(url *string) {
	got := must(w.sqs.ReceiveMessage(w, &sqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: 10})).Messages
	check(len(got) == 0, "%d messages came, where none must: %q", len(got), bodies(got))
}

// giveBack makes a message visible again.
func (w *world) giveBack(url *string, message types.Message) {
	must(w.sqs.ChangeMessageVisibility(w, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: url, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0}))
}

func (w *world) delete(url *string, message types.Message) {
	must(w.sqs.DeleteMessage(w, &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: message.ReceiptHandle}))
}

// sortedBodies is for queues that promise no order.
func sortedBodies(messages []types.Message) []string {
	return slices.Sorted(slices.Values(bodies(messages)))
}

func bodies(messages []types.Message) []string {
	var all []string
	for _, message := range messages {
		all = append(all, *message.Body)
	}
	return all
}

// checkAttributes looks at those that are wanted; there may be more.
func checkAttributes(got, wanted attributes) {
	for name, want := range wanted {
		checkEqual(name, got[name], want)
	}
}

// refused holds an error against its type, the code that the SDK reads, and the status. smithy.APIError is the type of
// those that the SDK has no type for.
func refused[T smithy.APIError](err error, code string, status int) {
	check(err != nil, "it went well, where %s must come", code)
	var typed T
	check(errors.As(err, &typed), "%v (%T) is no %T", err, err, typed)
	checkEqual("the code", typed.ErrorCode(), code)
	check(typed.ErrorMessage() != "", "%s says nothing", code)
	var response *awshttp.ResponseError
	check(errors.As(err, &response), "%v has no response", err)
	checkEqual("the status", response.HTTPStatusCode(), status)
	check(response.ServiceRequestID() != "", "%s comes without a request id", code)
}
