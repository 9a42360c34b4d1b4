"""How fees come back by the terms of their rule: end to end over sequences of partial refunds."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.real_data.agreement import wrong_reversals
from tests.settlement.story import COMMISSION, Story, rule, text, yuan
from tests.tampering import broken
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.replays.explain import explain_detail

pytestmark = pytest.mark.django_db

AMAZON = {"policy": "fixed", "kept": 500, "kept_rate": "20%"}
ORDER = """
    order merchant goods  qty day
    A1    m1       100.00 1   2026-01-05
"""


def backs(story: Story, fee: str, party: str = "m1") -> list[str]:
    """The reversing amounts of a fee, in order of events."""
    return [
        yuan(row["amount"])
        for row in rows_of(
            "select d.amount from settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id"
            " where d.kind = 2 and f.code = %s and d.party_id = %s order by d.event_id",
            [fee, story.party(party)],
        )
    ]


def refunded(story: Story, *amounts: str, start: int = 1) -> None:
    """Refunds of A1, one after another, billed at once."""
    rows = [f"R{number} A1 {amount} 2026-01-{9 + number:02}" for number, amount in enumerate(amounts, start)]
    story.refunds("refund order goods day\n" + "\n".join(rows))
    story.bill()


class TestKeptAmounts:
    def test_the_kept_amount_stays_over_any_steps(self) -> None:
        story = Story(rule("referral", "15%", reverse={"policy": "fixed", "kept": 500}))
        story.orders(ORDER)
        story.bill()
        refunded(story, "33.33", "33.33", "33.34")
        assert backs(story, "commission") == ["3.33", "3.34", "3.33"]
        assert "6001.01 - -5.00" in story.balances()
        assert story.statements("net") == "-5.00"
        assert wrong_reversals() == (6, [])
        story.close("2026-01-31")
        assert story.replayed() == []

    @pytest.mark.parametrize(
        ("goods", "fee", "back"),
        [("100.00", "15.00", "12.00"), ("300.00", "45.00", "40.00"), ("0.01", "0.00", None)],
    )
    def test_the_lesser_of_an_amount_and_a_part_of_the_fee(self, goods: str, fee: str, back: str) -> None:
        story = Story(rule("referral", "15%", reverse=AMAZON))
        story.orders(f"order merchant goods day\nA1 m1 {goods} 2026-01-05")
        story.bill()
        refunded(story, goods)
        assert f"m1 1 commission {goods} -{fee}".replace("-0.00", "0.00") in story.details("A1")
        assert backs(story, "commission") == ([back] if back else [])

    def test_a_fee_below_the_kept_amount_stays_whole(self) -> None:
        story = Story(rule("referral", "2%", reverse={"policy": "fixed", "kept": 500}))
        story.orders(ORDER)
        refunded(story, "40.00", "60.00")
        assert backs(story, "commission") == []

    def test_the_tax_on_a_fee_keeps_what_its_own_rule_says(self) -> None:
        vat = rule(
            "vat", "6%", fee="commission_vat", granularity="fee", base="fee:commission",
            reverse={"policy": "fixed", "kept": 30, "kept_rate": "20%"},
        )  # fmt: skip
        story = Story(rule("referral", "15%", reverse=AMAZON), vat)
        story.orders(ORDER)
        refunded(story, "50.00", "50.00")
        assert backs(story, "commission") == ["6.00", "6.00"]
        assert backs(story, "commission_vat") == ["0.36", "0.36"]

    def test_both_sides_of_a_fee_between_parties_keep_the_same(self) -> None:
        story = Story(rule("delivery", "15%", fee="delivery_fee", receiver="carrier", reverse=AMAZON))
        story.party("car", kind="carrier")
        story.orders("order merchant goods carrier day\nA1 m1 100.00 car 2026-01-05")
        refunded(story, "33.33", "66.67")
        assert backs(story, "delivery_fee") == ["4.00", "8.00"]
        assert backs(story, "delivery_fee", "car") == ["-4.00", "-8.00"]


class TestFrozen:
    def test_a_later_version_of_the_rule_does_not_touch_an_earlier_sale(self) -> None:
        story = Story(rule("referral", "15%", reverse={"policy": "fixed", "kept": 500}))
        story.orders(ORDER)
        story.bill()
        refunded(story, "50.00")
        story.publish(rule("referral", "15%", reverse={"policy": "none"}), starts="2026-01-01")
        refunded(story, "50.00", start=2)
        assert backs(story, "commission") == ["5.00", "5.00"]
        assert story.replayed() == []

    def test_a_rule_speaks_for_its_own_details_only(self) -> None:
        """Two lines of an order, one rated by a rule with terms of its own, one by the general one."""
        story = Story(
            COMMISSION, rule("kept", "5%", when={"sku": ["s2"]}, priority=1, rounding="half_up",
                             reverse={"policy": "none"}),
        )  # fmt: skip
        story.orders("""
            order merchant goods line sku day
            A1    m1       10.00 1    s1  2026-01-05
            A1    m1       10.00 2    s2  2026-01-05
        """)
        story.refunds("""
            refund order line goods day
            R1     A1    1    10.00 2026-01-09
            R1     A1    2    10.00 2026-01-09
        """)
        story.bill()
        assert backs(story, "commission") == ["0.50"]
        assert wrong_reversals()[1] == []


def test_explained_with_what_stays_and_why() -> None:
    story = Story(rule("referral", "15%", reverse=AMAZON))
    story.orders(ORDER)
    story.bill()
    refunded(story, "50.00")
    [event] = {
        row["event_id"] for row in rows_of("select event_id from settlement_detail where kind = 2", [])
    }
    told = explain_detail(story.detail("m1", "A1", "commission", event=event))["text"]
    assert (
        "pro rata after a kept amount (3.00 CNY stays: 5.00 CNY by the rule, at most 20% of the fee)" in told
    )
    sale = explain_detail(story.detail("m1", "A1", "commission"), "zh")
    assert sale["steps"][-1]["text"] == text(
        "退货时：扣留固定额后按比例（不退 3.00 CNY：规则定额 5.00 CNY，不超过原额的 20%），依计费规则。"
    )


TERMS = st.one_of(
    st.none(),
    st.builds(lambda policy: {"policy": policy}, st.sampled_from(["none", "pro_rata", "full_only", "own_document"])),
    st.builds(
        lambda kept, rate: {"policy": "fixed", "kept": kept, "kept_rate": rate},
        st.integers(0, 3000), st.sampled_from([None, "0%", "20%", "33.3333%", "100%"]),
    ),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_sequence_comes_to_what_the_slow_reference_says(data: st.DataObject) -> None:
    from django.db import transaction

    rules: list[dict[str, Any]] = [
        rule(fee, f"{data.draw(st.integers(0, 24), label=fee)}%", fee=fee, reverse=data.draw(TERMS), **more)  # together below 100%
        for fee, more in (
            ("commission", {}), ("tech_service_fee", {"fixed": 7}), ("payment_fee", {"base": "paid"}),
            ("platform_service_fee", {"granularity": "order"}),
        )
    ]  # fmt: skip
    goods = data.draw(st.integers(1, 20_000), label="goods")
    points = data.draw(st.sampled_from([0, goods // 3, goods]), label="points")
    units = data.draw(st.integers(1, 9), label="units")
    whole = goods - points or units
    cuts = sorted(data.draw(st.sets(st.integers(1, whole), max_size=5), label="cuts"))
    with transaction.atomic():
        story = Story(*rules)
        story.orders(f"""
            order merchant goods qty points day
            A1 m1 {yuan(goods)} {units} {yuan(points)} 2026-01-05
        """)
        for number, (before, after) in enumerate(zip([0, *cuts], cuts, strict=False), start=1):
            money, back = (after - before, 0) if goods > points else (0, after - before)
            story.refunds(f"refund order goods qty day\nR{number} A1 {yuan(money)} {back} 2026-01-09")
            if data.draw(st.booleans(), label="bill now"):
                story.bill()
        story.bill()
        assert story.rejects() == []
        assert wrong_reversals()[1] == []
        assert broken() == set()
        transaction.set_rollback(True)
