"""Each finding of the checks, on the smallest set that has it; and sets that have none."""

import random

import pytest

from tests.settlement.fees.reference import rate_lines
from tests.settlement.fees.worlds import (
    CODES,
    EXAMPLES,
    FEES,
    PARENTS,
    ZONE,
    a_document,
    a_rule,
    midday,
    random_document,
    some_line,
)
from zhanggui.settlement.fees.rules.checks import Severity, Universe, check_rule_set
from zhanggui.settlement.fees.rules.parser import parse_rule_set

UNIVERSE = Universe(values=CODES, parents=PARENTS)


def found(document, universe=UNIVERSE):
    return check_rule_set(parse_rule_set(document), universe=universe, known_fees=FEES)


def codes(document, universe=UNIVERSE):
    return [finding.code for finding in found(document, universe)]


def only(document, universe=UNIVERSE):
    findings = found(document, universe)
    assert len(findings) == 1, [finding.message for finding in findings]
    return findings[0]


def test_a_sound_set_has_no_findings():
    document = a_document(
        a_rule("general", rate="5%"),
        a_rule("books", rate="3%", when={"category": ["books"]}, priority=1),
        a_rule("tax", "fee_b", base="fee:fee_a", rate="6%", granularity="fee"),
    )
    assert found(document) == []


class TestCoverage:
    def test_a_category_without_a_rule(self):
        finding = only(a_document(a_rule(rate="5%", when={"category": ["electronics", "books"]})))
        assert (finding.severity, finding.code) == (Severity.ERROR, "uncovered")
        assert finding.details["example"]["category"] == "food"
        assert 'Fee "fee_a" has no rule for' in finding.message
        assert "category food" in finding.message

    def test_a_free_entry_covers(self):
        rule = a_rule(rate="5%", when={"category": ["electronics", "books"]})
        free = [{"fee": "fee_a", "when": {"category": ["food"]}, "reason": "promised to food merchants"}]
        assert found(a_document(rule, free=free)) == []

    def test_a_time_after_the_last_rule_ends(self):
        finding = only(a_document(a_rule(rate="5%", effective_before="2016-07-01")))
        assert finding.details["example"] == {"ordered on": "2016-07-01"}

    def test_a_time_before_the_first_rule_begins(self):
        finding = only(a_document(a_rule(rate="5%", effective_from="2016-02-01")))
        assert finding.details["example"] == {"ordered on": "2016-01-01"}

    def test_an_order_amount_between_bands(self):
        small = a_rule("small", rate="5%", when={"order_amount": {"before": 100}})
        large = a_rule("large", rate="3%", when={"order_amount": {"from": 200}})
        assert only(a_document(small, large)).details["example"] == {"order_amount": 100}

    def test_a_combination_of_two_dimensions(self):
        app = a_rule("app", rate="5%", when={"channel": ["app", "web"]})
        gold = a_rule("gold", rate="3%", when={"merchant_level": ["gold", "silver"]}, priority=1)
        example = only(a_document(app, gold)).details["example"]
        assert example == {"channel": "shop", "merchant_level": "bronze"}

    def test_values_that_are_closed_need_no_other(self):
        rule = a_rule(rate="5%", when={"channel": ["app", "web", "shop"]})
        assert found(a_document(rule)) == []
        assert codes(a_document(rule), Universe()) == ["uncovered"]


class TestOverlap:
    def test_open_ended_rules_of_one_priority(self):
        finding = only(a_document(a_rule("one", rate="5%"), a_rule("two", rate="4%")))
        assert (finding.severity, finding.code, finding.rules) == (Severity.ERROR, "overlap", ("one", "two"))
        assert 'give one a higher priority, or an end (effective_before) to "one"' in finding.message

    @pytest.mark.parametrize(
        ("one", "two"),
        [
            ({"priority": 1}, {"when": {"category": ["books"]}, "priority": 2}),
            ({"effective_before": "2016-05-01"}, {"effective_from": "2016-05-01"}),
            ({"receiver": "supplier"}, {}),
            ({"when": {"order_amount": {"before": 500}}}, {"when": {"order_amount": {"from": 500}}}),
            ({"when": {"category": ["books"]}}, {"when": {"category": ["electronics", "food"]}}),
        ],
    )
    def test_rules_apart(self, one, two):
        assert "overlap" not in codes(
            a_document(a_rule("one", rate="5%", **one), a_rule("two", rate="4%", **two))
        )

    def test_a_category_overlaps_those_below_it(self):
        below = a_rule("below", rate="5%", when={"category": ["chargers"]})
        above = a_rule("above", rate="4%", when={"category": ["electronics"]})
        findings = [each for each in found(a_document(above, below)) if each.code == "overlap"]
        assert [each.details["example"]["category"] for each in findings] == ["chargers"]


