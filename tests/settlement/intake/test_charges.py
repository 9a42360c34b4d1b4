"""The general billing interface: details that others billed, taken in once or refused with a reason."""

from datetime import timedelta
from typing import Any

import pytest

from tests.settlement.story import Story, noon, text
from zhanggui.journeys.charges_received import charges_received
from zhanggui.settlement.intake.errors import BatchTooLarge, IdempotencyKeyConflict
from zhanggui.settlement.intake.models import Charge, ChargeBatch
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord

pytestmark = pytest.mark.django_db


def charge(**fields: Any) -> ChargeRecord:
    usual = {
        "charge_no": "C1", "party": "m1", "fee": "storage_fee", "currency": "CNY", "amount": -1234,
        "occurred_at": noon("2026-01-09"), "base": 7,
    }  # fmt: skip
    return ChargeRecord(**(usual | fields))


def send(story: Story, *records: ChargeRecord, key: str = "k1") -> ChargeBatch:
    return charges_received(
        business_line=story.line, key=key, records=records, at=story.clock(), actor="other"
    )


class TestPostCharges:
    def test_settles_what_it_accepts_as_passed_through(self) -> None:
        story = Story()
        batch = send(story, charge(), charge(charge_no="C2", fee="goodwill", amount=500))
        assert (batch.accepted, batch.rejected) == (2, 0)
        assert story.bill().details == 2
        assert story.bill().details == 0
        assert story.details() == "m1 4 storage_fee 0.07 -12.34\nm1 4 goodwill 0.07 5.00"
        assert story.balances() == "2202.02 m1 7.34\n6001.04 - -12.34\n6601.04 - 5.00"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"charge_no": ""}, "bad_charge_number"), ({"charge_no": "x" * 65}, "bad_charge_number"),
            ({"party": "ghost"}, "unknown_party"), ({"party": ""}, "unknown_party"),
            ({"fee": "ghost_fee"}, "unknown_fee"), ({"currency": "USD"}, "wrong_currency"),
            ({"amount": 1.5}, "bad_amount"), ({"amount": 10.0}, "bad_amount"), ({"amount": True}, "bad_amount"),
            ({"amount": "5"}, "bad_amount"), ({"amount": 10**15 + 1}, "bad_amount"),
            ({"amount": 10**40}, "bad_amount"), ({"base": float("inf")}, "bad_amount"),
            ({"amount": 0}, "zero_amount"), ({"source": "guessed"}, "unknown_source"),
            ({"occurred_at": noon("2026-01-09").replace(tzinfo=None)}, "bad_time"),
            ({"occurred_at": noon("2025-12-31")}, "no_terms"),
        ],
    )  # fmt: skip
    def test_says_of_each_why_it_is_not_settled(self, fields: dict[str, Any], code: str) -> None:
        story = Story()
        batch = send(story, charge(**fields), charge(charge_no="good"))
        assert (batch.accepted, batch.rejected) == (1, 1)
        refused = Charge.objects.get(state="rejected")
        assert (refused.reject_code, bool(refused.reject_message)) == (code, True)
        assert story.bill().details == 1

    def test_the_same_batch_again_is_the_batch_as_it_was(self) -> None:
        story = Story()
        first = send(story, charge())
        assert send(story, charge()).id == first.id
        assert Charge.objects.count() == 1

    def test_the_same_key_with_another_batch_is_refused(self) -> None:
        story = Story()
        send(story, charge())
        with pytest.raises(IdempotencyKeyConflict):
            send(story, charge(amount=-1))

    def test_a_charge_is_settled_once_whatever_batch_brings_it(self) -> None:
        story = Story()
        send(story, charge(), charge(), key="k1")
        send(story, charge(), key="k2")
        send(story, charge(amount=-9999), key="k3")
        codes = list(Charge.objects.order_by("line_id").values_list("reject_code", flat=True))
        assert codes == ["", "repeated", "repeated", "charge_conflict"]
        story.bill()
        assert "2202.02 m1 12.34" in story.balances()

    def test_numbers_are_each_partys_own(self) -> None:
        story = Story()
        assert send(story, charge(), charge(party="m2")).accepted == 2

    def test_too_many_rows_are_refused_whole(self) -> None:
        story = Story()
        with pytest.raises(BatchTooLarge):
            send(story, *[charge(charge_no=str(number)) for number in range(10_001)])
        assert not ChargeBatch.objects.exists()

    def test_a_late_one_goes_to_the_open_statement_of_its_party(self) -> None:
        story = Story()
        send(story, charge())
        story.bill()
        story.close("2026-01-31")
        send(story, charge(charge_no="C2"), key="k2")
        story.bill()
        assert story.statements("period state net") == text("""
            01-01..02-01 carried -12.34
            02-01..03-01 open -24.68
        """)

    def test_what_has_not_happened_yet_waits(self) -> None:
        story = Story()
        send(story, charge(occurred_at=noon("2026-02-01")))
        assert story.bill("2026-01-31").details == 0
        assert story.bill("2026-02-01").details == 1


