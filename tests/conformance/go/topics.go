package main

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

var topicCases = []testCase{
	{"topic-create-again", topicCreateAgain},
	{"topic-bad-name", topicBadName},
	{"topic-missing", topicMissing},
	{"topic-attributes", topicAttributes},
	{"topic-list-in-pages", topicListInPages},
	{"topic-tags", topicTags},
	{"topic-delete", topicDelete},
	{"publish-nothing", publishNothing},
	{"publish-batch-with-bad-entry", publishBatchWithBadEntry},
	{"publish-batch-refused", publishBatchRefused},
}

// topic answers the ARN of a new topic.
func (w *world) topic(settings attributes) *string {
	name := w.newName()
	if settings["FifoTopic"] == "true" {
		name += ".fifo"
	}
	return must(w.sns.CreateTopic(w, &sns.CreateTopicInput{Name: &name, Attributes: settings})).TopicArn
}

func (w *world) topicAttributes(topic *string) attributes {
	return must(w.sns.GetTopicAttributes(w, &sns.GetTopicAttributesInput{TopicArn: topic})).Attributes
}

func topicCreateAgain(w *world) {
	name := w.newName()
	create := func(display string) (*sns.CreateTopicOutput, error) {
		return w.sns.CreateTopic(w, &sns.CreateTopicInput{Name: &name, Attributes: attributes{"DisplayName": display}})
	}
	arn := "arn:aws:sns:" + region + ":" + account + ":" + name
	checkEqual("the ARN", *must(create("Orders")).TopicArn, arn)
	checkEqual("the second ARN", *must(create("Orders")).TopicArn, arn)
	_, err := create("Bills")
	refused[*types.InvalidParameterException](err, "InvalidParameter", 400)
}

func topicBadName(w *world) {
	_, err := w.sns.CreateTopic(w, &sns.CreateTopicInput{Name: aws.String("not a name")})
	refused[*types.InvalidParameterException](err, "InvalidParameter", 400)
}

func topicMissing(w *world) {
	arn := aws.String("arn:aws:sns:" + region + ":" + account + ":never-made")
	_, err := w.sns.GetTopicAttributes(w, &sns.GetTopicAttributesInput{TopicArn: arn})
	refused[*types.NotFoundException](err, "NotFound", 404)
	_, err = w.sns.Publish(w, &sns.PublishInput{TopicArn: arn, Message: aws.String("x")})
	refused[*types.NotFoundException](err, "NotFound", 404)
}

func topicAttributes(w *world) {
	topic := w.topic(nil)
	must(w.sns.SetTopicAttributes(w, &sns.SetTopicAttributesInput{
		TopicArn: topic, AttributeName: aws.String("DisplayName"), AttributeValue: aws.String("Orders & more")}))
	checkAttributes(w.topicAttributes(topic), attributes{
		"DisplayName": "Orders & more", "TopicArn": *topic, "Owner": account, "SubscriptionsConfirmed": "0"})
}

func topicListInPages(w *world) {
	missing := map[string]bool{}
	for range 101 { // a page has a hundred
		missing[*w.topic(nil)] = true
	}
	pages := 0
	for listing := sns.NewListTopicsPaginator(w.sns, &sns.ListTopicsInput{}); listing.HasMorePages(); pages++ {
		for _, topic := range must(listing.NextPage(w)).Topics {
			delete(missing, *topic.TopicArn)
		}
	}
	check(len(missing) == 0, "not listed: %v", missing)
	check(pages >= 2, "all came in %d pages", pages)
}

func topicTags(w *world) {
	topic := w.topic(nil)
	must(w.sns.TagResource(w, &sns.TagResourceInput{ResourceArn: topic, Tags: []types.Tag{
		{Key: aws.String("team"), Value: aws.String("billing")}, {Key: aws.String("old"), Value: aws.String("1")}}}))
	must(w.sns.UntagResource(w, &sns.UntagResourceInput{ResourceArn: topic, TagKeys: []string{"old"}}))
	got := must(w.sns.ListTagsForResource(w, &sns.ListTagsForResourceInput{ResourceArn: topic})).Tags
	checkEqual("the number of tags", len(got), 1)
	checkEqual("the tag", *got[0].Key+"="+*got[0].Value, "team=billing")
	_, err := w.sns.ListTagsForResource(w, &sns.ListTagsForResourceInput{ResourceArn: aws.String(*topic + "-not")})
	refused[*types.ResourceNotFoundException](err, "ResourceNotFound", 404)
}

func topicDelete(w *world) {
	topic := w.topic(nil)
	for range 2 {
		must(w.sns.DeleteTopic(w, &sns.DeleteTopicInput{TopicArn: topic}))
	}
	_, err := w.sns.Publish(w, &sns.PublishInput{TopicArn: topic, Message: aws.String("too late")})
	refused[*types.NotFoundException](err, "NotFound", 404)
}

func publishNothing(w *world) {
	_, err := w.sns.Publish(w, &sns.PublishInput{TopicArn: w.topic(nil), Message: aws.String("")})
	refused[*types.InvalidParameterException](err, "InvalidParameter", 400)
}

func batchEntries(ids ...string) []types.PublishBatchRequestEntry {
	entries := []types.PublishBatchRequestEntry{}
	for _, id := range ids {
		entries = append(entries, types.PublishBatchRequestEntry{Id: aws.String(id), Message: aws.String(id)})
	}
	return entries
}

func publishBatchWithBadEntry(w *world) {
	topic, queue := w.topic(nil), w.queue(nil)
	w.subscribe(topic, queue, attributes{"RawMessageDelivery": "true"})
	entries := batchEntries("good", "bad", "fine")
	entries[1].Message = aws.String("")
	got := must(w.sns.PublishBatch(w, &sns.PublishBatchInput{TopicArn: topic, PublishBatchRequestEntries: entries}))
	checkEqual("how many went well", len(got.Successful), 2)
	checkEqual("how many did not", len(got.Failed), 1)
	checkEqual("its id", *got.Failed[0].Id, "bad")
	checkEqual("its code", *got.Failed[0].Code, "InvalidParameter")
	checkEqual("the sender's fault", got.Failed[0].SenderFault, true)
	checkList("what comes", sortedBodies(w.receive(queue, 2)), "fine", "good")
}

func publishBatchRefused(w *world) {
	topic := w.topic(nil)
	publish := func(ids ...string) error {
		_, err := w.sns.PublishBatch(w, &sns.PublishBatchInput{
			TopicArn: topic, PublishBatchRequestEntries: batchEntries(ids...)})
		return err
	}
	var eleven []string
	for i := range 11 {
		eleven = append(eleven, fmt.Sprint(i))
	}
	refused[*types.EmptyBatchRequestException](publish(), "EmptyBatchRequest", 400)
	refused[*types.BatchEntryIdsNotDistinctException](publish("a", "a"), "BatchEntryIdsNotDistinct", 400)
	refused[*types.InvalidBatchEntryIdException](publish("no spaces"), "InvalidBatchEntryId", 400)
	refused[*types.TooManyEntriesInBatchRequestException](publish(eleven...), "TooManyEntriesInBatchRequest", 400)
}