class TestDeadRules:
    def test_a_rule_under_a_wider_one(self):
        narrow = a_rule("narrow", rate="5%", when={"category": ["books"]})
        wide = a_rule("wide", rate="4%", priority=1)
        finding = only(a_document(narrow, wide))
        assert (finding.severity, finding.code) == (Severity.WARNING, "shadowed")
        assert finding.rules == ("narrow", "wide")

    def test_a_rule_under_several_that_cover_it_together(self):
        parts = [
            a_rule(f"on-{channel}", rate="4%", when={"channel": [channel]}, priority=1)
            for channel in CODES["channel"]
        ]
        finding = only(a_document(a_rule("general", rate="5%"), *parts))
        assert finding.code == "shadowed"
        assert set(finding.rules) == {"general", "on-app", "on-web", "on-shop"}

    def test_a_rule_that_still_wins_somewhere(self):
        parts = [
            a_rule(f"on-{channel}", when={"channel": [channel]}, priority=1) for channel in ("app", "web")
        ]
        assert found(a_document(a_rule("general", rate="5%"), *parts)) == []

    def test_a_rule_that_ended_before_the_set_begins(self):
        ended = a_rule("ended", effective_from="2015-01-01", effective_before="2015-06-01", priority=1)
        assert only(a_document(a_rule("general", rate="5%"), ended)).code == "never_applies"

    def test_a_rule_on_unknown_values(self):
        rule = a_rule("toys", when={"category": ["toys"]}, priority=1)
        assert codes(a_document(a_rule("general", rate="5%"), rule)) == ["never_applies", "unknown_value"]


def test_a_free_entry_where_a_rule_charges():
    free = [{"fee": "fee_a", "when": {"channel": ["app"]}, "reason": "app week"}]
    finding = only(a_document(a_rule("general", rate="5%"), free=free))
    assert (finding.severity, finding.code) == (Severity.WARNING, "free_but_charged")
    assert "0%" in finding.message


class TestTake:
    def test_fees_that_together_take_more_than_the_goods_amount(self):
        document = a_document(a_rule("a", rate="60%"), a_rule("b", "fee_b", base="paid", rate="50%"))
        finding = only(document)
        assert (finding.severity, finding.code, finding.rules) == (
            Severity.ERROR,
            "take_above_cap",
            ("a", "b"),
        )
        assert "110%" in finding.message

    def test_high_fees_that_never_meet(self):
        document = a_document(
            a_rule("a", rate="60%", when={"category": ["books"]}),
            a_rule("a0", rate=0, priority=-1),
            a_rule("b", "fee_b", rate="60%", when={"category": ["food"]}),
            a_rule("b0", "fee_b", rate=0, priority=-1),
        )
        assert found(document) == []

    def test_a_rule_of_zero_that_wins_takes_nothing(self):
        document = a_document(
            a_rule("a", rate="60%"), a_rule("b", "fee_b", rate="60%"), a_rule("zero", rate=0, priority=1)
        )
        assert codes(document) == ["shadowed"]

    def test_fees_on_fees_count(self):
        document = a_document(a_rule("a", rate="60%"), a_rule("b", "fee_b", base="fee:fee_a", rate="100%"))
        assert only(document).code == "take_above_cap"

    def test_tiers_count_with_their_highest_rate(self):
        steps = [{"from": 0, "rate": "1%"}, {"from": 100, "rate": "101%"}]
        document = a_document(a_rule("a", tiers={"kind": "slab", "steps": steps}))
        assert only(document).code == "take_above_cap"

    @pytest.mark.parametrize("fields", [{"payer": "platform", "receiver": "merchant"}, {"base": "freight"}])
    def test_other_payers_and_bases_do_not_count(self, fields):
        assert found(a_document(a_rule("a", rate="150%", **fields))) == []

    def test_an_explicit_cap(self):
        assert found(a_document(a_rule("a", rate="110%"), take_cap_ppm=1_100_000)) == []
        assert codes(a_document(a_rule("a", rate="10%"), take_cap_ppm=99_999)) == ["take_above_cap"]


