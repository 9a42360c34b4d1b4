"""The account flow of one party: every movement with the balance after it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.parties.models import Party
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateColumn,
    DateRangeFilter,
    LinkColumn,
    MoneyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.platform.funds.words import STANDINGS
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import party_name
from zhanggui.portals.platform.words import SOURCES
from zhanggui.settlement.monitoring.queries import funds


class FundFlow(MoneyList):
    """Movements of one party on one of its accounts."""

    name = "platform.fund_flow"
    title = gettext_lazy("Account flow")
    permission = "funds.view"
    sort = "-place"

    @cached_property
    def party(self) -> Party:
        """The party of the URL."""
        found = Party.objects.filter(id=self.scope["party_id"]).first()
        if found is None:
            raise Http404(_("There is no such party."))
        return found

    @property
    def account(self) -> str:
        """Which of the party's accounts is shown."""
        wanted = self.params.get("account", "")
        return wanted if wanted in funds.FLOWS else "posted"

    @property
    def breadcrumbs(self) -> Sequence[tuple[Any, str]]:  # type: ignore[override]
        """Up to the snapshot."""
        return [(_("Funds"), reverse("platform:funds")), (party_name(self.party), "")]

    def intro(self) -> str:
        """What stands on each of the party's accounts now."""
        found = funds.snapshot(currency=self.currency, party_id=self.party.id)
        return format_html(
            "{} · {}", party_name(self.party),
            " · ".join(f"{STANDINGS[code]} {format_money(amount, self.currency)}" for code, amount in found.items()
                       if amount) or _("nothing stands on any account"),
        )  # fmt: skip

    def restrict(self) -> Sequence[Any]:
        """The party, and one currency."""
        return [Condition("party_id", "eq", self.party.id), Condition("currency", "eq", self.currency)]

    def get_source(self) -> SqlSource:
        """Movements in the order they were written."""
        return SqlSource(
            select=funds.MOVEMENTS, fields={name: f"f.{name}" for name in funds.MOVEMENT_FIELDS},
            params=funds.movement_params(party_id=self.party.id, currency=self.currency, account=self.account),
        )  # fmt: skip

    def get_filters(self) -> Sequence[Any]:
        """By account, day, source and document."""
        accounts = [
            ("posted", _("On statements")),
            *((one, STANDINGS[one]) for one in funds.FLOWS if one in STANDINGS),
        ]
        return [
            SelectFilter("account", _("Balance"), accounts, clause=lambda _value: RawSql("true"), default="posted"),
            DateRangeFilter("booked", _("Booked"), field="booked_date", days=True),
            SelectFilter("kind", _("Source"), list(SOURCES.items()), read=int),
            TextFilter("q", _("Order or statement number"), starts=["reference"]),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """In, out, balance after."""
        money: dict[str, Any] = {"currency": self.currency}
        return [
            TextColumn("kind", _("Source"), value=lambda r: SOURCES.get(r.kind, r.kind), phone="title"),
            LinkColumn("reference", _("Document"), phone="sub", href=_entry_url),
            DateColumn("booked_date", _("Booked"), sort="booked_date", phone="badge"),
            MoneyColumn("money_in", _("In"), total=True, phone="", **money),
            MoneyColumn("money_out", _("Out"), total=True, phone="", **money),
            MoneyColumn("amount", _("Amount"), total=True, phone="amount", signed=True, **money),
            MoneyColumn("balance", _("Balance after"), phone="line", **money),
            TextColumn("place", _("No."), value=lambda r: str(r.id), sort="id", phone=""),
        ]  # fmt: skip


def _entry_url(row: Any) -> str:
    """The journal entry of a movement: from there to the document."""
    return reverse("platform:entry", args=[f"{row.book_id}-{row.kind}-{row.key_a}-{row.key_b}"])
