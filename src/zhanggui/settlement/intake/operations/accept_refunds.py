"""Accept waiting refunds whose order is here: bounded by what is left of the line, in order of arrival."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache, partial
from typing import Any

import numpy as np
from django.db import connection

from zhanggui.ledger.chart import OTHER_RECEIVABLES, PENDING, POINTS_COST, REFUNDS_PAYABLE, SUBSIDY
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.sources import EntrySource
from zhanggui.money.vectors import reverse_pieces
from zhanggui.rows.times import day_number, microseconds
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.details.queries import finished_below
from zhanggui.settlement.entities.errors import NoTerms
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import TermsBook, terms_by_ids
from zhanggui.settlement.intake.faults import CANCELLATION
from zhanggui.settlement.intake.models import OrderStatus, StagedRefund
from zhanggui.settlement.intake.payments import Entry, post_keyed_entries

_RESOLVED = ("order_id", "line_id", "merchant_id", "done_minor", "freight_done_minor", "done_quantity")


@dataclass
class Accepted:
    """What became of the waiting refunds that were looked at."""

    accepted: int = 0
    refused: list[tuple[int, str, str, str]] = field(
        default_factory=list
    )  # refund id, refund number, code, message


@dataclass
class _Left:
    """What is left to give back on a line, minor units and units."""

    goods: int
    freight: int
    quantity: int


def accept_refunds(
    *, business_line: BusinessLine, order_numbers: Sequence[str], refund_numbers: Sequence[str], zone: tzinfo,
    at: datetime,
) -> Accepted:  # fmt: skip
    """This function will accept or refuse the waiting refunds of these orders, and those with these refund
    numbers, in the caller's transaction, which holds the line's intake lock. Refunds whose order is still
    unknown go on waiting.

    A refund above what is left of its line is refused whole; one of an order that is placed but not paid yet
    waits for the payment. An accepted one is owed to the buyer at once: pending claim and subsidies back,
    refunds payable up (for an order that went out unpaid: what it owes us down). Its details are reversed when
    it is billed, by the share that its money is of what was paid, or, where the buyer paid nothing for the goods
    (points, coupons), by the share of units.
    """
    result = Accepted()
    with connection.cursor() as cursor:
        rows = _waiting(cursor, business_line.id, list(order_numbers), list(refund_numbers))
    if not rows:
        return result
    left = _left(rows)
    terms = terms_by_ids([row["terms_id"] for row in rows if row["terms_id"]])
    book = cache(partial(TermsBook.load, business_line.id))
    entries: dict[int, list[Entry]] = defaultdict(list)
    updates, finished = [], finished_below()
    for row in rows:
        fault = _finished(row, finished) or _fault(row, left)
        if fault:
            result.refused.append((row["id"], row["refund_no"], *fault))
            continue
        updates.append(_accept(row, left.get(row["line_id"])))
        entity = terms[row["terms_id"]].entity_id if row["terms_id"] else _own_entity(book(), row, zone)
        entries[row["merchant_id"]].append(_entry(row, entity, business_line.currency, zone))
    _save(updates, result)
    for merchant_id, own in entries.items():
        post_keyed_entries(
            own, source=EntrySource.REFUND_ACCEPTED, currency=business_line.currency, at=at,
            book_id=merchant_id,
        )  # fmt: skip
    result.accepted = len(updates)
    return result


def _waiting(
    cursor: Any, business_line_id: int, orders: list[str], refunds: list[str]
) -> list[dict[str, Any]]:
    cursor.execute(
        "select r.id, r.kind, r.refund_no, r.order_no, r.line_no, r.quantity, r.goods_minor, r.freight_minor,"
        " r.refunded_at, coalesce(o.id, 0) as order_id, coalesce(o.status, 0) as status,"
        " coalesce(o.paid_minor, 0) as paid_minor, coalesce(o.due_minor, 0) as due_minor,"
        " coalesce(l.line_id, 0) as line_id,"
        " case when r.kind = 'unmatched' then r.merchant_id else coalesce(l.merchant_id, 0) end as merchant_id,"
        " coalesce(l.terms_id, 0) as terms_id, coalesce(l.goods_minor, 0) as goods,"
        " coalesce(l.shop_discount_minor, 0) as shop_discount,"
        " coalesce(l.platform_discount_minor, 0) as platform_discount,"
        " coalesce(l.points_discount_minor, 0) as points_discount, coalesce(l.freight_minor, 0) as line_freight,"
        " coalesce(l.quantity, 0) as line_quantity"
        " from settlement_staged_refund r"
        " left join settlement_staged_order o on o.business_line_id = r.business_line_id"
        "  and o.order_no = r.order_no and r.kind <> 'unmatched'"
        " left join settlement_staged_line l on l.order_id = o.id and l.line_no = r.line_no"
        " where r.state = 'waiting' and r.business_line_id = %s"
        " and (r.order_no = any(%s) or r.refund_no = any(%s))"
        " and (r.kind = 'unmatched' or o.status > 0 or o.paid_minor > 0)"
        " order by r.refunded_at, r.id",
        [business_line_id, orders, refunds],
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _left(rows: Sequence[dict[str, Any]]) -> dict[int, _Left]:
    lines = {row["line_id"]: row for row in rows if row["line_id"]}
    with connection.cursor() as cursor:
        cursor.execute(
            "select line_id, sum(goods_minor), sum(freight_minor), sum(quantity) from settlement_staged_refund"
            " where line_id = any(%s) and state = 'accepted' group by line_id",
            [list(lines)],
        )
        done = {row[0]: [int(value) for value in row[1:]] for row in cursor.fetchall()}
    found = {}
    for line_id, row in lines.items():
        goods, freight, quantity = done.get(line_id, (0, 0, 0))
        found[line_id] = _Left(_whole(row) - goods, row["line_freight"] - freight,
                               row["line_quantity"] - quantity)  # fmt: skip
    return found


def _whole(row: dict[str, Any]) -> int:
    """What the buyer paid for the goods of the line, minor units."""
    return int(row["goods"] - row["shop_discount"] - row["platform_discount"] - row["points_discount"])


def _finished(row: dict[str, Any], below: int) -> tuple[str, str] | None:
    """Lines of a finished range are never written again."""
    if not 0 < row["line_id"] < below:
        return None
    return (
        "line_finished",
        (
            f"line {row['line_no']} of order {row['order_no']} is older than its records have to be kept, and"
            " finished; settle it by an adjustment"
        ),
    )


def _fault(row: dict[str, Any], left: dict[int, _Left]) -> tuple[str, str] | None:
    if row["kind"] == "unmatched":
        return None
    if not row["line_id"]:
        return "unknown_line", f"order {row['order_no']} has no line {row['line_no']}"
    if row["kind"] == CANCELLATION:
        return None
    if row["status"] == OrderStatus.CANCELLED:
        return "order_cancelled", f"order {row['order_no']} is cancelled; all that was paid for it goes back"
    if not row["paid_minor"] and row["due_minor"]:
        return "order_not_paid", f"order {row['order_no']} is not paid; there is nothing to give back"
    if _whole(row) and not row["goods_minor"] + row["freight_minor"]:
        return (
            "empty_refund",
            (
                f"refund {row['refund_no']} gives no money back, and line {row['line_no']} was paid for in"
                " money; name the amount"
            ),
        )
    rest = left[row["line_id"]]
    if row["goods_minor"] > rest.goods or row["freight_minor"] > rest.freight:
        return (
            "refund_above_rest",
            (
                f"refund {row['refund_no']} asks for {row['goods_minor']} goods and {row['freight_minor']}"
                f" freight (minor units); {rest.goods} and {rest.freight} are left on line {row['line_no']}"
            ),
        )
    if row["quantity"] > rest.quantity:
        return (
            "refund_above_rest",
            f"refund {row['refund_no']} asks for {row['quantity']} units; {rest.quantity} are left",
        )
    return None


def _accept(row: dict[str, Any], rest: _Left | None) -> StagedRefund:
    row["done"] = row["freight_done"] = row["units_done"] = 0
    if rest is None:
        with connection.cursor() as cursor:
            row["line_id"] = int(reserve_numbers(cursor, "settlement_line_id_seq", 1)[0])
    else:
        row["done"] = _whole(row) - rest.goods if _whole(row) else row["line_quantity"] - rest.quantity
        row["freight_done"] = row["line_freight"] - rest.freight
        row["units_done"] = row["line_quantity"] - rest.quantity
        rest.goods -= row["goods_minor"]
        rest.freight -= row["freight_minor"]
        rest.quantity -= row["quantity"]
    return StagedRefund(
        id=row["id"], order_id=row["order_id"], line_id=row["line_id"], merchant_id=row["merchant_id"],
        done_minor=row["done"], freight_done_minor=row["freight_done"],
        done_quantity=row["units_done"], state="accepted",
    )  # fmt: skip


def _own_entity(book: TermsBook, row: dict[str, Any], zone: tzinfo) -> int:
    """The entity of an unmatched refund, by its merchant's terms on its day; staging made sure of them."""
    day = day_number(row["refunded_at"].astimezone(zone).date())
    found = book.find(row["merchant_id"], day)
    if found is None:
        raise NoTerms(f"refund {row['refund_no']}: its merchant has no settlement terms on that day")
    return found.entity_id


