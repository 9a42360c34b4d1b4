"""What a filter asks of a source, independent of whether the source is a QuerySet or SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Op = Literal["eq", "ne", "in", "gte", "gt", "lte", "lt", "contains", "starts", "isnull"]


@dataclass(frozen=True, slots=True)
class Condition:
    """`field op value`; `field` is a QuerySet path or a key of `SqlSource.fields`."""

    field: str
    op: Op
    value: Any


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions holds (a search box over several fields)."""

    conditions: Sequence[Condition]


@dataclass(frozen=True, slots=True)
class RawSql:
    """A hand-written piece of WHERE for an SqlSource; params are named, values bound by the driver.

    `place` names the placeholder the piece belongs to: `where` by default, `line` for `{where:line}`.
    """

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)
    place: str = "where"


type Clause = Condition | AnyOf | RawSql | Any  # Any: a django Q for QuerySet sources
