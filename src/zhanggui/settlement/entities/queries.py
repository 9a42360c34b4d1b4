"""Reads over entities, business lines and terms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from zhanggui.rows.times import day_number
from zhanggui.settlement.entities.errors import UnknownBusinessLine
from zhanggui.settlement.entities.models import (
    BusinessLine,
    Dimension,
    OwnAccount,
    OwnAccountKind,
    SettlementTerms,
)
from zhanggui.settlement.entities.rules.account_details import KnownNames
from zhanggui.settlement.entities.rules.periods import CycleKind

FOREVER = np.iinfo(np.int64).max


def business_line(code: str) -> BusinessLine:
    """This function will return the business line with this code. Raises UnknownBusinessLine."""
    found = BusinessLine.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(BusinessLine.objects.order_by("code").values_list("code", flat=True)) or "none yet"
        raise UnknownBusinessLine(f"there is no business line {code!r} (known: {known})")
    return found


def known_names(currency: str) -> KnownNames:
    """This function will return what the details of an account of ours in this currency may name."""
    lines = BusinessLine.objects.filter(currency=currency).values_list("code", flat=True)
    methods = Dimension.objects.filter(kind="payment_method").values_list("code", flat=True)
    banks = OwnAccount.objects.filter(kind=OwnAccountKind.BANK, currency=currency, active=True)
    return KnownNames(frozenset(lines), frozenset(methods), frozenset(banks.values_list("code", flat=True)))


def terms_in_force(*, business_line_id: int, party_id: int, day: date) -> SettlementTerms:
    """This function will return the terms that hold for a party (0: for everyone else) on a day: its own, else the
    line's defaults, before their first day the earliest of these. Raises UnknownBusinessLine."""
    rows = SettlementTerms.objects.filter(
        business_line_id=business_line_id, party_id__in={0, party_id}
    ).select_related("entity", "business_line")
    holding = rows.filter(effective_from__lte=day).exclude(effective_before__lte=day)
    found = holding.order_by("-party_id", "-effective_from").first()
    found = found or rows.filter(party_id=0).order_by("effective_from").first()
    if found is None:
        raise UnknownBusinessLine(f"business line {business_line_id} has no terms; open it anew")
    return found


def settled_by_document(party_ids: Collection[int], day: date) -> set[int]:
    """This function will return which of these parties get statements of single documents (逐笔) on a day, in any
    business line: by their own terms, else by the line's defaults."""
    rows = SettlementTerms.objects.filter(party_id__in={0, *party_ids}, effective_from__lte=day)
    cycles = {
        (line, party): cycle
        for line, party, cycle in rows.exclude(effective_before__lte=day)
        .order_by("effective_from")
        .values_list("business_line_id", "party_id", "cycle")
    }
    lines = {line for line, _ in cycles}
    return {
        party
        for party in party_ids
        for line in lines
        if cycles.get((line, party), cycles.get((line, 0))) == CycleKind.DOCUMENT
    }


@dataclass(frozen=True)
class TermsBook:
    """All terms of one business line, ready to be looked up for many parties and days at once."""

    by_party: dict[int, list[SettlementTerms]]
    by_id: dict[int, SettlementTerms]

    @classmethod
    def load(cls, business_line_id: int) -> "TermsBook":
        """This method will read the terms of a business line."""
        by_party: dict[int, list[SettlementTerms]] = {}
        rows = SettlementTerms.objects.filter(business_line_id=business_line_id).order_by("effective_from")
        for row in rows:
            by_party.setdefault(row.party_id, []).append(row)
        return cls(by_party=by_party, by_id={row.id: row for rows in by_party.values() for row in rows})

    def resolve(self, parties: NDArray[np.int64], days: NDArray[np.int64]) -> NDArray[np.int64]:
        """This method will return the id of the terms that hold for each party on each day (days since
        1970), 0 where none do. A party's own terms go before the line's defaults."""
        found = self._matching(self.by_party.get(0, []), days)
        for party in self.by_party.keys() - {0}:
            rows = np.flatnonzero(parties == party)
            if len(rows):
                own = self._matching(self.by_party[party], days[rows])
                found[rows] = np.where(own > 0, own, found[rows])
        return found

    def find(self, party_id: int, day: int) -> SettlementTerms | None:
        """This method will return the terms of one party on one day (days since 1970), or None."""
        for rows in (self.by_party.get(party_id, []), self.by_party.get(0, [])):
            for row in reversed(rows):
                before = FOREVER if row.effective_before is None else day_number(row.effective_before)
                if day_number(row.effective_from) <= day < before:
                    return row
        return None

    @staticmethod
    def _matching(rows: list[SettlementTerms], days: NDArray[np.int64]) -> NDArray[np.int64]:
        found = np.zeros(len(days), dtype=np.int64)
        for row in rows:
            before = FOREVER if row.effective_before is None else day_number(row.effective_before)
            found[(days >= day_number(row.effective_from)) & (days < before)] = row.id
        return found


def terms_by_ids(ids: list[int]) -> dict[int, SettlementTerms]:
    """This function will return the terms with these ids, with their entities."""
    return {row.id: row for row in SettlementTerms.objects.filter(id__in=ids).select_related("entity")}


def series_terms(
    *, parties: NDArray[np.int64], entity_id: int, mode: int, cycle: str
) -> tuple[NDArray[np.int64], dict[int, SettlementTerms]]:
    """This function will return, per party, the terms by which a series of this entity, invoice mode and cycle
    gets its due dates, as ids [n] into the dictionary: the party's newest of that kind, else the newest
    defaults, else a plain stand-in. Equal terms share an id."""
    rows = SettlementTerms.objects.filter(
        party_id__in=[0, *np.unique(parties).tolist()], entity_id=entity_id, invoice_mode=mode, cycle=cycle
    ).order_by("effective_from", "id")
    newest = {row.party_id: row for row in rows}
    usual = newest.get(0) or SettlementTerms(entity_id=entity_id, invoice_mode=mode, cycle=cycle)
    return same_terms([newest.get(party, usual) for party in parties.tolist()])


def same_terms(
    terms: Sequence[SettlementTerms],
) -> tuple[NDArray[np.int64], dict[int, SettlementTerms]]:
    """This function will number terms by what matters for placing a row on a statement, equal ones alike:
    ids [n] into the dictionary."""
    places: dict[tuple[object, ...], int] = {}
    by_id: dict[int, SettlementTerms] = {}
    ids = []
    for one in terms:
        key = (one.entity_id, one.invoice_mode, one.cycle, one.due_rule, one.calendar, one.auto_confirm_days)
        ids.append(places.setdefault(key, len(places)))
        by_id[ids[-1]] = one
    return np.array(ids, dtype=np.int64), by_id
