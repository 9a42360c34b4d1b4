"""A series: the line of statements of one party, entity, currency, invoice mode, kind and cycle."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

GOODS_AND_SERVICES = 1


class Document(IntEnum):
    """What a per-document statement may be made for; part of the document's number."""

    SALE = 0
    REFUND = 1
    CORRECTION = 2


def document_numbers(kind: Document, ids: Ints) -> Ints:
    """This function will return the document numbers of per-document cycles: unique over all kinds."""
    return np.asarray(ids * len(Document) + kind, dtype=np.int64)


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
    document_id: Ints  # document number, used by per-document cycles only


@dataclass(frozen=True)
class Placement:
    """Where each row goes: statement id and the ledger account of that statement, arrays [n]."""

    statement_id: Ints
    account_id: Ints
