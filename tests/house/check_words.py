"""Finds words of wire protocols and vendors in engine, model and storage, which speak the broker's own words."""

import re
import sys

import tree

FOLDERS = ("broker/engine", "broker/model", "storage", "proto/broker/storage")
# Sequences of lower-case words; identifiers are taken apart at underscores and humps.
FORBIDDEN = [words.split() for words in (
    "sqs", "sns", "aws", "amazon", "arn", "lambda", "fifo", "google", "pubsub", "pub sub", "grpc", "g rpc", "http",
    "https", "receipt handle")]
# The durable records are protobuf; its namespace, folder and options bear a vendor's name.
_EXEMPT = re.compile(r"google::protobuf|google/protobuf/|google\.protobuf")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def words_of(text):
    return [(m.group(0).lower(), m.start()) for m in _WORD.finditer(text)]


def find(text):
    """(line number, words) of each forbidden sequence."""
    text = _EXEMPT.sub(lambda m: " " * len(m.group(0)), text)
    words = words_of(text)
    found = []
    for i in range(len(words)):
        for sequence in FORBIDDEN:
            if [w for w, _ in words[i:i + len(sequence)]] == sequence:
                found.append((text.count("\n", 0, words[i][1]) + 1, " ".join(sequence)))
    return found


def check(root):
    problems = []
    for path in tree.files(root, tree.CXX + (".proto",), FOLDERS):
        for line, words in find(tree.read(root, path)):
            problems.append(f"{path}:{line}: '{words}' is a protocol's word; say it in the broker's own")
    return problems


if __name__ == "__main__":
    sys.exit(tree.main(check, __doc__))
