"""Pre-create the statement that follows a closed one in its series."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from zhanggui.rows.times import day_number
from zhanggui.settlement.entities.models import SettlementTerms
from zhanggui.settlement.statements.models import Statement
from zhanggui.settlement.statements.operations.place_rows import place_rows
from zhanggui.settlement.statements.series import StatementNeeds


def continue_series(*, statements: Sequence[Statement], at: datetime) -> list[Statement]:
    """This function will return, for each closed statement, the open one that follows it, made if missing.

    Entity, currency, mode and cycle stay those of the closed statement. Runs in the caller's transaction,
    which holds `locks.hold_for_closing`.
    """
    following: dict[int, int] = {}
    groups: dict[tuple[int, str, int, str], list[Statement]] = {}
    for row in statements:
        groups.setdefault((row.entity_id, row.currency, row.mode, row.cycle), []).append(row)
    for (entity_id, currency, mode, cycle), rows in groups.items():
        terms = _terms_like(rows[0], entity_id=entity_id, mode=mode, cycle=cycle)
        needs = StatementNeeds(
            party_id=np.array([row.party_id for row in rows], dtype=np.int64),
            terms_id=np.zeros(len(rows), dtype=np.int64),
            day=np.array([day_number(row.ends_before) for row in rows], dtype=np.int64),
            document_id=np.array([row.id for row in rows], dtype=np.int64),
        )
        placed = place_rows(needs=needs, terms={0: terms}, currency=currency, at=at)
        following.update(
            (row.id, int(found)) for row, found in zip(rows, placed.statement_id, strict=True)
        )
    parties = {row.party_id for row in statements}
    found = {
        row.id: row for row in Statement.objects.filter(party_id__in=parties, id__in=following.values())
    }
    return [found[following[row.id]] for row in statements]


def _terms_like(row: Statement, *, entity_id: int, mode: int, cycle: str) -> SettlementTerms:
    """The party's newest terms of this entity, mode and cycle, for due dates; a plain stand-in otherwise."""
    found = (
        SettlementTerms.objects.filter(
            party_id__in=[0, row.party_id], entity_id=entity_id, invoice_mode=mode, cycle=cycle
        )
        .order_by("-party_id", "-effective_from")
        .first()
    )
    return found or SettlementTerms(entity_id=entity_id, invoice_mode=mode, cycle=cycle)