def _entry(row: dict[str, Any], entity: int, currency: str, zone: tzinfo) -> Entry:
    """What the buyer gets back, and the platform's shares of it, out of the merchant's pending claim."""
    subsidy, points = (_piece(row, row["platform_discount"]), _piece(row, row["points_discount"]))
    back = row["goods_minor"] + row["freight_minor"]
    owed = REFUNDS_PAYABLE if row["paid_minor"] or row["kind"] == "unmatched" else OTHER_RECEIVABLES
    legs = {
        AccountKey(entity, PENDING, row["merchant_id"], 0, currency): back + subsidy + points,
        AccountKey(entity, owed, 0, 0, currency): -back,
        AccountKey(entity, SUBSIDY, 0, 0, currency): -subsidy,
        AccountKey(entity, POINTS_COST, 0, 0, currency): -points,
    }
    day = day_number(row["refunded_at"].astimezone(zone).date())
    return Entry(row["order_id"] or row["line_id"], row["id"], day, microseconds(row["refunded_at"]), legs)


def _piece(row: dict[str, Any], original: int) -> int:
    whole, step = _whole(row), row["goods_minor"]
    if not whole:
        whole, step = max(row["line_quantity"], 1), row["quantity"]
    if not original or not step:
        return 0
    values = [np.array([value], dtype=np.int64) for value in (original, row["done"], step, whole)]
    return int(reverse_pieces(*values)[0])


def _save(updates: Sequence[StagedRefund], result: Accepted) -> None:
    """One statement for those accepted and one for those refused: a CASE for each row would be quadratic."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update settlement_staged_refund r set state = 'accepted', "
            + ", ".join(f"{name} = v.{name}" for name in _RESOLVED)
            + f" from unnest(%s::bigint[]{', %s::bigint[]' * len(_RESOLVED)}) as v(id, {', '.join(_RESOLVED)})"
            " where r.id = v.id",
            [[getattr(row, name) for row in updates] for name in ("id", *_RESOLVED)],
        )
        if result.refused:
            cursor.execute(
                "update settlement_staged_refund r set state = 'refused', reject_code = v.code,"
                " reject_message = v.message from unnest(%s::bigint[], %s::text[], %s::text[])"
                " as v(id, code, message) where r.id = v.id",
                [[one[place] for one in result.refused] for place in (0, 2, 3)],
            )
