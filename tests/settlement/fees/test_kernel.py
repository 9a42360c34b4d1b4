"""What the kernel does, case by case, with numbers one can check by hand."""

import datetime
import random
from fractions import Fraction

import numpy as np
import pytest

from tests.settlement.fees.worlds import (
    FEE_IDS,
    FEES,
    ZONE,
    a_document,
    a_rule,
    compile_document,
    kernel_details,
    random_document,
    random_lines,
    some_line,
    to_batch,
)
from zhanggui.money.errors import AmountTooLarge, FloatRefused
from zhanggui.settlement.fees.rules import card, kernel
from zhanggui.settlement.fees.rules.batch import LineBatch, unratable_lines
from zhanggui.settlement.fees.rules.compile import compile_rules
from zhanggui.settlement.fees.rules.errors import (
    AmountBeyondInteger,
    FeeCycle,
    MissingRuleVersion,
    UnknownFee,
    UnratableLine,
    UnsoundRule,
)
from zhanggui.settlement.fees.rules.parser import parse_rule_set

TO_PLATFORM = ("fee_a", "merchant", "platform")


def amounts(document, *lines):
    """Amounts of fee_a from merchant to platform by line; None where absent."""
    details = kernel_details(document, lines)
    return [details[line["line_id"]].get(TO_PLATFORM, (None, None, None))[2] for line in lines]


class TestSingleOrder:
    def test_one_line_has_more_than_twenty_details(self):
        steps = [{"from": 0, "rate": "1%"}, {"from": 5_000, "rate": "0.5%", "fixed": 3}]
        formulas = [
            {"rate": "5%"},
            {"rate": "0.6%", "base": "paid"},
            {"rate": "3%", "floor": 100},
            {"rate": "3%", "cap": 100},
            {"fixed": 30, "fixed_per": "unit"},
            {"fixed": 50, "fixed_per": "order"},
            {"tiers": {"kind": "slab", "steps": steps}},
            {"tiers": {"kind": "graduated", "steps": steps}},
        ]
        rules = [
            a_rule(f"{fee}-{receiver}", fee, receiver=receiver, **formula)
            for fee, formula in zip(FEES, formulas, strict=True)
            for receiver in ("platform", "carrier")
        ]
        tax = a_rule(
            "tax", "fee_h", receiver="other:tax-office", base="fee:fee_a", rate="6%", granularity="fee"
        )
        line = some_line(
            goods=10_000,
            quantity=2,
            shop_discount=500,
            platform_discount=300,
            points_discount=200,
            freight=800,
        )
        details = kernel_details(a_document(*rules, tax), [line])[1]
        assert len(details) == 22
        assert {
            slot[0]: amount for slot, (_, _, amount) in details.items() if slot[2] != "other:tax-office"
        } == {
            "goods_amount": 9_500,  # 10,000 - 300 - 200
            "platform_coupon_subsidy": 300,
            "points_subsidy": 200,
            "shop_coupon": 500,
            "freight_collected": 800,
            "fee_a": 450,  # 9,000 at 5%
            "fee_b": 59,  # 9,800 at 0.6% is 58.8
            "fee_c": 270,
            "fee_d": 100,
            "fee_e": 60,
            "fee_f": 50,
            "fee_g": 48,  # all 9,000 at 0.5% is 45, and 3
            "fee_h": 73,  # 5,000 at 1%, 4,000 at 0.5%, and 3
        }
        assert details["fee_h", "merchant", "other:tax-office"] == ("tax", 900, 54)

    def test_parsed_fees_give_the_merchant_goods_less_shop_discount_and_the_freight(self):
        line = some_line(goods=999, shop_discount=100, platform_discount=50, points_discount=49, freight=70)
        details = kernel_details(a_document(), [line])[1]
        signs = {"merchant": -1, "platform": 1}
        assert (
            sum(signs[payer] * amount for (_, payer, _), (_, _, amount) in details.items()) == 999 - 100 + 70
        )

    def test_freight_that_does_not_go_to_the_merchant(self):
        compiled = compile_document(a_document(), freight_to_merchant=False)
        assert "freight_collected" not in {slot.fee for slot in compiled.slots}


