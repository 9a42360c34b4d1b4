"""What is stored on statements: keys, frozen inputs and leaves, a set at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.details.leaves import LEAF_SQL, PATTERNS_SQL

type LineKey = tuple[int, int, int]  # party, line, event


@dataclass(frozen=True)
class StoredLines:
    """Billed lines by key, as far as a replay may look at them before comparing: `content` is the leaf of what
    the row holds now, `leaf` the one it was given."""

    by_key: dict[LineKey, dict[str, Any]]

    @classmethod
    def on(cls, statements: Sequence[tuple[int, int]]) -> "StoredLines":
        """This method will read the lines of statements (party, id)."""
        rows = rows_of(
            "select b.party_id, b.line_id, b.event_id, b.kind, b.merchant_id, b.order_id, b.statement_id,"
            " b.entity_id, b.mode, b.cumulative_before, b.rule_set_id, b.business_line_id, b.leaf, b.content"
            f" from (select b.*, coalesce({LEAF_SQL}, '') as content from settlement_billed_line b"
            f" left join {PATTERNS_SQL} p on p.id = b.pattern_id) b"
            " join unnest(%s::bigint[], %s::bigint[]) as s(party_id, statement_id)"
            "  on s.party_id = b.party_id and s.statement_id = b.statement_id",
            [[party for party, _ in statements], [number for _, number in statements]],
        )
        return cls({(row["party_id"], row["line_id"], row["event_id"]): row for row in rows})

    def of_kind(self, *kinds: int) -> list[dict[str, Any]]:
        """This method will return the rows of these kinds."""
        return [row for row in self.by_key.values() if row["kind"] in kinds]
