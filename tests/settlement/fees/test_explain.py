"""Every explanation comes to the kernel's amount, and says how in words."""

import random

import pytest

from tests.settlement.fees.worlds import (
    EXAMPLES,
    a_document,
    a_rule,
    compile_document,
    random_document,
    random_lines,
    some_line,
    to_batch,
)
from zhanggui.money.errors import AmountTooLarge
from zhanggui.settlement.fees.rules.derive import explain_rated
from zhanggui.settlement.fees.rules.errors import AmountBeyondInteger, UnexplainableDetail
from zhanggui.settlement.fees.rules.kernel import rate

PAID = {"fee": "fee_a", "payer": "merchant", "receiver": "platform"}


def explained(document, lines, line_id=1, **slot):
    return explain_rated(to_batch(lines), compile_document(document), line_id=line_id, **(PAID | slot))


@pytest.mark.parametrize("seed", range(max(EXAMPLES // 50, 10)))
def test_agrees_with_the_kernel_on_every_detail(seed):
    chance = random.Random(seed)
    document, lines = random_document(chance), random_lines(chance)
    batch, compiled = to_batch(lines), compile_document(document)
    try:
        rated = rate(batch, compiled)
    except (AmountBeyondInteger, AmountTooLarge):
        return
    for row, line in enumerate(lines):
        for column, slot in enumerate(rated.slots):
            if not rated.present[row, column]:
                continue
            explanation = explain_rated(
                batch,
                compiled,
                line_id=line["line_id"],
                fee=slot.fee,
                payer=slot.payer,
                receiver=slot.receiver,
            )
            assert explanation.amount == rated.amounts[row, column]
            assert explanation.base == rated.bases[row, column]
            assert explanation.steps


class TestWords:
    def test_a_rate_shows_exact_value_and_remainder(self):
        explanation = explained(a_document(a_rule(rate="5%")), [some_line(goods=12_345)])
        assert [step.en for step in explanation.steps] == [
            "Base: goods paid 12345",
            "12345 × 5% = 617.25 (minor units), rounded half to even to 617, remainder 0.25",
        ]
        assert explanation.steps[1].zh == (
            "12345 × 5% = 617.25（最小货币单位），四舍六入五成双得 617，余数 0.25"
        )
        assert explanation.as_dict()["steps"][1]["values"] == {
            "parts": [{"amount": 12_345, "ppm": 50_000}],
            "exact": "617.25",
            "rounding": "half_even",
            "rounded": 617,
            "remainder": "0.25",
        }

    def test_says_who_got_the_left_over_units(self):
        document = a_document(a_rule(fixed=100, fixed_per="order", granularity="order"))
        lines = [some_line(number, goods=1_000) for number in (1, 2, 3)]
        explanation = explained(document, lines, line_id=1)
        assert explanation.amount == 34
        assert explanation.steps[-1].en == (
            "100 shared by 1000/3000: this line has 34; one left-over unit each to line 1"
        )

    @pytest.mark.parametrize(
        ("fields", "kind", "amount"),
        [({"rate": "1%", "floor": 500}, "floor", 500), ({"rate": "50%", "cap": 700}, "cap", 700)],
    )
    def test_says_that_floor_or_cap_applied(self, fields, kind, amount):
        explanation = explained(a_document(a_rule(**fields)), [some_line(goods=10_000)])
        assert (explanation.amount, explanation.steps[-1].kind) == (amount, kind)

    def test_names_the_tier_and_renders_amounts(self):
        tiers = {
            "kind": "slab",
            "by": "cumulative_sales",
            "steps": [{"from": 0, "rate": "5%"}, {"from": 100_000, "rate": "4%"}],
        }
        explanation = explain_rated(
            to_batch([some_line(cumulative_before=150_000)]),
            compile_document(a_document(a_rule(tiers=tiers))),
            line_id=1,
            show=lambda minor: f"{minor / 100:.2f} CNY",
            **PAID,
        )
        assert explanation.steps[1].en == (
            "Earlier sales of the period, together 1500.00 CNY is in step 2 (from 1000.00 CNY), rate 4%"
        )

    def test_fees_read_from_the_order_are_explained_too(self):
        line = some_line(goods=1_000, platform_discount=100, points_discount=50)
        explanation = explained(
            a_document(a_rule()), [line], fee="goods_amount", payer="platform", receiver="merchant"
        )
        assert explanation.amount == 850
        assert explanation.steps[0].en == (
            "Read from the order: goods 1000 − platform discount 100 − points 50 = 850"
        )


class TestRefuses:
    def test_a_slot_that_does_not_exist(self):
        with pytest.raises(UnexplainableDetail, match="no detail of fee fee_b"):
            explained(a_document(a_rule()), [some_line()], fee="fee_b")

    def test_a_line_on_which_no_rule_won(self):
        document = a_document(a_rule(rate="5%", when={"channel": ["app"]}))
        with pytest.raises(UnexplainableDetail, match="No rule charges fee fee_a on line 1"):
            explained(document, [some_line(channel="web")])
