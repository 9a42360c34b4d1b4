"""Check a merchant's own file against what we billed it (自助对账): order by order, inside its own rows alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.parties.tenancy import as_tenant
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.reconciliation.check_files import PARTS, CheckRow, check_digest, read_check_file
from zhanggui.settlement.reconciliation.errors import CheckFileRefused
from zhanggui.settlement.reconciliation.models import OwnCheck, OwnCheckTemplate
from zhanggui.settlement.statements.totals import GOODS_GROUPS

_BY_ORDER = """
select coalesce(o.order_no, '') as order_no, sum(d.amount)::bigint, count(*),
  coalesce(-sum(d.amount) filter (where d.kind in (2, 10)), 0)::bigint,
  coalesce(-sum(d.amount) filter (where d.kind = 1 and not d.fee_type_id = any(%(goods)s)), 0)::bigint
from settlement_detail d left join settlement_staged_order o on o.id = d.order_id
where d.party_id = %(party)s and d.currency = %(currency)s and (%(statement)s = 0 or d.statement_id = %(statement)s)
  and d.occurred_at >= %(from)s and d.occurred_at < %(before)s
group by 1
"""
_COPY = (
    "copy settlement_own_check_row (party_id, check_id, position, outcome, order_no, their_rows, their_minor,"
    " our_minor, details, their_refund_minor, our_refund_minor, their_fee_minor, our_fee_minor) from stdin"
)
MATCHED, AMOUNT, REFUND, FEE, ONLY_YOURS, ONLY_OURS, REPEATED, OTHER = (
    "matched", "amount", "refund", "fee", "only_yours", "only_ours", "repeated", "other",
)  # fmt: skip
OUTCOMES = (MATCHED, AMOUNT, REFUND, FEE, ONLY_YOURS, ONLY_OURS, REPEATED, OTHER)
TOTALS = ("orders", "yours", "ours", "your_refunds", "our_refunds", "your_fees", "our_fees")


@dataclass(frozen=True)
class CheckSpan:
    """What of ours the file is held against: one statement (0 = all), and what occurred in these moments."""

    statement_id: int
    starts_on: date
    ends_before: date
    begins: datetime
    ends: datetime


@dataclass
class _Order:
    rows: list[int] = field(default_factory=list)
    theirs: int = 0
    ours: int = 0
    details: int = 0
    their: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))
    our: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))


def check_own_file(
    *, party_id: int, currency: str, span: CheckSpan, path: Path, name: str, mapping: Mapping[str, str],
    at: datetime, actor: str, template: str = "",
) -> OwnCheck:  # fmt: skip
    """This function will compare a file with the party's details and keep the result, in the caller's transaction.

    `mapping` says which header names hold `order` and `amount` and, where the file has them, `refund` and `fee`:
    they are held against the order's details of refunds and the fees on its sales, as the statement adds them up.
    What is ours is read under the database's own
    isolation of the party. With `template` the mapping is kept under this name. Raises CheckFileRefused, naming
    the row.
    """
    rows = read_check_file(path, name=name, mapping=mapping, currency=currency)
    orders: dict[str, _Order] = defaultdict(_Order)
    for row in rows:
        _add(orders[row.order_no], row)
    if not orders:
        raise CheckFileRefused(f"{name} holds no rows below its header; choose the right file")
    for order_no, ours, details, *parts in _ours(party_id, currency, span):
        one = orders[order_no]
        one.ours, one.details, one.our = (
            int(ours),
            int(details),
            dict(zip(PARTS, map(int, parts), strict=True)),
        )
    asked = [part for part in PARTS if mapping.get(part)]
    with connection.cursor() as cursor:
        cursor.execute("select nextval('settlement_own_check_id_seq')")
        number = int(cursor.fetchone()[0])
        totals = {outcome: [0] * len(TOTALS) for outcome in OUTCOMES}
        with cursor.copy(_COPY) as copy:
            for position, (order_no, one) in enumerate(sorted(orders.items()), start=1):
                outcome = _outcome(order_no, one, asked)
                parts = [
                    side[part] if part in asked else None for part in PARTS for side in (one.their, one.our)
                ]
                for place, value in enumerate((1, one.theirs, one.ours, *parts)):
                    totals[outcome][place] += value or 0
                told = ", ".join(map(str, one.rows))[:64]
                copy.write_row(
                    (
                        party_id,
                        number,
                        position,
                        outcome,
                        order_no,
                        told,
                        one.theirs,
                        one.ours,
                        one.details,
                        *parts,
                    )
                )
    if template:
        OwnCheckTemplate.objects.update_or_create(
            party_id=party_id, name=template[:64], defaults={"mapping": dict(mapping), "saved_at": at}
        )
    record_change(
        at=at, actor=actor, action="own_file.checked", object_kind="own_check", object_id=str(number),
        party_id=party_id, after={"source": name, "statement_id": span.statement_id, "orders": len(orders)},
    )  # fmt: skip
    return OwnCheck.objects.create(
        party_id=party_id, id=number, statement_id=span.statement_id, starts_on=span.starts_on,
        ends_before=span.ends_before, currency=currency, source_name=name[:255], digest=check_digest(path),
        mapping=dict(mapping), created_at=at, actor=actor,
        totals={
            outcome: dict(zip(TOTALS, found, strict=True))
            for outcome, found in totals.items()
        },
    )  # fmt: skip


def _add(order: _Order, row: CheckRow) -> None:
    order.rows.append(row.number)
    order.theirs += row.amount
    for part in PARTS:
        order.their[part] += getattr(row, part)


def _ours(party_id: int, currency: str, span: CheckSpan) -> list[tuple[Any, ...]]:
    goods = [fee.id for fee in catalogue().by_id.values() if fee.group in GOODS_GROUPS]
    with as_tenant(party_id), connection.cursor() as cursor:
        cursor.execute(_BY_ORDER, {
            "party": party_id, "currency": currency, "statement": span.statement_id, "from": span.begins,
            "before": span.ends, "goods": goods,
        })  # fmt: skip
        return list(cursor.fetchall())


def _outcome(order_no: str, one: _Order, asked: Sequence[str]) -> str:
    if not order_no:
        return OTHER
    if not one.rows:
        return ONLY_OURS
    if not one.details:
        return ONLY_YOURS
    if one.theirs == one.ours:
        return next((part for part in asked if one.their[part] != one.our[part]), MATCHED)
    return REPEATED if len(one.rows) > 1 and one.theirs == one.ours * len(one.rows) else AMOUNT
