"""The journal: every posting of every entry, with the other side, between two booked days."""

from collections.abc import Sequence
from datetime import date, timedelta
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
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    LinkColumn,
    MoneyColumn,
    SelectFilter,
    SqlSource,
    Steps,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.conditions import Condition, RawSql
from zhanggui.portals.desk.lists.periods import DEFAULT_PRESETS, Preset, Span
from zhanggui.portals.desk.lists.sources import Totals
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.details.listed import of_party
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import (
    PARTY_NAME,
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
FROM = """
from (select e.* from ledger_entry e where {where:line}) e
cross join lateral unnest(e.accounts, e.amounts) with ordinality as p0(account_id, amount, position)
join ledger_account a on a.id = p0.account_id
"""
# The accounts on the other side of the entry, by their purposes.
COUNTER = """(select string_agg(distinct a2.purpose, ',')
  from unnest(e.accounts, e.amounts) as x(account_id, amount)
  join ledger_account a2 on a2.id = x.account_id where sign(x.amount) <> sign(p0.amount))"""
KEY = "(e.book_id || '-' || e.source || '-' || e.key_a || '-' || e.key_b)"
SELECT = f"""
select {KEY} || '/' || p0.position as id, {KEY} as entry_key, e.book_id, e.source, e.key_a, e.key_b,
  e.booked_date, e.entity_id, p0.account_id, p0.amount, greatest(p0.amount, 0) as debit,
  greatest(-p0.amount, 0) as credit, a.purpose, a.party_id, {COUNTER} as counter,
  (select {PARTY_NAME} from parties_party p where p.id = a.party_id) as party_name
{FROM} where {{where}}
"""
FIELDS = {
    "id": f"({KEY} || '/' || p0.position)",
    "booked_date": ("e.booked_date", "line"),
    "source": ("e.source", "line"),
    "entity_id": ("e.entity_id", "line"),
    "currency": ("e.currency", "line"),
    "purpose": "a.purpose",
    "party_id": "a.party_id",
    "debit": "greatest(p0.amount, 0)",
    "credit": "greatest(-p0.amount, 0)",
}

LEGS = 16
OF_ENTRY = ("booked_date", "source", "entity_id", "currency")


def entry_totals(legs: int = LEGS) -> SqlSource:
    """Count and sums of the postings of whole entries: what an entry moves is the sum of its debits, which is that of
    its credits. So many legs are added up where they stand, since taking them out of the arrays costs thrice that."""
    moved = " + ".join(f"greatest(coalesce(e.amounts[{leg}], 0), 0)" for leg in range(1, legs + 1))
    return SqlSource(
        select="",
        totals=f"""
select coalesce(sum(m.legs), 0)::bigint, {{sums}} from (
  select sum(cardinality(e.amounts)) as legs, sum({moved}) as moved from ledger_entry e where {{where:line}}
  union all
  select 0, sum(greatest(a, 0)) from ledger_entry e cross join lateral unnest(e.amounts[{legs + 1}:]) a
    where {{where:line}} and cardinality(e.amounts) > {legs}) m where {{where}}""",
        fields={name: (f"e.{name}", "line") for name in OF_ENTRY} | {"debit": "m.moved", "credit": "m.moved"},
    )


class PostingSource(SqlSource):
    """Postings; where nothing is asked of single legs, their count and sums are those of the entries."""

    def totals(self, where: Sequence[Any], sums: Sequence[str]) -> Totals:
        """Count and exact sums over the filter."""
        if all(isinstance(one, Condition) and one.field in OF_ENTRY for one in where):
            return entry_totals().totals(where, sums)
        return super().totals(where, sums)


def booked_presets() -> Sequence[Preset]:
    """Spans counted from the latest booked day as well as from today."""
    latest = queries.latest_booked_date() or timezone.localdate()
    return (
        Preset(
            "recent",
            gettext_lazy("31 days to the latest entry"),
            lambda today: Span(latest - timedelta(days=30), latest + timedelta(days=1)),
        ),
        *DEFAULT_PRESETS,
    )


def _days() -> tuple[date, date] | None:
    """The latest booked day, and one that no list need begin before."""
    latest = queries.latest_booked_date()
    return (latest - timedelta(days=3660), latest) if latest else None


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
        return PostingSource(
            select=SELECT,
            totals=f"select count(*), {{sums}} {FROM} where {{where}}",
            fields=FIELDS,
            params=language_params(),
            steps=Steps("booked_date", timedelta(days=1), _days),
        )

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
                presets=booked_presets,
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
