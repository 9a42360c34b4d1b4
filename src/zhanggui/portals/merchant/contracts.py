"""The contracts of a shop or supplier with the platform."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.contracts import (
    TABS,
    TITLE,
    contract_columns,
    contract_filters,
    contract_source,
    paper_answer,
)
from zhanggui.portals.desk.lists import Column, Condition, SqlSource
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import shop_page
from zhanggui.settlement.entities.contracts import contract_by_number
from zhanggui.settlement.entities.errors import UnknownContract


class OwnContracts(OwnList):
    """What was signed with the platform."""

    name = "merchant.contracts"
    title = TITLE
    permission = "own_contracts.view"
    sort = "-ends_on"
    tabs = TABS
    empty = gettext_lazy("No contract with the platform is kept here yet.")

    def restrict(self) -> Sequence[Any]:
        """The party's own."""
        return [Condition("party_id", "eq", self.party_id)]

    def get_source(self) -> SqlSource:
        """Contracts with their states today."""
        return contract_source()

    def get_filters(self) -> Sequence[Any]:
        """By number."""
        return contract_filters()

    def get_columns(self) -> Sequence[Column]:
        """The contract; both ways lead to its paper."""

        def paper(row: Any) -> str:
            return reverse("merchant:contract_paper", args=[row.number])

        return contract_columns(number=paper, paper=paper)


@shop_page("own_contracts.view")
def own_contract_paper(request: HttpRequest, party_id: int, number: str) -> HttpResponse:
    """The paper of an own contract, read as the party's tenant."""
    with as_tenant(party_id):
        try:
            return paper_answer(contract_by_number(number, today=timezone.localdate(), party_id=party_id))
        except UnknownContract:
            raise Http404(_("There is no such contract.")) from None
