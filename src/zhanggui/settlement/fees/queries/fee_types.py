"""Reads over the fee catalogue."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from django.db import connection

from zhanggui.settlement.fees.models import FeeType


@dataclass(frozen=True, slots=True)
class CatalogueFee:
    """One fee type as programs use it; the fields are those of `FeeType`."""

    id: int
    code: str
    zh: str
    en: str
    group: str
    sign: int
    reverse_policy: int
    granularity: str
    source: str
    counter_purpose: str
    invoice: str
    sort: int

    def name_in(self, language: str) -> str:
        """The name in `language` ("zh…" or "en")."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All fee types, by code and by id; both in the order in which they are shown."""

    by_code: Mapping[str, CatalogueFee]
    by_id: Mapping[int, CatalogueFee]


_looked_at: ContextVar[list[Catalogue] | None] = ContextVar("catalogue_looked_at", default=None)


@contextmanager
def one_catalogue() -> Iterator[None]:
    """Inside, the catalogue is looked at once: for a page or a file that names the fee of every row, and changes
    nothing."""
    token = _looked_at.set([])
    try:
        yield
    finally:
        _looked_at.reset(token)


def catalogue() -> Catalogue:
    """This function will return the fee catalogue of the database.

    Kept in the process and read again when the table has changed, which one small query tells; inside
    `one_catalogue` that is asked once.
    """
    looked_at = _looked_at.get()
    if looked_at:
        return looked_at[0]
    with connection.cursor() as cursor:
        # Every insert and update gives its row a new xmin, higher than its last: the sum tells in whatever order
        # transactions commit, where the highest would not.
        cursor.execute("select count(*), sum(xmin::text::bigint) from settlement_fee_type")
        found = _catalogue((connection.settings_dict["NAME"], *cursor.fetchone()))
    if looked_at is not None:
        looked_at.append(found)
    return found


@lru_cache(maxsize=4)
def _catalogue(state: tuple[object, ...]) -> Catalogue:
    """The catalogue as the table holds it in this state."""
    del state
    fees = [_lightweight(row) for row in FeeType.objects.order_by("sort", "id")]
    return Catalogue(
        by_code=MappingProxyType({fee.code: fee for fee in fees}),
        by_id=MappingProxyType({fee.id: fee for fee in fees}),
    )


def _lightweight(row: FeeType) -> CatalogueFee:
    return CatalogueFee(
        id=row.id,
        code=row.code,
        zh=row.name.get("zh", row.code),
        en=row.name.get("en", row.code),
        group=row.group,
        sign=row.sign,
        reverse_policy=row.reverse_policy,
        granularity=row.granularity,
        source=row.source,
        counter_purpose=row.counter_purpose,
        invoice=row.invoice,
        sort=row.sort,
    )
