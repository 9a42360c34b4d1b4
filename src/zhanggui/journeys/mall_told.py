"""The settlement centre hears what happened in the mall: as from any other source, order by order, once."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.db import transaction
from django.db.models import F, Q

from zhanggui.parties.models import Party
from zhanggui.payments.models import ChargePart, Refund, RefundState
from zhanggui.payments.queries import charge_parts_of
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import ImportRun, Reject
from zhanggui.settlement.intake.operations.import_orders import Source, import_orders
from zhanggui.settlement.intake.records import LineRecord, OrderRecord, PaymentRecord, RefundRecord
from zhanggui.trade.orders.models import GiveBack, GiveBackLine, Order, OrderLine, OrderState
from zhanggui.trade.orders.queries import lines_of

MOST = 500
TRY_AGAIN_AFTER = timedelta(hours=1)

_STATUS = {
    OrderState.PAID: "paid",
    OrderState.SHIPPED: "shipped",
    OrderState.RECEIVED: "received",
    OrderState.COMPLETED: "completed",
    # What was called off was paid, and all of it given back, under the numbers of its refund.
    OrderState.CANCELLED: "paid",
}


@dataclass(frozen=True)
class Told:
    """What was told: orders and refunds taken in, and how many were not."""

    orders: int
    refunds: int
    rejected: int


def mall_told(
    *, business_line: BusinessLine, clock: Callable[[], datetime], zone: tzinfo, most: int = MOST
) -> Told:
    """This function will tell the settlement centre the latest of up to `most` orders and refunds in the line's
    currency, in one transaction with the note that they were told: killed in between, nothing was said; run twice at
    once, each takes others. What is not taken in keeps its reason, and is tried again after an hour."""
    with transaction.atomic():
        at = clock()
        orders = _orders(business_line.currency, at, most)
        slips = _slips(business_line.currency, at, most, {order.id for order in orders})
        if not orders and not slips:
            return Told(0, 0, 0)
        records = [*_order_records(orders), *_refund_records(slips, first_row=len(orders) + 1)]
        run = import_orders(
            business_line=business_line, source=_source(orders, slips, records, at), at=clock, zone=zone,
            actor="mall", chunk=2 * most + 1,
        )  # fmt: skip
        faults = _faults(run)
        _note(orders, slips, faults, at)
    return Told(
        sum(order.order_no not in faults for order in orders),
        sum(slip.refund_no not in faults for slip in slips),
        len(faults),
    )


def _orders(currency: str, at: datetime, most: int) -> list[Order]:
    untried = Q(told_fault="") | Q(told_at__lte=at - TRY_AGAIN_AFTER)
    return list(
        Order.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("purchase")
        .filter(untried, version__gt=F("told_version"), currency=currency)
        .exclude(state=OrderState.PLACED)
        .order_by("id")[:most]
    )


def _slips(currency: str, at: datetime, most: int, being_told: set[int]) -> list[GiveBack]:
    """Money that went back, of orders that were told or are being told now."""
    gone = Refund.objects.filter(state=RefundState.SUCCEEDED, currency=currency).values("refund_no")
    known = Q(order__told_version__gt=0) | Q(order_id__in=being_told)
    untried = Q(told_fault="") | Q(asked_at__lte=at - TRY_AGAIN_AFTER)
    return list(
        GiveBack.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("order")
        .filter(known, untried, told_at=None, refund_no__in=gone, order__currency=currency)
        .order_by("id")[:most]
    )


def _order_records(orders: Sequence[Order]) -> list[OrderRecord]:
    lines = lines_of([order.id for order in orders])
    charged = charge_parts_of([order.order_no for order in orders])
    ids = {order.merchant_id for order in orders} | {order.supplier_id for order in orders}
    codes = dict(Party.objects.filter(id__in=ids).values_list("id", "code"))
    return [
        _order_record(row, order, lines[order.id], charged.get(order.order_no), codes)
        for row, order in enumerate(orders, start=1)
    ]


def _order_record(
    row: int, order: Order, lines: Sequence[OrderLine], charged: ChargePart | None, codes: dict[int, str]
) -> OrderRecord:
    method = charged.charge.channel.code if charged else ""
    return OrderRecord(
        row=row, order_no=order.order_no, ordered_at=order.placed_at, status=_STATUS[OrderState(order.state)],
        paid_at=order.paid_at, shipped_at=order.shipped_at or order.received_at, received_at=order.received_at,
        completed_at=order.completed_at, channel=order.purchase.surface, payment_method=method,
        region=order.region, buyer=str(order.buyer_id), source_status=order.state, payments_listed=True,
        lines=[_line_record(order, line, codes) for line in lines],
        payments=[
            PaymentRecord(
                sequence=1, method=method, amount=charged.amount_minor, reference=charged.number,
                channel_number=charged.channel_number,
            )
        ] if charged and charged.amount_minor else [],
    )  # fmt: skip


def _line_record(order: Order, line: OrderLine, codes: dict[int, str]) -> LineRecord:
    return LineRecord(
        line_no=line.line_no, merchant=codes[order.merchant_id], sku=line.sku_code, quantity=line.quantity,
        goods=line.goods_minor, shop_discount=line.shop_discount_minor,
        platform_discount=line.platform_discount_minor, freight=line.freight_minor, category=line.category_code,
        spu=line.spu_number, sku_type=line.sku_type, supplier=codes.get(order.supplier_id, ""),
        supply=line.supply_minor * line.quantity if order.supplier_id else 0,
        title=str(line.title.get("zh") or line.title.get("en") or "")[:200],
    )  # fmt: skip


def _refund_records(slips: Sequence[GiveBack], first_row: int) -> list[RefundRecord]:
    refunds = {
        one.refund_no: one for one in Refund.objects.filter(refund_no__in=[s.refund_no for s in slips])
    }
    lines: dict[int, list[GiveBackLine]] = {}
    for line in GiveBackLine.objects.select_related("line").filter(give_back__in=slips).order_by("id"):
        lines.setdefault(line.give_back_id, []).append(line)
    return [
        RefundRecord(
            row=row, refund_no=slip.refund_no, order_no=slip.order.order_no, line_no=back.line.line_no,
            quantity=back.quantity, goods=back.goods_minor, freight=back.freight_minor,
            refunded_at=refunds[slip.refund_no].ended_at or slip.asked_at, kind=slip.kind, reason=slip.reason,
            channel_number=refunds[slip.refund_no].channel_number,
        )
        for row, slip in enumerate(slips, start=first_row)
        for back in lines.get(slip.id, [])
    ]  # fmt: skip


def _source(
    orders: Sequence[Order],
    slips: Sequence[GiveBack],
    records: Sequence[OrderRecord | RefundRecord],
    at: datetime,
) -> Source:
    """One call of the mall; told again after a fault it is another one, since the fault may be mended."""
    said = [f"{order.order_no}@{order.version}" for order in orders] + [slip.refund_no for slip in slips]
    digest = hashlib.sha256("\n".join([*said, at.isoformat()]).encode()).digest()
    return Source(format="mall", name=f"mall:{said[0]}", digest=digest, records=records)


def _faults(run: ImportRun) -> dict[str, str]:
    """Why orders and refunds were not taken in, by their number."""
    rows = Reject.objects.filter(import_run=run).values_list("raw", "code", "message")
    return {raw.rpartition(" ")[2]: f"{code}: {message}" for raw, code, message in rows}


def _note(orders: Sequence[Order], slips: Sequence[GiveBack], faults: dict[str, str], at: datetime) -> None:
    for order in orders:
        order.told_fault = faults.get(order.order_no, "")[:255]
        order.told_at = at
        if not order.told_fault:
            order.told_version = order.version
    Order.objects.bulk_update(orders, ["told_version", "told_at", "told_fault"])
    for slip in slips:
        slip.told_fault = faults.get(slip.refund_no, "")[:255]
        slip.told_at = None if slip.told_fault else at
    GiveBack.objects.bulk_update(slips, ["told_at", "told_fault"])
