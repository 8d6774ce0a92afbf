// The AWS SDK for JavaScript v3 as a bridge; bridge.py says what comes and goes.
import readline from "node:readline";

import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";

const services = { sns: [sns, sns.SNSClient], sqs: [sqs, sqs.SQSClient] };
const clients = new Map();
let sent; // whether the request of this question has left the client

function clientFor({ service, endpoint, account, region }) {
  const key = [service, endpoint, account, region].join();
  if (!clients.has(key)) {
    const client = new services[service][1]({
      endpoint, region, credentials: { accessKeyId: account, secretAccessKey: "secret" }, maxAttempts: 1 });
    client.middlewareStack.add((next) => (request) => { sent = true; return next(request); },
                               { step: "deserialize", priority: "low" });
    clients.set(key, client);
  }
  return clients.get(key);
}

async function answer(question) {
  sent = false;
  try {
    const command = services[question.service][0][`${question.operation}Command`];
    return { result: await clientFor(question).send(new command(question.parameters)) };
  } catch (error) {
    if (!sent) return { unsaid: `the SDK sends nothing: ${error}` };
    if (!error.$fault) return { broken: `${error.stack}` };
    const typed = !error.constructor.name.endsWith("ServiceException");
    return { error: { code: error.Error?.Code ?? error.Code ?? error.name, message: error.message,
                      status: error.$metadata.httpStatusCode, fault: error.$fault,
                      shape: typed ? error.constructor.name : undefined } };
  }
}

const fromBase64 = (name, value) =>
  name === "BinaryValue" && typeof value === "string" ? Buffer.from(value, "base64") : value;
function toBase64(name, value) {
  return this[name] instanceof Uint8Array ? Buffer.from(this[name]).toString("base64") : value;
}

for await (const line of readline.createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await answer(JSON.parse(line, fromBase64)), toBase64));
