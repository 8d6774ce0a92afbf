#!/usr/bin/env python3
"""Holds brokerd against a gRPC echo of the same shape, plain and with one synced write per group, in turn, and prints each
round's ratios and their medians.

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


def run_echo(bin_dir, args, store=False):
    with tempfile.TemporaryDirectory() as folder:
        command = [f"{bin_dir}/echo_server"] + ([f"{folder}/store"] if store else [])
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
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
    parser.add_argument("--commit", default="auto", choices=["auto", "inline", "thread"])
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--body-bytes", type=int, default=1024)
    args = parser.parse_args()
    to_echo, to_synced = [], []
    for _ in range(args.rounds):
        echo = run_echo(args.bin_dir, args)
        synced = run_echo(args.bin_dir, args, store=True)
        broker = run_broker(args.bin_dir, args)
        rates = [float(each["messages_per_s"]) for each in (echo, synced, broker)]
        to_echo.append(rates[2] / rates[0])
        to_synced.append(rates[2] / rates[1])
        print(f"echo {rates[0]:.0f}/s  synced echo {rates[1]:.0f}/s  brokerd {rates[2]:.0f}/s  p50 {broker['p50_us']} us  "
              f"p99 {broker['p99_us']} us  to echo {to_echo[-1]:.2f}  to synced echo {to_synced[-1]:.2f}", flush=True)
    print(f"in flight {args.in_flight}, batch {args.batch}, {args.body_bytes} bytes, commit {args.commit}, "
          f"{os.cpu_count()} cores: median to echo {statistics.median(to_echo):.2f}, "
          f"to synced echo {statistics.median(to_synced):.2f}")


if __name__ == "__main__":
    main()
