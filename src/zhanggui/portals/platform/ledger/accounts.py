"""Ledger accounts with their balances, the flow of one account with the balance after each posting, and the
trial balance."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.ledger import chart, queries
from zhanggui.ledger.models import LedgerAccount
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    IntegerColumn,
    LinkColumn,
    ListPage,
    MoneyColumn,
    PartyColumn,
    SelectFilter,
    SqlSource,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.ledger.journal import (
    booked_presets,
    counter_names,
    entry_url,
    of_owner,
)
from zhanggui.portals.platform.ledger.postings import COUNTER, KEY
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

ACCOUNTS = f"""
select a.id, a.entity_id, a.purpose, a.party_id, a.reference, a.currency, a.id as account_id,
  {PARTY_NAME} as party_name, p.code as party_code,
  coalesce(d.balance, 0) as balance, coalesce(d.moves, 0) as moves
from ledger_account a
left join parties_party p on p.id = a.party_id
left join (select s.account_id, sum(s.amount)::bigint as balance, sum(s.moves)::bigint as moves
  from {queries.STANDING_SQL} s group by s.account_id) d on d.account_id = a.id
where {{where}}
"""


class AccountList(MoneyList):
    """Ledger accounts and what stands on them."""

    name = "platform.accounts"
    title = gettext_lazy("Ledger accounts")
    permission = "ledger.view"
    sort = "-balance"

    def get_source(self) -> SqlSource:
        """Accounts with posted balances, debit positive."""
        return SqlSource(
            select=ACCOUNTS,
            fields={
                "id": "a.id",
                "purpose": "a.purpose",
                "entity_id": "a.entity_id",
                "currency": "a.currency",
                "party_id": "a.party_id",
                "party_name": PARTY_NAME,
                "balance": "coalesce(d.balance, 0)",
                "moves": "coalesce(d.moves, 0)",
            },
            params=language_params() | queries.standing_params(),
        )

    def get_filters(self) -> Sequence[Any]:
        """By owner, purpose and entity."""
        return [
            TextFilter("party", _("Owner: merchant code or name"), clause=of_owner),
            *self.currency_filters(),
            SelectFilter("purpose", _("Account"), purpose_choices),
            SelectFilter("entity", _("Entity"), entity_choices, field="entity_id", read=int),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Columns in the currency of the list."""
        entities = entity_names()
        return [
            LinkColumn(
                "account",
                _("Account"),
                value=lambda r: f"{r.purpose} {purpose_name(r.purpose)}",
                href=lambda r: reverse("platform:account", args=[r.id]),
            ),
            PartyColumn(
                "party_name",
                _("Owner"),
                value=lambda r: r.party_name or _("Platform"),
                href=lambda r: reverse("platform:party", args=[r.party_id]) if r.party_id else None,
            ),
            TextColumn(
                "reference",
                _("Statement id"),
                value=lambda r: str(r.reference) if r.reference else "",
                code=True,
                phone="",
            ),
            TextColumn("entity", _("Entity"), value=lambda r: entities.get(r.entity_id, ""), phone=""),
            IntegerColumn("moves", _("Days with movement"), sort="moves", phone=""),
            MoneyColumn(
                "balance",
                _("Balance (debit +)"),
                currency=self.currency,
                total=True,
                sort="balance",
                phone="amount",
            ),
        ]


FLOW = f"""
select * from (
  select row_number() over w as place, {KEY} as entry_key, e.source, e.booked_date, e.occurred_at, e.batch_id,
    p0.amount, {COUNTER} as counter, greatest(%(side)s * p0.amount, 0) as came_in,
    greatest(-%(side)s * p0.amount, 0) as went_out,
    (%(opening)s + sum(%(side)s * p0.amount) over w)::bigint as balance
  from ledger_entry e
  cross join lateral unnest(e.accounts, e.amounts) with ordinality as p0(account_id, amount, position)
  where {{where:line}} and p0.account_id = %(account)s and e.accounts @> array[%(account)s]::bigint[]
    and e.batch_id in (select batch_id from ledger_delta where account_id = %(account)s
      and party_id = (select party_id from ledger_account where id = %(account)s))
  window w as (order by e.booked_date, e.occurred_at, e.book_id, e.source, e.key_a, e.key_b, p0.position)
) f where {{where}}
"""


