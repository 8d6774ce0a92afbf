"""The AWS CLI as a bridge; bridge.py says what comes and goes. Runs with the interpreter that the CLI is installed for:
each call is a command line, given to the CLI's own main function."""

import base64
import contextlib
import functools
import io
import json
import os
import re
import sys
import tempfile

from awscli import clidriver
from awscli.botocore import xform_name

REFUSED = re.compile(r"An error occurred \((?P<code>[^)]+)\) when calling the \w+ operation: (?P<message>.*)", re.S)
sent = []  # of the call that runs, the requests that have left the client


def as_text(members):
    """The CLI takes a blob in JSON as it is, and makes the base64 itself."""
    if isinstance(members.get("BinaryValue"), str):
        members["BinaryValue"] = base64.b64decode(members["BinaryValue"]).decode()
    return members


@functools.cache
def driver_for(_account, _region):
    """It keeps the credentials that it found."""
    driver = clidriver.create_clidriver()
    driver.session.register("before-send", lambda **_: sent.append(True))
    return driver


def answer(line):
    try:
        question = json.loads(line, object_hook=as_text)
    except UnicodeDecodeError:
        return {"unsaid": "the CLI cannot say bytes that are no text in JSON"}
    os.environ.update(AWS_ACCESS_KEY_ID=question["account"], AWS_DEFAULT_REGION=question["region"])
    driver = driver_for(question["account"], question["region"])
    sent.clear()
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        code = driver.main(["--endpoint-url", question["endpoint"], "--output", "json", "--no-paginate",
                            question["service"], xform_name(question["operation"], "-"),
                            "--cli-input-json", json.dumps(question["parameters"])])
    if code == 0:
        return {"result": json.loads(said.getvalue() or "{}")}
    complaint = complained.getvalue().strip()
    if not sent:
        return {"unsaid": "the CLI sends nothing: " + complaint}
    refused = REFUSED.search(complaint)
    return {"error": refused.groupdict()} if refused else {"broken": complaint}


def main():
    with tempfile.TemporaryDirectory() as home:
        config = os.path.join(home, "config")
        with open(config, "w", encoding="utf-8") as file:
            file.write("[default]\nparameter_validation = false\n")
        os.environ.update(HOME=home, AWS_CONFIG_FILE=config, AWS_SECRET_ACCESS_KEY="secret", AWS_MAX_ATTEMPTS="1")
        for line in sys.stdin:
            print(json.dumps(answer(line)), flush=True)


if __name__ == "__main__":
    main()
