"""The rule set document: what is read, what is refused (naming rule and field), and the way back."""

import datetime
import json
import random

import pytest

from tests.settlement.fees.worlds import a_document, a_rule, random_document
from zhanggui.money.rounding import RoundingMode
from zhanggui.settlement.fees.rules.document import (
    FixedPer,
    Granularity,
    content_hash,
    rule_document,
    rule_set_digest,
    rule_set_document,
)
from zhanggui.settlement.fees.rules.errors import InvalidRuleSet
from zhanggui.settlement.fees.rules.parser import parse_rule, parse_rule_set


def parsed(*rules, **fields):
    return parse_rule_set(a_document(*rules, **fields))


class TestReads:
    def test_what_a_rule_leaves_out(self):
        (rule,) = parsed(a_rule(rate="5%"), rounding="half_up").rules
        assert rule.priority == 0
        assert rule.effective_from == datetime.date(2016, 1, 1)
        assert rule.effective_before is None
        assert rule.granularity is Granularity.SKU
        assert rule.formula.base == "goods_paid"
        assert rule.formula.fixed_per is FixedPer.LINE
        assert rule.formula.rounding is RoundingMode.HALF_UP

    @pytest.mark.parametrize(
        ("rate", "ppm"), [("5%", 50_000), ("0.6%", 6_000), (6_000, 6_000), ("6‰", 6_000)]
    )
    def test_rates(self, rate, ppm):
        assert parsed(a_rule(rate=rate)).rules[0].formula.ppm == ppm

    def test_conditions_sorted_and_without_duplicates(self):
        when = {"category": ["b", "a", "b"], "sku": [], "order_amount": {"from": 0, "before": 100}}
        (rule,) = parsed(a_rule(when=when)).rules
        assert rule.when.named == (("category", ("a", "b")),)
        assert (rule.when.order_from, rule.when.order_before) == (None, 100)


class TestRoundTrip:
    @pytest.mark.parametrize("seed", range(50))
    def test_document_of_a_set_reads_as_the_same_set(self, seed):
        rule_set = parse_rule_set(random_document(random.Random(seed)))
        document = json.loads(json.dumps(rule_set_document(rule_set)))
        again = parse_rule_set(document)
        assert set(again.rules) == set(rule_set.rules)
        assert rule_set_document(again) == document
        assert rule_set_digest(again) == rule_set_digest(rule_set)

    def test_a_single_rule_reads_without_its_set(self):
        (rule,) = parsed(a_rule(rate="5%", effective_before="2017-01-01"), rounding="up").rules
        elsewhere = {"starts": datetime.date(1999, 1, 1), "rounding": RoundingMode.DOWN}
        assert parse_rule(rule_document(rule), **elsewhere) == rule

    def test_order_of_rules_and_codes_does_not_matter(self):
        one, two = a_rule("one", rate="5%", when={"sku": ["s1", "s2"]}), a_rule("two", "fee_b", rate="1%")
        turned = a_rule("one", rate=50_000, when={"sku": ["s2", "s1"]})
        assert rule_set_digest(parsed(one, two)) == rule_set_digest(parsed(two, turned))


class TestContentHash:
    def test_changes_with_what_results_depend_on(self):
        variants = [
            a_rule(rate="5%"),
            a_rule(rate="6%"),
            a_rule(rate="5%", priority=1),
            a_rule(rate="5%", effective_before="2017-01-01"),
            a_rule(rate="5%", when={"sku": ["s1"]}),
            a_rule(rate="5%", rounding="up"),
            a_rule(rate="5%", reverse={"policy": "none"}),
            a_rule(rate="5%", reverse={"policy": "fixed", "kept": 5}),
            a_rule(rate="5%", reverse={"policy": "fixed", "kept": 5, "kept_rate": "20%"}),
        ]
        assert len({content_hash(parsed(rule).rules[0]) for rule in variants}) == len(variants)

    def test_changes_with_the_set_where_the_rule_says_nothing(self):
        rounding = {
            content_hash(parsed(a_rule(rate="5%"), rounding=mode).rules[0]) for mode in ("up", "down")
        }
        assert len(rounding) == 2

    def test_is_what_it_was_before_rules_could_say_how_they_come_back(self):
        (rule,) = parsed(a_rule(rate="5%", reverse=None)).rules
        assert "reverse" not in rule_document(rule)
        assert content_hash(rule) == content_hash(parsed(a_rule(rate="5%")).rules[0])

    def test_does_not_change_with_the_note(self):
        with_note, without = (parsed(a_rule(rate="5%", **extra)).rules[0] for extra in ({"note": "why"}, {}))
        assert content_hash(with_note) == content_hash(without)


