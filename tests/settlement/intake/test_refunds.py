"""Refunds come in: before their order, in parts, too much, twice, after everything."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.settlement.story import COMMISSION, Story, noon, orders_in, rule, text, yuan
from tests.tampering import broken
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.intake.models import StagedRefund
from zhanggui.settlement.intake.records import RefundRecord
from zhanggui.settlement.replays.explain import explain_detail

pytestmark = pytest.mark.django_db

ORDER = """
    order merchant goods  qty freight day
    A1    m1       100.00 3   6.00    2026-01-05
"""


def refund(number: str = "R1", goods: int = 1000, **fields: object) -> RefundRecord:
    record = RefundRecord(
        row=1,
        refund_no=number,
        order_no="A1",
        line_no="1",
        quantity=0,
        goods=goods,
        refunded_at=noon("2026-01-09"),
    )
    for name, value in fields.items():
        setattr(record, name, value)
    return record


class TestStageRefunds:
    def test_one_that_comes_before_its_order_waits_for_it(self) -> None:
        story = Story()
        story.receive(refund())
        assert story.bill().lines == 0
        story.orders(ORDER)
        assert StagedRefund.objects.get().state == "accepted"
        assert story.bill().lines == 2

    def test_one_that_comes_before_the_payment_waits_for_it(self) -> None:
        story = Story()
        [created] = orders_in(ORDER)
        created.status = "created"
        story.receive(created, refund())
        assert StagedRefund.objects.get().state == "waiting"
        [paid] = orders_in(ORDER)
        story.receive(paid)
        assert StagedRefund.objects.get().state == "accepted"

    def test_the_same_again_is_a_repeat(self) -> None:
        story = Story()
        story.orders(ORDER)
        for _ in range(3):
            story.receive(refund(), refund())
        assert StagedRefund.objects.count() == 1
        assert story.balances() == "1012.01 - 106.00\n2202.01 m1 -96.00\n2241.04 - -10.00"

    def test_the_same_number_with_other_content_is_refused(self) -> None:
        story = Story()
        story.orders(ORDER)
        story.receive(refund(), refund(goods=1001))
        story.receive(refund(goods=1002))
        assert story.rejects() == ["refund_conflict", "refund_conflict"]
        assert StagedRefund.objects.get().goods_minor == 1000

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"refund_no": ""}, "bad_refund_number"),
            ({"refund_no": "x" * 65}, "bad_refund_number"),
            ({"refund_no": "cancel-A1"}, "bad_refund_number"),
            ({"kind": "cancellation"}, "unknown_refund_kind"),
            ({"kind": "gift"}, "unknown_refund_kind"),
            ({"refunded_at": noon("2026-01-09").replace(tzinfo=None)}, "bad_time"),
            ({"goods": 10.0}, "bad_amount"),
            ({"goods": -1}, "bad_amount"),
            ({"freight": True}, "bad_amount"),
            ({"quantity": -1}, "bad_amount"),
            ({"goods": 0}, "empty_refund"),
            ({"kind": "unmatched"}, "missing_merchant"),
            ({"kind": "unmatched", "merchant": "ghost"}, "unknown_merchant"),
            ({"kind": "unmatched", "merchant": "m1", "refunded_at": noon("2025-12-31")}, "no_terms"),
            ({"order_no": ""}, "missing_order"),
            ({"line_no": ""}, "missing_order"),
            ({"line_no": "7"}, "unknown_line"),
        ],
    )
    def test_bad_ones_are_rejects_that_say_why(self, fields: dict[str, object], code: str) -> None:
        story = Story()
        story.orders(ORDER)
        story.receive(refund(**fields))  # type: ignore[arg-type]
        assert story.rejects() == [code]
        assert not StagedRefund.objects.filter(state="accepted").exists()

    def test_one_for_an_unknown_order_waits_and_moves_nothing(self) -> None:
        story = Story()
        story.receive(refund(order_no="ghost"))
        assert story.balances() == ""
        assert StagedRefund.objects.get().state == "waiting"


class TestAcceptRefunds:
    @pytest.mark.parametrize(
        ("fields", "accepted"),
        [
            ({"goods": 10000}, True), ({"goods": 10001}, False), ({"goods": 1, "freight": 600}, True),
            ({"goods": 1, "freight": 601}, False), ({"goods": 1, "quantity": 3}, True),
            ({"goods": 1, "quantity": 4}, False),
        ],
    )  # fmt: skip
    def test_takes_what_is_left_of_the_line_and_no_more(self, fields: dict[str, int], accepted: bool) -> None:
        story = Story()
        story.orders(ORDER)
        story.receive(refund(**fields))  # type: ignore[arg-type]
        assert story.rejects() == ([] if accepted else ["refund_above_rest"])

    def test_one_above_the_rest_is_refused_whole_and_later_smaller_ones_are_taken(self) -> None:
        story = Story()
        story.orders(ORDER)
        story.receive(refund("R1", 6000), refund("R2", 4001), refund("R3", 4000), refund("R4", 1))
        assert story.rejects() == ["refund_above_rest", "refund_above_rest"]
        assert list(StagedRefund.objects.filter(state="accepted").values_list("refund_no", flat=True)) == [
            "R1",
            "R3",
        ]

    def test_one_after_the_statement_was_confirmed_lands_on_the_open_one(self) -> None:
        story = Story()
        story.orders(ORDER)
        story.bill()
        story.close("2026-01-31")
        story.confirm("m1", "2026-01-01")
        story.receive(refund("R1", 10000, freight=600))
        story.bill()
        assert story.statements() == text("""
            m1 01-01..02-01 confirmed 106.00 -5.00 0.00 0.00 101.00
            m1 02-01..03-01 open 0.00 0.00 -101.00 0.00 -101.00
        """)

    def test_price_protection_and_goodwill_give_money_back_without_goods(self) -> None:
        story = Story()
        story.orders(ORDER)
        story.receive(refund("R1", 1000, kind="price_protection"), refund("R2", 500, kind="goodwill"))
        story.receive(refund("R3", 8500, quantity=3))
        story.bill()
        assert story.details("A1") == text("""
            m1 1 goods_amount 100.00 100.00
            m1 1 freight_collected 6.00 6.00
            m1 1 commission 100.00 -5.00
            m1 2 goods_amount 100.00 -10.00
            m1 2 commission -5.00 0.50
            m1 2 goods_amount 100.00 -5.00
            m1 2 commission -5.00 0.25
            m1 2 goods_amount 100.00 -85.00
            m1 2 commission -5.00 4.25
        """)

    def test_unmatched_ones_are_settled_as_documents_of_their_own(self) -> None:
        story = Story()
        story.refunds("""
            refund order goods freight kind      merchant day
            R1     -     30.00 2.00    unmatched m1       2026-01-09
        """)
        for _ in range(2):
            story.bill()
        assert story.details() == "m1 10 refund_unmatched 32.00 -32.00"
        assert story.balances() == "2202.02 m1 32.00\n2241.04 - -32.00"

    def test_unmatched_ones_belong_to_the_entity_of_their_business_day(self) -> None:
        """Half past midnight in Shanghai is still yesterday in UTC."""
        story = Story()
        story.terms("m1", "2026-01-09", entity="e2")
        story.refunds("""
            refund order goods kind      merchant day
            R1     -     30.00 unmatched m1       2026-01-09T00:30
        """)
        story.bill()
        assert story.statements("party entity net") == "m1 e2 -30.00"
        assert story.balances() == "2202.02 m1 30.00\n2241.04 - -30.00"


SHARES = st.integers(0, 3000)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_sequence_of_partial_refunds_gives_back_everything_to_the_cent(data: st.DataObject) -> None:
    """Platform, points and shop coupons, freight and fees: after the last step nothing is left anywhere, and
    in between every party has given back no more than it had."""
    from django.db import transaction

    goods = data.draw(st.integers(1, 20_000), label="goods")
    shop, plat, points = (data.draw(SHARES, label=name) for name in ("shop", "plat", "points"))
    if shop + plat + points >= goods:
        shop, plat, points = 0, goods // 3, goods // 5
    freight = data.draw(SHARES, label="freight")
    paid = goods - shop - plat - points
    cuts = sorted(data.draw(st.sets(st.integers(1, paid - 1), max_size=6), label="cuts")) if paid > 1 else []
    steps = [after - before for before, after in zip([0, *cuts], [*cuts, paid], strict=True)]
    when = data.draw(st.sampled_from(["before", "between", "after"]), label="billed")
    with transaction.atomic():
        story = Story()
        story.orders(f"""
            order merchant goods shop plat points freight day
            A1 m1 {yuan(goods)} {yuan(shop)} {yuan(plat)} {yuan(points)} {yuan(freight)} 2026-01-05
        """)
        if when == "before":
            story.bill()
        for number, step in enumerate(steps):
            last = number == len(steps) - 1
            story.receive(refund(f"R{number}", step, freight=freight if last else 0))
            if when == "between":
                story.bill()
                assert "2202.01" not in story.balances(), (
                    "to the cent, the merchant gives back what the buyer gets"
                )
            _between_nothing_and_all(story)
        story.bill()
        _nothing_is_left(story, paid + freight)
        transaction.set_rollback(True)


def _between_nothing_and_all(story: Story) -> None:
    for row in rows_of(
        "select fee_type_id, sum(amount) filter (where kind = 1) as sold, sum(amount) as rest from settlement_detail"
        " where line_id in (select line_id from settlement_billed_line where kind = 1) group by 1",
        [],
    ):
        low, high = sorted((Decimal(0), row["sold"]))
        assert low <= row["rest"] <= high
    del story


def _nothing_is_left(story: Story, paid: int) -> None:
    assert story.rejects() == []
    assert broken() == set()
    assert all(
        row["rest"] == 0
        for row in rows_of("select sum(amount) as rest from settlement_detail group by fee_type_id", [])
    )
    assert story.balances() == f"1012.01 - {yuan(paid)}\n2241.04 - {yuan(-paid)}"


def test_a_tie_between_goods_and_coupon_rounds_to_what_the_buyer_gets() -> None:
    """Half a cent of goods and half a cent of coupon, each rounded to even, would be a cent apart."""
    story = Story()
    story.orders("""
        order merchant goods shop day
        A1    m1       0.03  0.01 2026-01-05
    """)
    story.bill()
    for number in (1, 2):
        story.receive(refund(f"R{number}", 1))
        story.bill()
        assert "2202.01" not in story.balances()
    assert story.statements("refunds net") == "-0.02 0.00"


def test_refunds_of_many_orders_in_one_file_find_their_own() -> None:
    story = Story()
    story.refunds("""
        refund order line goods day
        R1     A1    2    10.00 2026-01-09
        R1     A2    1    20.00 2026-01-09
        R2     A1    1    30.00 2026-01-08
    """)
    story.orders("""
        order merchant goods day
        A1    m1       50.00 2026-01-05
        A1    m2       50.00 2026-01-05
        A2    m1       50.00 2026-01-05
    """)
    story.bill()
    backs = {
        (order, party): story.details(order, party).splitlines()[2:]
        for order, party in (("A1", "m1"), ("A1", "m2"), ("A2", "m1"))
    }
    assert backs == {
        ("A1", "m1"): ["m1 2 goods_amount 50.00 -30.00", "m1 2 commission -2.50 1.50"],
        ("A1", "m2"): ["m2 2 goods_amount 50.00 -10.00", "m2 2 commission -2.50 0.50"],
        ("A2", "m1"): ["m1 2 goods_amount 50.00 -20.00", "m1 2 commission -2.50 1.00"],
    }


class TestPaidByPoints:
    """Goods for which the buyer paid nothing: shares count units, and what others paid goes back to them."""

    ORDER = """
        order merchant goods qty shop plat points day
        A1    m1       9.00  3   2.00 3.00 4.00   2026-01-05
    """

    def test_units_returned_give_subsidies_back_to_the_cent(self) -> None:
        story = Story()
        story.orders(self.ORDER)
        story.bill()
        for number in (1, 2, 3):
            story.receive(refund(f"R{number}", 0, quantity=1))
            story.bill()
            assert "2202.01" not in story.balances()
        assert story.rejects() == []
        assert story.balances() == ""
        assert story.statements("goods refunds net") == "7.00 -7.00 0.00"
        story.close("2026-01-31")
        assert story.replayed() == []

    @pytest.mark.parametrize(
        ("fields", "code"), [({"quantity": 4}, "refund_above_rest"), ({"goods": 1}, "refund_above_rest")]
    )
    def test_no_more_than_there_is(self, fields: dict[str, int], code: str) -> None:
        story = Story()
        story.orders(self.ORDER)
        story.receive(refund("R1", **{"goods": 0, "quantity": 1} | fields))  # type: ignore[arg-type]
        assert story.rejects() == [code]

    def test_a_cancellation_gives_the_claim_back(self) -> None:
        story = Story()
        [order] = orders_in(self.ORDER)
        order.status = "paid"
        story.receive(order)
        story.receive(refund("R1", 0, quantity=1))
        order.status = "cancelled"
        story.receive(order)
        assert story.balances() == ""

    def test_units_of_goods_that_were_paid_for_are_no_refund_without_money(self) -> None:
        story = Story()
        story.orders(ORDER)
        story.receive(refund("R1", 0, quantity=1))
        assert story.rejects() == ["empty_refund"]

    def test_goods_that_cost_nothing_say_how_many_they_are(self) -> None:
        story = Story()
        story.orders(self.ORDER.replace("9.00  3 ", "9.00  0 "))
        assert story.rejects() == ["bad_amount"]

    def test_explained_in_units(self) -> None:
        story = Story()
        story.orders(self.ORDER)
        story.receive(refund("R1", 0, quantity=2))
        story.bill()
        event = StagedRefund.objects.get().id
        key = story.detail("m1", "A1", "points_subsidy", event=event)
        assert "0 had come back before, 2 now, of 3" in explain_detail(key)["text"]
        assert "此前已退 0 件，本次退 2 件，共 3 件" in explain_detail(key, "zh")["text"]

    def test_freight_alone_moves_no_share_of_the_goods(self) -> None:
        story = Story()
        story.orders("""
            order merchant goods qty points freight day
            A1    m1       9.00  3   9.00   6.00    2026-01-05
        """)
        story.bill()
        story.receive(refund("R1", 0, freight=250), refund("R2", 0, freight=350, quantity=3))
        story.bill()
        assert story.rejects() == []
        assert story.details("A1").splitlines()[2:] == [
            "m1 2 freight_collected 6.00 -2.50", "m1 2 points_subsidy 9.00 -9.00",
            "m1 2 freight_collected 6.00 -3.50",
        ]  # fmt: skip
        assert story.balances() == "1012.01 - 6.00\n2241.04 - -6.00"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_units_returned_in_any_order_clear_what_points_and_coupons_paid(data: st.DataObject) -> None:
    from django.db import transaction

    shop, plat, points = (data.draw(SHARES, label=name) for name in ("shop", "plat", "points"))
    units = data.draw(st.integers(1, 12), label="units")
    steps, left = [], units
    while left:
        steps.append(data.draw(st.integers(1, left), label="step"))
        left -= steps[-1]
    with transaction.atomic():
        story = Story(
            COMMISSION,
            rule("service", "1%", fee="tech_service_fee", base="goods", fixed=7),
            free="commission",
        )
        story.orders(f"""
            order merchant goods qty shop plat points day
            A1 m1 {yuan(shop + plat + points)} {units} {yuan(shop)} {yuan(plat)} {yuan(points)} 2026-01-05
        """)
        early = data.draw(st.booleans(), label="billed between")
        for number, step in enumerate(steps):
            story.receive(refund(f"R{number}", 0, quantity=step))
            if early:
                story.bill()
                assert "2202.01" not in story.balances()
            _between_nothing_and_all(story)
        story.bill()
        assert story.rejects() == []
        assert broken() == set()
        assert story.balances() == ""
        transaction.set_rollback(True)
