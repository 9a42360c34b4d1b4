"""Units whose money went back are never shipped (again), whatever happens to parcels; the rest finds its way out."""

from datetime import timedelta
from random import Random

import pytest

from tests.trade.fulfilment.sold import NOW, Sold, state_of, steps_of
from tests.trade.fulfilment.test_ship_lines import ship
from zhanggui.clockwork.move_orders_on import move_orders_on
from zhanggui.journeys.goods_shipped import parcel_taken_back
from zhanggui.journeys.rest_called_off import rest_called_off
from zhanggui.journeys.return_asked import return_agreed, return_asked, return_turned_down, return_withdrawn
from zhanggui.money.errors import Refusal
from zhanggui.payments.models import Refund
from zhanggui.trade.fulfilment.errors import MoreThanOrdered, UnknownOrderLine
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.queries import sent_units
from zhanggui.trade.orders.errors import OrderNotInState, UnknownOrder
from zhanggui.trade.orders.models import Order
from zhanggui.trade.orders.operations.give_back import left_of
from zhanggui.trade.orders.queries import given_units
from zhanggui.trade.returns.errors import AfterSaleOver, AskedAboveLeft, ReasonMissing
from zhanggui.trade.returns.models import ReturnCase, ReturnKind
from zhanggui.trade.returns.operations.open_case import Asked
from zhanggui.trade.returns.queries import withdrawn_units

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold() -> Sold:
    return Sold()


def ask(order: Order, units: int, reason: str = "late", line_no: str = "1") -> ReturnCase:
    return return_asked(
        order_no=order.order_no, kind=ReturnKind.REFUND_ONLY, reason=reason, text="", pictures=[],
        asked=[Asked(order.lines.get(line_no=line_no).id, units)], at=NOW,
    )  # fmt: skip


def agree(case: ReturnCase) -> None:
    return_agreed(case_no=case.case_no, at=NOW, actor="staff")


def back(sold: Sold, parcel: Parcel) -> None:
    parcel_taken_back(shipper_id=sold.id("tea"), parcel_no=parcel.parcel_no, at=NOW, actor="staff")


def off(order: Order, *line_nos: str, **more: object) -> Order:
    told = {"reason": "out of stock", "at": NOW, "actor": "staff"} | more
    return rest_called_off(order_no=order.order_no, line_nos=line_nos, **told)  # type: ignore[arg-type]


def refunds() -> list[int]:
    return list(Refund.objects.order_by("id").values_list("amount_minor", flat=True))


class TestParcelsThatComeBack:
    def test_what_was_refunded_of_one_is_not_shipped_again(self, sold: Sold) -> None:
        order = sold.order("A tea cup:3")
        parcel = ship(sold, "A").parcel
        agree(ask(order, 1, "not_arrived"))
        back(sold, parcel)
        assert sold.stock("tea", "cup") == (100, 2)
        with pytest.raises(MoreThanOrdered):
            ship(sold, ("A", "1", 3), tracking="SF2000")
        ship(sold, "A", tracking="SF2000")
        assert (state_of(order), sold.stock("tea", "cup")) == ("shipped", (98, 0))

    def test_what_is_still_asked_waits_until_it_is_answered(self, sold: Sold) -> None:
        order = sold.order("A tea cup:3")
        parcel = ship(sold, "A").parcel
        case = ask(order, 1, "not_arrived")
        back(sold, parcel)
        assert [one.quantity for one in ship(sold, "A", tracking="SF2000").parcel.lines.all()] == [2]
        assert state_of(order) == "paid"
        return_turned_down(case_no=case.case_no, at=NOW, actor="staff", text="it is on its way")
        ship(sold, "A", tracking="SF3000")
        assert (state_of(order), sold.stock("tea", "cup")) == ("shipped", (97, 0))

    def test_an_order_of_which_all_was_refunded_is_called_off(self, sold: Sold) -> None:
        order = sold.order("A tea cup:2")
        parcel = ship(sold, "A").parcel
        agree(ask(order, 2, "not_arrived"))
        back(sold, parcel)
        back(sold, parcel)
        assert (state_of(order), refunds(), sold.stock("tea", "cup")) == ("cancelled", [1900], (100, 0))

    def test_with_another_parcel_out_it_stays_on_its_way(self, sold: Sold) -> None:
        order = sold.order("A tea cup:3")
        ship(sold, ("A", "1", 1))
        parcel = ship(sold, "A", tracking="SF2000").parcel
        agree(ask(order, 2, "not_arrived"))
        back(sold, parcel)
        assert (state_of(order), sold.stock("tea", "cup")) == ("shipped", (99, 0))

    @pytest.mark.parametrize("seed", range(3))
    def test_never_more_leaves_than_was_not_refunded(self, sold: Sold, seed: int) -> None:
        """Shops and buyers do what they like; the sweep after the test compares stock, parcels and money."""
        order, chance = sold.order("A tea cup:5 pot:3"), Random(seed)
        for step in range(40):
            lines = list(order.lines.order_by("id"))
            line, parcels = chance.choice(lines), list(Parcel.objects.filter(state="sent"))
            cases = list(ReturnCase.objects.filter(state__in=("asked", "refused")))
            act = chance.choice(("ship", "ship", "ask", "back", "agree", "refuse", "withdraw", "off"))
            given = given_units(one.id for one in lines)
            try:
                if act == "ship":
                    units = chance.randint(0, line.quantity)
                    ship(sold, ("A", line.line_no, units), tracking=f"SF{step}00")
                    sent = sent_units(one.id for one in lines)
                    assert sent[line.id] <= line.quantity - given[line.id]
                elif act == "ask":
                    ask(order, chance.randint(1, line.quantity), line_no=line.line_no)
                elif act == "back" and parcels:
                    back(sold, chance.choice(parcels))
                elif act == "off" and chance.random() < 0.3:
                    off(order, line.line_no)
                elif act in ("agree", "refuse", "withdraw") and cases:
                    case = chance.choice(cases)
                    told = {"case_no": case.case_no, "at": NOW, "actor": "staff"}
                    {"agree": return_agreed, "withdraw": return_withdrawn}.get(
                        act, lambda **more: return_turned_down(text="no", **more)
                    )(**told)
            except Refusal:
                continue
        paid = 8000 - 100
        left = sum(one.goods_minor for one in left_of(order).values())
        assert sum(refunds()) + left == paid


