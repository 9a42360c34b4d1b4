"""Orders come in: once, whole, and on through their states."""

import pytest

from tests.settlement.story import Story, noon, orders_in, text
from zhanggui.settlement.intake.models import StagedLine, StagedOrder, StagedPayment
from zhanggui.settlement.intake.records import LineRecord, OrderRecord, PaymentRecord

pytestmark = pytest.mark.django_db


def order(number: str = "A1", status: str = "created", **fields: object) -> OrderRecord:
    [record] = orders_in(f"""
        order merchant goods day status
        {number} m1 100.00 2026-01-05 {status}
    """)
    for name, value in fields.items():
        setattr(record, name, value)
    return record


class TestStageOrders:
    def test_the_same_order_again_is_a_repeat(self) -> None:
        story = Story()
        story.receive(order())
        run = story.receive(order(), order())
        assert (run.totals["orders"], run.totals["repeated"], run.totals["rejected"]) == (0, 2, 0)
        assert StagedOrder.objects.count() == 1

    def test_the_same_number_with_other_lines_is_refused(self) -> None:
        story = Story()
        story.receive(order())
        other = order()
        other.lines[0].goods += 1
        story.receive(other)
        assert story.rejects() == ["order_conflict"]
        assert StagedLine.objects.get().goods_minor == 10000

    def test_the_same_number_with_other_lines_in_one_file_is_refused(self) -> None:
        story = Story()
        other = order()
        other.lines[0].goods += 1
        story.receive(order(), other)
        assert story.rejects() == ["order_conflict"]

    def test_the_same_moment_written_in_another_zone_is_the_same_order(self) -> None:
        from datetime import UTC

        story = Story()
        story.receive(order())
        story.receive(order(ordered_at=noon("2026-01-05").astimezone(UTC)))
        assert story.rejects() == []

    def test_numbers_of_another_business_line_are_its_own(self) -> None:
        one, other = Story(), Story(code="grocery")
        one.receive(order())
        other.receive(order())
        assert StagedOrder.objects.count() == 2

    def test_an_order_comes_in_whole_or_not_at_all(self) -> None:
        story = Story()
        story.orders("""
            order merchant goods day
            A1    m1       1.00  2026-01-05
            A1    nobody   1.00  2026-01-05
            A2    m1       1.00  2026-01-05
        """)
        assert story.rejects() == ["unknown_merchant"]
        assert list(StagedOrder.objects.values_list("order_no", flat=True)) == ["A2"]
        assert StagedLine.objects.count() == 1

    @pytest.mark.parametrize(
        ("table", "code"),
        [
            ("merchant=m1 goods=1.00 supplier=m1", "merchant_is_supplier"),
            ("merchant=m1 goods=1.00 supplier=ghost", "unknown_supplier"),
            ("merchant=m1 goods=1.00 carrier=ghost", "unknown_carrier"),
            ("merchant=m1 goods=1.00 shop=0.60 plat=0.41", "discount_above_goods"),
            ("merchant=m1 goods=-1.00", "bad_amount"),
            ("merchant=m1 goods=1.00 qty=-1", "bad_amount"),
            ("merchant=m1 goods=1.00 freight=-0.01", "bad_amount"),
            ("merchant=m1 goods=10000000000000.01", "bad_amount"),
            ("merchant=m1 goods=1.00 day=2025-12-31", "no_rule_set"),
        ],
    )
    def test_bad_lines_are_rejects_that_say_why(self, table: str, code: str) -> None:
        story = Story()
        cells = {"order": "A1", "day": "2026-01-05"} | dict(cell.split("=") for cell in table.split())
        story.orders(f"{' '.join(cells)}\n{' '.join(cells.values())}")
        assert story.rejects() == [code]
        assert not StagedOrder.objects.exists()

    @pytest.mark.parametrize("value", [1.0, True, "1", None, 10**30, float("nan")])
    @pytest.mark.parametrize("name", ["goods", "quantity", "points_discount", "freight", "tax"])
    def test_what_is_no_whole_number_is_no_amount(self, name: str, value: object) -> None:
        story = Story()
        record = order()
        setattr(record.lines[0], name, value)
        story.receive(record, order("A2"))
        assert story.rejects() == ["bad_amount"]
        assert StagedOrder.objects.get().order_no == "A2"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"order_no": ""}, "bad_order_number"),
            ({"order_no": "x" * 65}, "bad_order_number"),
            ({"status": "paying"}, "unknown_status"),
            ({"ordered_at": noon("2026-01-05").replace(tzinfo=None)}, "bad_time"),
            ({"paid_at": "yesterday"}, "bad_time"),
            ({"payments": [PaymentRecord(1, "card", 1.5)]}, "bad_amount"),  # type: ignore[arg-type]
            ({"payments": [PaymentRecord(1, "card", -1)]}, "bad_amount"),
            ({"payments": [PaymentRecord(1, "card", 1), PaymentRecord(1, "card", 2)]}, "duplicate_payment"),
            (
                {"lines": [LineRecord("1", "m1", "s", 1, 5), LineRecord("1", "m1", "s", 1, 5)]},
                "duplicate_line",
            ),
            ({"lines": [LineRecord("", "m1", "s", 1, 5)]}, "bad_line_number"),
            ({"lines": [LineRecord("1", "", "s", 1, 5)]}, "missing_merchant"),
        ],
    )
    def test_bad_orders_are_rejects_that_say_why(self, fields: dict[str, object], code: str) -> None:
        story = Story()
        story.receive(order(**fields))
        assert story.rejects() == [code]
        assert not StagedOrder.objects.exists()

    def test_an_order_before_any_terms_is_refused(self) -> None:
        from zhanggui.settlement.entities.models import SettlementTerms

        story = Story()
        SettlementTerms.objects.update(effective_from="2026-02-01")
        story.receive(order())
        assert story.rejects() == ["no_terms"]


