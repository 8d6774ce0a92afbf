"""Stands in for boto3 in front of another AWS client: cases call a boto3 client as ever, and the call is made by a
bridge, a program that has the other client in it.

A bridge reads questions from its standard input and answers each on its standard output, a line of JSON each:

    {"service": "sqs", "operation": "SendMessage", "parameters": {...}, "endpoint": URL, "account": key, "region": name}
    {"result": {...}}            as the API names things; what it calls a blob is in base64, both ways
    {"error": {"code", "message", "status", "fault": "client" or "server", "shape"}}   what the client tells of these
    {"unsaid": reason}           nothing was sent: the client cannot say this, or refuses it by itself
    {"broken": text}             anything else

Credentials are the account and any secret; nothing is sent twice."""

import base64
import functools
import json
import subprocess
import unittest

from case import shape_of

FAULTS = {"client": "Sender", "server": "Receiver"}


class Bridge:
    """Starts as many processes of a command as there are calls at a time. Thread-safe; use as a context."""

    def __init__(self, command):
        self._command = command
        self._all = []
        self._idle = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self._all:
            process.stdin.close()  # the end of its questions is its own
        for process in self._all:
            process.wait()
            process.stdout.close()

    def take_over(self, client, **where):
        """From now on, calls of this boto3 client are made by the bridge."""
        client._make_api_call = functools.partial(self._call, client, where)

    def _call(self, client, where, operation, parameters):
        model = client.meta.service_model
        answer = self._ask({"service": model.service_name, "operation": operation, "parameters": parameters, **where})
        if "result" in answer:
            shape = model.operation_model(operation).output_shape
            return {**(of_shape(shape, answer["result"]) if shape else {}), "ResponseMetadata": {}}
        if "unsaid" in answer:
            raise unittest.SkipTest(answer["unsaid"])
        if "error" not in answer:
            raise RuntimeError(f"{operation} {parameters}: {answer['broken']}")
        raise refusal(client, operation, **answer["error"])

    def _ask(self, question):
        try:
            process = self._idle.pop()
        except IndexError:
            process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                       encoding="utf-8")
            self._all.append(process)
        print(json.dumps(question, default=lambda blob: base64.b64encode(blob).decode()), file=process.stdin,
              flush=True)
        answer = json.loads(process.stdout.readline())
        self._idle.append(process)
        return answer


def of_shape(shape, value):
    """What came over the bridge, as boto3 gives it."""
    if shape.type_name == "structure":
        found = {name: value.get(name, value.get(name[0].upper() + name[1:])) for name in shape.members}
        return {name: of_shape(shape.members[name], each) for name, each in found.items() if each is not None}
    if shape.type_name == "list":
        return [of_shape(shape.member, each) for each in value]
    if shape.type_name == "map":
        return {key: of_shape(shape.value, each) for key, each in value.items()}
    return base64.b64decode(value) if shape.type_name == "blob" else value


def refusal(client, operation, code, message, status=None, fault=None, shape=None):
    """What the other client does not tell is not there."""
    error = {"Code": code, "Message": message, "Type": FAULTS.get(fault), "QueryErrorCode": shape}
    response = {"Error": {name: value for name, value in error.items() if value is not None},
                "ResponseMetadata": {} if status is None else {"HTTPStatusCode": status}}
    return client.exceptions.from_code(shape_of(code))(response, operation)