class AccountFlow(ListPage):
    """Every posting on one account, with the balance after it."""

    name = "platform.account"
    title = gettext_lazy("Account flow")
    permission = "ledger.view"

    @cached_property
    def account(self) -> LedgerAccount:
        """The account of the URL."""
        found = queries.accounts_by_ids([self.scope["account_id"]]).get(self.scope["account_id"])
        if found is None:
            raise Http404(_("There is no such account."))
        return found

    @property
    def breadcrumbs(self) -> Sequence[tuple[Any, str]]:  # type: ignore[override]
        """Up to the accounts."""
        return [(_("Ledger accounts"), reverse("platform:accounts")), (self.account.purpose, "")]

    @cached_property
    def side(self) -> int:
        """1 where debits come in, -1 where credits do."""
        purpose = chart.BY_CODE.get(self.account.purpose)
        return -1 if purpose and purpose.normal == "credit" else 1

    @cached_property
    def booked(self) -> DateRangeFilter:
        """The days shown; the platform's own accounts are never read whole."""
        return DateRangeFilter(
            "booked",
            _("Booked"),
            field="booked_date",
            days=True,
            presets=lambda: booked_presets(self.account.currency),
            default="" if self.account.party_id else "recent",
        )

    @cached_property
    def opening(self) -> int:
        """Balance before the first day shown."""
        span = self.booked.span(self.params, self.today)
        if span is None:
            return 0
        return self.side * posted_before(self.account.id, span.start)

    def intro(self) -> str:
        """Owner, entity, opening and closing balance."""
        account = self.account
        owner = party_name(parties([account.party_id]).get(account.party_id), _("Platform"))
        closing = self.side * queries.posted_balance(account_id=account.id)
        return format_html(
            "{} {} · {} · {} · {} <b>{} {}</b> · {} <b>{} {}</b>",
            account.purpose,
            purpose_name(account.purpose),
            owner,
            entity_names().get(account.entity_id, ""),
            _("Opening"),
            account.currency,
            format_money(self.opening, account.currency),
            _("Balance now"),
            account.currency,
            format_money(closing, account.currency),
        )

    def get_source(self) -> SqlSource:
        """Postings of the account, found through the batches that touched it."""
        return SqlSource(
            select=FLOW,
            fields={
                "place": "f.place",
                "source": "f.source",
                "came_in": "f.came_in",
                "went_out": "f.went_out",
                "booked_date": ("e.booked_date", "line"),
            },
            key="place",
            params={"account": self.account.id, "side": self.side, "opening": self.opening},
        )

    def get_filters(self) -> Sequence[Any]:
        """Days and source; the balance counts everything, whatever is hidden."""
        return [self.booked, SelectFilter("source", _("Source"), list(SOURCES.items()), read=int)]

    def get_columns(self) -> Sequence[Column]:
        """In, out, balance after."""
        money = {"currency": self.account.currency}
        return [
            DateColumn("booked_date", _("Booked"), phone="badge"),
            LinkColumn("entry_key", _("Entry"), href=entry_url, phone="sub"),
            TextColumn("source", _("Source"), value=lambda r: SOURCES.get(r.source, r.source), phone="title"),
            TextColumn("counter", _("Counter account"), value=counter_names, phone="line"),
            MoneyColumn("came_in", _("In"), **money, total=True),
            MoneyColumn("went_out", _("Out"), **money, total=True),
            MoneyColumn("balance", _("Balance after"), **money, phone="amount"),
        ]


def posted_before(account_id: int, day: date) -> int:
    """Posted balance at the end of the day before `day`, debit positive."""
    return queries.posted_balance(account_id=account_id, through=day - timedelta(days=1))


@needs("ledger.view")
def trial_balance_page(request: HttpRequest) -> HttpResponse:
    """Debits, credits and balance by entity and purpose; each balance leads to its accounts."""
    text = request.GET.get("through", "")
    try:
        through = date.fromisoformat(text) if text else None
        problem = ""
    except ValueError:
        through, problem = None, _("“%(text)s” is not a day. Write days as 2026-11-22.") % {"text": text}
    entities = entity_names()
    books: dict[tuple[int, str], dict[str, Any]] = {}
    for row in queries.trial_balance(through=through):
        book = books.setdefault(
            (row["entity_id"], row["currency"]),
            {
                "entity": entities.get(row["entity_id"], ""),
                "currency": row["currency"],
                "rows": [],
                "debit": 0,
                "credit": 0,
                "balance": 0,
            },
        )
        url = reverse("platform:accounts") + (
            f"?purpose={row['purpose']}&entity={row['entity_id']}&currency={row['currency']}"
        )
        book["rows"].append(
            row
            | {
                "name": purpose_name(row["purpose"]),
                # The accounts show what stands now; a look back has no list with the same sum to lead to.
                "url": "" if through else url,
                "paid_out": -row["credit"],
            }
        )
        book["debit"] += row["debit"]
        book["credit"] -= row["credit"]
        book["balance"] += row["balance"]
    return render(
        request,
        "platform/trial_balance.html",
        {
            "title": _("Trial balance"),
            "books": list(books.values()),
            "through": through,
            "typed": text,
            "problem": problem,
            "today": timezone.localdate(),
        },
    )
