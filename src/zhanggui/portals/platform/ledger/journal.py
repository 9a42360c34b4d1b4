"""The journal: every posting of every entry, with the other side, between two booked days."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.ledger import queries
from zhanggui.ledger.models import LedgerEntry
from zhanggui.ledger.sources import EntrySource
from zhanggui.portals.desk.details import Detail, Fact, Proof
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    LinkColumn,
    MoneyColumn,
    SelectFilter,
    SqlSource,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.conditions import RawSql
from zhanggui.portals.desk.lists.periods import DEFAULT_PRESETS, Preset, Span
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.details.listed import of_party
from zhanggui.portals.platform.ledger.postings import PostingSource
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import (
    entity_choices,
    entity_names,
    parties,
    party_name,
    purpose_choices,
    purpose_name,
)
from zhanggui.portals.platform.words import SOURCES
from zhanggui.settlement.intake.queries import order_by_id
from zhanggui.settlement.statements.moves import MOVED_KINDS
from zhanggui.settlement.statements.queries import statement

OF_ORDERS = {
    EntrySource.SALE,
    EntrySource.REVERSAL,
    EntrySource.CORRECTION,
    EntrySource.ORDER_PAID,
    EntrySource.REFUND_ACCEPTED,
}
OF_STATEMENTS = {*MOVED_KINDS, EntrySource.CONFIRMATION}


def booked_presets(currency: str) -> Sequence[Preset]:
    """Spans counted from the latest day booked in a currency as well as from today."""
    latest = queries.latest_booked_date(currency) or timezone.localdate()
    return (
        Preset(
            "recent",
            gettext_lazy("31 days to the latest entry"),
            lambda today: Span(latest - timedelta(days=30), latest + timedelta(days=1)),
        ),
        *DEFAULT_PRESETS,
    )


def counter_names(row: Any) -> str:
    """The other side in words."""
    codes = (row.counter or "").split(",")
    return " · ".join(f"{code} {purpose_name(code)}" for code in codes if code)


def entry_url(row: Any) -> str:
    """The page of the entry of a posting."""
    return reverse("platform:entry", args=[row.entry_key])


def account_url(row: Any) -> str:
    """The flow of an account."""
    return reverse("platform:account", args=[row.account_id])


def of_owner(text: str) -> RawSql:
    found = of_party(text)
    return RawSql(found.sql.replace("b.party_id", "a.party_id"), found.params)


class Journal(MoneyList):
    """Postings, one row each."""

    name = "platform.journal"
    title = gettext_lazy("Ledger entries")
    permission = "ledger.view"
    sort = "-booked_date"

    def get_source(self) -> SqlSource:
        """Postings with their other side."""
        return PostingSource()

    def get_filters(self) -> Sequence[Any]:
        """Always between two days."""
        return [
            TextFilter("party", _("Owner: merchant code or name"), clause=of_owner),
            DateRangeFilter(
                "booked",
                _("Booked"),
                field="booked_date",
                days=True,
                default="recent",
                presets=lambda: booked_presets(self.currency),
            ),
            *self.currency_filters(),
            SelectFilter("purpose", _("Account"), purpose_choices),
            SelectFilter("source", _("Source"), list(SOURCES.items()), read=int),
            SelectFilter("entity", _("Entity"), entity_choices, field="entity_id", read=int),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Columns in the currency of the list."""
        entities, money = entity_names(), {"currency": self.currency, "total": True}
        return [
            DateColumn("booked_date", _("Booked"), sort="booked_date", phone="badge"),
            LinkColumn("entry_key", _("Entry"), href=entry_url, phone="sub"),
            TextColumn("source", _("Source"), value=lambda r: SOURCES.get(r.source, r.source), phone="line"),
            TextColumn(
                "account",
                _("Account"),
                href=account_url,
                phone="title",
                value=lambda r: f"{r.purpose} {purpose_name(r.purpose)}",
            ),
            TextColumn("party_name", _("Owner"), value=lambda r: r.party_name or _("Platform"), phone=""),
            TextColumn("counter", _("Counter account"), value=counter_names, phone="line"),
            MoneyColumn("debit", _("Debit"), **money, sort="debit", phone="line"),
            MoneyColumn("credit", _("Credit"), **money, sort="credit", phone="line"),
            TextColumn(
                "entity", _("Entity"), value=lambda r: entities.get(r.entity_id, ""), shown=False, phone=""
            ),
        ]


def document_of(row: LedgerEntry) -> tuple[str, str]:
    """Number and page of what an entry was made for; empty when there is no page."""
    if row.source in OF_ORDERS:
        order = order_by_id(row.key_a)
        return (order.order_no, reverse("platform:order", args=[order.id])) if order else ("", "")
    if row.source in OF_STATEMENTS:
        held = statement(row.book_id, row.key_a)
        return (
            (held.number, reverse("platform:statement", args=[held.party_id, held.id])) if held else ("", "")
        )
    if row.source in (EntrySource.CHARGE, EntrySource.UNMATCHED_REFUND):
        key = f"{row.book_id}-{row.key_a}-0-1"
        return key, reverse("platform:detail", args=[key])
    return "", ""


@needs("ledger.view")
def entry_page(request: HttpRequest, key: str) -> HttpResponse:
    """One journal entry with its legs and its source document."""
    parts = key.split("-")
    if len(parts) != 4 or not all(part.isdigit() and len(part) < 19 for part in parts):
        raise Http404(_("There is no such entry."))
    row = queries.entry(*(int(part) for part in parts))
    if row is None:
        raise Http404(_("There is no such entry."))
    accounts = queries.accounts_by_ids(row.accounts)
    owners = parties({account.party_id for account in accounts.values()})
    legs = [
        {
            "account": accounts[number],
            "name": purpose_name(accounts[number].purpose),
            "amount": amount,
            "credit": -amount,
            "owner": party_name(owners.get(accounts[number].party_id), _("Platform")),
        }
        for number, amount in zip(row.accounts, row.amounts, strict=True)
    ]
    debit = sum(amount for amount in row.amounts if amount > 0)
    number, url = document_of(row)
    balanced = sum(row.amounts) == 0
    detail = Detail(
        number=key,
        kind=_("Entry"),
        amount=debit,
        currency=row.currency,
        amount_label=_("Moved"),
        proof=Proof(
            balanced, _("Debits and credits are equal") if balanced else _("Debits and credits differ")
        ),
        facts=[
            Fact(_("Source"), SOURCES.get(row.source, row.source)),
            Fact(_("Document"), number or "–", href=url),
            Fact(_("Book"), party_name(parties([row.book_id]).get(row.book_id), _("Platform"))),
            Fact(_("Booked"), f"{row.booked_date}"),
            Fact(_("Occurred"), f"{timezone.localtime(row.occurred_at):%Y-%m-%d %H:%M:%S}"),
            Fact(_("Entity"), entity_names().get(row.entity_id, "")),
            Fact(_("Batch"), f"{row.batch_id}"),
        ],
        breadcrumbs=[(_("Ledger entries"), reverse("platform:journal"))],
    )
    context = {"detail": detail, "legs": legs, "debit": debit, "currency": row.currency}
    return render(request, "platform/entry.html", context)