class TestRefuses:
    @pytest.mark.parametrize(
        ("fields", "field", "problem"),
        [
            ({"rate": 0.05}, "formula.rate", "binary fraction"),
            ({"reverse": {"policy": "fixed"}}, "reverse.kept", "whole number"),
            ({"reverse": {"policy": "fixed", "kept": 1.5}}, "reverse.kept", "binary fraction"),
            ({"reverse": {"policy": "fixed", "kept": 1, "kept_rate": "x"}}, "reverse.kept_rate", "rate"),
            ({"reverse": {"policy": "none", "kept": 0}}, "reverse.kept", "only for the policy"),
            ({"reverse": {"policy": "half"}}, "reverse.policy", "must be one of none, pro_rata"),
            ({"reverse": {"kept": 5}}, "reverse.policy", "must be one of"),
            ({"reverse": {"policy": "none", "who": "me"}}, "reverse.who", "not known here"),
            ({"reverse": "none"}, "reverse", "must be an object"),
            ({"rate": "5"}, "formula.rate", "no unit"),
            ({"rate": "0.00001%"}, "formula.rate", "finer than"),
            ({"rate": True}, "formula.rate", "parts per million"),
            ({"fixed": "5"}, "formula.fixed", "whole number"),
            ({"fixed": 1.5}, "formula.fixed", "binary fraction"),
            ({"cap": 10**30}, "formula.cap", "beyond any amount"),
            ({"bass": "goods"}, "formula.bass", "not known here"),
            ({"base": "profit"}, "formula.base", '"profit" is not one of goods, '),
            ({"base": "fee:"}, "formula.base", "fee:<fee code>"),
            ({"rounding": "nearest"}, "formula.rounding", "must be one of half_even"),
            ({"fixed_per": "day"}, "formula.fixed_per", "must be one of order, line, unit"),
            ({"granularity": "shop"}, "granularity", "must be one of order"),
            ({"payer": "buyer"}, "payer", "other:<party code>"),
            ({"receiver": "merchant"}, "receiver", "pays itself"),
            ({"priority": "high"}, "priority", "whole number"),
            ({"effective_from": "2016-13-01"}, "effective_from", "not a day of the calendar"),
            ({"effective_from": "01.02.2016"}, "effective_from", "must be a day like"),
            ({"effective_before": "2016-01-01"}, "effective_before", "not after effective_from"),
            ({"when": {"colour": ["red"]}}, "when.colour", "not known here"),
            ({"when": {"sku": "s1"}}, "when.sku", "must be a list"),
            ({"when": {"sku": [7]}}, "when.sku", "codes"),
            ({"when": {"order_amount": {"from": 5, "before": 5}}}, "when.order_amount.before", "empty"),
            ({"rate": "5%", "tiers": {"kind": "slab", "steps": [{"from": 0}]}}, "formula.rate", "left out"),
            ({"tiers": {"kind": "slab", "steps": []}}, "formula.tiers.steps", "at least one"),
            ({"tiers": {"steps": [{"from": 0}]}}, "formula.tiers.kind", "slab, graduated"),
            (
                {"tiers": {"kind": "slab", "steps": [{"rate": "1%"}]}},
                "formula.tiers.steps[0].from",
                "missing",
            ),
        ],
    )
    def test_a_rule_naming_it_and_the_field(self, fields, field, problem):
        with pytest.raises(InvalidRuleSet) as refusal:
            parsed(a_rule("commission-books", **fields))
        assert refusal.value.details == {"rule": "commission-books", "field": field}
        assert 'Rule "commission-books", field ' + field in refusal.value.message
        assert problem in refusal.value.message

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"schema": "zhanggui.rule-set/9"}, "schema"),
            ({"currency": "yuan"}, "currency"),
            ({"effective_from": None}, "effective_from"),
            ({"code": ""}, "code"),
            ({"take_cap_ppm": "100%"}, "take_cap_ppm"),
            ({"rules": {"a": 1}}, "rules"),
            ({"extra": 1}, "extra"),
            ({"free": [{"fee": "fee_a", "when": {}}]}, "free[0].reason"),
        ],
    )
    def test_a_set_naming_the_field(self, fields, field):
        with pytest.raises(InvalidRuleSet) as refusal:
            parse_rule_set(a_document(**fields))
        assert refusal.value.details == {"rule": None, "field": field}

    def test_a_code_that_occurs_twice(self):
        with pytest.raises(InvalidRuleSet, match='"r1" occurs twice'):
            parsed(a_rule("r1", rate="1%"), a_rule("r1", "fee_b", rate="1%"))

    @pytest.mark.parametrize("value", [None, [], "rules", 7])
    def test_something_that_is_no_rule(self, value):
        with pytest.raises(InvalidRuleSet, match="number 1"):
            parsed(value)

    def test_a_rule_without_a_formula(self):
        rule = a_rule("r1")
        del rule["formula"]
        with pytest.raises(InvalidRuleSet, match="field formula: is missing"):
            parsed(rule)
