"""Every rule of the judge, on small histories made by hand: good ones that come close, and bad ones.

usage: history_judge_test.py"""

import unittest

import history
import history_judge as judge

VISIBILITY_S = 10


class Past:
    """A history in the making; its clock goes a second further with every line. A call's parts overlap others' by being
    told apart: `began` now, `ended` later."""

    def __init__(self):
        self.now = 0
        self.calls = []

    def tick(self, seconds=1):
        self.now += seconds
        return self.now

    def begin(self, operation, asked):
        call = history.Call("c", operation, asked, self.tick())
        self.calls.append(call)
        return call

    def end(self, call, outcome, told=None):
        call.ended, call.outcome, call.told = self.tick(), outcome, told if outcome == "ok" else None
        return call

    def send(self, *keys, group=None, outcome="ok", md5="m"):
        call = self.begin("send_message", [{"key": key, "md5": "m", "group": group} for key in keys])
        return self.end(call, outcome, [{"key": key, "id": f"id-{key}", "md5": md5} for key in keys])

    def begin_receive(self):
        return self.begin("receive_message", {})

    def end_receive(self, call, *keys, md5="m", message_id=None, said="m"):
        """The handle of a delivery is its key and the time it came."""
        end = self.now + 1
        return self.end(call, "ok", [{"key": key, "md5": md5, "said_md5": said, "id": message_id or f"id-{key}",
                                      "handle": f"{key}@{end}"} for key in keys])

    def receive(self, *keys, **more):
        """-> the handles."""
        call = self.end_receive(self.begin_receive(), *keys, **more)
        return [told["handle"] for told in call.told]

    def delete(self, *handles, outcome="ok"):
        return self.end(self.begin("delete_message", {"handles": list(handles)}), outcome, list(handles))

    def change(self, handle, visibility_s, outcome="ok"):
        asked = {"handles": [handle], "visibility_s": visibility_s}
        return self.end(self.begin("change_message_visibility", asked), outcome, [handle])

    def history(self, kills=0, left=0):
        return history.History(self.calls, VISIBILITY_S, kills, left)

    def broken(self):
        return judge.judge(self.history(), say=lambda _: None)


class JudgeTest(unittest.TestCase):
    def setUp(self):
        self.past = Past()

    def holds(self):
        self.assertEqual(self.past.broken(), [])

    def breaks(self, *rules):
        self.assertEqual(self.past.broken(), [rule.__name__ for rule in rules])


class Sends(JudgeTest):
    def test_a_refused_send_is_wrong(self):
        self.past.send("a", outcome="refused")
        self.breaks(judge.valid_sends_are_taken)

    def test_an_entry_that_a_batch_did_not_take_is_wrong(self):
        call = self.past.begin("send_message_batch", [{"key": key, "md5": "m", "group": None} for key in "ab"])
        self.past.end(call, "ok", [{"key": "a", "id": "id-a", "md5": "m"}])
        self.past.receive("a")
        self.breaks(judge.valid_sends_are_taken)

    def test_acknowledged_and_delivered_is_right(self):
        self.past.send("a", "b")
        self.past.receive("b")
        self.past.receive("a")
        self.holds()

    def test_acknowledged_and_never_delivered_is_lost(self):
        self.past.send("a", "b")
        self.past.receive("a")
        self.breaks(judge.acknowledged_is_delivered)

    def test_an_unknown_send_may_go_either_way(self):
        self.past.send("a", outcome="unknown")
        self.past.send("b", outcome="unknown")
        self.past.receive("b")
        self.holds()


class Inventions(JudgeTest):
    def test_what_nobody_sent_is_invented(self):
        self.past.receive("a")
        self.breaks(judge.nothing_is_invented)

    def test_a_delivery_that_ends_before_its_send_begins_is_invented(self):
        self.past.receive("a")
        self.past.send("a")
        self.breaks(judge.nothing_is_invented)

    def test_another_body_is_invented(self):
        self.past.send("a")
        self.past.receive("a", md5="other", said="other")
        self.breaks(judge.nothing_is_invented)

    def test_an_md5_that_is_not_of_the_body_is_wrong(self):
        self.past.send("a")
        self.past.receive("a", said="other")
        self.breaks(judge.nothing_is_invented)

    def test_an_acknowledgement_of_another_body_is_wrong(self):
        self.past.send("a", md5="other")
        self.past.receive("a")
        self.breaks(judge.nothing_is_invented)

    def test_one_send_is_one_message(self):
        self.past.send("a", outcome="unknown")
        self.past.receive("a", message_id="1")
        self.past.receive("a", message_id="2")
        self.breaks(judge.nothing_is_invented)

    def test_a_send_that_was_asked_again_is_one_message(self):
        self.past.send("a", group="g", outcome="unknown")
        self.past.send("a", group="g")
        self.past.receive("a")
        self.holds()


