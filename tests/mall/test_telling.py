"""What happened in the mall arrives in the settlement centre, once, and is billed, stated and proved there."""

from datetime import date

import pytest

from tests.mall.shopping import ZONE, Mall
from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.mall_told import mall_told
from zhanggui.journeys.order_called_off import order_called_off
from zhanggui.journeys.period_ended import period_ended
from zhanggui.settlement.entities.models import SettlementTerms
from zhanggui.settlement.intake.models import StagedLine, StagedOrder, StagedPayment, StagedRefund
from zhanggui.settlement.statements.models import Statement
from zhanggui.trade.orders.models import Order
from zhanggui.trade.parameters.operations.set_parameter import set_parameter


def tell(mall: Mall) -> tuple[int, int, int]:
    told = tell_settlement(clock=mall.clock, zone=ZONE)
    return told.orders, told.refunds, told.rejected


class TestTelling:
    def test_a_paid_order_arrives_with_its_money_under_the_channels_numbers(self, mall: Mall) -> None:
        orders = mall.buy(("TEA-1", 2), ("CUP-1", 1))
        assert tell(mall) == (2, 0, 0)
        assert list(StagedOrder.objects.order_by("order_no").values_list("order_no", "due_minor", "paid_minor")) == [
            (orders[0].order_no, 17600, 17600), (orders[1].order_no, 4900, 4900),
        ]  # fmt: skip
        paid = StagedPayment.objects.order_by("order_id").values_list(
            "reference", "channel_number", "amount_minor"
        )
        number = mall.channel.asked[0].number
        assert list(paid) == [
            (f"{number}01", f"42{number}01", 17600), (f"{number}02", f"42{number}02", 4900),
        ]  # fmt: skip

    def test_nothing_is_told_before_it_is_paid_nor_twice(self, mall: Mall) -> None:
        mall.place(("TEA-1", 1))
        assert tell(mall) == (0, 0, 0)
        mall.buy(("TEA-1", 1))
        assert [tell(mall), tell(mall)] == [(1, 0, 0), (0, 0, 0)]

    def test_every_station_is_told(self, mall: Mall) -> None:
        (order,) = mall.buy(("TEA-1", 1))
        tell(mall)
        for step in (mall.ship, mall.confirm, mall.complete):
            mall.clock.later(days=1)
            step(order)
            assert tell(mall) == (1, 0, 0)
        staged = StagedOrder.objects.get()
        assert (staged.status, staged.completed_at) == (4, mall.clock())

    def test_an_order_called_off_arrives_as_paid_and_given_back(self, mall: Mall) -> None:
        (order,) = mall.buy(("TEA-1", 1))
        order_called_off(order_no=order.order_no, reason="late", at=mall.clock(), actor="buyer:1")
        assert tell(mall) == (1, 0, 0)  # the money is not there yet
        mall.send_refunds()
        assert tell(mall) == (0, 1, 0)
        refund = StagedRefund.objects.get()
        assert (refund.state, refund.goods_minor, refund.channel_number[:2]) == ("accepted", 8800, "50")

    def test_what_is_not_taken_in_says_why_and_is_tried_again(self, mall: Mall) -> None:
        (order,) = mall.buy(("TEA-1", 1))
        SettlementTerms.objects.all().update(effective_from=date(2027, 1, 1))
        assert tell(mall) == (0, 0, 1)
        order.refresh_from_db()
        assert order.told_fault.startswith("no_terms: ")
        SettlementTerms.objects.all().update(effective_from=date(2026, 1, 1))
        assert tell(mall) == (0, 0, 0)  # not before an hour is over
        mall.clock.later(hours=1)
        assert tell(mall) == (1, 0, 0)

    def test_without_the_line_that_is_named_everything_waits(self, mall: Mall) -> None:
        mall.buy(("TEA-1", 1))
        set_parameter(code="business_line", value="elsewhere", at=mall.clock(), actor="tests")
        assert tell(mall) == (0, 0, 0)
        assert Order.objects.get().told_version == 0

    def test_killed_before_the_end_nothing_was_said(
        self, mall: Mall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mall.buy(("TEA-1", 1))
        with monkeypatch.context() as patched:
            patched.setattr("zhanggui.journeys.mall_told._note", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                mall_told(business_line=mall.line, clock=mall.clock, zone=ZONE)
        assert StagedLine.objects.count() == 0
        assert tell(mall) == (1, 0, 0)


class TestSettling:
    def test_a_month_of_the_mall_is_billed_and_stated(self, mall: Mall) -> None:
        mall.buy(("TEA-1", 2), ("CUP-1", 1))
        (returned,) = mall.buy(("TEA-2", 1))
        order_called_off(order_no=returned.order_no, reason="late", at=mall.clock(), actor="buyer:1")
        mall.send_refunds()
        tell(mall)
        mall.clock.later(days=20)
        goods_billable(
            business_line=mall.line, as_of=mall.clock(), clock=mall.clock, zone=ZONE, actor="tests"
        )
        period_ended(through=date(2026, 6, 30), clock=mall.clock, zone=ZONE, actor="tests")
        nets = dict(Statement.objects.filter(starts_on=date(2026, 6, 1)).values_list("party_id", "net_minor"))
        tea, kiln = mall.party("tea").id, mall.party("kiln").id
        # 5 % commission and 0.6 % for technology of what was bought and stayed: 17600 and 4900
        assert nets == {tea: 17600 - 880 - 106, kiln: 4900 - 245 - 29}
