"""A series: the line of statements of one party, entity, currency, invoice mode, kind and cycle."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

GOODS_AND_SERVICES = 1


class SeriesKey(NamedTuple):
    """What makes a series; `cycle` is its text code, `kind` 1 for goods and services."""

    party_id: int
    entity_id: int
    currency: str
    mode: int
    kind: int
    cycle: str


@dataclass(frozen=True)
class StatementNeeds:
    """Rows that need a statement: arrays [n]; `terms_id` gives entity, mode, cycle, due rule and calendar."""

    party_id: Ints
    terms_id: Ints
    day: Ints  # billable day in the business time zone, days since 1970
    document_id: Ints  # line id, used by per-document cycles


@dataclass(frozen=True)
class Placement:
    """Where each row goes: statement id and the ledger account of that statement, arrays [n]."""

    statement_id: Ints
    account_id: Ints
