"""Replay many statements: so many lines at a time, by several threads at once."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from functools import partial
from itertools import chain

from zhanggui.rows.reading import rows_of
from zhanggui.rows.side_by_side import side_by_side
from zhanggui.rows.transfer import array_text
from zhanggui.settlement.replays.operations.replay_statements import Replay, replay_statements

LINES_AT_ONCE = 50_000
STATEMENTS_AT_ONCE = 1_000
type StatementKey = tuple[int, int]  # party, id


def replay_side_by_side(
    *, keys: Sequence[StatementKey], zone: tzinfo, workers: int, lines_at_once: int = LINES_AT_ONCE
) -> Iterator[Replay]:
    """This function will replay closed statements (party, id) and yield their results in the order given.

    A part of some `lines_at_once` lines is looked at in one go, so memory is bounded by that and by the largest
    statement, times `workers`, see `side_by_side`.
    """
    parts = partitioned(keys, lines_at_once)
    pieces = (partial(replay_statements, keys=part, zone=zone) for part in parts)
    yield from chain.from_iterable(side_by_side(pieces, workers=workers))


def partitioned(
    keys: Sequence[StatementKey], lines_at_once: int = LINES_AT_ONCE
) -> Iterator[list[StatementKey]]:
    """This function will cut statements into parts of some `lines_at_once` lines, in the order given."""
    part, held = list[StatementKey](), 0
    counts = _line_counts(keys)
    for key in keys:
        count = counts.get(key, 0)
        if part and (held + count > lines_at_once or len(part) == STATEMENTS_AT_ONCE):
            yield part
            part, held = [], 0
        part.append(key)
        held += count
    if part:
        yield part


def _line_counts(keys: Sequence[StatementKey]) -> dict[StatementKey, int]:
    rows = rows_of(
        "select s.party_id, s.id, s.line_count from settlement_statement s"
        " join unnest(%s::bigint[], %s::bigint[]) as k(party_id, id) on k.party_id = s.party_id and k.id = s.id",
        [array_text(party for party, _ in keys), array_text(number for _, number in keys)],
    )
    return {(row["party_id"], row["id"]): row["line_count"] for row in rows}
