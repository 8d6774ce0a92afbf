"""brokerctl against the real daemon, the operator's side: bounds and pauses, filters, going back in time, moves, idempotency
records, and the commands that look on.

usage: brokerctl_operations_test.py BROKERD BROKERCTL"""

import json
import signal

import ctl_case
import daemon
from ctl_case import ALREADY_EXISTS, ERROR, NOT_FOUND, OK, USAGE, CtlCase


class OperationsTest(CtlCase):
    def bodies(self, source, most=100):
        return [message["body"] for message in self.json("receive", source, "--max", str(most), "--ack")["messages"]]

    # ---- settings

    def test_a_queue_has_the_policies_that_were_asked_for(self):
        self.run_ctl("queue", "create", "q", "--max-messages", "10", "--max-bytes", "1MiB", "--overflow", "drop-oldest",
                     "--message-ttl", "1h", "--retry-backoff", "1s..5m", "--label", "team=shop", "--label", "tier=1",
                     "--accept-dead-letters-from", "a", "--accept-dead-letters-from", "subscription/b")
        queue = self.json("queue", "update", "q", "--max-messages", "20", "--label", "tier=")
        expected = {"max_messages": 20, "max_bytes": 1 << 20, "overflow": "drop-oldest", "message_ttl": "1h",
                    "retry_backoff": "1s..5m", "labels": {"team": "shop"}, "paused": False,
                    "accepts_dead_letters_from": ["queue/a", "subscription/b"]}
        self.assertEqual({name: queue[name] for name in expected}, expected)
        self.run_ctl("queue", "create", "other")
        self.fails(ERROR, "q", "queue", "update", "other", "--dead-letter", "q")
        self.assertIsNone(self.json("queue", "update", "q", "--no-retry-backoff")["retry_backoff"])
        self.fails(USAGE, "--retry-backoff", "queue", "update", "q", "--retry-backoff", "1m..1s")
        self.fails(USAGE, "--message-ttl", "queue", "update", "q", "--message-ttl", "100d")

    def test_a_full_queue_refuses(self):
        self.run_ctl("queue", "create", "q", "--max-messages", "2")
        self.run_ctl("publish", "q", "--lines", stdin="a\nb\n")
        done = self.run_ctl("publish", "q", "--body", "c", exit_code=ERROR)
        self.assertIn("q", done.stderr)
        self.assertEqual(self.bodies("q"), ["a", "b"])

    def test_a_paused_queue_delivers_nothing_until_it_is_resumed(self):
        self.run_ctl("queue", "create", "q")
        self.run_ctl("queue", "pause", "q")
        self.run_ctl("publish", "queue/q", "--body", "x")
        self.assertEqual(self.bodies("q"), [])
        self.assertTrue(self.json("queue", "describe", "q")["paused"])
        self.run_ctl("queue", "resume", "q")
        self.assertEqual(self.bodies("q"), ["x"])

    def test_a_paused_subscription_delivers_later_in_order(self):
        self.run_ctl("topic", "create", "t")
        self.run_ctl("queue", "create", "q")
        self.run_ctl("subscription", "create", "into", "--topic", "t", "--queue", "q")
        self.run_ctl("subscription", "create", "pull", "--topic", "t")
        for name in ("into", "pull"):
            self.run_ctl("subscription", "pause", name)
        self.run_ctl("publish", "t", "--lines", stdin="a\nb\n")
        self.assertEqual((self.bodies("q"), self.bodies("subscription/pull")), ([], []))
        for name in ("into", "pull"):
            self.run_ctl("subscription", "resume", name)
        daemon.brokerd.wait_until(lambda: self.json("queue", "describe", "q")["ready"] == 2)
        self.assertEqual((self.bodies("q"), self.bodies("subscription/pull")), (["a", "b"], ["a", "b"]))

    def test_filters_decide_who_gets_what(self):
        self.run_ctl("topic", "create", "t")
        self.run_ctl("subscription", "create", "red", "--topic", "t", "--filter", 'attributes.colour = "red"')
        self.fails(USAGE, "--filter", "subscription", "create", "bad", "--topic", "t", "--filter", "colour is red")
        for colour in ("red", "blue"):
            self.run_ctl("publish", "t", "--body", colour, "--attribute", f"colour={colour}")
        self.assertEqual(self.bodies("red"), ["red"])
        self.assertIn("red", self.json("subscription", "describe", "red")["filter"])

    # ---- back in time

    def test_a_subscription_goes_back_and_forth(self):
        self.run_ctl("topic", "create", "t", "--retention", "1h")
        self.run_ctl("subscription", "create", "s", "--topic", "t")
        self.run_ctl("snapshot", "create", "before", "--subscription", "s", "--label", "why=test")
        self.run_ctl("publish", "t", "--lines", stdin="a\nb\n")
        self.assertEqual(self.bodies("s"), ["a", "b"])
        self.run_ctl("seek", "s", "--snapshot", "before")
        self.assertEqual(self.bodies("s"), ["a", "b"])
        self.run_ctl("seek", "s", "--time", "-10m")
        self.run_ctl("seek", "s", "--time", "+1s")
        self.assertEqual(self.bodies("s"), [])
        snapshot = self.json("snapshot", "describe", "before")
        self.assertEqual((snapshot["subscription"], snapshot["topic"], snapshot["labels"]), ("s", "t", {"why": "test"}))
        self.assertGreater(self.json("snapshot", "update", "before", "--for", "20d")["expire_time"],
                           snapshot["expire_time"])
        self.assertEqual(self.names("snapshot", "list"), ["before"])
        self.run_ctl("snapshot", "delete", "before", "--yes")
        self.fails(NOT_FOUND, "before", "seek", "s", "--snapshot", "before")

    def test_a_replay_gives_a_queue_what_the_topic_kept(self):
        self.run_ctl("topic", "create", "t", "--retention", "1h")
        self.run_ctl("publish", "t", "--lines", "-q", stdin="a\nb\nc\n")
        self.run_ctl("queue", "create", "late")
        task = self.json("topic", "replay", "t", "--queue", "late", "--from", "-30m")
        self.assertEqual((task["kind"], task["state"], task["moved"]), ("replay", "done", 3))
        self.assertEqual(self.bodies("late"), ["a", "b", "c"])
        self.fails(USAGE, "--to", "topic", "replay", "t", "--queue", "late", "--from", "now", "--to", "-1h")

    def test_messages_are_moved(self):
        for name in ("q", "other"):
            self.run_ctl("queue", "create", name)
        self.run_ctl("publish", "q", "--lines", stdin="a\nb\nc\n")
        dry = self.json("queue", "move", "q", "--to", "other", "--dry-run")
        self.assertEqual((dry["dry_run"], dry["moved"]), (True, 3))
        self.assertEqual(self.json("queue", "describe", "q")["ready"], 3)
        moved = self.json("queue", "move", "q", "--to", "other")
        self.assertEqual((moved["kind"], moved["state"], moved["moved"]), ("move", "done", 3))
        self.assertEqual(self.bodies("other"), ["a", "b", "c"])
        self.fails(USAGE, "--to", "queue", "move", "q", "--to", "q")
        self.fails(NOT_FOUND, "nowhere", "queue", "move", "q", "--to", "nowhere")

    def test_a_slow_move_is_cancelled(self):
        for name in ("q", "other"):
            self.run_ctl("queue", "create", name)
        self.run_ctl("publish", "q", "--lines", stdin="a\n" * 500)
        (task,) = self.names("queue", "move", "q", "--to", "other", "--rate", "1", "--no-wait")
        self.assertIn(task, self.names("task", "list"))
        self.fails(ERROR, "q", "queue", "move", "q", "--to", "other")
        self.assertEqual(self.json("task", "cancel", task)["state"], "cancelled")
        self.run_ctl("task", "watch", task, exit_code=ERROR)
        self.fails(ERROR, task, "task", "cancel", task)

    # ---- idempotency records

    def test_work_is_done_once(self):
        (token,) = self.names("idempotency", "claim", "order-1")
        self.run_ctl("idempotency", "claim", "order-1", exit_code=ALREADY_EXISTS)
        self.run_ctl("idempotency", "release", "order-1", token)
        (token,) = self.names("idempotency", "claim", "order-1")
        self.run_ctl("idempotency", "complete", "order-1", token, "--result", "charged")
        record = self.json("idempotency", "claim", "order-1", exit_code=ALREADY_EXISTS)
        self.assertEqual((record["state"], record["result"]), ("done", "charged"))
        self.fails(ERROR, "order-1", "idempotency", "complete", "order-1", "another")
        self.run_ctl("idempotency", "forget", "order-1", "--yes")
        self.fails(NOT_FOUND, "order-1", "idempotency", "get", "order-1")

    # ---- looking on

    def test_consumers_show_who_holds_what(self):
        self.run_ctl("queue", "create", "q")
        self.run_ctl("publish", "q", "--lines", stdin="a\nb\n")
        self.run_ctl("receive", "q", "--max", "2", "--consumer", "worker-1")
        (consumer,) = self.json("consumers", "q")["consumers"]
        self.assertEqual((consumer["name"], consumer["leased"]), ("worker-1", 2))

    def tail_leaves_nothing_behind(self, end):
        self.run_ctl("topic", "create", "t")
        with self.ctl.open("tail", "t", "-o", "json", "-n", self.namespace) as tail:
            try:
                daemon.brokerd.wait_until(lambda: self.names("subscription", "list"))
                self.run_ctl("publish", "t", "--body", "hello")
                self.assertEqual(json.loads(tail.stdout.readline())["body"], "hello")
                end(tail)
                tail.wait(timeout=daemon.PATIENCE)
                self.assertEqual(tail.returncode, OK, tail.stderr.read())
            finally:
                tail.kill()
        self.assertEqual(self.names("subscription", "list"), [])

    def test_tail_of_a_topic_leaves_nothing_behind(self):
        self.tail_leaves_nothing_behind(lambda tail: tail.send_signal(signal.SIGINT))

    def test_tail_that_hangs_up_leaves_nothing_behind(self):
        self.tail_leaves_nothing_behind(lambda tail: tail.send_signal(signal.SIGHUP))

    def test_tail_that_nobody_reads_any_more_leaves_nothing_behind(self):
        self.tail_leaves_nothing_behind(lambda tail: tail.stdout.close())

    def test_tail_of_a_queue_touches_nothing(self):
        self.run_ctl("queue", "create", "q")
        self.run_ctl("publish", "q", "--lines", stdin="a\nb\n")
        lines = self.run_ctl("tail", "q", "--max", "2", "-o", "json").stdout.splitlines()
        self.assertEqual([json.loads(line)["body"] for line in lines], ["a", "b"])
        (first, _) = self.json("receive", "q", "--max", "2")["messages"]
        self.assertEqual(first["attempt"], 1)

    def test_top_shows_the_fullest_first(self):
        for name in ("calm", "busy"):
            self.run_ctl("queue", "create", name)
        self.run_ctl("publish", "busy", "--lines", stdin="a\nb\n")
        self.assertEqual(self.names("top"), ["queue/busy", "queue/calm"])

    def test_bench_leaves_nothing_behind(self):
        for arguments in (("--batch", "10"), ("--fan-out", "2")):
            rows = self.json("bench", "--messages", "200", "--size", "100B", *arguments)["results"]
            self.assertEqual(rows[0]["messages"], 200)
            self.assertGreaterEqual(rows[1]["messages"], 200)
            self.assertLessEqual(rows[1]["p50_ms"], rows[1]["max_ms"])
        self.assertEqual(self.names("queue", "list") + self.names("topic", "list") + self.names("subscription", "list"),
                         [])


if __name__ == "__main__":
    ctl_case.main()
