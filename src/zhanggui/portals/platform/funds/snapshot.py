"""What stands where at the end of a day, each figure leading to the accounts that add up to it."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhanggui.portals.desk.details import Figure
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    TextColumn,
    TextFilter,
    ThroughDayFilter,
)
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.details.listed import of_party
from zhanggui.portals.platform.funds.words import STANDINGS
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import (
    PARTY_NAME,
    currencies,
    entity_choices,
    entity_names,
    purpose_choices,
    purpose_name,
)
from zhanggui.settlement.monitoring.queries import funds


def day_typed(params: Any, today: date) -> tuple[date, str]:
    """The day asked for, today if none; and what is wrong with what was typed."""
    text = params.get("through", "").strip()
    try:
        return (date.fromisoformat(text) if text else today), ""
    except ValueError:
        return today, _("“%(text)s” is not a day. Write days as 2026-11-22.") % {"text": text}


@needs("funds.view")
def snapshot_page(request: HttpRequest) -> HttpResponse:
    """Every figure of one currency at the end of one day."""
    known = currencies()
    currency = request.GET.get("currency", "")
    currency = currency if currency in known else known[0]
    through, problem = day_typed(request.GET, timezone.localdate())
    found = funds.snapshot(currency=currency, through=through)
    parties = [_figure(one, found[one.code], currency, through) for one in funds.PARTY_STANDINGS]
    own = [_figure(one, found[one.code], currency, through) for one in funds.OWN_STANDINGS]
    context = {
        "title": _("Funds"), "currency": currency, "currencies": known if len(known) > 1 else [],
        "through": through, "problem": problem, "parties": parties, "own": own, "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "platform/funds.html", context)


def _figure(one: funds.Standing, amount: int, currency: str, through: date) -> Figure:
    query = {"currency": currency, "through": f"{through:%Y-%m-%d}", "standing": one.code}
    return Figure(
        STANDINGS[one.code], f"{reverse('platform:fund_balances')}?{urlencode(query)}", amount=amount,
        currency=currency, note=" + ".join(one.purposes),
        tone="amber" if one.code in ("debts", "suspense", "unclaimed") and amount else "",
    )  # fmt: skip


SELECT = (
    "select b.*, "
    + PARTY_NAME
    + " as party_name, p.code as party_code, s.number as statement_number from ("
    + funds.BALANCES
    + ") b left join parties_party p on p.id = b.party_id left join settlement_statement s"
    " on s.party_id = b.party_id and s.id = b.reference and b.reference > 0 where {where}"
)


class FundBalances(MoneyList):
    """Ledger accounts and what stood on them at the end of a day, positive on their normal side."""

    name = "platform.fund_balances"
    title = gettext_lazy("Balances")
    permission = "funds.view"
    sort = "-balance"

    @cached_property
    def through(self) -> date:
        """The day asked for."""
        return day_typed(self.params, self.today)[0]

    @property
    def breadcrumbs(self) -> Sequence[tuple[Any, str]]:  # type: ignore[override]
        """Up to the snapshot."""
        query = urlencode({"currency": self.currency, "through": f"{self.through:%Y-%m-%d}"})
        return [(_("Funds"), f"{reverse('platform:funds')}?{query}"), (_("Balances"), "")]

    def get_source(self) -> SqlSource:
        """Accounts that are not at zero."""
        fields = ("id", "purpose", "entity_id", "currency", "party_id", "balance", "reference")
        return SqlSource(
            select=SELECT, fields={name: f"b.{name}" for name in fields} | {"party_name": PARTY_NAME},
            params=language_params() | {"through": self.through},
        )  # fmt: skip

    def get_filters(self) -> Sequence[Any]:
        """By day, figure, owner, account and entity."""

        def of_standing(code: str) -> RawSql:
            return RawSql("b.purpose = any(%(standing)s)", {"standing": list(funds.STANDINGS[code].purposes)})

        def of_owner(text: str) -> RawSql:
            return of_party(text)  # the piece says b.party_id, and so does this list

        return [
            TextFilter("party", _("Owner: merchant code or name"),
                       clause=lambda text: RawSql(of_owner(text).sql, of_owner(text).params)),
            ThroughDayFilter("through", _("At the end of")),
            *self.currency_filters(),
            SelectFilter("standing", _("Figure"), list(STANDINGS.items()), clause=of_standing),
            SelectFilter("purpose", _("Account"), purpose_choices),
            SelectFilter("entity", _("Entity"), entity_choices, field="entity_id", read=int),
        ]  # fmt: skip

    def _flow(self, row: Any) -> str:
        """The flow of the account up to the day: its last balance is the amount."""
        query = urlencode({"booked": "custom", "booked_to": f"{self.through:%Y-%m-%d}"})
        return f"{reverse('platform:account', args=[row.account_id])}?{query}"

    def get_columns(self) -> Sequence[Column]:
        """Whose, which account, how much."""
        entities = entity_names()
        return [
            LinkColumn("account", _("Account"), value=lambda r: f"{r.purpose} {purpose_name(r.purpose)}",
                       href=self._flow),
            PartyColumn("party_name", _("Owner"), value=lambda r: r.party_name or _("Platform"),
                        href=lambda r: reverse("platform:fund_flow", args=[r.party_id]) if r.party_id else None),
            TextColumn("statement", _("Statement"), value=lambda r: r.statement_number, code=True, phone="line",
                       href=lambda r: reverse("platform:statement", args=[r.party_id, r.reference])
                       if r.statement_number else None),
            TextColumn("entity", _("Entity"), value=lambda r: entities.get(r.entity_id, ""), phone=""),
            MoneyColumn("balance", pgettext("amount", "Balance"), currency=self.currency, total=True, sort="balance",
                        phone="amount", href=self._flow),
        ]  # fmt: skip
