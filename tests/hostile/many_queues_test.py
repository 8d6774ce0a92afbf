"""10,000 queues, and long polls open on 2,000 of them, take less than 300 MB.

usage: many_queues_test.py BROKERD"""

import concurrent.futures
import json
import sys
import time

import raw  # first: it finds the folders of the others
import daemon
import sqs_http

QUEUES = 10_000
LONG_POLLS = 2000
MOST_BYTES = 300_000_000
CREATORS = 8  # connections
WAIT_S = 20


def create(address, first):
    with sqs_http.Sqs(address) as sqs:
        for number in range(first, QUEUES, CREATORS):
            sqs.create_queue(f"queue-{number}")


def main(binary):
    with daemon.Broker(binary) as broker:
        address = broker.http_address
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(CREATORS) as pool:
            list(pool.map(lambda first: create(address, first), range(CREATORS)))
        took = time.monotonic() - began
        created = raw.resident_bytes(broker.process)
        polls = []
        for number in range(LONG_POLLS):
            polls.append(raw.Connection(address))
            polls[-1].say(sqs_http.request_bytes(
                "ReceiveMessage", QueueUrl=sqs_http.queue_url(address, f"queue-{number}"), WaitTimeSeconds=WAIT_S))
        with sqs_http.Sqs(address) as sqs:
            sqs.send("queue-0", "x")
            status, answer = polls[0].answer()
            assert status == 200 and json.loads(answer)["Messages"][0]["Body"] == "x", answer
            waiting = raw.resident_bytes(broker.process)
            sqs.send(f"queue-{LONG_POLLS - 1}", "y")
            assert json.loads(polls[-1].answer()[1])["Messages"][0]["Body"] == "y"
        for poll in polls:
            poll.close()
        print(f"{QUEUES} queues, created in {took:.1f} s over {CREATORS} connections: {created / 1e6:.0f} MB resident; "
              f"with {LONG_POLLS} long polls {waiting / 1e6:.0f} MB")
        assert waiting < MOST_BYTES, f"{waiting} bytes, at most {MOST_BYTES}"
        broker.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
