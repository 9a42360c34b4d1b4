"""Close the open statements whose period ended by a cut-off: totals and hash are written once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.settlement.statements.hashing import GENESIS, statement_hash
from zhanggui.settlement.statements.models import Statement, StatementState
from zhanggui.settlement.statements.totals import totals_of

EMPTY_LINES = hashlib.sha256(b"").digest()
_FIGURES = ("goods_minor", "fees_minor", "refunds_minor", "other_minor", "net_minor", "line_count",
            "detail_count")  # fmt: skip


@dataclass
class Leaving:
    """What is about to move on of closing statements, minor units by statement, and why, for their history."""

    amounts: dict[int, int] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)


def due_to_close(
    *, through: date, limit: int, parties: Sequence[int] | None = None
) -> list[tuple[int, int, date]]:
    """This function will return up to `limit` open statements (party, id, end) that ended by the cut-off, of
    `parties` or of all, all of one end day, the earliest: debts must reach the next period before that one closes."""
    of_parties = "" if parties is None else " and party_id = any(%(parties)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select party_id, id, ends_before from settlement_statement where state = 'open'{of_parties}"
            " and ends_before = (select min(ends_before) from settlement_statement"
            f"  where state = 'open' and ends_before <= %(cut)s{of_parties}) order by party_id, id limit %(limit)s",
            {"cut": through + timedelta(days=1), "limit": limit, "parties": list(parties or ())},
        )
        return list(cursor.fetchall())


def close_statements(
    *, chosen: Sequence[tuple[int, int]], at: datetime, actor: str, leaving: Leaving | None = None
) -> list[Statement]:
    """This function will close these statements (party, id) and return those it closed.

    One that another process closed in the meantime is left out, so closing is idempotent. Runs in the
    caller's transaction, which holds `locks.hold_for_closing`. Zero statements end as `zero`; negative ones
    are left for `carry_balance`; the others wait for confirmation, as do those that come to nothing only before
    something leaves them.
    """
    rows = list(
        Statement.objects.select_for_update()
        .filter(id__in=[number for _, number in chosen], party_id__in={party for party, _ in chosen})
        .filter(state=StatementState.OPEN)
        .order_by("party_id", "ends_before", "id")
    )
    if not rows:
        return []
    leaving = leaving or Leaving()
    parties, ids = [row.party_id for row in rows], [row.id for row in rows]
    with connection.cursor() as cursor:
        totals = totals_of(cursor, parties=parties, statements=ids, with_digest=True)
        chain = _chain_ends(cursor, sorted(set(parties)))
        for row in rows:
            _write_figures(row, totals.get(row.id), chain, at)
            if leaving.amounts.get(row.id):
                row.state = StatementState.CONFIRMING
        _save(cursor, rows)
        _record_steps(cursor, rows, at=at, actor=actor, reasons=leaving.reasons)
    write_notices(told=[_told(row) for row in rows if row.net_minor], at=at)
    return rows


def _told(row: Statement) -> Told:
    return Told(
        "statement.closed", row.number, party_id=row.party_id,
        about={"amount_minor": row.net_minor, "currency": row.currency, "id": row.id},
    )  # fmt: skip


def _chain_ends(cursor: Any, parties: list[int]) -> dict[int, tuple[int, bytes]]:
    cursor.execute(
        "select distinct on (party_id) party_id, chain_position, hash from settlement_statement"
        " where party_id = any(%s) and chain_position > 0 order by party_id, chain_position desc",
        [parties],
    )
    return {party: (position, bytes(value)) for party, position, value in cursor.fetchall()}


def _write_figures(
    row: Statement, totals: dict[str, Any] | None, chain: dict[int, tuple[int, bytes]], at: datetime
) -> None:
    for name in _FIGURES:
        setattr(row, name, totals[name] if totals else 0)
    position, previous = chain.get(row.party_id, (0, GENESIS))
    row.chain_position, row.previous_hash = position + 1, previous
    row.hash = statement_hash(
        previous, row.__dict__, bytes(totals["lines_digest"]) if totals else EMPTY_LINES
    )
    chain[row.party_id] = (row.chain_position, row.hash)
    row.closed_at = at
    # a statement of details that cancel out has lines and still nothing to pay: it closes itself
    row.state = StatementState.ZERO if row.net_minor == 0 else StatementState.CONFIRMING


def _save(cursor: Any, rows: Sequence[Statement]) -> None:
    columns = [*_FIGURES, "chain_position"]
    cursor.execute(
        "update settlement_statement s set "
        + ", ".join(
            f"{name} = v.{name}" for name in [*columns, "previous_hash", "hash", "closed_at", "state"]
        )
        + " from unnest(%s::bigint[], %s::bigint[]"
        + ", %s::bigint[]" * len(columns)
        + ", %s::bytea[], %s::bytea[], %s::timestamptz[], %s::text[]) as v(party_id, id, "
        + ", ".join([*columns, "previous_hash", "hash", "closed_at", "state"])
        + ") where s.party_id = v.party_id and s.id = v.id",
        [
            [getattr(row, name) for row in rows]
            for name in ["party_id", "id", *columns, "previous_hash", "hash", "closed_at", "state"]
        ],
    )


def _record_steps(
    cursor: Any, rows: Sequence[Statement], *, at: datetime, actor: str, reasons: Mapping[int, str]
) -> None:
    cursor.execute(
        "insert into settlement_statement_event (party_id, statement_id, at, actor, before, after, reason)"
        " select party_id, statement_id, %s, %s, 'open', state, reason"
        " from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[])"
        " as v(party_id, statement_id, state, reason)",
        [
            at,
            actor,
            [row.party_id for row in rows],
            [row.id for row in rows],
            [row.state for row in rows],
            [reasons.get(row.id, "") for row in rows],
        ],
    )
