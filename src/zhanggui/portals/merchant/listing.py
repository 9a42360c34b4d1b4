"""What every list of a shop shares: its own rows only, twice over, and one currency at a time."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.lists import Condition, ListPage, SelectFilter
from zhanggui.portals.desk.lists.filters import Filter
from zhanggui.portals.merchant.standing import standing_at
from zhanggui.settlement.statements.models import Statement


class OwnList(ListPage):
    """A list of one shop, hidden from others by filter and by the database.

    The party travels in the scope, signed, and is checked again at every read: an export of somebody who has
    left the shop meanwhile fails.
    """

    currency_field = "currency"

    @property
    def party_id(self) -> int:
        """The shop."""
        return int(self.scope["party_id"])

    def reading(self) -> AbstractContextManager[None]:
        """As the shop's tenant, if the person (still) may."""
        standing = standing_at(self.user, self.party_id)
        if standing is None or not (self.permission is None or standing.may(self.permission)):
            raise PermissionDenied(gettext("Your role at this shop does not include this list."))
        return as_tenant(self.party_id)

    def restrict(self) -> Sequence[Any]:
        """The shop, and one currency."""
        return [
            Condition("party_id", "eq", self.party_id),
            Condition(self.currency_field, "eq", self.currency),
        ]

    @cached_property
    def currencies(self) -> list[str]:
        """Currencies the shop is settled in."""
        with self.reading():
            return currencies_of(self.party_id)

    @cached_property
    def currency(self) -> str:
        """The currency shown."""
        wanted = self.params.get("currency", "")
        return wanted if wanted in self.currencies else self.currencies[0]

    def currency_filters(self) -> list[Filter]:
        """The choice of the currency, where there is one."""
        if len(self.currencies) < 2:
            return []
        choices = [(code, code) for code in self.currencies]
        first = self.currencies[0]
        return [SelectFilter("currency", _("Currency"), choices, field=self.currency_field, default=first)]


def currencies_of(party_id: int) -> list[str]:
    """Currencies of a party's statements; call it inside the tenant's block."""
    found = Statement.objects.filter(party_id=party_id).values_list("currency", flat=True).distinct()
    return sorted(found) or ["CNY"]
