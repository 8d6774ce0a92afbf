"""How brokerd ends: by a signal, by a second one, by a failed commit; and what a client sees of it."""

import contextlib
import http.client
import os
import signal
import threading

import grpc

import brokerd
import native_api

MIB = 1 << 20


class Stop(brokerd.DaemonTest):
    def client(self, daemon):
        client = native_api.Client(daemon.address("grpc"))
        self.addCleanup(client.channel.close)
        return client

    def stop(self, daemon, number=signal.SIGTERM):
        daemon.signal(number)
        self.assertEqual(daemon.wait_exit(), 0, daemon.log())

    def open_stream(self, client, source):
        """A consume stream on which the first delivery has come; answers the call and that delivery."""
        opening = native_api.messages.ConsumeRequest(open=native_api.messages.ConsumeOpen(source=source))
        ended = threading.Event()
        self.addCleanup(ended.set)

        def requests():
            yield opening
            ended.wait()

        call = client.messages.Consume(requests(), timeout=brokerd.PATIENCE)
        for response in call:
            if response.deliveries:
                return call, response.deliveries[0]
        raise AssertionError("the stream ended without a delivery")

    def test_both_signals_stop_in_order(self):
        for number, name in ((signal.SIGTERM, "SIGTERM"), (signal.SIGINT, "SIGINT")):
            daemon = self.start().wait_ready()
            self.stop(daemon, number)
            self.assertIn(f"stopping signal={name}", daemon.log())
            self.assertRegex(daemon.lines[-1], r"\bstopped\b")

    def test_what_was_published_is_there_after_a_restart_for_both_ways_to_commit(self):
        for commit in ("inline", "thread"):
            with self.subTest(commit):
                data = os.path.join(self.folder, commit)
                daemon = self.start("--commit", commit, data=data).wait_ready()
                client = self.client(daemon)
                client.create_queue("q")
                ids = client.publish("q", b"a", b"b")
                self.stop(daemon)
                again = self.client(self.start("--commit", commit, data=data).wait_ready())
                deliveries = again.receive("q")
                self.assertEqual([d.message.id for d in deliveries], ids)
                self.assertEqual([d.message.body for d in deliveries], [b"a", b"b"])

    def test_a_waiting_receive_is_answered_empty(self):
        daemon = self.start().wait_ready()
        client = self.client(daemon)
        client.create_queue("q")
        waiting = client.receive_later("q", wait_s=50)
        brokerd.wait_until(lambda: client.stats("q").waiting_receivers == 1)
        daemon.signal(signal.SIGTERM)
        self.assertEqual(list(waiting.result(timeout=brokerd.PATIENCE).deliveries), [])
        self.assertEqual(daemon.wait_exit(), 0, daemon.log())

    def test_a_streams_leases_come_back_uncounted(self):
        daemon = self.start().wait_ready()
        client = self.client(daemon)
        client.create_queue("q")
        client.publish("q", b"a")
        call, delivery = self.open_stream(client, "q")
        self.assertEqual(delivery.attempt, 1)
        daemon.signal(signal.SIGTERM)
        with self.assertRaises(grpc.RpcError) as ended:
            for _ in call:
                pass
        self.assertEqual(ended.exception.code(), grpc.StatusCode.UNAVAILABLE)
        self.assertEqual(daemon.wait_exit(), 0, daemon.log())

        again = self.client(self.start().wait_ready())
        self.assertEqual([d.attempt for d in again.receive("q")], [1])

    def test_a_unary_lease_and_its_receipt_outlive_the_restart(self):
        daemon = self.start().wait_ready()
        client = self.client(daemon)
        client.create_queue("q")
        client.publish("q", b"a")
        (delivery,) = client.receive("q")
        self.stop(daemon)
        again = self.client(self.start().wait_ready())
        self.assertEqual(again.receive("q"), [])
        self.assertFalse(again.ack("q", delivery.receipt).results[0].HasField("error"))
        self.assertEqual(again.stats("q").leased, 0)

    def stalled(self, *arguments):
        """A daemon with a stream whose client reads no further: its end cannot be handed over."""
        daemon = self.start(*arguments).wait_ready()
        client = self.client(daemon)
        client.create_queue("q")
        for _ in range(4):
            client.publish("q", *[bytes(MIB)] * 8)
        call, _ = self.open_stream(client, "q")
        brokerd.wait_until(lambda: client.stats("q").leased >= 2)
        return daemon, call

    def test_the_grace_is_the_most_that_is_waited(self):
        daemon, _ = self.stalled("--shutdown-grace=100ms")
        self.stop(daemon)

    def test_requests_past_the_grace_are_no_defect(self):
        daemon, _ = self.stalled("--shutdown-grace=1ms")
        address = daemon.address("http")

        def ask():
            connection = http.client.HTTPConnection(address, timeout=brokerd.PATIENCE)
            with contextlib.suppress(OSError, http.client.HTTPException):
                while True:
                    connection.request("POST", "/", "Action=ListQueues&Version=2012-11-05",
                                       {"Content-Type": "application/x-www-form-urlencoded"})
                    connection.getresponse().read()
                    asked.release()

        asked = threading.Semaphore(0)
        threads = [threading.Thread(target=ask, daemon=True) for _ in range(16)]
        for thread in threads:
            thread.start()
        for _ in range(200):
            self.assertTrue(asked.acquire(timeout=brokerd.PATIENCE))
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait_exit(), 0, daemon.log())
        self.assertIn("grace_passed", daemon.log())
        self.assertNotIn(" error ", daemon.log())

    def test_a_closed_terminal_stops_in_order(self):
        daemon = self.start().wait_ready()
        daemon.signal(signal.SIGHUP)
        self.assertEqual(daemon.wait_exit(), 0, daemon.log())
        self.assertIn("stopping signal=SIGHUP", daemon.log())

    def test_a_second_signal_aborts(self):
        daemon, _ = self.stalled("--shutdown-grace=1h")
        daemon.signal(signal.SIGTERM)
        daemon.wait_for_line(r"\bstopping\b")
        status, ready = daemon.get("/readyz")
        self.assertEqual((status, list(ready["reasons"])), (503, ["stopping"]))
        self.assertEqual(daemon.get("/livez")[0], 200)
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.wait_exit(), 7, daemon.log())
        self.start().wait_ready()  # and the folder opens


