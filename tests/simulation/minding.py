"""What shops, carriers, staff and the clock may do on a simulated street: parcels, after-sale, and telling the centre."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.settlement.story import ZONE
from tests.simulation.buying import some
from zhanggui.clockwork.mind_returns import mind_returns
from zhanggui.clockwork.move_orders_on import move_orders_on
from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.journeys.exchange_sent import exchange_sent
from zhanggui.journeys.goods_received import goods_received
from zhanggui.journeys.goods_shipped import goods_shipped, parcel_taken_back
from zhanggui.journeys.mall_order_held import mall_order_held, mall_order_released
from zhanggui.journeys.parcel_tracked import parcel_tracked
from zhanggui.journeys.return_asked import (
    goods_came_back,
    goods_sent_back,
    return_agreed,
    return_appealed,
    return_asked,
    return_decided,
    return_turned_down,
    return_withdrawn,
)
from zhanggui.journeys.shipping_file_uploaded import shipping_file_uploaded
from zhanggui.settlement.intake.models import HoldReason
from zhanggui.trade.fulfilment.models import Parcel, ParcelState
from zhanggui.trade.fulfilment.queries import shipper_of
from zhanggui.trade.fulfilment.rules import TrackingEvent, Wanted
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.returns.models import ReturnCase, ReturnFreight, ReturnKind, ReturnState
from zhanggui.trade.returns.operations.open_case import Asked
from zhanggui.trade.returns.rules import BEARERS, REASONS


def _number(street: Any) -> str:
    street.tracking += 1
    return f"H{street.tracking:06d}"


def to_ship() -> Any:
    """Orders that wait for their parcel."""
    return Order.objects.filter(state=OrderState.PAID).order_by("id")


def ship(street: Any) -> None:
    """A shop ships an order, a line of it, or a part of a line."""
    order: Order | None = some(street, to_ship())
    if order is None:
        return
    line = some(street, order.lines.order_by("id"))
    wanted = street.chance.choice([
        Wanted(order.order_no), Wanted(order.order_no), Wanted(order.order_no, line.line_no),
        Wanted(order.order_no, line.line_no, street.chance.randint(1, line.quantity)),
    ])  # fmt: skip
    send(street, order, wanted)


def send(street: Any, order: Order, wanted: Wanted) -> None:
    """What is wanted of an order leaves in a parcel of its own."""
    goods_shipped(
        shipper_id=shipper_of(order), wanted=[wanted], carrier="heron", tracking_no=_number(street),
        at=street.story.clock(), actor="shop",
    )  # fmt: skip


def ship_file(street: Any) -> None:
    """A shop uploads a file about everything it has to ship, with a row that is wrong; sometimes twice."""
    shipper = street.story.party(street.chance.choice(("m1", "m2", "m3")))
    rows = [
        f"{one.order_no},鹭羽速运,{_number(street)},,"
        for one in to_ship().filter(merchant_id=shipper, supplier_id=0)[:4]
    ]
    content = "\n".join(["订单号,快递公司,快递单号,行号,数量", *rows, "NO-SUCH,heron,H999999,,"]).encode()
    for _ in range(street.chance.choice([1, 1, 2])):
        shipping_file_uploaded(
            shipper_id=shipper, content=content, name="parcels.csv", at=street.story.clock(), actor="shop"
        )


def track(street: Any) -> None:
    """The carrier delivers a parcel, or says so twice."""
    parcel: Parcel | None = some(street, Parcel.objects.filter(replaces=False).order_by("id"))
    if parcel is not None:
        event = TrackingEvent(at=street.story.clock(), text="signed", delivered=street.chance.random() < 0.7)
        for _ in range(2):
            parcel_tracked(carrier=parcel.carrier, tracking_no=parcel.tracking_no, events=[event])


def parcel_back(street: Any) -> None:
    """A parcel comes back undelivered."""
    parcel: Parcel | None = some(
        street, Parcel.objects.filter(state=ParcelState.SENT, replaces=False).order_by("id")
    )
    if parcel is not None:
        parcel_taken_back(
            shipper_id=parcel.shipper_id, parcel_no=parcel.parcel_no, at=street.story.clock(), actor="shop"
        )


def receive(street: Any) -> None:
    """The buyer has it."""
    order: Order | None = some(street, Order.objects.filter(state=OrderState.SHIPPED).order_by("id"))
    if order is not None:
        goods_received(
            order_no=order.order_no, buyer_ids=[order.buyer_id], at=street.story.clock(), actor="buyer"
        )


def move_on(street: Any) -> None:
    move_orders_on(clock=street.story.clock)


def complain(street: Any) -> None:
    """A buyer asks for something of an order: units, all of it or too many, for all the money due or a part."""
    chance = street.chance
    living = (OrderState.PAID, OrderState.SHIPPED, OrderState.RECEIVED)
    order: Order | None = some(street, Order.objects.filter(state__in=living).order_by("id"))
    if order is None:
        return
    if order.state == OrderState.PAID:
        kind = ReturnKind.PRICE_PROTECTION
    else:
        kind = chance.choice(list(ReturnKind))
    lines = chance.sample(
        list(order.lines.order_by("id")), 1 if chance.random() < 0.7 else order.lines.count()
    )
    asked = [
        Asked(
            one.id, chance.choice([1, one.quantity]), chance.choice([None, None, None, one.unit_minor // 2])
        )
        for one in lines
    ]
    return_asked(
        order_no=order.order_no, kind=kind, reason=chance.choice(REASONS), text="", pictures=[], asked=asked,
        at=street.story.clock(),
    )  # fmt: skip


def answer(street: Any) -> None:
    """Whoever moves next in a case moves."""
    case: ReturnCase | None = some(street, ReturnCase.objects.filter(ended_at=None).order_by("id"))
    if case is not None:
        step(street, case)


def step(street: Any, case: ReturnCase) -> None:
    """One step of a case, any that its state has."""
    chance = street.chance
    told = {"case_no": case.case_no, "at": street.story.clock(), "actor": "sim"}
    roll = chance.random()
    match case.state:
        case ReturnState.ASKED if roll < 0.6:
            return_agreed(**told)
        case ReturnState.ASKED | ReturnState.AWAITING_GOODS if roll > 0.9:
            return_withdrawn(**told)
        case ReturnState.ASKED:
            return_turned_down(**told, text="no")
        case ReturnState.REFUSED:
            return_appealed(**told, text="but yes")
        case ReturnState.ARBITRATION:
            less = {one.line_id: (one.goods_minor + 1) // 2 for one in case.lines.all() if one.goods_minor}
            on_its_way = ReturnFreight.objects.filter(case=case, earned_at=None).exists()
            return_decided(
                **told, for_buyer=roll < 0.8, text="so", goods_minor=less if less and roll < 0.3 else None,
                bearer="" if _sent(case) else chance.choice(BEARERS),
                brought=roll < 0.7 if on_its_way else None,
            )  # fmt: skip
        case ReturnState.AWAITING_GOODS:
            goods_sent_back(**told, carrier="heron", tracking_no=_number(street))
        case ReturnState.GOODS_SENT if roll < 0.2:
            return_appealed(**told, text="something else came back")
        case ReturnState.GOODS_SENT:
            goods_came_back(**told)
        case ReturnState.GOODS_BACK:
            exchange_sent(**told, carrier="heron", tracking_no=_number(street))


def _sent(case: ReturnCase) -> bool:
    return case.steps.filter(kind=ReturnState.GOODS_SENT).exists()


def mind(street: Any) -> None:
    mind_returns(clock=street.story.clock)


def hold(street: Any) -> None:
    """An order is held, or one that was is let go."""
    order: Order | None = some(street, Order.objects.exclude(state=OrderState.CANCELLED).order_by("id"))
    if order is None:
        return
    if order.held:
        mall_order_released(order_no=order.order_no, at=street.story.clock(), actor="staff")
    elif street.chance.random() < 0.3:
        mall_order_held(
            order_no=order.order_no, reason=HoldReason.RISK, at=street.story.clock(), actor="staff"
        )


def tell(street: Any) -> None:
    tell_settlement(clock=street.story.clock, zone=ZONE)


def long_pause(street: Any) -> None:
    """Nothing happens for weeks but what time itself does."""
    street.story.now += timedelta(days=street.chance.choice([8, 16, 31]))
    for act in (move_on, mind, tell):
        act(street)


MINDING: dict[Callable[[Any], None], int] = {
    ship: 9, ship_file: 3, track: 2, parcel_back: 1, receive: 6, move_on: 1, complain: 13, answer: 15, mind: 1, hold: 2,
    tell: 7, long_pause: 1,
}  # fmt: skip
