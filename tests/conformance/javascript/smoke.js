// Some twenty calls through the AWS SDK for JavaScript v3, against the daemon at $ENDPOINT. It checks the MD5 of what it
// sends and receives by itself, and crashes on errors without their header for Query.
import assert from "node:assert/strict";
import test from "node:test";

import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";

const settings = {
  endpoint: process.env.ENDPOINT,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
};
const queues = new sqs.SQSClient(settings);
const topics = new sns.SNSClient(settings);

const q = (name, input) => queues.send(new sqs[`${name}Command`](input));
const t = (name, input) => topics.send(new sns[`${name}Command`](input));

let made = 0;
const newName = (suffix = "") => `js-${process.pid}-${made++}${suffix}`;
const newQueue = async (Attributes, suffix) =>
  (await q("CreateQueue", { QueueName: newName(suffix), Attributes })).QueueUrl;
const newTopic = async () => (await t("CreateTopic", { Name: newName() })).TopicArn;
const arnOf = async (QueueUrl) =>
  (await q("GetQueueAttributes", { QueueUrl, AttributeNames: ["QueueArn"] })).Attributes.QueueArn;
const receive = async (QueueUrl, more) =>
  (await q("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10, ...more })).Messages ?? [];
const subscribe = async (TopicArn, QueueUrl, Attributes) =>
  (await t("Subscribe", { TopicArn, Protocol: "sqs", Endpoint: await arnOf(QueueUrl), Attributes,
                          ReturnSubscriptionArn: true })).SubscriptionArn;
const raw = { RawMessageDelivery: "true" };

test("creates and finds a queue", async () => {
  const QueueName = newName();
  const { QueueUrl } = await q("CreateQueue", { QueueName });
  assert.equal((await q("GetQueueUrl", { QueueName })).QueueUrl, QueueUrl);
  assert.deepEqual((await q("ListQueues", { QueueNamePrefix: QueueName })).QueueUrls, [QueueUrl]);
});

test("lists queues in pages", async () => {
  const prefix = newName("-page");
  for (const n of [1, 2, 3]) await q("CreateQueue", { QueueName: `${prefix}${n}` });
  let found = 0;
  for await (const page of sqs.paginateListQueues({ client: queues, pageSize: 2 }, { QueueNamePrefix: prefix }))
    found += page.QueueUrls.length;
  assert.equal(found, 3);
});

test("sets and gets attributes", async () => {
  const QueueUrl = await newQueue({ VisibilityTimeout: "7" });
  await q("SetQueueAttributes", { QueueUrl, Attributes: { DelaySeconds: "2" } });
  const { Attributes } = await q("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] });
  assert.equal(Attributes.VisibilityTimeout, "7");
  assert.equal(Attributes.DelaySeconds, "2");
});

test("sends, receives and deletes a message with attributes", async () => {
  const QueueUrl = await newQueue();
  const MessageAttributes = {
    text: { DataType: "String", StringValue: "ä😀" },
    number: { DataType: "Number", StringValue: "12.5" },
    bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 1, 255]) },
  };
  const sent = await q("SendMessage", { QueueUrl, MessageBody: "hello <ä>", MessageAttributes });
  const [message] = await receive(QueueUrl, { MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"] });
  assert.equal(message.MessageId, sent.MessageId);
  assert.equal(message.Body, "hello <ä>");
  assert.equal(message.MessageAttributes.text.StringValue, "ä😀");
  assert.deepEqual([...message.MessageAttributes.bytes.BinaryValue], [0, 1, 255]);
  assert.equal(message.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
  assert.equal(message.Attributes.ApproximateReceiveCount, "1");
  await q("DeleteMessage", { QueueUrl, ReceiptHandle: message.ReceiptHandle });
  assert.deepEqual(await receive(QueueUrl), []);
});

test("finds nothing in an empty queue", async () => {
  assert.equal((await q("ReceiveMessage", { QueueUrl: await newQueue() })).Messages, undefined);
});

test("changes visibility", async () => {
  const QueueUrl = await newQueue();
  await q("SendMessage", { QueueUrl, MessageBody: "x" });
  const [{ ReceiptHandle }] = await receive(QueueUrl);
  assert.deepEqual(await receive(QueueUrl), []);
  await q("ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
  assert.equal((await receive(QueueUrl)).length, 1);
});

test("works in batches, good and bad entries apart", async () => {
  const QueueUrl = await newQueue();
  const sent = await q("SendMessageBatch", { QueueUrl, Entries: [
    { Id: "a", MessageBody: "1" }, { Id: "b", MessageBody: "2" }, { Id: "bad", MessageBody: "x", DelaySeconds: 901 }] });
  assert.deepEqual(sent.Successful.map((entry) => entry.Id), ["a", "b"]);
  assert.deepEqual(sent.Failed.map((entry) => [entry.Id, entry.Code, entry.SenderFault]),
                   [["bad", "InvalidParameterValue", true]]);
  const Entries = (await receive(QueueUrl)).map(({ ReceiptHandle }, n) => ({ Id: `e${n}`, ReceiptHandle }));
  assert.equal((await q("DeleteMessageBatch", { QueueUrl, Entries })).Successful.length, 2);
});

test("long poll wakes", async () => {
  const QueueUrl = await newQueue();
  const [messages] = await Promise.all([
    receive(QueueUrl, { WaitTimeSeconds: 20 }), q("SendMessage", { QueueUrl, MessageBody: "late" })]);
  assert.equal(messages[0].Body, "late");
});

test("keeps order and drops duplicates in a FIFO queue", async () => {
  const QueueUrl = await newQueue({ FifoQueue: "true", ContentBasedDeduplication: "true" }, ".fifo");
  for (const MessageBody of ["1", "2", "1"]) await q("SendMessage", { QueueUrl, MessageBody, MessageGroupId: "g" });
  assert.deepEqual((await receive(QueueUrl)).map((message) => message.Body), ["1", "2"]);
});

test("purges and deletes a queue", async () => {
  const QueueUrl = await newQueue();
  await q("SendMessage", { QueueUrl, MessageBody: "x" });
  await q("PurgeQueue", { QueueUrl });
  assert.deepEqual(await receive(QueueUrl), []);
  await q("DeleteQueue", { QueueUrl });
  await assert.rejects(q("SendMessage", { QueueUrl, MessageBody: "x" }), { name: "QueueDoesNotExist" });
});

test("tags a queue", async () => {
  const QueueUrl = await newQueue();
  await q("TagQueue", { QueueUrl, Tags: { a: "1", b: "2" } });
  await q("UntagQueue", { QueueUrl, TagKeys: ["a"] });
  assert.deepEqual((await q("ListQueueTags", { QueueUrl })).Tags, { b: "2" });
});

test("dead-letters and moves back", async () => {
  const dead = await newQueue();
  const SourceArn = await arnOf(dead);
  const QueueUrl = await newQueue({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 }) });
  assert.deepEqual((await q("ListDeadLetterSourceQueues", { QueueUrl: dead })).queueUrls, [QueueUrl]);
  await q("SendMessage", { QueueUrl, MessageBody: "bad" });
  await receive(QueueUrl, { VisibilityTimeout: 0 });
  assert.deepEqual(await receive(QueueUrl), []);
  assert.equal((await receive(dead, { VisibilityTimeout: 0, WaitTimeSeconds: 20 })).length, 1);
  await q("StartMessageMoveTask", { SourceArn });
  assert.equal((await receive(QueueUrl, { WaitTimeSeconds: 20 }))[0].Body, "bad");
  assert.equal((await q("ListMessageMoveTasks", { SourceArn })).Results.length, 1);
});

test("names errors as the SDK does", async () => {
  await assert.rejects(q("GetQueueUrl", { QueueName: "never-made" }), { name: "QueueDoesNotExist" });
  const QueueUrl = await newQueue();
  await assert.rejects(q("DeleteMessage", { QueueUrl, ReceiptHandle: "x" }), { name: "ReceiptHandleIsInvalid" });
  await assert.rejects(q("SendMessageBatch", { QueueUrl, Entries: [] }), { name: "EmptyBatchRequest" });
  await assert.rejects(q("ReceiveMessage", { QueueUrl, WaitTimeSeconds: 21 }), (error) =>
    error.$metadata.httpStatusCode === 400 && error.message.includes("WaitTimeSeconds"));
});

test("sends to the queue's own URL when no endpoint is set", async () => {
  const QueueUrl = await newQueue();
  const client = new sqs.SQSClient({ ...settings, endpoint: undefined });
  await client.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "by its URL" }));
  assert.equal((await receive(QueueUrl))[0].Body, "by its URL");
});