class FailedCommit(brokerd.DaemonTest):
    def test_a_failed_write_ends_the_daemon_and_nothing_acknowledged_is_lost(self):
        for commit in ("inline", "thread"):
            with self.subTest(commit):
                self.fail_a_write(commit)

    def fail_a_write(self, commit):
        data = os.path.join(self.folder, commit)

        # A file beyond the limit cannot grow: the write-ahead log, soon. Python ignores SIGXFSZ, and with
        # restore_signals=False so does the daemon: the write fails instead.
        daemon = self.start("--commit", commit, data=data, under=["prlimit", f"--fsize={4 * MIB}"],
                            restore_signals=False).wait_ready()
        acknowledged = []
        with native_api.Client(daemon.address("grpc")) as client:
            client.create_queue("q")
            with self.assertRaises(grpc.RpcError) as refused:
                for _ in range(1000):
                    acknowledged += client.publish("q", os.urandom(200_000))
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAVAILABLE)
        self.assertEqual(daemon.wait_exit(), 6, daemon.log())
        self.assertRegex(daemon.log(), "commit_failed")
        self.assertGreater(len(acknowledged), 0)

        with native_api.Client(self.start(data=data).wait_ready().address("grpc")) as again:
            received = []
            while deliveries := again.receive("q", maximum=1000):
                received += [d.message.id for d in deliveries]
        self.assertEqual(received[:len(acknowledged)], acknowledged)
        self.assertLessEqual(len(received), len(acknowledged) + 1, "only the one that was not answered may be there")


class Namespaces(brokerd.DaemonTest):
    def test_aliased_ids_meet_in_one_namespace_and_others_do_not(self):
        daemon = self.start("--namespaces-alias=123456789012=shop,project-x=shop").wait_ready()
        with native_api.Client(daemon.address("grpc")) as client:
            client.create_queue("q", namespace="123456789012")
            client.publish("q", b"a", namespace="project-x")
            self.assertEqual([d.message.body for d in client.receive("q", namespace="shop")], [b"a"])
            with self.assertRaises(grpc.RpcError) as missing:
                client.receive("q")
            self.assertEqual(missing.exception.code(), grpc.StatusCode.NOT_FOUND)

    def test_the_star_is_every_other_id(self):
        daemon = self.start(env={"BROKER_NAMESPACES_ALIAS": '{"*" = "default"}'}).wait_ready()
        with native_api.Client(daemon.address("grpc")) as client:
            client.create_queue("q", namespace="anything")
            client.publish("q", b"a", namespace="000000000000")
            self.assertEqual(len(client.receive("q")), 1)


if __name__ == "__main__":
    brokerd.main(__name__)
