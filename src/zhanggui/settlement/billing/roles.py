"""Who stands behind a role of a fee: the merchant, supplier or carrier of the line, another party, us."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhanggui.parties.models import Party
from zhanggui.rows.grouping import group_rows
from zhanggui.settlement.entities.models import SettlementTerms
from zhanggui.settlement.entities.queries import TermsBook

Ints = NDArray[np.int64]
MERCHANT, SUPPLIER, CARRIER, PLATFORM = "merchant", "supplier", "carrier", "platform"
OTHER = "other:"


def parties_in(role: str, *, merchant: Ints, supplier: Ints, carrier: Ints) -> Ints:
    """This function will return the party of `role` on each line, 0 where it is the platform or nobody."""
    if role == MERCHANT:
        return merchant
    if role == SUPPLIER:
        return supplier
    if role == CARRIER:
        return carrier
    if role.startswith(OTHER):
        return np.full(len(merchant), other_party(role), dtype=np.int64)
    return np.zeros(len(merchant), dtype=np.int64)


def other_party(role: str) -> int:
    """This function will return the id of the party named in `other:<code>`, 0 when there is none."""
    return Party.objects.filter(code=role.removeprefix(OTHER)).values_list("id", flat=True).first() or 0


def role_order(role: str) -> tuple[bool, bool, str]:
    """This function will return the sort key of roles: merchant, supplier and carrier, other parties. On a line a
    party has its billed line for the first role that it holds."""
    return role != MERCHANT, role.startswith(OTHER), role


@dataclass(frozen=True)
class RoleTerms:
    """Terms per row for one role, aligned to the sale's entity: ids [n] into `by_id`."""

    ids: Ints
    by_id: dict[int, SettlementTerms]

    def attribute(self, name: str) -> Ints:
        """This method will return one integer setting of the terms, per row."""
        unique, where = np.unique(self.ids, return_inverse=True)
        values = [getattr(self.by_id[one], name) for one in unique.tolist()]
        return np.array(values, dtype=np.int64)[where.reshape(-1)]


def merchant_terms(book: TermsBook, terms_id: Ints) -> RoleTerms:
    """This function will return the merchants' terms as frozen on their lines."""
    return RoleTerms(ids=terms_id, by_id=book.by_id)


def role_terms(book: TermsBook, parties: Ints, days: Ints, sale_terms: Ints) -> RoleTerms:
    """This function will return the terms of suppliers, carriers and others on the day of the order.

    An entry has one entity, so the entity is always that of the merchant's terms; cycle, mode and due rule
    are the party's own. Parties without terms settle on those of the sale.
    """
    own = book.resolve(parties, days)
    own = np.where(own > 0, own, sale_terms)
    groups = group_rows(own, sale_terms)
    by_id: dict[int, SettlementTerms] = {}
    for place, row in enumerate(groups.first.tolist()):
        entity_id = book.by_id[int(sale_terms[row])].entity_id
        by_id[place] = at_entity(book.by_id[int(own[row])], entity_id)
    return RoleTerms(ids=groups.group, by_id=by_id)


def at_entity(terms: SettlementTerms, entity_id: int) -> SettlementTerms:
    """This function will return these terms at that entity: an entry has one."""
    if terms.entity_id == entity_id:
        return terms
    return terms.like(entity_id=entity_id)