test("makes, describes and deletes a topic", async () => {
  const TopicArn = await newTopic();
  await t("SetTopicAttributes", { TopicArn, AttributeName: "DisplayName", AttributeValue: "shop" });
  assert.equal((await t("GetTopicAttributes", { TopicArn })).Attributes.DisplayName, "shop");
  assert.ok((await t("ListTopics", {})).Topics.some((topic) => topic.TopicArn === TopicArn));
  await t("DeleteTopic", { TopicArn });
  await assert.rejects(t("GetTopicAttributes", { TopicArn }), { name: "NotFoundException" });
});

test("tags a topic", async () => {
  const ResourceArn = await newTopic();
  await t("TagResource", { ResourceArn, Tags: [{ Key: "a", Value: "1" }] });
  assert.deepEqual((await t("ListTagsForResource", { ResourceArn })).Tags, [{ Key: "a", Value: "1" }]);
});

test("fans out in envelopes", async () => {
  const TopicArn = await newTopic();
  const QueueUrl = await newQueue();
  const SubscriptionArn = await subscribe(TopicArn, QueueUrl);
  const { MessageId } = await t("Publish", { TopicArn, Message: "hello", Subject: "s" });
  const envelope = JSON.parse((await receive(QueueUrl))[0].Body);
  assert.deepEqual([envelope.MessageId, envelope.Message, envelope.Subject], [MessageId, "hello", "s"]);
  assert.equal((await t("ListSubscriptionsByTopic", { TopicArn })).Subscriptions[0].SubscriptionArn, SubscriptionArn);
  await t("Unsubscribe", { SubscriptionArn });
});