class TestChoosesTheRule:
    def test_highest_priority_wins_and_a_subcategory_is_in_its_category(self):
        document = a_document(
            a_rule("general", rate="5%"),
            a_rule("electronics", rate="3%", when={"category": ["electronics"]}, priority=1),
        )
        lines = [
            some_line(1, category="chargers"),
            some_line(2, order=2, category="food"),
            some_line(3, order=3),
        ]
        assert amounts(document, *lines) == [300, 500, 500]

    def test_by_the_days_of_the_zone(self):
        document = a_document(
            a_rule("old", rate="5%", effective_before="2016-06-01"),
            a_rule("new", rate="4%", effective_from="2016-06-01"),
        )
        midnight = datetime.datetime(2016, 6, 1, tzinfo=ZONE)
        before = midnight - datetime.timedelta(microseconds=1)
        lines = [some_line(1, ordered_at=before), some_line(2, order=2, ordered_at=midnight)]
        assert amounts(document, *lines) == [500, 400]

    def test_no_order_from_before_the_set(self):
        document = a_document(a_rule(rate="5%", effective_from="2015-01-01"))
        assert amounts(document, some_line(ordered_at=datetime.datetime(2015, 12, 31, tzinfo=ZONE))) == [None]

    def test_order_amount_is_the_goods_of_the_merchants_part(self):
        document = a_document(a_rule(rate="5%", when={"order_amount": {"from": 15_000}}))
        lines = [some_line(1), some_line(2), some_line(3, merchant="m2")]
        assert amounts(document, *lines) == [500, 500, None]

    def test_unknown_ids_meet_only_what_does_not_restrict_them(self):
        document = a_document(
            a_rule("any", rate="5%"), a_rule("books", rate="3%", when={"category": ["books"]}, priority=1)
        )
        compiled = compile_document(document)
        batch = LineBatch.of(
            3,
            category_id=np.array([999, 10**15, -4]),
            goods=np.full(3, 100),
            ordered_us=np.full(3, 1_500 * 10**12),
        )
        assert kernel.rate(batch, compiled).amounts[:, -1].tolist() == [5, 5, 5]


class TestGroups:
    def test_an_order_is_rounded_once_and_shared_by_base(self):
        document = a_document(a_rule(rate="1%", granularity="order"))
        lines = [some_line(number, goods=goods) for number, goods in [(1, 50), (2, 50), (3, 150)]]
        assert amounts(document, *lines) == [1, 0, 1]  # 2.5 is 2; exactly 0.4, 0.4, 1.2

    def test_a_group_is_split_by_the_rule_that_won(self):
        document = a_document(
            a_rule("general", fixed=100, fixed_per="order", granularity="order"),
            a_rule(
                "books",
                fixed=60,
                fixed_per="order",
                granularity="order",
                when={"category": ["books"]},
                priority=1,
            ),
        )
        lines = [some_line(1, category="books"), some_line(2), some_line(3, category="books"), some_line(4)]
        assert amounts(document, *lines) == [30, 50, 30, 50]

    def test_lines_of_one_product_need_not_stand_together(self):
        document = a_document(a_rule(rate="1%", granularity="spu", rounding="up"))
        lines = [some_line(number, spu=spu, goods=10) for number, spu in [(1, "p1"), (2, "p2"), (3, "p1")]]
        assert amounts(document, *lines) == [1, 1, 0]

    def test_fixed_per_order_is_shared_by_goods(self):
        document = a_document(a_rule(fixed=100, fixed_per="order"))
        lines = [some_line(1, goods=1), some_line(2, goods=2), some_line(3, order=2, goods=0)]
        assert amounts(document, *lines) == [33, 67, 100]

    def test_graduated_cumulative_fees_of_a_period_add_up_exactly(self):
        steps = [{"from": 0, "rate": "5%"}, {"from": 1_000, "rate": "3.3333%"}]
        document = a_document(
            a_rule(tiers={"kind": "graduated", "by": "cumulative_sales", "steps": steps}, granularity="spu")
        )
        chance, lines, sold = random.Random(7), [], 0
        for number in range(1, 200):
            lines.append(
                some_line(
                    number,
                    order=number // 5,
                    goods=chance.randint(0, 40),
                    cumulative_before=sold,
                    spu=chance.choice(["p1", "p2"]),
                )
            )
            sold += lines[-1]["goods"]
        exact = Fraction(1_000 * 50_000 + (sold - 1_000) * 33_333, 1_000_000)
        assert sum(amount or 0 for amount in amounts(document, *lines)) == round(exact)


class TestPresence:
    def test_a_rate_of_zero_leaves_a_detail_with_its_base(self):
        assert kernel_details(a_document(a_rule(rate=0)), [some_line(goods=10)])[1][TO_PLATFORM] == (
            "r1",
            10,
            0,
        )

    def test_nothing_of_nothing_is_absent(self):
        assert amounts(a_document(a_rule(rate="5%")), some_line(goods=0)) == [None]

    def test_a_fixed_amount_on_nothing_is_there(self):
        assert amounts(a_document(a_rule(fixed=7)), some_line(goods=0)) == [7]

    def test_flat_details_are_in_the_order_of_lines_and_slots(self):
        lines = [some_line(1, freight=5), some_line(2, order=2, goods=0)]
        rated = kernel.rate(to_batch(lines), compile_document(a_document(a_rule(rate="5%"))))
        flat = rated.details()
        assert flat.counts.tolist() == [3, 0]
        assert [rated.slots[slot].fee for slot in flat.slots] == [
            "goods_amount",
            "freight_collected",
            "fee_a",
        ]
        assert flat.amounts.tolist() == [10_000, 5, 500]
        assert flat.rule_ids.tolist() == [0, 0, 100]

    def test_no_lines(self):
        rated = kernel.rate(to_batch([]), compile_document(a_document(a_rule(rate="5%"))))
        assert rated.amounts.shape == (0, 7)