class TestSettlementOnly:
    def test_a_line_that_bills_itself_needs_no_rules_and_settles_what_is_pushed(self) -> None:
        story = Story(settlement_only=True)
        story.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
        """)
        send(
            story,
            charge(fee="goods_amount", amount=10000),
            charge(charge_no="C2", fee="commission", amount=-500),
        )
        assert story.bill().details == 2
        assert story.statements("party net") == "m1 95.00"
        assert story.balances() == text("""
            1012.01 - 100.00
            2202.02 m1 -95.00
            6001.01 - -5.00
        """)


class TestShadow:
    """Double insurance: what is pushed is compared with our own billing and never settled."""

    ORDERS = """
        order merchant goods  day
        A1    m1       100.00 2026-01-05
        A2    m1       200.00 2026-01-05
    """

    def differences(self) -> list[tuple[str, int, int]]:
        from zhanggui.settlement.intake.models import ShadowDifference

        rows = ShadowDifference.objects.order_by("order_no", "fee_type_id")
        return [(f"{row.order_no} {row.kind}", row.pushed_minor, row.computed_minor) for row in rows]

    def pushed(self, *amounts: int) -> list[ChargeRecord]:
        fees = ("goods_amount", "commission")
        return [
            charge(charge_no=f"A1-{fee}-{amount}", fee=fee, amount=amount, order_no="A1", line_no="1")
            for fee, amount in zip(fees, amounts, strict=False)
        ]

    def test_agreement_leaves_no_difference_and_settles_once(self) -> None:
        story = Story(shadow=True)
        story.orders(self.ORDERS)
        story.bill()
        send(story, *self.pushed(10000, -500))
        assert self.differences() == []
        assert story.bill().details == 0
        assert story.statements("net") == "285.00"

    def test_every_difference_is_listed(self) -> None:
        story = Story(shadow=True)
        story.orders(self.ORDERS)
        story.bill()
        send(story, charge(amount=10000, fee="goods_amount", order_no="A1", line_no="1"),
             charge(charge_no="C2", amount=-499, fee="commission", order_no="A1", line_no="1"),
             charge(charge_no="C3", amount=-7, fee="storage_fee", order_no="A1", line_no="1"),
             charge(charge_no="C4", amount=20000, fee="goods_amount", order_no="A2", line_no="1"))  # fmt: skip
        assert self.differences() == [
            ("A1 amount", -499, -500),
            ("A1 missing_here", -7, 0),
            ("A2 missing_there", 0, -1000),
        ]

    def test_differences_that_are_gone_leave_the_list(self) -> None:
        story = Story(shadow=True)
        story.orders(self.ORDERS)
        story.bill()
        send(story, *self.pushed(10000))
        assert self.differences() == [("A1 missing_there", 0, -500)]
        at = story.clock()
        charges_received(
            business_line=story.line,
            key="k2",
            records=[self.pushed(10000, -500)[1]],
            at=at - timedelta(days=3),
            actor="x",
        )
        assert self.differences() == []

    def test_what_is_pushed_before_we_bill_is_compared_when_we_have(self) -> None:
        story = Story(shadow=True)
        story.orders(self.ORDERS)
        send(story, *self.pushed(10000, -500))
        assert len(self.differences()) == 2
        story.bill()
        assert self.differences() == []

    def test_an_unknown_order_is_refused(self) -> None:
        story = Story(shadow=True)
        send(story, charge(order_no="ghost", line_no="1"))
        assert Charge.objects.get().reject_code == "unknown_order"
