"""Reads over rule sets: which version rates an order, and compiled rules that keep up with the dictionary."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils.timezone import make_aware

from tests.settlement.fees_operations.rule_sets import AT, dimension, document, merchant, publish, rule
from zhanggui.settlement.entities.models import BusinessLine, Dimension
from zhanggui.settlement.fees.errors import UnknownRuleSet
from zhanggui.settlement.fees.models import RuleVersion
from zhanggui.settlement.fees.operations.load_catalogue import load_catalogue
from zhanggui.settlement.fees.queries.rule_sets import (
    FIRST_DRAFT_ID,
    compiled,
    compiled_draft,
    rule_by_id,
    rule_set_codes,
    rule_set_history,
    rule_set_in_force,
    rule_set_timeline,
    rule_set_version,
    rules_by_id,
)
from zhanggui.settlement.fees.rules.batch import LineBatch
from zhanggui.settlement.fees.rules.compile import CompiledRules
from zhanggui.settlement.fees.rules.kernel import rate
from zhanggui.settlement.fees.rules.parser import parse_rule_set

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue_loaded(db: None) -> None:
    load_catalogue()


def day(text: str) -> datetime:
    return make_aware(datetime.fromisoformat(text))


def charged(rules: CompiledRules, fee: str = "commission", **columns: int) -> int:
    """What one line of 100.00 is charged, minor units; 0 if no rule matches."""
    ordered = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()) * 1_000_000
    values: dict[str, Any] = {"goods": 10_000, "quantity": 1, "ordered_us": ordered} | columns
    batch = LineBatch.of(1, **{name: np.array([value]) for name, value in values.items()})
    rated = rate(batch, rules)
    return sum(int(rated.amounts[0, place]) for place, slot in enumerate(rated.slots) if slot.fee == fee)


class TestRuleSetInForce:
    def test_is_the_highest_version_that_has_begun(self) -> None:
        first = publish(rule(rate="1%"), starts="2026-01-01")
        second = publish(rule(rate="2%"), starts="2026-03-01")
        assert rule_set_in_force("mall", day("2026-02-28T23:59:59")).id == first.id
        assert rule_set_in_force("mall", day("2026-03-01T00:00:00")).id == second.id

    def test_lets_a_later_version_replace_one_that_begins_after_it(self) -> None:
        publish(rule(rate="1%"), starts="2026-01-01")
        publish(rule(rate="2%"), starts="2026-03-01")
        third = publish(rule(rate="3%"), starts="2026-02-01")
        assert rule_set_in_force("mall", day("2026-03-05T00:00:00")).id == third.id

    def test_answers_what_was_known_at_a_time(self) -> None:
        first = publish(rule(rate="1%"), at=AT)
        second = publish(rule(rate="2%"), at=AT + timedelta(days=10))
        ordered = day("2026-01-08T00:00:00")
        assert rule_set_in_force("mall", ordered, AT + timedelta(days=9)).id == first.id
        assert rule_set_in_force("mall", ordered, AT + timedelta(days=10)).id == second.id

    def test_says_when_the_earliest_version_begins(self) -> None:
        publish(starts="2026-01-01")
        with pytest.raises(UnknownRuleSet, match="the earliest version begins at 2025-12-31T16:00:00"):
            rule_set_in_force("mall", day("2025-06-01T00:00:00"))

    def test_says_how_to_publish_one(self) -> None:
        with pytest.raises(UnknownRuleSet, match="zhanggui rules import"):
            rule_set_in_force("nothing", AT)

    def test_agrees_with_the_timeline(self) -> None:
        for number, starts in enumerate(
            ["2026-03-01", "2026-01-01", "2026-05-01", "2026-02-01", "2026-02-01"]
        ):
            publish(rule(rate=f"{number + 1}%"), starts=starts)
        timeline = rule_set_timeline("mall")
        assert [begins for begins, _ in timeline] == sorted({begins for begins, _ in timeline})
        for month in range(1, 8):
            ordered = day(f"2026-{month:02}-15T12:00:00")
            expected = [number for begins, number in timeline if begins <= ordered][-1]
            assert rule_set_in_force("mall", ordered).id == expected


class TestVersions:
    def test_are_listed_the_latest_first(self) -> None:
        publish(rule(rate="1%"))
        publish(rule(rate="2%"))
        assert [row.version for row in rule_set_history("mall")] == [2, 1]
        assert rule_set_version("mall").version == 2
        assert rule_set_version("mall", 1).version == 1
        assert rule_set_codes() == ["mall"]

    def test_that_do_not_exist_are_refused_with_those_that_do(self) -> None:
        publish()
        with pytest.raises(UnknownRuleSet, match="published are: mall"):
            rule_set_version("male")
        with pytest.raises(UnknownRuleSet, match="its versions are 1"):
            rule_set_version("mall", 7)

    def test_of_rules_are_found_by_the_number_on_a_detail(self) -> None:
        number = publish().rule_version_ids[0]
        assert rule_by_id(number).code == "commission"
        assert rules_by_id({number, 0}).keys() == {number}
        with pytest.raises(UnknownRuleSet, match="no rule version 99999"):
            rule_by_id(99_999)


class TestCompiled:
    def test_rates_with_the_published_numbers(self) -> None:
        version = publish()
        rules = compiled(version.id)
        assert charged(rules) == 500
        row = rate(LineBatch.of(1, goods=np.array([100]), ordered_us=np.array([2 * 10**15])), rules)
        assert version.rule_version_ids[0] in row.rule_ids[0].tolist()

    def test_is_kept_while_nothing_changes(self, django_assert_max_num_queries: Any) -> None:
        dimension("category", "books")
        version = publish(rule(when={"category": ["books"]}))
        first = compiled(version.id)
        dimension("sku", "B-1")
        with django_assert_max_num_queries(3):
            assert compiled(version.id) is first

    def test_sees_a_category_that_came_under_a_matched_parent(self) -> None:
        electronics = dimension("category", "electronics")
        version = publish(rule(), rule("high", "8%", priority=1, when={"category": ["electronics"]}))
        compiled(version.id)
        phones = dimension("category", "phones", electronics)
        assert charged(compiled(version.id), category_id=phones) == 800

    def test_sees_a_category_that_moved(self) -> None:
        electronics, toys = dimension("category", "electronics"), dimension("category", "toys")
        drones = dimension("category", "drones", toys)
        version = publish(rule(), rule("high", "8%", priority=1, when={"category": ["electronics"]}))
        assert charged(compiled(version.id), category_id=drones) == 500
        Dimension.objects.filter(id=drones).update(parent_id=electronics)
        assert charged(compiled(version.id), category_id=drones) == 800

    def test_sees_a_mentioned_code_when_it_becomes_known(self) -> None:
        version = publish(rule(), rule("friend", "1%", priority=1, when={"merchant": ["m-1"]}))
        assert charged(compiled(version.id), merchant_id=1) == 500
        number = merchant("m-1")
        assert charged(compiled(version.id), merchant_id=number) == 100

    def test_forgets_a_number_that_was_rolled_back(self) -> None:
        """An import that fails takes its new codes back; the next one numbers them anew."""
        version = publish(rule(), rule("friend", "1%", priority=1, when={"sku": ["S"]}))
        first = dimension("sku", "S")
        assert charged(compiled(version.id), sku_id=first) == 100
        Dimension.objects.filter(id=first).delete()
        second = dimension("sku", "S")
        assert charged(compiled(version.id), sku_id=first) == 500
        assert charged(compiled(version.id), sku_id=second) == 100

    @pytest.mark.parametrize(
        ("key", "kind", "column"),
        [
            ("spu", "spu", "spu_id"),
            ("sku", "sku", "sku_id"),
            ("sku_type", "sku_type", "sku_type_id"),
            ("merchant_level", "level", "level_id"),
            ("merchant_category", "party_category", "merchant_category_id"),
            ("channel", "channel", "channel_id"),
            ("payment_method", "payment_method", "payment_method_id"),
            ("region", "region", "region_id"),
        ],
    )
    def test_finds_codes_of_every_kind(self, key: str, kind: str, column: str) -> None:
        dimension("category" if kind != "category" else "region", "same-code")
        number = dimension(kind, "same-code")
        version = publish(rule(when={key: ["same-code"]}))
        assert charged(compiled(version.id), **{column: number}) == 500
        assert charged(compiled(version.id), **{column: number + 1}) == 0

    def test_finds_business_lines(self) -> None:
        number = BusinessLine.objects.create(code="pop", name={"zh": "POP"}, currency="CNY").id
        version = publish(rule(when={"business_line": ["pop"]}))
        assert charged(compiled(version.id), business_line_id=number) == 500
        assert charged(compiled(version.id), business_line_id=number + 1) == 0

    def test_leaves_freight_out_where_it_is_not_the_merchants(self) -> None:
        version = publish()
        assert charged(compiled(version.id), "freight_collected", freight=300) == 300
        assert charged(compiled(version.id, freight_to_merchant=False), "freight_collected", freight=300) == 0

    def test_refuses_a_number_that_was_never_published(self) -> None:
        with pytest.raises(UnknownRuleSet, match="no rule set version with id 987654"):
            compiled(987_654)


class TestCompiledDraft:
    def test_rates_as_the_set_would_if_published(self) -> None:
        publish(rule(rate="5%"))
        draft = parse_rule_set(document(rule(rate="7%")))
        assert charged(compiled_draft(draft)) == 700

    def test_keeps_published_numbers_and_marks_what_is_new(self) -> None:
        publish(rule("a"))
        rules = compiled_draft(parse_rule_set(document(rule("a"), rule("b", fee="tech_service_fee"))))
        ordered = np.array([2 * 10**15])
        numbers = (
            rate(LineBatch.of(1, goods=np.array([10_000]), ordered_us=ordered), rules).rule_ids[0].tolist()
        )
        assert {RuleVersion.objects.get().id, FIRST_DRAFT_ID} <= set(numbers)