test("fans out raw, through a filter", async () => {
  const TopicArn = await newTopic();
  const QueueUrl = await newQueue();
  await subscribe(TopicArn, QueueUrl, { ...raw, FilterPolicy: JSON.stringify({ colour: ["red"] }) });
  for (const colour of ["blue", "red"])
    await t("Publish", { TopicArn, Message: colour,
                         MessageAttributes: { colour: { DataType: "String", StringValue: colour } } });
  const [message] = await receive(QueueUrl, { MessageAttributeNames: ["All"] });
  assert.equal(message.Body, "red");
  assert.equal(message.MessageAttributes.colour.StringValue, "red");
});

test("publishes a batch", async () => {
  const TopicArn = await newTopic();
  const QueueUrl = await newQueue();
  await subscribe(TopicArn, QueueUrl, raw);
  const sent = await t("PublishBatch", { TopicArn, PublishBatchRequestEntries: [
    { Id: "a", Message: "1" }, { Id: "b", Message: "2" }] });
  assert.equal(sent.Successful.length, 2);
  assert.deepEqual((await receive(QueueUrl)).map((message) => message.Body).sort(), ["1", "2"]);
});

test("names a topic's errors as the SDK does", async () => {
  await assert.rejects(t("CreateTopic", { Name: "a b" }), { name: "InvalidParameterException" });
  await assert.rejects(t("Publish", { TopicArn: `${await newTopic()}-never-made`, Message: "x" }),
                       { name: "NotFoundException", message: "Topic does not exist" });
});
