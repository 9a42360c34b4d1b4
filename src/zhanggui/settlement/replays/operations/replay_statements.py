"""Replay closed statements: rebuild their lines from raw events and pinned rules, compare byte for byte."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhanggui.rows.reading import rows_of
from zhanggui.rows.transfer import array_text
from zhanggui.settlement.details.blocks import BilledBlock, Ints
from zhanggui.settlement.details.leaves import leaves_of
from zhanggui.settlement.details.queries import WHOLE_LINES, DetailKey, billed_line
from zhanggui.settlement.replays.documents import document_claims
from zhanggui.settlement.replays.rebuilding import rebuild_refunds, rebuild_sales
from zhanggui.settlement.replays.stored import KEY, StoredLines
from zhanggui.settlement.statements.hashing import statement_hash
from zhanggui.settlement.statements.models import Statement

RAW = (3,)  # corrections are raw events themselves
ARRAYS = ("fee_types", "rules", "bases", "amounts")
DIFFERENCES_MAX = 100
type LineKey = tuple[int, int, int]  # party, line, event


@dataclass
class Replay:
    """What replaying one statement found; `equal` only if every line and the hash came out the same."""

    number: str
    lines: int
    hash_equal: bool = True
    differences: list[dict[str, Any]] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        return self.hash_equal and not self.differences


def replay_statements(*, keys: Sequence[tuple[int, int]], zone: tzinfo) -> list[Replay]:
    """This function will replay closed statements (party, id) and return one result for each.

    Every billed line is made again by the kernel from staged events and the rule version it names; leaves,
    lines digest and statement hash must come out the same. Open statements have no hash and are left out.
    """
    statements = {
        (row.party_id, row.id): row
        for row in Statement.objects.filter(
            party_id__in={party for party, _ in keys}, id__in=[number for _, number in keys]
        ).exclude(state="open")
    }
    stored = StoredLines.on(list(statements))
    again = _Rebuilt.of(stored, zone)
    results = {key: Replay(number=row.number, lines=row.line_count) for key, row in statements.items()}
    for place in np.flatnonzero(~again.same(stored)).tolist():
        found = results[int(stored["party_id"][place]), int(stored["statement_id"][place])].differences
        if len(found) < DIFFERENCES_MAX:
            found.append(_difference(_key(stored, place), again.arrays(place)))
    # lines stand in the order of parties, statements, and what a statement hashes
    spans = _spans(stored)
    for where, statement in statements.items():
        first, end = spans.get(where, (0, 0))
        results[where].hash_equal = _hash_equal(statement, again.leaves[first:end])
    return list(results.values())


@dataclass(frozen=True)
class _Rebuilt:
    """Leaves made again, V32 [n] in the order of the stored lines, where there is one, and what they came from:
    the number of a block and a place in it, -1 for a document's line."""

    leaves: NDArray[np.void]
    there: NDArray[np.bool_]
    blocks: list[BilledBlock]
    block: Ints
    place: Ints

    @classmethod
    def of(cls, stored: StoredLines, zone: tzinfo) -> "_Rebuilt":
        count = len(stored)
        leaves, there = np.zeros(count, dtype="V32"), np.zeros(count, dtype=bool)
        block, place = np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.int64)
        blocks = [*rebuild_sales(stored, zone), *rebuild_refunds(stored, zone)]
        for number, one in enumerate(blocks):
            at = stored.places(one.party_id, one.line_id, one.event_id)
            leaves[at], there[at] = leaves_of(one), True
            block[at], place[at] = number, np.arange(len(one))
        for line, held in _documents(stored):
            leaves[line], there[line] = stored.content[line], held
        raw = stored.of_kind(*RAW)
        leaves[raw], there[raw] = stored.content[raw], True
        return cls(leaves, there, blocks, block, place)

    def same(self, stored: StoredLines) -> NDArray[np.bool_]:
        """Whether each line was made again, and holds now and held when it was billed what came out."""
        made, content, leaf = (
            np.ascontiguousarray(one).view(np.uint64).reshape(len(one), 4)
            for one in (self.leaves, stored.content, stored.leaf)
        )
        equal: NDArray[np.bool_] = ((made == content) & (content == leaf)).all(axis=1)
        return self.there & equal

    def arrays(self, place: int) -> tuple[BilledBlock, int] | None:
        """Where the arrays of a stored line stand, if any were made."""
        number = int(self.block[place])
        return None if number < 0 else (self.blocks[number], int(self.place[place]))


def _documents(stored: StoredLines) -> Iterator[tuple[int, bool]]:
    """The places of documents' lines, and whether the stored line holds just what its document says."""
    claims = list(document_claims(stored))
    if not claims:
        return
    keys = np.array([(one.party_id, one.line_id, one.event_id) for one in claims], dtype=np.int64)
    places = stored.places(*keys.T)
    held = {
        (row["party_id"], row["line_id"], row["event_id"]): (row["fee_types"], row["amounts"])
        for row in rows_of(
            f"select b.party_id, b.line_id, b.event_id, b.fee_types, b.amounts from {WHOLE_LINES} b"
            " join unnest(%s::bigint[], %s::bigint[], %s::bigint[]) as k(party_id, line_id, event_id)"
            "  on k.party_id = b.party_id and k.line_id = b.line_id and k.event_id = b.event_id",
            [array_text(column) for column in keys.T.tolist()],
        )
    }
    for place, claim in zip(places.tolist(), claims, strict=True):
        line = held[claim.party_id, claim.line_id, claim.event_id]
        yield place, line == ([claim.fee_type_id], [claim.amount])


def _key(stored: StoredLines, place: int) -> LineKey:
    party, line, event = (int(stored[name][place]) for name in KEY)
    return party, line, event


def _spans(stored: StoredLines) -> dict[tuple[int, int], tuple[int, int]]:
    """From where to where the lines of each statement (party, id) stand."""
    if not len(stored):
        return {}
    party, statement = stored["party_id"], stored["statement_id"]
    starts = np.flatnonzero(np.diff(party, prepend=-1) | np.diff(statement, prepend=-1))
    ends = np.append(starts[1:], len(stored))
    return {
        (one, number): span
        for one, number, span in zip(
            party[starts].tolist(), statement[starts].tolist(), zip(starts.tolist(), ends.tolist(), strict=True),
            strict=True,
        )
    }  # fmt: skip


def _difference(key: LineKey, rebuilt: tuple[BilledBlock, int] | None) -> dict[str, Any]:
    row = billed_line(DetailKey(*key, 1))
    found: dict[str, Any] = {"line": "-".join(str(part) for part in key)}
    if rebuilt is None:
        return found | {"missing": "no raw event yields this line"}
    block, place = rebuilt
    for name in ARRAYS:
        again = getattr(block, name)[place].tolist()
        if again != row[name]:
            found[name] = {"stored": row[name], "replayed": again}
    return found if len(found) > 1 else found | {"head": "the line's own columns differ"}


def _hash_equal(statement: Statement, leaves: NDArray[np.void]) -> bool:
    digest = hashlib.sha256(leaves.tobytes()).digest()
    return statement_hash(bytes(statement.previous_hash), statement.__dict__, digest) == bytes(statement.hash)