PAID = "1012.01 - 100.00\n2202.01 m1 -100.00"


class TestAdvanceOrders:
    def test_goes_through_its_states_and_is_billable_at_its_node(self) -> None:
        story = Story()
        for status, expected in (("created", ""), ("paid", PAID), ("shipped", PAID), ("received", PAID)):
            story.receive(order(status=status))
            assert (story.bill().lines, story.balances()) == (0, expected)
        story.receive(order(status="completed", completed_at=noon("2026-01-09")))
        assert story.bill("2026-01-08").lines == 0
        assert story.bill("2026-01-09").lines == 1
        assert StagedOrder.objects.get().status == 4

    def test_all_states_in_one_file_come_to_the_same(self) -> None:
        story = Story()
        run = story.receive(*(order(status=status) for status in ("created", "paid", "shipped", "completed")))
        assert (run.totals["orders"], run.totals["advanced"]) == (1, 3)
        assert story.bill().lines == 1
        assert StagedOrder.objects.get().paid_minor == 10000

    def test_never_goes_back(self) -> None:
        story = Story()
        story.receive(order(status="completed"))
        story.receive(order(status="paid"))
        assert StagedOrder.objects.get().status == 4

    def test_payments_are_taken_once(self) -> None:
        story = Story()
        payment = PaymentRecord(1, "card", 10000)
        for status in ("paid", "shipped", "completed"):
            story.receive(order(status=status, payments=[payment]))
        assert StagedPayment.objects.count() == 1
        assert story.balances() == PAID

    def test_a_change_of_terms_in_between_does_not_reach_the_order(self) -> None:
        """Entity and node are frozen with the line; terms set later, even for days past, are not asked."""
        story = Story(node="completed")
        story.receive(order())
        story.terms("m1", "2026-01-02", entity="e2", node="paid")
        story.receive(order(status="paid"))
        assert story.bill().lines == 0
        story.receive(order(status="completed"))
        assert story.bill().lines == 1
        assert story.statements("party entity net") == "m1 e1 95.00"
        assert story.balances() == text("""
            1012.01 - 100.00
            2202.02 m1 -95.00
            6001.01 - -5.00
        """)