class TestFees:
    def test_an_unknown_fee(self):
        assert only(a_document(a_rule("a", "fee_z", rate="1%"))).code == "unknown_fee"

    def test_an_unknown_free_fee(self):
        document = a_document(a_rule(rate="1%"), free=[{"fee": "fee_z", "when": {}, "reason": "?"}])
        assert codes(document) == ["unknown_fee"]

    def test_a_fee_that_the_order_itself_holds(self):
        assert only(a_document(a_rule("a", "goods_amount", rate="1%"))).code == "fee_is_parsed"

    def test_a_base_that_nobody_charges(self):
        assert only(a_document(a_rule(base="fee:fee_b", rate="1%"))).code == "unknown_base"

    def test_a_ring(self):
        ring = [
            a_rule("a", "fee_a", base="fee:fee_b", rate="1%"),
            a_rule("b", "fee_b", base="fee:fee_c", rate="1%"),
            a_rule("c", "fee_c", base="fee:fee_a", rate="1%"),
        ]
        finding = only(a_document(*ring))
        assert (finding.code, set(finding.rules)) == ("fee_cycle", {"a", "b", "c"})
        assert "fee_a on fee_b on fee_c on fee_a" in finding.message


class TestSingleRules:
    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"fixed": -1}, "negative_value"),
            ({"floor": -5}, "negative_value"),
            ({"when": {"order_amount": {"from": -5, "before": -1}}}, "negative_value"),
            ({"fixed": 10**16}, "value_too_large"),
            ({"floor": 10, "cap": 5}, "floor_above_cap"),
            ({"reverse": {"policy": "fixed", "kept": -1}}, "negative_value"),
            ({"reverse": {"policy": "fixed", "kept": 10**16}}, "value_too_large"),
            ({"reverse": {"policy": "fixed", "kept": 5, "kept_rate": "101%"}}, "bad_kept_rate"),
            ({"tiers": {"kind": "slab", "steps": [{"from": 5, "rate": "1%"}]}}, "tiers_not_from_zero"),
            (
                {"tiers": {"kind": "slab", "steps": [{"from": at, "rate": "1%"} for at in (0, 9, 7)]}},
                "tiers_not_ascending",
            ),
            (
                {
                    "tiers": {
                        "kind": "graduated",
                        "steps": [{"from": at, "rate": "9999%"} for at in (0, 10**14)],
                    }
                },
                "value_too_large",
            ),
            (
                {
                    "base": "paid",
                    "tiers": {
                        "kind": "graduated",
                        "by": "cumulative_sales",
                        "steps": [{"from": 0, "rate": "1%"}],
                    },
                },
                "cumulative_base",
            ),
            ({"granularity": "fee", "rate": "1%"}, "granularity_base"),
        ],
    )
    def test_faults(self, fields, code):
        findings = found(a_document(a_rule("bad", **fields)))
        assert (findings[0].severity, findings[0].code) == (Severity.ERROR, code)
        assert 'Rule "bad"' in findings[0].message


@pytest.mark.parametrize("seed", range(max(EXAMPLES // 20, 20)))
def test_coverage_and_shadows_agree_with_trying_lines(seed):
    """What the checks say about random sets holds for the lines they name, and for random other lines."""
    chance = random.Random(seed)
    document = random_document(chance)
    findings = found(document)
    uncovered = {finding.message.split('"')[1] for finding in findings if finding.code == "uncovered"}
    dead = {each.rules[0] for each in findings if each.code in ("shadowed", "never_applies")}
    for finding in findings:
        if finding.code == "uncovered":
            winners = winning(document, line_of(finding.details["example"], chance))
            assert finding.message.split('"')[1] not in {fee for fee, _, _ in winners}
    for _ in range(20):
        winners = winning(document, line_of({}, chance))
        assert not dead & set(winners.values())
        assert {rule["fee"] for rule in document["rules"]} - uncovered <= {fee for fee, _, _ in winners}


def winning(document, line):
    """The rules that win on a line, by slot; every rule is made to leave a trace."""
    traced = [
        rule | {"granularity": "sku", "formula": {"base": "goods", "fixed": 1}} for rule in document["rules"]
    ]
    details = rate_lines(document | {"rules": traced}, [line], parents=PARENTS, zone=ZONE)[line["line_id"]]
    return {slot: rule for slot, (rule, _, _) in details.items() if rule is not None}


def line_of(example, chance):
    """A line at an example of a finding, anything where the example says nothing."""
    fields = {name: chance.choice(values) for name, values in CODES.items()}
    fields |= {name: value for name, value in example.items() if name in CODES}
    day = example.get("ordered on") or chance.choice(["2016-03-01", "2016-06-15", "2017-01-01", "2018-01-01"])
    goods = example.get("order_amount", chance.choice([0, 1, 499, 500, 5_000, 70_000]))
    return some_line(**fields, ordered_at=midday(day), goods=goods)
