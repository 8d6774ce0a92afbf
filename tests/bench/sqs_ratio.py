#!/usr/bin/env python3
"""Holds the SQS face of brokerd against an HTTP server that parses the same JSON and hashes the bodies, and against
ElasticMQ in memory, in turn, with one load client (wrk); prints each round's ratios and their medians.

usage: sqs_ratio.py BIN_DIR [--rounds N] [--seconds S] [--batch N] [--connections N] [--elasticmq CLASS_PATH]
ElasticMQ's class path: mvn -q -f tests/bench/elasticmq.xml dependency:build-classpath -Dmdep.outputFile=FILE
Needs Debian's wrk. Data goes to a folder of its own below $TMPDIR. Everything listens on loopback.
"""
import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request

TARGET = "AmazonSQS."


def ask(port, action, **fields):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", json.dumps(fields).encode(), {
        "X-Amz-Target": TARGET + action, "Content-Type": "application/x-amz-json-1.0"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def load(port, url, args, warm_up=1):
    text = "x" * args.body_bytes
    if args.batch == 1:
        action, body = "SendMessage", {"QueueUrl": url, "MessageBody": text}
    else:
        action = "SendMessageBatch"
        body = {"QueueUrl": url, "Entries": [{"Id": str(i), "MessageBody": text} for i in range(args.batch)]}
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f"""wrk.method = "POST"
wrk.headers["X-Amz-Target"] = "{TARGET}{action}"
wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
wrk.body = [==[{json.dumps(body)}]==]
""")
        script.flush()
        # The first seconds warm up, on connections of their own.
        for seconds in (warm_up, args.seconds):
            out = subprocess.run(["wrk", "-t1", f"-c{args.connections}", f"-d{seconds}s", "-s", script.name, "--latency",
                                  f"http://127.0.0.1:{port}/"], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit(out)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), re.search(r"^ +99% +(\S+)$", out, re.MULTILINE).group(1)


def run_echo(args):
    server = subprocess.Popen([f"{args.bin_dir}/http_echo_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        return load(int(server.stdout.readline()), "http://127.0.0.1/000000000000/load", args)
    finally:
        server.stdin.close()
        server.wait(timeout=30)


def run_broker(args):
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([f"{args.bin_dir}/brokerd", "--data", f"{folder}/data", "--grpc-address", "127.0.0.1:0",
                                   "--http-address", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
        try:
            port = None
            for line in server.stderr:
                found = re.search(r"listening api=http address=\S+:(\d+)", line)
                port = int(found.group(1)) if found else port
                if re.search(r"\bready\b", line):
                    break
            return load(port, ask(port, "CreateQueue", QueueName="load")["QueueUrl"], args)
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=60)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_elasticmq(args):
    port = free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
        config.write(f"""include classpath("application.conf")
rest-sqs {{ enabled = true, bind-port = {port}, bind-hostname = "127.0.0.1" }}
rest-stats {{ enabled = false }}
""")
        config.flush()
        server = subprocess.Popen(["java", f"-Dconfig.file={config.name}", "org.elasticmq.server.Main"],
                                  env={**os.environ, "CLASSPATH": args.elasticmq}, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        try:
            for _ in range(120):
                try:
                    url = ask(port, "CreateQueue", QueueName="load")["QueueUrl"]
                    break
                except OSError:
                    time.sleep(0.5)
            return load(port, url, args, warm_up=15)  # its compiler at run time needs as much
        finally:
            server.kill()
            server.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin_dir")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--body-bytes", type=int, default=1024)
    parser.add_argument("--elasticmq", help="its class path; without it, it is left out")
    args = parser.parse_args()
    runs = {"echo": run_echo, "brokerd": run_broker}
    if args.elasticmq:
        runs["elasticmq"] = run_elasticmq
    ratios = {name: [] for name in runs if name != "brokerd"}
    for _ in range(args.rounds):
        rates = {name: run(args) for name, run in runs.items()}
        for name in ratios:
            ratios[name].append(rates["brokerd"][0] / rates[name][0])
        print("  ".join(f"{name} {rate:.0f}/s (p99 {p99})" for name, (rate, p99) in rates.items()), flush=True)
    print(f"{args.connections} connections, batch {args.batch}, {args.body_bytes} bytes, {os.cpu_count()} cores: brokerd "
          + ", ".join(f"{statistics.median(each):.2f} of {name}" for name, each in ratios.items()))


if __name__ == "__main__":
    main()