class TestSizesDoNotMatter:
    @pytest.mark.parametrize("seed", range(30))
    def test_of_chunks(self, seed, monkeypatch):
        chance = random.Random(seed)
        document, lines = random_document(chance), random_lines(chance)
        try:
            expected = kernel_details(document, lines)
        except (AmountBeyondInteger, AmountTooLarge):
            return
        monkeypatch.setattr(kernel, "_LANE_LINES", 2)
        monkeypatch.setattr(kernel, "_PANEL_ELEMENTS", 3)
        assert kernel_details(document, lines) == expected

    @pytest.mark.parametrize("seed", range(30))
    def test_of_card_tables(self, seed, monkeypatch):
        chance = random.Random(seed)
        document, lines = random_document(chance), random_lines(chance)
        try:
            expected = kernel_details(document, lines)
        except (AmountBeyondInteger, AmountTooLarge):
            return
        monkeypatch.setattr(card, "_LARGEST_TABLE", 0)
        monkeypatch.setattr(card, "_ROWS_AT_ONCE", 2)
        monkeypatch.setattr(card, "_LARGEST_DENSE_ID", 0)
        compiled = compile_document(document)
        for _ in range(2):
            assert kernel_details(document, lines, compiled) == expected

    def test_combinations_stay_few(self):
        document = a_document(
            *(a_rule(f"r{place}", rate=place, when={"sku": [f"s{place}"]}) for place in range(1, 6)),
            a_rule("rest", priority=-1),
        )
        compiled = compile_document(document)
        chance = random.Random(1)
        lines = [some_line(number, number, sku=chance.choice(["s1", "s2", None])) for number in range(500)]
        kernel.rate(to_batch(lines), compiled)
        assert compiled.card.combinations == 3


class TestRefusesLines:
    @pytest.mark.parametrize(
        "fields",
        [
            {"goods": -1},
            {"quantity": -1},
            {"freight": -1},
            {"goods": 10**15 + 1},
            {"goods": 100, "shop_discount": 60, "points_discount": 41},
            {"cumulative_before": -1},
        ],
    )
    def test_naming_the_first(self, fields):
        batch = to_batch([some_line(7), some_line(8, **fields)])
        assert unratable_lines(batch).tolist() == [False, True]
        with pytest.raises(UnratableLine, match="Line 8") as refusal:
            kernel.rate(batch, compile_document(a_document()))
        assert refusal.value.details["line_id"] == 8

    def test_of_a_scattered_order_when_a_rule_looks_at_orders(self):
        batch = to_batch([some_line(1, order=5), some_line(2, order=4), some_line(3, order=5)])
        with pytest.raises(UnratableLine, match="order 5"):
            kernel.rate(batch, compile_document(a_document(a_rule(rate="1%", granularity="order"))))
        assert (
            kernel.rate(batch, compile_document(a_document(a_rule(rate="1%")))).amounts[:, -1].tolist()
            == [100] * 3
        )

    def test_floats(self):
        with pytest.raises(FloatRefused):
            LineBatch.of(1, goods=np.array([1.5]))

    def test_columns_of_different_lengths(self):
        with pytest.raises(ValueError, match="goods"):
            LineBatch.of(2, goods=np.array([1, 2, 3]))

    def test_results_beyond_64_bits(self):
        rules = [
            a_rule(fee, fee, base=base, rate="10000%")
            for fee, base in zip(FEES, ["goods", *(f"fee:{fee}" for fee in FEES)], strict=False)
        ]
        with pytest.raises((AmountBeyondInteger, AmountTooLarge)):
            kernel_details(a_document(*rules), [some_line(goods=10**14)])


class TestRefusesRules:
    def compile(self, *rules, **options):
        rule_set = parse_rule_set(a_document(*rules))
        defaults = {
            "fee_ids": FEE_IDS,
            "dimensions": {},
            "rule_version_ids": {rule.code: 1 for rule in rule_set.rules},
            "zone": ZONE,
        }
        return compile_rules(rule_set, **(defaults | options))

    def test_unsound_ones(self):
        with pytest.raises(UnsoundRule, match="above the cap"):
            self.compile(a_rule(floor=2, cap=1))

    def test_a_ring_of_fees(self):
        with pytest.raises(FeeCycle):
            self.compile(a_rule(base="fee:fee_a", rate="1%"))

    def test_fees_that_the_catalogue_lacks(self):
        with pytest.raises(UnknownFee, match="fee_z"):
            self.compile(a_rule(fee="fee_z", rate="1%"))

    def test_a_base_that_nobody_charges(self):
        with pytest.raises(UnknownFee, match="builds on"):
            self.compile(a_rule(base="fee:fee_b", rate="1%"))

    def test_rules_without_a_version(self):
        with pytest.raises(MissingRuleVersion, match="r1"):
            self.compile(a_rule(rate="1%"), rule_version_ids={})