class Deletes(JudgeTest):
    def test_a_message_comes_again_until_it_is_deleted(self):
        self.past.send("a")
        self.past.receive("a")
        (handle,) = self.past.receive("a")
        self.past.delete(handle)
        self.holds()

    def test_a_deleted_message_does_not_come_back(self):
        self.past.send("a")
        (handle,) = self.past.receive("a")
        self.past.delete(handle)
        self.past.receive("a")
        self.breaks(judge.deleted_stays_away)

    def test_a_receive_that_began_before_the_delete_may_have_it(self):
        self.past.send("a")
        (handle,) = self.past.receive("a")
        self.past.tick(-1)
        waiting = self.past.begin_receive()
        self.past.delete(handle)
        self.past.end_receive(waiting, "a")
        self.holds()

    def test_an_unknown_delete_may_go_either_way(self):
        self.past.send("a")
        (handle,) = self.past.receive("a")
        self.past.delete(handle, outcome="unknown")
        self.past.receive("a")
        self.holds()

    def test_a_refused_delete_settles_nothing(self):
        self.past.send("a", group="g")
        (handle,) = self.past.receive("a")
        self.past.delete(handle, outcome="refused")
        self.past.receive("a")
        self.holds()

    def test_a_delete_after_the_lease_settles_nothing_but_in_a_fifo_queue(self):
        for group, broken in ((None, []), ("g", [judge.deleted_stays_away.__name__])):
            with self.subTest(group=group):
                self.past = Past()
                self.past.send("a", group=group)
                (handle,) = self.past.receive("a")
                self.past.tick(VISIBILITY_S)
                self.past.delete(handle)
                self.past.receive("a")
                self.assertEqual(self.past.broken(), broken)

    def test_a_changed_lease_is_the_one_that_counts(self):
        rows = ((0, "ok", 0, False), (0, "unknown", 0, False), (0, "refused", 0, True),
                (99, "ok", 50, True), (99, "unknown", 50, False), (99, "refused", 50, False))
        for seconds, outcome, after_s, broken in rows:
            with self.subTest(seconds=seconds, outcome=outcome, after_s=after_s):
                self.past = Past()
                self.past.send("a")
                (handle,) = self.past.receive("a")
                self.past.change(handle, seconds, outcome)
                self.past.tick(after_s)
                self.past.delete(handle)
                self.past.receive("a")
                self.assertEqual(bool(self.past.broken()), broken)


class Groups(JudgeTest):
    def setUp(self):
        super().setUp()
        for key in ("a", "b", "c"):
            self.past.send(key, group="g")

    def settle(self, key):
        self.past.delete(*self.past.receive(key))

    def test_one_after_the_other_is_right(self):
        for key in ("a", "b", "c"):
            self.settle(key)
        self.holds()

    def test_together_and_in_order_is_right(self):
        self.past.receive("a", "b")
        self.past.delete(*self.past.receive("a", "b", "c"))
        self.holds()

    def test_other_groups_do_not_wait(self):
        self.past.send("d", group="h")
        self.settle("d")
        self.settle("a")
        self.past.receive("b", "c")
        self.holds()

    def test_the_wrong_way_round_in_one_receive(self):
        self.past.delete(*self.past.receive("a", "c", "b"))
        self.breaks(judge.groups_keep_their_order)

    def test_a_later_one_comes_first(self):
        self.settle("b")
        self.settle("a")
        self.settle("c")
        self.breaks(judge.groups_keep_their_order, judge.groups_wait)

    def test_a_later_one_comes_while_an_earlier_is_there(self):
        (handle,) = self.past.receive("a")
        self.past.receive("b", "c")
        self.past.delete(handle)
        self.breaks(judge.groups_wait)

    def test_a_later_one_comes_after_an_earlier_one_was_given_back(self):
        (handle,) = self.past.receive("a")
        self.past.change(handle, 0)
        self.past.receive("b", "c")
        self.breaks(judge.groups_wait)

    def test_a_delete_lets_the_next_one_come_before_it_is_answered(self):
        (handle,) = self.past.receive("a")
        waiting = self.past.begin_receive()
        delete = self.past.begin("delete_message", {"handles": [handle]})
        self.past.end_receive(waiting, "b", "c")
        self.past.end(delete, "ok", [handle])
        self.holds()

    def test_a_refused_delete_does_not(self):
        (handle,) = self.past.receive("a")
        self.past.delete(handle, outcome="refused")
        self.past.receive("b", "c")
        self.breaks(judge.groups_wait)

    def test_an_unknown_send_keeps_its_place(self):
        self.past.send("d", group="g", outcome="unknown")
        self.past.send("e", group="g")
        for key in ("a", "b", "c", "e", "d"):
            self.settle(key)
        self.breaks(judge.groups_keep_their_order, judge.groups_wait)


class Floors(JudgeTest):
    def run_of(self, messages, **more):
        for number in range(messages):
            self.past.send(str(number))
            self.past.delete(*self.past.receive(str(number)))
        return judge.too_little(self.past.history(**more))

    def test_enough(self):
        self.assertEqual(self.run_of(60), [])

    def test_too_few_of_each(self):
        self.assertEqual(len(self.run_of(10)), 4)

    def test_kills_that_interrupted_nothing(self):
        self.assertEqual(self.run_of(60, kills=1), ["0 unknown, at least 1 wanted"])

    def test_queues_that_are_not_empty(self):
        self.assertEqual(self.run_of(60, left=2), ["2 messages were left in the queues"])


if __name__ == "__main__":
    unittest.main()
