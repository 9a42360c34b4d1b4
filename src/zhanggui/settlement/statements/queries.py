"""Reads over statements: their parts, their proof, their neighbours, and periods as a calendar."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from zhanggui.settlement.statements.hashing import GENESIS, statement_hash
from zhanggui.settlement.statements.models import Dispute, Statement, StatementEvent, StatementState
from zhanggui.settlement.statements.totals import totals_of

FIGURES = ("goods_minor", "fees_minor", "refunds_minor", "other_minor", "net_minor", "line_count",
           "detail_count")  # fmt: skip


def _rows(query: str, params: list[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Heading:
    """Who a statement is between, by language, and our entity's tax number."""

    party_code: str
    party_name: dict[str, str]
    entity_code: str
    entity_name: dict[str, str]
    entity_tax_number: str


def heading_at_cut_off(row: Statement) -> Heading | None:
    """This function will return the heading as it was when the statement closed: who is renamed later does not change
    what was settled with whom. None while it is open."""
    names = Heading.__dataclass_fields__
    if not names.keys() <= row.enrichment.keys():
        return None
    return Heading(**{name: row.enrichment[name] for name in names})


def statement(party_id: int, statement_id: int) -> Statement | None:
    """This function will return one statement, or None."""
    return Statement.objects.filter(party_id=party_id, id=statement_id).first()


def statements_by_number(number: str) -> list[Statement]:
    """This function will return the statements with this number."""
    return list(Statement.objects.filter(number=number)[:10])


def latest_statement(party_id: int, entity_id: int, currency: str) -> Statement | None:
    """This function will return the party's statement of the latest period at an entity, or None."""
    return (
        Statement.objects.filter(party_id=party_id, entity_id=entity_id, currency=currency, document_id=0)
        .order_by("-starts_on", "-id")
        .first()
    )


def live_figures(row: Statement) -> dict[str, int]:
    """This function will return what a statement comes to: its own figures once closed, else those of its
    lines now."""
    if row.state != StatementState.OPEN:
        return {name: getattr(row, name) for name in FIGURES}
    with connection.cursor() as cursor:
        found = totals_of(cursor, parties=[row.party_id], statements=[row.id], with_digest=False)
    totals = found.get(row.id, {})
    return {name: int(totals.get(name, 0)) for name in FIGURES}


def fee_summary(party_id: int, statement_id: int) -> list[dict[str, Any]]:
    """This function will sum a statement's details by fee type, in catalogue order."""
    return _rows(
        "select d.fee_type_id, count(*)::bigint as details, sum(d.amount)::bigint as amount"
        " from settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id"
        " where d.party_id = %s and d.statement_id = %s"
        " group by d.fee_type_id, f.sort order by f.sort, d.fee_type_id",
        [party_id, statement_id],
    )


def history(party_id: int, statement_id: int) -> list[StatementEvent]:
    """This function will return the steps of a statement, the earliest first."""
    return list(StatementEvent.objects.filter(party_id=party_id, statement_id=statement_id).order_by("id"))


def disputes_of(party_id: int, statement_id: int) -> list[Dispute]:
    """This function will return the disputes that were opened on a statement or moved onto it."""
    own = Dispute.objects.filter(party_id=party_id, statement_id=statement_id)
    moved = Dispute.objects.filter(party_id=party_id, moved_to_statement_id=statement_id)
    return sorted({*own, *moved}, key=lambda one: one.id)


def moved_lines(party_id: int, statement_id: int) -> list[dict[str, Any]]:
    """This function will return the lines of a statement that came from another one or corrected one."""
    return _rows(
        "select party_id, line_id, event_id, position, kind, fee_type_id, amount, occurred_at"
        " from settlement_detail where party_id = %s and statement_id = %s and kind in (3, 5, 6)"
        " order by occurred_at, line_id, event_id",
        [party_id, statement_id],
    )


def neighbours(row: Statement) -> tuple[Statement | None, Statement | None]:
    """This function will return the statements of the same party before and after this one by period."""
    own = Statement.objects.filter(party_id=row.party_id).order_by("starts_on", "id")
    before = own.filter(starts_on__lte=row.starts_on).exclude(starts_on=row.starts_on, id__gte=row.id).last()
    after = own.filter(starts_on__gte=row.starts_on).exclude(starts_on=row.starts_on, id__lte=row.id).first()
    return before, after


def closed_by_month(currency: str, months: int = 12) -> list[dict[str, Any]]:
    """This function will sum the closed statements of one currency by the month their period ended in, the
    latest `months` of them, ascending."""
    found = _rows(
        "select date_trunc('month', ends_before - 1)::date as month, sum(goods_minor)::bigint as goods,"
        " sum(fees_minor)::bigint as fees, sum(refunds_minor)::bigint as refunds,"
        " sum(net_minor)::bigint as net, count(*)::bigint as statements"
        " from settlement_statement where currency = %s and state <> 'open'"
        " group by 1 order by 1 desc limit %s",
        [currency, months],
    )
    return found[::-1]


