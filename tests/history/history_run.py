"""kill -9 under boto3 clients, again and again, and a judgement of what they wrote down.

Senders and receivers, each a process, work on a queue and a FIFO queue while the daemon is killed at moments drawn by
lot and started again on the same data and the same port. At the end the receivers empty the queues, and
history_judge.py has the files. They are kept if it finds something.

usage: history_run.py BROKERD VENVS
BROKER_HISTORY_KILLS=N kills (3); BROKER_SEED=N replays the choices (not the timing). VENVS: see tests/conformance."""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(os.path.dirname(HERE), folder) for folder in ("e2e", "conformance")]

import conformance  # noqa: E402  (needs the path above)
import daemon  # noqa: E402
import sqs_http  # noqa: E402

QUEUES = ("plain", "ordered.fifo")
EACH = 2  # senders, and receivers, of each queue
VISIBILITY_S = 3
MOST_CALLS = 500  # of all clients, between a start of the daemon and its end
LAST_CALLS = 300  # after the last start


class Clients:
    """The processes of a run. A context; what runs at its end is killed."""

    def __init__(self, python, endpoint, folder, seed):
        self._progress = threading.Condition()
        self._calls = 0
        self.processes = {"send": [], "receive": []}
        reading, writing = os.pipe()
        for role in self.processes:
            for queue in QUEUES:
                for number in range(EACH):
                    name = f"{role}-{queue.partition('.')[0]}-{number}"
                    self.processes[role].append(subprocess.Popen(
                        [python, "-B", os.path.join(HERE, "history_client.py"), role, f"http://{endpoint}",
                         sqs_http.queue_url(endpoint, queue), os.path.join(folder, f"{name}.jsonl"), f"{seed}/{name}"],
                        stdin=subprocess.PIPE, stdout=writing))
        os.close(writing)
        threading.Thread(target=self._count, args=(reading,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self._all():
            process.kill()
            process.wait()

    def _all(self):
        return [process for role in self.processes.values() for process in role]

    def _count(self, reading):
        with open(reading, "rb", buffering=0) as calls:
            while some := calls.read(4096):
                with self._progress:
                    self._calls += len(some)
                    self._progress.notify_all()

    def wait_calls(self, count):
        with self._progress:
            target = self._calls + count
            assert self._progress.wait_for(lambda: self._calls >= target, daemon.PATIENCE), "the clients get nowhere"

    def daemon_is_up(self):
        for process in self._all():
            assert process.poll() is None, f"{process.args} ended with {process.returncode}"
            process.stdin.write(b"u")
            process.stdin.flush()

    def drain(self):
        for process in self.processes["receive"]:
            process.send_signal(signal.SIGUSR1)

    def stop(self, role):
        for process in self.processes[role]:
            process.send_signal(signal.SIGTERM)
            process.stdin.close()
        for process in self.processes[role]:
            assert process.wait(daemon.PATIENCE) == 0, f"{process.args} ended with {process.returncode}"


def unused_port():
    """One that no outgoing connection gets while the daemon is down."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        first = int(file.read().split()[0])
    while True:
        port = random.randrange(first // 2, first)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def run(binary, python, folder, seed, kills, between=contextlib.nullcontext):
    """Writes a run's history into `folder`. `between` may put itself between the clients and the daemon: given the
    daemon's address, a context with its own."""
    chance = random.Random(seed)
    with daemon.Broker(binary, f"--http-address=127.0.0.1:{unused_port()}") as broker:
        address = broker.http_address
        with sqs_http.Sqs(address) as sqs:
            for queue in QUEUES:
                sqs.create_queue(queue, VisibilityTimeout=str(VISIBILITY_S),
                                 **({"FifoQueue": "true"} if queue.endswith(".fifo") else {}))
        with between(address) as endpoint, Clients(python, endpoint, folder, seed) as clients:
            for _ in range(kills):
                clients.wait_calls(chance.randrange(1, MOST_CALLS))
                broker.kill9_and_restart()
                clients.daemon_is_up()
            clients.wait_calls(LAST_CALLS)
            clients.stop("send")
            clients.drain()
            with sqs_http.Sqs(address) as sqs:
                daemon.brokerd.wait_until(lambda: not any(sqs.count(queue) for queue in QUEUES))
            clients.stop("receive")
        with sqs_http.Sqs(address) as sqs:
            left = sum(sqs.count(queue) for queue in QUEUES)
        broker.stop()
    with open(os.path.join(folder, "run.json"), "w", encoding="utf-8") as file:
        json.dump({"seed": str(seed), "kills": kills, "visibility_s": VISIBILITY_S, "left": left}, file)


def main(binary, venvs):
    python = conformance.environment(venvs, "json")
    kills = int(os.environ.get("BROKER_HISTORY_KILLS", "3"))
    seed = os.environ.get("BROKER_SEED", str(random.randrange(1 << 32)))
    print(f"seed {seed}", flush=True)
    folder = tempfile.mkdtemp(prefix="broker_history_")
    try:
        run(binary, python, folder, seed, kills)
        subprocess.run([sys.executable, "-B", os.path.join(HERE, "history_judge.py"), folder], check=True)
    except BaseException:
        print(f"the history is in {folder}")
        raise
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
