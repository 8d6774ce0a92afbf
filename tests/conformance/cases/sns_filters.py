"""Filter policies: every operator in both scopes, and how a wrong policy is refused."""

import json
import re

from case import rows
from sns_case import SnsCase, text

INVALID = "InvalidParameter"
RED, BLUE = {"colour": text("red")}, {"colour": text("blue")}


def number(value):
    return {"n": text(value, "Number")}


# policy, attributes that pass, attributes that do not
ATTRIBUTES = {
    "exact": ({"colour": ["red"]}, [RED], [BLUE, {}, {"Colour": text("red")}]),
    "any_of": ({"colour": ["red", "blue"]}, [RED, BLUE], [{"colour": text("green")}]),
    "all_keys": ({"colour": ["red"], "n": [1]}, [{**RED, **number("1")}], [RED, number("1")]),
    "prefix": ({"colour": [{"prefix": "re"}]}, [RED], [BLUE]),
    "suffix": ({"colour": [{"suffix": "ue"}]}, [BLUE], [RED]),
    "ignore_case": ({"colour": [{"equals-ignore-case": "RED"}]}, [RED, {"colour": text("rEd")}], [BLUE]),
    "anything_but": ({"colour": [{"anything-but": ["red"]}]}, [BLUE], [RED, {}]),
    "anything_but_one": ({"colour": [{"anything-but": "red"}]}, [BLUE], [RED]),
    "anything_but_prefix": ({"colour": [{"anything-but": {"prefix": "re"}}]}, [BLUE], [RED]),
    "anything_but_number": ({"n": [{"anything-but": [1, 2]}]}, [number("3")], [number("1"), number("2.0")]),
    "exists": ({"colour": [{"exists": True}]}, [RED, BLUE], [{}]),
    "exists_not": ({"colour": [{"exists": False}]}, [{}, number("1")], [RED]),
    "number": ({"n": [10]}, [number("10"), number("10.0"), number("1e1")], [number("11"), {"n": text("10")}]),
    "equal": ({"n": [{"numeric": ["=", 3.5]}]}, [number("3.5")], [number("3")]),
    "range": ({"n": [{"numeric": [">", 1, "<=", 5]}]}, [number("5"), number("1.1")], [number("1"), number("5.1")]),
    "at_least": ({"n": [{"numeric": [">=", -5]}]}, [number("-5"), number("0")], [number("-6")]),
    "below": ({"n": [{"numeric": ["<", 0]}]}, [number("-0.1")], [number("0")]),
    "cidr": ({"ip": [{"cidr": "10.0.0.0/24"}]}, [{"ip": text("10.0.0.7")}], [{"ip": text("10.0.1.7")}, {"ip": text("x")}]),
    "array": ({"colour": ["red"]}, [{"colour": text('["blue", "red"]', "String.Array")}],
              [{"colour": text('["blue"]', "String.Array")}]),
    "array_of_numbers": ({"n": [{"numeric": [">", 5]}]}, [{"n": text("[1, 6]", "String.Array")}],
                         [{"n": text("[1, 2]", "String.Array")}]),
    "or": ({"$or": [{"colour": ["red"]}, {"n": [1]}]}, [RED, number("1")], [BLUE, {}]),
    "or_beside_a_key": ({"kind": ["a"], "$or": [{"colour": ["red"]}, {"n": [1]}]}, [{**RED, "kind": text("a")}],
                        [RED, {"kind": text("a")}]),
}
# policy, bodies that pass, bodies that do not
BODIES = {
    "exact": ({"colour": ["red"]}, [{"colour": "red"}], [{"colour": "blue"}, {}, [], "text"]),
    "nested": ({"order": {"kind": ["new"]}}, [{"order": {"kind": "new"}}], [{"order": {"kind": "old"}}, {"kind": "new"}]),
    "nested_deep": ({"a": {"b": {"c": [1]}}}, [{"a": {"b": {"c": 1}}}], [{"a": {"b": {}}}]),
    "dotted": ({"a.b": ["x"]}, [{"a": {"b": "x"}}, {"a.b": "x"}], [{"a": "x"}]),
    "number": ({"n": [{"numeric": [">", 100]}]}, [{"n": 100.5}], [{"n": 100}, {"n": "101"}]),
    "true": ({"ok": [True]}, [{"ok": True}], [{"ok": False}, {"ok": "true"}]),
    "null": ({"gone": [None]}, [{"gone": None}], [{"gone": "null"}, {}]),
    "array": ({"tags": ["a"]}, [{"tags": ["b", "a"]}], [{"tags": ["b"]}, {"tags": []}]),
    "exists": ({"a": {"b": [{"exists": True}]}}, [{"a": {"b": 1}}], [{"a": {}}, {"b": 1}]),
    "exists_not": ({"a": [{"exists": False}]}, [{"b": 1}, {}], [{"a": 1}]),
    "prefix": ({"a": [{"prefix": "x"}]}, [{"a": "xy"}], [{"a": "yx"}]),
    "suffix": ({"a": [{"suffix": "x"}]}, [{"a": "yx"}], [{"a": "xy"}]),
    "ignore_case": ({"a": [{"equals-ignore-case": "x"}]}, [{"a": "X"}], [{"a": "y"}]),
    "anything_but": ({"a": [{"anything-but": ["x"]}]}, [{"a": "y"}], [{"a": "x"}]),
    "cidr": ({"ip": [{"cidr": "2001:db8::/32"}]}, [{"ip": "2001:db8::1"}], [{"ip": "2001:db9::1"}]),
    "or": ({"$or": [{"a": [1]}, {"b": {"c": [2]}}]}, [{"a": 1}, {"b": {"c": 2}}], [{"a": 2}]),
}
MANY = {f"k{n}": [str(v) for v in range(6)] for n in range(3)}  # 216 combinations


