"""How a table of an export is declared, and the SQL words that tables share.

docs/reference/export-columns.md is written from the declarations. A column is never renamed and never
changes its meaning; new ones are added at the end.
"""

from dataclasses import dataclass
from enum import Enum

from zhanggui.ledger.sources import EntrySource


class Kind(Enum):
    """What a column holds. Amounts are minor units of the row's `currency`; times are UTC."""

    TEXT = "text"
    WHOLE = "whole number"
    MINOR = "minor units"
    DAY = "day"
    TIME = "time, UTC"


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, its SQL over the table's `source`, and what it means."""

    name: str
    kind: Kind
    sql: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One export: its name, what a row is, the columns, where rows come from, and their order."""

    name: str
    row: str
    columns: tuple[Column, ...]
    source: str
    order: str


T, W, M, D, Z = Kind.TEXT, Kind.WHOLE, Kind.MINOR, Kind.DAY, Kind.TIME


def code(alias: str) -> str:
    """The code of a joined row that may be missing."""
    return f"coalesce({alias}.code, '')"


def dimension(alias: str, column: str) -> str:
    """The join of a dimension."""
    return f"left join settlement_dimension {alias} on {alias}.id = {column}"


def words(column: str, by_value: dict[int, str]) -> str:
    """Numbers as words."""
    return (
        f"case {column} " + " ".join(f"when {key} then '{word}'" for key, word in by_value.items()) + " end"
    )


SOURCES = {source.value: source.name.lower() for source in EntrySource}
MODES = {1: "output", 2: "input", 3: "none"}


def joined(table: str, alias: str, on: str, *, optional: bool = False) -> str:
    """The join of a table by its id."""
    return f" {'left ' if optional else ''}join {table} {alias} on {alias}.id = {on}"


def of_statement(alias: str, *, optional: bool = False) -> str:
    """The join `s` of the statement that rows of `alias` name."""
    kind = " left join" if optional else " join"
    return f"{kind} settlement_statement s on s.party_id = {alias}.party_id and s.id = {alias}.statement_id"