class TestPayments:
    def test_an_order_that_goes_out_unpaid_is_owed_until_it_is_paid(self) -> None:
        story = Story()
        unpaid = {"payments_listed": True, "payments": []}
        story.receive(order(status="shipped", **unpaid))
        assert story.balances() == "1221 - 100.00\n2202.01 m1 -100.00"
        story.receive(order(status="completed", **unpaid))
        assert story.balances() == "1221 - 100.00\n2202.01 m1 -100.00"
        story.receive(order(status="completed", payments=[PaymentRecord(1, "cod", 10100)]))
        story.receive(order(status="completed", payments=[PaymentRecord(1, "cod", 10100)]))
        assert story.balances() == "1012.01 - 101.00\n2202.01 m1 -100.00\n6051 - -1.00"
        assert StagedOrder.objects.get().paid_minor == 10100

    def test_an_order_listed_without_payments_that_goes_out_is_a_receivable(self) -> None:
        story = Story()
        unpaid = {"payments_listed": True, "payments": []}
        story.receive(order(status="created", **unpaid))
        story.receive(order(status="shipped", **unpaid))
        assert story.balances() == "1221 - 100.00\n2202.01 m1 -100.00"
        assert StagedOrder.objects.get().paid_minor == 0

    @pytest.mark.parametrize(("paid", "odd"), [("101.37", "-1.37"), ("99.99", "0.01")])
    def test_more_or_less_than_due_goes_to_differences(self, paid: str, odd: str) -> None:
        story = Story()
        story.orders(f"""
            order merchant goods  day        paid
            A1    m1       100.00 2026-01-05 {paid}
        """)
        assert story.balances() == f"1012.01 - {paid}\n2202.01 m1 -100.00\n6051 - {odd}"

    def test_money_for_an_order_without_lines_is_owed_back(self) -> None:
        story = Story()
        story.receive(order(lines=[], status="paid", payments=[PaymentRecord(1, "card", 5000)]))
        assert story.balances() == "1012.01 - 50.00\n2241.04 - -50.00"
        assert story.bill().lines == 0

    def test_two_entities_share_a_payment_by_what_their_lines_are_due(self) -> None:
        story = Story()
        story.terms("m2", "2026-01-02", entity="e2")
        story.orders("""
            order merchant goods day        paid
            A1    m1       10.00 2026-01-05 100.00
            A1    m2       20.00 2026-01-05 100.00
        """)
        story.bill()
        story.close("2026-01-31")
        assert story.balances() == text("""
            1012.01 - 100.00
            2202.02 m1 -9.50
            2202.02 m2 -19.00
            6001.01 - -1.50
            6051 - -70.00
        """)

    def test_discounts_are_borne_by_who_gave_them(self) -> None:
        story = Story()
        story.orders("""
            order merchant goods  shop  plat  points freight day
            A1    m1       100.00 10.00 20.00 5.00   3.00    2026-01-05
        """)
        assert story.balances() == text("""
            1012.01 - 68.00
            2202.01 m1 -93.00
            6601.01 - 20.00
            6601.02 - 5.00
        """)


CANCELLED = {"payments": [PaymentRecord(1, "card", 10000)]}


class TestCancellation:
    def test_after_payment_gives_everything_back_and_is_never_billed(self) -> None:
        story = Story()
        story.receive(order(status="paid"))
        story.receive(order(status="cancelled"))
        assert story.balances() == "1012.01 - 100.00\n2241.04 - -100.00"
        assert story.bill().lines == 0

    def test_gives_back_once_however_often_it_is_told(self) -> None:
        story = Story()
        story.receive(order(status="paid"))
        for _ in range(3):
            story.receive(order(status="cancelled", **CANCELLED))
        assert story.balances() == "1012.01 - 100.00\n2241.04 - -100.00"

    def test_an_order_first_heard_of_as_cancelled_is_owed_back_once(self) -> None:
        story = Story()
        for _ in range(3):
            story.receive(order(status="cancelled", **CANCELLED))
        story.refunds("""
            refund order goods  day
            R1     A1    100.00 2026-01-07
        """)
        assert story.balances() == "1012.01 - 100.00\n2241.04 - -100.00"
        assert story.rejects() == ["order_cancelled"]

    def test_after_a_partial_refund_gives_the_rest_back(self) -> None:
        story = Story()
        story.receive(order(status="paid"))
        story.refunds("""
            refund order goods day
            R1     A1    30.00 2026-01-07
        """)
        story.receive(order(status="cancelled"))
        assert story.balances() == "1012.01 - 100.00\n2241.04 - -100.00"

    def test_in_the_same_file_as_a_refund_still_gives_all_back(self) -> None:
        from tests.settlement.story import refunds_in

        story = Story()
        story.receive(order(status="paid"))
        [refund] = refunds_in("""
            refund order goods day
            R1     A1    30.00 2026-01-07
        """)
        story.receive(refund, order(status="cancelled"))
        assert story.balances() == "1012.01 - 100.00\n2241.04 - -100.00"

    def test_after_billing_reverses_what_was_billed(self) -> None:
        story = Story()
        story.receive(order(status="completed"))
        story.bill()
        story.close("2026-01-31")
        story.receive(order(status="cancelled"))
        story.bill("2027-01-02")
        assert story.statements("party state net") == text("""
            m1 confirming 95.00
            m1 open 0.00
            m1 open -95.00
        """)
        assert story.balances() == "1012.01 - 100.00\n2241.04 - -100.00"

    def test_of_what_went_out_unpaid_takes_the_receivable_back(self) -> None:
        story = Story()
        unpaid = {"payments_listed": True, "payments": []}
        story.receive(order(status="shipped", **unpaid))
        story.receive(order(status="cancelled", **unpaid))
        assert story.balances() == ""
        story.receive(order(status="cancelled", payments=[PaymentRecord(1, "cod", 500)]))
        assert story.balances() == "1012.01 - 5.00\n2241.04 - -5.00"

    def test_of_what_was_never_paid_moves_nothing(self) -> None:
        story = Story()
        story.receive(order())
        story.receive(order(status="cancelled"))
        assert story.balances() == ""
        assert StagedOrder.objects.get().status == 9