class AttributeScope(SnsCase):
    @rows(**ATTRIBUTES)
    def test(self, policy, passing, failing):
        topic, url = self.subscribed_raw(FilterPolicy=json.dumps(policy))
        for attributes in failing:
            self.publish(topic, "fails", MessageAttributes=attributes)
        for n, attributes in enumerate(passing):
            self.publish(topic, f"passes {n}", MessageAttributes=attributes)
        self.assertEqual(sorted(self.bodies(url)), [f"passes {n}" for n in range(len(passing))])


class BodyScope(SnsCase):
    @rows(**BODIES)
    def test(self, policy, passing, failing):
        topic, url = self.subscribed_raw(FilterPolicy=json.dumps(policy), FilterPolicyScope="MessageBody")
        passing = [json.dumps(body) for body in passing]
        got = self.sends_to(topic, url, *(json.dumps(body) for body in failing), *passing)
        self.assertEqual(sorted(got), sorted(passing))

    def test_body_that_is_no_json(self):
        topic, url = self.subscribed_raw(FilterPolicy='{"a": ["x"]}', FilterPolicyScope="MessageBody")
        self.assertEqual(self.sends_to(topic, url, "a", "{"), [])


class Policies(SnsCase):
    def refuse(self, policy, message, code=INVALID, status=400, **attributes):
        self.refused(code, self.sns.subscribe, TopicArn=self.topic(), Protocol="sqs", Endpoint=self.arn(self.queue()),
                     Attributes={"FilterPolicy": policy if isinstance(policy, str) else json.dumps(policy), **attributes},
                     message=re.compile(message), status=status)

    @rows(operator={"a": [{"like": "x"}]}, nested_operator={"a": [{"anything-but": {"like": "x"}}]})
    def test_unknown_operator(self, policy):
        self.refuse(policy, "FilterPolicy.*(Unrecognized match type like|anything-but)")

    @rows(no_json="{", no_object="[]", no_list={"a": "x"}, empty_list={"a": []}, list_in_list={"a": [["x"]]},
          two_operators={"a": [{"prefix": "x", "suffix": "y"}]}, prefix_of_number={"a": [{"prefix": 1}]},
          exists_of_text={"a": [{"exists": "yes"}]}, numeric_of_text={"a": [{"numeric": ["=", "1"]}]},
          numeric_without_value={"a": [{"numeric": [">"]}]}, numeric_operator={"a": [{"numeric": ["~", 1]}]},
          numeric_range_the_wrong_way={"a": [{"numeric": [">", 5, "<", 1]}]}, bad_cidr={"a": [{"cidr": "10.0.0.0/99"}]},
          empty_anything_but={"a": [{"anything-but": []}]})
    def test_refuses(self, policy):
        self.refuse(policy, "FilterPolicy")

    def test_nesting_in_the_attribute_scope(self):
        self.refuse({"a": {"b": ["x"]}}, "FilterPolicy")

    def test_five_keys(self):
        self.subscribe(self.topic(), self.queue(), FilterPolicy=json.dumps({f"k{n}": ["x"] for n in range(5)}))

    def test_six_keys(self):
        self.refuse({f"k{n}": ["x"] for n in range(6)}, "FilterPolicy")

    def test_combinations(self):
        self.refuse(MANY, "FilterPolicy.*150|too complex")

    def test_most_combinations(self):
        policy = {"a": [str(n) for n in range(10)], "b": [str(n) for n in range(15)]}  # 150
        self.subscribe(self.topic(), self.queue(), FilterPolicy=json.dumps(policy))

    def test_changed_for_what_comes_next(self):
        topic, url = self.topic(), self.queue()
        arn = self.subscribe(topic, url, RawMessageDelivery="true", FilterPolicy='{"colour": ["red"]}')
        self.publish(topic, "one", MessageAttributes=BLUE)
        self.sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy",
                                             AttributeValue='{"colour": ["blue"]}')
        self.publish(topic, "two", MessageAttributes=BLUE)
        self.sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue="{}")
        self.publish(topic, "three")
        self.assertEqual(sorted(self.bodies(url)), ["three", "two"])

    def test_each_subscription_has_its_own(self):
        topic, urls = self.topic(), [self.queue(), self.queue()]
        for url, colour in zip(urls, ("red", "blue")):
            self.subscribe(topic, url, RawMessageDelivery="true", FilterPolicy=json.dumps({"colour": [colour]}))
        self.publish(topic, "to red", MessageAttributes=RED)
        self.assertEqual([self.bodies(url) for url in urls], [["to red"], []])
