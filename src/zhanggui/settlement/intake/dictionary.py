"""Codes to numbers: dimensions and parties as intake meets them, looked up a set at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from zhanggui.parties.models import Party
from zhanggui.settlement.entities.models import Dimension
from zhanggui.settlement.intake.records import DimensionRecord, PartyRecord


class KnownParty(NamedTuple):
    """A party's number, and the codes of its level and its category today."""

    id: int
    level: str
    category: str


@dataclass
class Dictionary:
    """What one import has looked up so far. Numbers never change, so what is known stays known."""

    dimensions: dict[tuple[str, str], int] = field(default_factory=dict)
    parties: dict[str, KnownParty] = field(default_factory=dict)

    def learn_dimensions(self, wanted: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """This method will number every (kind, code) not known yet, and return those it had to add."""
        missing = sorted({key for key in wanted if key[1] and key not in self.dimensions})
        if not missing:
            return set()
        added: set[tuple[str, str]] = set()
        kinds, codes = [kind for kind, _ in missing], [code for _, code in missing]
        with connection.cursor() as cursor:
            select = (
                "select d.kind, d.code, d.id from settlement_dimension d"
                " join unnest(%s::text[], %s::text[]) as w(kind, code) using (kind, code)"
            )
            cursor.execute(select, [kinds, codes])
            found = cursor.fetchall()
            if len(found) < len(missing):
                cursor.execute(
                    "insert into settlement_dimension (kind, code, parent_id, name)"
                    " select kind, code, 0, '{}' from unnest(%s::text[], %s::text[]) as w(kind, code)"
                    " order by 1, 2 on conflict do nothing returning kind, code",
                    [kinds, codes],
                )
                added = {(kind, code) for kind, code in cursor.fetchall()}
                cursor.execute(select, [kinds, codes])
                found = cursor.fetchall()
        self.dimensions.update({(kind, code): number for kind, code, number in found})
        return added

    def dimension(self, kind: str, code: str) -> int:
        """This method will return the number of a code learnt before, 0 for an empty one."""
        return self.dimensions[(kind, code)] if code else 0

    def learn_parties(self, codes: Iterable[str]) -> None:
        """This method will look up parties by code; unknown ones stay unknown."""
        missing = {code for code in codes if code and code not in self.parties}
        rows = Party.objects.filter(code__in=missing).values_list("code", "id", "level_code", "category_code")
        self.parties.update(
            {code: KnownParty(number, level, category) for code, number, level, category in rows}
        )

    def party(self, code: str) -> int:
        """This method will return a party's id, 0 when the code is empty or unknown."""
        return self.parties[code].id if code in self.parties else 0


def add_parties(records: Iterable[PartyRecord]) -> int:
    """This function will add the parties a source brings along that are not there yet; returns how many."""
    rows = [
        Party(kind=one.kind, code=one.code, name=dict(one.names), level_code=one.level,
              category_code=one.category)
        for one in records
    ]  # fmt: skip
    before = Party.objects.count()
    Party.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return Party.objects.count() - before


def add_dimensions(dictionary: Dictionary, records: Iterable[DimensionRecord]) -> None:
    """This function will add codes with names and parents; a parent must come before or with its children.

    A code that is here already keeps its parent: rules look at the tree, so moving a category would change
    what yesterday's sales are explained by. A moved category gets a code of its own.
    """
    listed = list(records)
    added = dictionary.learn_dimensions(
        [(one.kind, one.code) for one in listed] + [(one.kind, one.parent) for one in listed]
    )
    for one in listed:
        row = Dimension.objects.filter(id=dictionary.dimension(one.kind, one.code))
        if (one.kind, one.code) in added:
            row.update(name=dict(one.names), parent_id=dictionary.dimension(one.kind, one.parent))
        else:
            row.filter(name={}).update(name=dict(one.names))
