"""Check a merchant's own file against what we billed it (自助对账): order by order, inside its own rows alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.parties.tenancy import as_tenant
from zhanggui.settlement.reconciliation.check_files import CheckRow, check_digest, read_check_file
from zhanggui.settlement.reconciliation.errors import CheckFileRefused
from zhanggui.settlement.reconciliation.models import OwnCheck, OwnCheckTemplate

_BY_ORDER = """
select coalesce(o.order_no, '') as order_no, sum(d.amount)::bigint, count(*)
from settlement_detail d left join settlement_staged_order o on o.id = d.order_id
where d.party_id = %(party)s and d.currency = %(currency)s and (%(statement)s = 0 or d.statement_id = %(statement)s)
  and d.occurred_at >= %(from)s and d.occurred_at < %(before)s
group by 1
"""
_COPY = (
    "copy settlement_own_check_row (party_id, check_id, position, outcome, order_no, their_rows, their_minor,"
    " our_minor, details) from stdin"
)
MATCHED, AMOUNT, ONLY_YOURS, ONLY_OURS, REPEATED, OTHER = (
    "matched", "amount", "only_yours", "only_ours", "repeated", "other",
)  # fmt: skip
OUTCOMES = (MATCHED, AMOUNT, ONLY_YOURS, ONLY_OURS, REPEATED, OTHER)


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


def check_own_file(
    *, party_id: int, currency: str, span: CheckSpan, path: Path, name: str, mapping: Mapping[str, str],
    at: datetime, actor: str, template: str = "",
) -> OwnCheck:  # fmt: skip
    """This function will compare a file with the party's details and keep the result, in the caller's transaction.

    `mapping` says which header names hold `order` and `amount`. What is ours is read under the database's own
    isolation of the party. With `template` the mapping is kept under this name. Raises CheckFileRefused, naming
    the row.
    """
    rows = read_check_file(path, name=name, mapping=mapping, currency=currency)
    orders: dict[str, _Order] = defaultdict(_Order)
    for row in rows:
        _add(orders[row.order_no], row)
    if not orders:
        raise CheckFileRefused(f"{name} holds no rows below its header; choose the right file")
    for order_no, ours, details in _ours(party_id, currency, span):
        orders[order_no].ours, orders[order_no].details = int(ours), int(details)
    with connection.cursor() as cursor:
        cursor.execute("select nextval('settlement_own_check_id_seq')")
        number = int(cursor.fetchone()[0])
        totals = {outcome: [0, 0, 0] for outcome in OUTCOMES}
        with cursor.copy(_COPY) as copy:
            for position, (order_no, one) in enumerate(sorted(orders.items()), start=1):
                outcome = _outcome(order_no, one)
                for place, value in enumerate((1, one.theirs, one.ours)):
                    totals[outcome][place] += value
                told = ", ".join(map(str, one.rows))[:64]
                copy.write_row(
                    (party_id, number, position, outcome, order_no, told, one.theirs, one.ours, one.details)
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
            outcome: dict(zip(("orders", "yours", "ours"), found, strict=True))
            for outcome, found in totals.items()
        },
    )  # fmt: skip


def _add(order: _Order, row: CheckRow) -> None:
    order.rows.append(row.number)
    order.theirs += row.amount


def _ours(party_id: int, currency: str, span: CheckSpan) -> list[tuple[str, int, int]]:
    with as_tenant(party_id), connection.cursor() as cursor:
        cursor.execute(_BY_ORDER, {
            "party": party_id, "currency": currency, "statement": span.statement_id, "from": span.begins,
            "before": span.ends,
        })  # fmt: skip
        return list(cursor.fetchall())


def _outcome(order_no: str, one: _Order) -> str:
    if not order_no:
        return OTHER
    if not one.rows:
        return ONLY_OURS
    if not one.details:
        return ONLY_YOURS
    if one.theirs == one.ours:
        return MATCHED
    return REPEATED if len(one.rows) > 1 and one.theirs == one.ours * len(one.rows) else AMOUNT
