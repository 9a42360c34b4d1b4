"""Stage refunds: check and number them. They wait until `accept_refunds` finds their order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from zhanggui.rows.times import day_number
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.intake.digests import refund_digest
from zhanggui.settlement.intake.faults import CANCELLATION, CANCELLATION_PREFIX, Fault, refund_fault
from zhanggui.settlement.intake.models import StagedRefund
from zhanggui.settlement.intake.records import RefundRecord, RejectRecord
from zhanggui.settlement.intake.resolving import Resolver


@dataclass
class StagedRefunds:
    """What one chunk of refunds came to."""

    refunds: int = 0
    repeated: int = 0
    rejects: list[RejectRecord] = field(default_factory=list)


def stage_refunds(
    *, resolver: Resolver, records: Sequence[RefundRecord], import_run_id: int,
    cancellations: Sequence[RefundRecord] = (),
) -> StagedRefunds:  # fmt: skip
    """This function will stage `records` from outside, and `cancellations` of ours, as waiting in the caller's
    transaction.

    The same refund again is a repeat; the same number with other content is rejected as `refund_conflict`.
    """
    result = StagedRefunds()
    if not records and not cancellations:
        return result
    resolver.dictionary.learn_parties([one.merchant for one in records])
    resolver.dictionary.learn_dimensions([("sku", one.sku) for one in records])
    seen = _known(resolver.business_line.id, [one.refund_no for one in records])
    fresh: list[tuple[RefundRecord, bytes]] = []
    for record in records:
        fault = refund_fault(record)
        if fault is None and record.kind == "unmatched":
            fault = _merchant_fault(resolver, record)
        if fault is None:
            key, digest = (record.refund_no, record.line_no, record.order_no), refund_digest(record)
            if seen.get(key) == digest:
                result.repeated += 1
                continue
            if key not in seen:
                seen[key] = digest
                fresh.append((record, digest))
                continue
            fault = ("refund_conflict", f"refund {record.refund_no} is here already with other content")
        result.rejects.append(RejectRecord(record.row, fault[0], fault[1], f"refund {record.refund_no}"))
    fresh += [(record, refund_digest(record)) for record in cancellations]
    _write(resolver, fresh, import_run_id)
    result.refunds = len(fresh)
    return result


def _merchant_fault(resolver: Resolver, record: RefundRecord) -> Fault | None:
    """An unmatched refund has no sale to take its merchant and terms from."""
    merchant = resolver.dictionary.party(record.merchant)
    if not merchant:
        return "unknown_merchant", f"there is no merchant {record.merchant!r}"
    day = day_number(record.refunded_at.astimezone(resolver.zone).date())
    if resolver.terms.find(merchant, day) is None:
        return "no_terms", f"merchant {record.merchant!r} has no settlement terms on that day"
    return None


def _known(business_line_id: int, numbers: list[str]) -> dict[tuple[str, str, str], bytes]:
    rows = StagedRefund.objects.filter(business_line_id=business_line_id, refund_no__in=numbers).values_list(
        "refund_no", "line_no", "order_no", "digest"
    )
    return {(refund_no, line_no, order_no): bytes(digest) for refund_no, line_no, order_no, digest in rows}


def _write(resolver: Resolver, fresh: list[tuple[RefundRecord, bytes]], run: int) -> None:
    with connection.cursor() as cursor:
        numbers = reserve_numbers(cursor, "settlement_event_id_seq", len(fresh)).tolist()
    dictionary = resolver.dictionary
    StagedRefund.objects.bulk_create(
        [
            StagedRefund(
                id=number, import_run_id=run, business_line_id=resolver.business_line.id,
                refund_no=one.refund_no, order_no=one.order_no, line_no=one.line_no, kind=one.kind,
                merchant_id=dictionary.party(one.merchant), sku_id=dictionary.dimension("sku", one.sku),
                quantity=one.quantity, goods_minor=one.goods, freight_minor=one.freight,
                refunded_at=one.refunded_at, reason=one.reason[:200], digest=digest,
                channel_number=one.channel_number[:64],
            )
            for number, (one, digest) in zip(numbers, fresh, strict=True)
        ],
        batch_size=2000,
    )  # fmt: skip


def cancellation_refunds(
    *, business_line_id: int, order_numbers: Sequence[str], at: datetime
) -> list[RefundRecord]:
    """This function will return refunds of all that is left on the lines of these orders, just cancelled."""
    if not order_numbers:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select o.order_no, l.line_no, l.quantity - coalesce(r.quantity, 0),"
            " l.goods_minor - l.shop_discount_minor - l.platform_discount_minor - l.points_discount_minor"
            "  - coalesce(r.goods, 0), l.freight_minor - coalesce(r.freight, 0),"
            " l.goods_minor - l.shop_discount_minor - l.platform_discount_minor - l.points_discount_minor"
            " from settlement_staged_order o join settlement_staged_line l on l.order_id = o.id"
            " left join (select line_id, sum(quantity)::bigint as quantity, sum(goods_minor)::bigint as goods,"
            "  sum(freight_minor)::bigint as freight from settlement_staged_refund"
            "  where state = 'accepted' group by line_id) r on r.line_id = l.line_id"
            " where o.business_line_id = %s and o.order_no = any(%s) order by o.order_no, l.line_id",
            [business_line_id, list(order_numbers)],
        )
        rows = cursor.fetchall()
    return [
        RefundRecord(
            row=0, refund_no=f"{CANCELLATION_PREFIX}{order_no}"[:64], order_no=order_no, line_no=line_no,
            quantity=max(quantity, 0), goods=goods, freight=freight, refunded_at=at, kind=CANCELLATION,
            reason="order cancelled",
        )
        for order_no, line_no, quantity, goods, freight, paid in rows
        if goods + freight > 0 or (paid == 0 and quantity > 0)
    ]  # fmt: skip