class TestTheRestNeverShips:
    def test_the_buyer_gets_its_money_and_the_order_goes_on(self, sold: Sold) -> None:
        order = sold.order("A tea cup:3")
        with pytest.raises(AfterSaleOver):
            ask(order, 1)  # nothing left yet: cancel it
        ship(sold, ("A", "1", 1))
        with pytest.raises(AskedAboveLeft):
            ask(order, 3)
        case = ask(order, 2)
        with pytest.raises(MoreThanOrdered):
            ship(sold, "A", tracking="SF2000")
        agree(case)
        order.refresh_from_db()
        assert (order.state, refunds(), sold.stock("tea", "cup")) == ("shipped", [1933], (99, 0))
        assert order.receive_by == NOW + timedelta(days=10)
        for days in (11, 30):
            move_orders_on(clock=lambda days=days: NOW + timedelta(days=days))
        Refund.objects.update(state="succeeded")
        ReturnCase.objects.update(state="refunded", ended_at=NOW)
        for days in (31, 60):
            move_orders_on(clock=lambda days=days: NOW + timedelta(days=days))
        assert state_of(order) == "completed"

    def test_the_shop_calls_the_rest_off_once(self, sold: Sold) -> None:
        order = sold.order("A tea cup:3 pot:1")
        ship(sold, ("A", "1", 1))
        off(order)
        with pytest.raises(OrderNotInState):
            off(order)
        assert (state_of(order), refunds()) == ("shipped", [1933 + 1000])
        assert (sold.stock("tea", "cup"), sold.stock("tea", "pot")) == ((99, 0), (100, 0))
        assert steps_of(order) == ["placed", "part_shipped", "part_called_off", "shipped"]

    def test_one_line_can_be_called_off_before_anything_left(self, sold: Sold) -> None:
        order = sold.order("A tea cup:3 pot:1")
        off(order, "2")
        assert (state_of(order), refunds(), withdrawn_units(["A"])) == (
            "paid", [1000], {order.lines.get(line_no="2").id: 1},
        )  # fmt: skip
        off(order, "1")
        assert (state_of(order), sum(refunds()), sold.stock("tea", "cup")) == ("cancelled", 3900, (100, 0))

    def test_what_the_buyer_asks_back_is_answered_there(self, sold: Sold) -> None:
        order = sold.order("A tea cup:3")
        ship(sold, ("A", "1", 1))
        case = ask(order, 2)
        with pytest.raises(OrderNotInState):
            off(order)
        agree(case)
        assert refunds() == [1933]

    @pytest.mark.parametrize(
        ("more", "refusal"),
        [
            ({"reason": " "}, ReasonMissing), ({"merchant_id": 1}, UnknownOrder),
            ({"line_nos": ("9",)}, UnknownOrderLine),
        ],
    )  # fmt: skip
    def test_what_is_refused_calls_nothing_off(
        self, sold: Sold, more: dict[str, object], refusal: type[Exception]
    ) -> None:
        order = sold.order("A tea cup:2")
        with pytest.raises(refusal):
            rest_called_off(order_no="A", **{"reason": "none left", "at": NOW, "actor": "x"} | more)  # type: ignore[arg-type]
        assert (state_of(order), refunds()) == ("paid", [])
