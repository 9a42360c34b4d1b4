"""Replay closed statements: rebuild their lines from raw events and pinned rules, compare byte for byte."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.details.leaves import leaves_of
from zhanggui.settlement.details.queries import DetailKey, billed_line
from zhanggui.settlement.replays.documents import document_claims
from zhanggui.settlement.replays.rebuilding import rebuild_refunds, rebuild_sales
from zhanggui.settlement.replays.stored import LineKey, StoredLines
from zhanggui.settlement.statements.hashing import statement_hash
from zhanggui.settlement.statements.models import Statement

RAW = (3,)  # corrections are raw events themselves
ARRAYS = ("fee_types", "rules", "bases", "amounts")
DIFFERENCES_MAX = 100


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
    leaves: dict[LineKey, bytes] = {}
    arrays: dict[LineKey, tuple[BilledBlock, int]] = {}
    for block in [*rebuild_sales(stored, zone), *rebuild_refunds(stored, zone)]:
        for place, (key, leaf) in enumerate(_leaves(block)):
            leaves[key], arrays[key] = leaf, (block, place)
    documents = _documents(stored)
    results = {key: Replay(number=row.number, lines=row.line_count) for key, row in statements.items()}
    by_statement: dict[tuple[int, int], list[LineKey]] = defaultdict(list)
    for key, row in stored.by_key.items():
        where = (row["party_id"], row["statement_id"])
        by_statement[where].append(key)
        if key in documents or row["kind"] in RAW:
            leaves[key] = bytes(row["content"]) if documents.get(key, True) else b""
        changed = not leaves.get(key) == bytes(row["content"]) == bytes(row["leaf"])
        if changed and len(results[where].differences) < DIFFERENCES_MAX:
            results[where].differences.append(_difference(key, arrays.get(key)))
    for where, statement in statements.items():
        results[where].hash_equal = _hash_equal(statement, by_statement[where], leaves)
    return list(results.values())


def _leaves(block: BilledBlock) -> Iterator[tuple[LineKey, bytes]]:
    keys = zip(block.party_id.tolist(), block.line_id.tolist(), block.event_id.tolist(), strict=True)
    for key, digest in zip(keys, leaves_of(block), strict=True):
        yield key, digest.tobytes()


def _documents(stored: StoredLines) -> dict[LineKey, bool]:
    """Whether the stored line of each document holds just what the document says."""
    held = {}
    for claim in document_claims(stored):
        key = (claim.party_id, claim.line_id, claim.event_id)
        row = billed_line(DetailKey(*key, 1))
        held[key] = (row["fee_types"], row["amounts"]) == ([claim.fee_type_id], [claim.amount])
    return held


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


def _hash_equal(statement: Statement, keys: list[LineKey], leaves: dict[LineKey, bytes]) -> bool:
    ordered = sorted(keys, key=lambda key: (key[1], key[2]))
    digest = hashlib.sha256(b"".join(leaves.get(key, b"") for key in ordered)).digest()
    values = statement.__dict__
    return statement_hash(bytes(statement.previous_hash), values, digest) == bytes(statement.hash)
