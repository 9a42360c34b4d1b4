"""Pre-create the statement that follows a closed one in its series."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from zhanggui.rows.times import day_number
from zhanggui.settlement.entities.queries import series_terms
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
        parties = np.array([row.party_id for row in rows], dtype=np.int64)
        terms_id, terms = series_terms(parties=parties, entity_id=entity_id, mode=mode, cycle=cycle)
        needs = StatementNeeds(
            party_id=parties,
            terms_id=terms_id,
            day=np.array([day_number(row.ends_before) for row in rows], dtype=np.int64),
            document_id=np.array([row.document_id for row in rows], dtype=np.int64),
        )
        placed = place_rows(needs=needs, terms=terms, currency=currency, at=at)
        following.update((row.id, int(found)) for row, found in zip(rows, placed.statement_id, strict=True))
    owners = {row.party_id for row in statements}
    found = {row.id: row for row in Statement.objects.filter(party_id__in=owners, id__in=following.values())}
    return [found[following[row.id]] for row in statements]