def waiting(currency: str) -> dict[str, int]:
    """This function will count and sum the statements that wait for confirmation, and open disputes."""
    found = Statement.objects.filter(state=StatementState.CONFIRMING, currency=currency).aggregate(
        count=Count("id"), amount=Sum("net_minor")
    )
    disputes = Dispute.objects.filter(state="open", currency=currency).aggregate(
        count=Count("id"), amount=Sum("amount_minor")
    )
    return {
        "confirming": found["count"],
        "confirming_minor": int(found["amount"] or 0),
        "disputes": disputes["count"],
        "disputes_minor": int(disputes["amount"] or 0),
    }


def waiting_count() -> int:
    """This function will count the statements that wait for confirmation, over all currencies."""
    return Statement.objects.filter(state=StatementState.CONFIRMING).count()


def open_disputes_count() -> int:
    """This function will count the disputes nobody has decided yet."""
    return Dispute.objects.filter(state="open").count()


def latest_closings(limit: int = 8) -> list[dict[str, Any]]:
    """This function will return the latest closings: when, who, how many statements of which period."""
    return _rows(
        "select e.actor, max(e.at) as at, s.starts_on, s.ends_before - 1 as last_day, s.cycle, s.currency,"
        " count(*)::bigint as statements, sum(s.net_minor)::bigint as net"
        " from settlement_statement_event e"
        " join settlement_statement s on s.party_id = e.party_id and s.id = e.statement_id"
        " where e.before = 'open' group by e.actor, date_trunc('minute', e.at), 3, 4, 5, 6"
        " order by 2 desc, 4 desc limit %s",
        [limit],
    )


def periods(year: int) -> list[dict[str, Any]]:
    """This function will count the statements of every period that ends in `year` by state, latest first.

    `ended` are those beyond confirmation: being paid or paid, collected, carried, zero.
    """
    return _rows(
        "select cycle, starts_on, ends_before, count(*)::bigint as statements,"
        " count(*) filter (where state = 'open')::bigint as open,"
        " count(*) filter (where state = 'confirming')::bigint as confirming,"
        " count(*) filter (where state = 'confirmed')::bigint as confirmed,"
        " count(*) filter (where state not in ('open', 'confirming', 'confirmed'))::bigint as ended"
        " from settlement_statement where ends_before - 1 between %s and %s"
        " group by 1, 2, 3 order by 3 desc, 2 desc, 1",
        [date(year, 1, 1), date(year, 12, 31)],
    )


def period_years() -> list[int]:
    """This function will return the years in which periods end, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct extract(year from ends_before - 1)::int from settlement_statement"
            " order by 1 desc"
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class DueToClose:
    """What a closing through a day would close: how many statements, of which end days."""

    statements: int
    ends: list[tuple[date, int]]


def due_through(through: date) -> DueToClose:
    """This function will count the open statements whose last day is at most `through`."""
    found = _rows(
        "select ends_before - 1 as last_day, count(*)::bigint as statements from settlement_statement"
        " where state = 'open' and ends_before - 1 <= %s group by 1 order by 1",
        [through],
    )
    ends = [(row["last_day"], row["statements"]) for row in found]
    return DueToClose(sum(count for _, count in ends), ends)


@dataclass(frozen=True)
class Verified:
    """A closed statement proved again from its lines: figures, its own hash, and its place in the chain."""

    figures: bool
    hash: bool
    chain: bool

    @property
    def holds(self) -> bool:
        """Whether everything holds."""
        return self.figures and self.hash and self.chain


def verified(row: Statement) -> Verified | None:
    """This function will prove a closed statement again from its lines; None while it is open."""
    if row.chain_position == 0:
        return None
    with connection.cursor() as cursor:
        found = totals_of(cursor, parties=[row.party_id], statements=[row.id], with_digest=True).get(row.id)
    lines = bytes(found["lines_digest"]) if found else hashlib.sha256(b"").digest()
    previous = Statement.objects.filter(
        party_id=row.party_id, chain_position=row.chain_position - 1
    ).first() if row.chain_position > 1 else None  # fmt: skip
    before = bytes(previous.hash) if previous else GENESIS
    return Verified(
        figures=all(getattr(row, name) == (int(found[name]) if found else 0) for name in FIGURES),
        hash=bytes(row.hash) == statement_hash(bytes(row.previous_hash), row.__dict__, lines),
        chain=bytes(row.previous_hash) == before,
    )
