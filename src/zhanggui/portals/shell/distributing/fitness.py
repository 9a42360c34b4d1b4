"""Whether tables can stand where they are placed: the rules of Citus, and of ours, as pure functions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from zhanggui.portals.shell.distributing.placement import Kind, Placement


@dataclass(frozen=True)
class ForeignKey:
    """Columns here, and the table and columns they point to."""

    columns: tuple[str, ...]
    table: str
    to_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What of a table matters here. Types are PostgreSQL's words; unique keys by name, expressions left out."""

    name: str
    types: Mapping[str, str]
    unique: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    foreign: Sequence[ForeignKey] = ()
    policies_that_ask: Sequence[str] = ()
    """Policies that look at other tables."""
    triggers_that_ask: Sequence[str] = ()
    """Triggers whose functions name other tables."""
    identity: Sequence[str] = ()
    """Columns that number themselves."""


def faults(tables: Iterable[Table], places: Iterable[Placement]) -> list[str]:
    """Why these tables cannot be distributed as placed, one sentence each; none if they can."""
    held, placed = {one.name: one for one in tables}, list(places)
    by_table = {one.table: one for one in placed}
    found = [f"{one.table} is placed twice" for one in placed if by_table[one.table] is not one]
    found += [f"{name} has no place" for name in sorted(held.keys() - by_table.keys())]
    found += [f"{name} is placed and is no table" for name in sorted(by_table.keys() - held.keys())]
    return found + list(
        chain.from_iterable(
            _faults_of(held[name], by_table, held) for name in sorted(held.keys() & by_table.keys())
        )
    )


def _faults_of(table: Table, places: Mapping[str, Placement], held: Mapping[str, Table]) -> Iterator[str]:
    place = places[table.name]
    for key in table.foreign:
        if key.table in places and not _fits(key, place, places[key.table]):
            yield f"{table.name} ({place.kind}) has a foreign key to {key.table} ({places[key.table].kind})"
    if place.kind is Kind.LOCAL:
        return
    for policy in table.policies_that_ask:
        yield f"{table.name} has the policy {policy}, which looks at other tables"
    for trigger in table.triggers_that_ask:
        yield f"{table.name} has the trigger {trigger}, whose function names other tables"
    for column in table.identity:
        if table.types[column] != "bigint":
            yield f"{table.name}.{column} numbers itself and is no bigint"
    if place.kind is Kind.SPREAD:
        yield from _spread_faults(table, place, places, held)


def _spread_faults(
    table: Table, place: Placement, places: Mapping[str, Placement], held: Mapping[str, Table]
) -> Iterator[str]:
    if place.column not in table.types:
        yield f"{table.name} has no column {place.column}"
        return
    for name, columns in table.unique.items():
        if place.column not in columns:
            yield f"{table.name} has the unique key {name} without {place.column}"
    anchor = places.get(place.with_table)
    if anchor is None or anchor.table not in held:
        return
    beside = held[anchor.table].types.get(anchor.column)
    if table.types[place.column] != beside:
        yield f"{table.name}.{place.column} is not of the type of {anchor.table}.{anchor.column}"


def _fits(key: ForeignKey, here: Placement, there: Placement) -> bool:
    """Stricter than Citus in one thing: what is local and what is not have no keys between them, since Citus
    takes local tables into its books for the sake of such a key."""
    if there.kind is Kind.REFERENCE:
        return here.kind is not Kind.LOCAL
    if there.kind is Kind.LOCAL:
        return here.kind is Kind.LOCAL
    return here.kind is Kind.SPREAD and (here.column, there.column) in zip(
        key.columns, key.to_columns, strict=True
    )
