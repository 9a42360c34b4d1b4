"""A shop sends the replacement of an exchange: it leaves stock as a parcel of its own, and the case ends."""

from datetime import datetime

from django.db import transaction

from zhanggui.rows.document_numbers import fresh_number
from zhanggui.trade.catalogue.operations.reserve_stock import reserve_stock
from zhanggui.trade.catalogue.operations.ship_stock import ship_stock
from zhanggui.trade.catalogue.rules.stock import StockMove
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.operations.freeze_freight import freeze_freight
from zhanggui.trade.fulfilment.queries import assert_carrier
from zhanggui.trade.returns.errors import CaseIncomplete, CaseNotInState
from zhanggui.trade.returns.locks import hold_case
from zhanggui.trade.returns.models import ReturnCase, ReturnKind, ReturnState
from zhanggui.trade.returns.operations.step_case import step_case


@transaction.atomic
def exchange_sent(*, case_no: str, carrier: str, tracking_no: str, at: datetime, actor: str) -> ReturnCase:
    """This function will send the same goods again for an exchange whose goods are back, with one of the mall's
    carriers, whose freight is frozen like any parcel's. Raises UnknownCase, CaseIncomplete, CaseNotInState,
    UnknownCarrier, OutOfStock."""
    case, order = hold_case(case_no)
    if not carrier.strip() or not tracking_no.strip():
        raise CaseIncomplete("name the carrier and its tracking number")
    if case.kind != ReturnKind.EXCHANGE:
        raise CaseNotInState(f"case {case_no} is no exchange; its money goes back instead", state=case.state)
    assert_carrier(carrier.strip())
    if Parcel.objects.filter(carrier=carrier.strip(), tracking_no=tracking_no.strip()).exists():
        raise CaseIncomplete(
            f"{carrier} {tracking_no} is on another parcel already; look at the number again"
        )
    moves = [
        StockMove(
            line.line.sku.source_id or line.line.sku_id, order.warehouse_id or 0, line.quantity, case_no
        )
        for line in case.lines.select_related("line__sku").order_by("id")
        if order.warehouse_id
    ]
    reserve_stock(moves=moves, at=at, actor=actor)
    ship_stock(moves=moves, at=at, actor=actor)
    case.replacement = Parcel.objects.create(
        parcel_no=fresh_number("K", at), shipper_id=order.supplier_id or order.merchant_id,
        buyer_id=order.buyer_id, carrier=carrier.strip()[:64], tracking_no=tracking_no.strip()[:64],
        replaces=True, shipped_at=at, actor=actor[:150],
    )  # fmt: skip
    freeze_freight(
        parcel=case.replacement, currency=order.currency,
        grams=sum(line.line.sku.weight_grams * line.quantity for line in case.lines.select_related("line__sku")),
    )  # fmt: skip
    return step_case(
        case=case,
        to=ReturnState.EXCHANGED,
        at=at,
        actor=actor,
        text=f"{carrier.strip()} {tracking_no.strip()}",
    )
