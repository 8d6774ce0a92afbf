#!/usr/bin/env python3
"""Holds brokerd against a gRPC echo of the same shape, in turn, and prints each pair's ratio and their median.

usage: publish_ratio.py BIN_DIR [--rounds N] [--seconds S] [--commit inline|thread] [--in-flight N] [--batch N]
Data goes to a folder of its own below $TMPDIR. Everything listens on loopback.
"""
import argparse
import os
import re
import signal
import statistics
import subprocess
import tempfile


def fields(line):
    return dict(part.split("=", 1) for part in line.split())


def load(bin_dir, address, args):
    out = subprocess.run(
        [f"{bin_dir}/load_client", "--address", address, "--in-flight", str(args.in_flight), "--batch", str(args.batch),
         "--body-bytes", str(args.body_bytes), "--seconds", str(args.seconds), "--target", "queue/load"],
        check=True, capture_output=True, text=True)
    return fields(out.stdout)


def run_echo(bin_dir, args):
    server = subprocess.Popen([f"{bin_dir}/echo_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        return load(bin_dir, f"127.0.0.1:{server.stdout.readline().strip()}", args)
    finally:
        server.stdin.close()
        server.wait(timeout=30)


def run_broker(bin_dir, args):
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [f"{bin_dir}/brokerd", "--data", f"{folder}/data", "--grpc-address", "127.0.0.1:0", "--http-address",
             "127.0.0.1:0", "--commit", args.commit], stderr=subprocess.PIPE, text=True)
        try:
            address = None
            for line in server.stderr:
                found = re.search(r"listening api=grpc address=(\S+)", line)
                address = found.group(1) if found else address
                if re.search(r"\bready\b", line):
                    break
            subprocess.run([f"{bin_dir}/brokerctl", "--address", address, "queue", "create", "load"], check=True,
                           capture_output=True)
            return load(bin_dir, address, args)
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=60)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin_dir")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--commit", default="inline", choices=["inline", "thread"])
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--body-bytes", type=int, default=1024)
    args = parser.parse_args()
    ratios = []
    for _ in range(args.rounds):
        echo = run_echo(args.bin_dir, args)
        broker = run_broker(args.bin_dir, args)
        ratio = float(broker["messages_per_s"]) / float(echo["messages_per_s"])
        ratios.append(ratio)
        print(f"echo {echo['messages_per_s']}/s  brokerd {broker['messages_per_s']}/s  p50 {broker['p50_us']} us  "
              f"p99 {broker['p99_us']} us  ratio {ratio:.2f}", flush=True)
    print(f"in flight {args.in_flight}, batch {args.batch}, {args.body_bytes} bytes, commit {args.commit}, "
          f"{os.cpu_count()} cores: median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
