"""The shop's account: every movement with the balance after it, in the order it was booked."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhanggui.ledger.sources import EntrySource
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateColumn,
    DateRangeFilter,
    MoneyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.filters import Filter
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.words import KINDS
from zhanggui.settlement.monitoring.queries import funds

POSTED = "posted"
ACCOUNTS = {
    POSTED: _("On statements"),
    "pending": _("Pending"),
    "billed": _("Billed on statements"),
    "available": _("Available for payout"),
    "reserved": _("Reserved or frozen"),
    "in_transit": _("Payouts in transit"),
    "deposits": _("Deposits"),
    "debts": _("Owed to the platform"),
}


class AccountFlow(OwnList):
    """Every movement of the account with the balance after it."""

    name = "merchant.flow"
    title = _("Account flow")
    permission = "own_details.view"
    sort = "-place"
    empty = _("The account moves when your orders are billed.")

    @property
    def account(self) -> str:
        """Which account is shown."""
        wanted = self.params.get("account", "")
        return wanted if wanted in ACCOUNTS else POSTED

    def get_source(self) -> SqlSource:
        """Movements of the account shown."""
        return SqlSource(
            select=funds.MOVEMENTS,
            fields={name: f"f.{name}" for name in funds.MOVEMENT_FIELDS},
            params=funds.movement_params(
                party_id=self.party_id, currency=self.currency, account=self.account
            ),
        )

    def restrict(self) -> Sequence[Any]:
        """The shop and the currency, once more."""
        return [
            Condition("party_id", "eq", self.party_id),
            Condition("currency", "eq", self.currency),
        ]

    def get_filters(self) -> Sequence[Any]:
        """By account, day, kind and document."""
        return [
            SelectFilter(
                "account",
                _("Balance"),
                list(ACCOUNTS.items()),
                clause=lambda _value: RawSql("true"),
                default=POSTED,
            ),
            DateRangeFilter("booked", _("Booked"), field="booked_date", days=True),
            *self.through_filters(),
            SelectFilter("kind", _("Kind"), list(KINDS.items()), read=int),
            TextFilter("q", _("Order or statement number"), starts=["reference"]),
            *self.currency_filters(),
        ]

    def through_filters(self) -> list[Filter]:
        """Everything up to a day, where a figure of the funds view led here: its sum is that figure."""
        try:
            day = date.fromisoformat(self.params.get("through", ""))
        except ValueError:
            return []
        choices = [(f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}")]
        return [
            SelectFilter(
                "through", _("Through"), choices, clause=lambda _text: Condition("booked_date", "lte", day)
            )
        ]

    def get_columns(self) -> Sequence[Column]:
        """In, out, and the balance after."""
        money = {"currency": self.currency}
        return [
            TextColumn("kind", _("Movement"), value=lambda row: KINDS.get(row.kind, row.kind), phone="title"),
            TextColumn("reference", _("Document"), code=True, href=document_url, phone="sub"),
            DateColumn("booked_date", _("Booked"), sort="booked_date", phone="badge"),
            MoneyColumn("money_in", _("In"), total=True, phone="", **money),
            MoneyColumn("money_out", _("Out"), total=True, phone="", **money),
            MoneyColumn("amount", _("Amount"), total=True, shown=True, phone="amount", signed=True, **money),
            MoneyColumn("balance", _("Balance after"), phone="line", **money),
            TextColumn("place", _("No."), value=lambda row: str(row.id), sort="id", phone=""),
        ]


def document_url(row: Any) -> str | None:
    """The statement or the details behind a movement."""
    if row.statement_id:
        return reverse("merchant:statement", args=[row.statement_id])
    if row.reference and row.kind in (EntrySource.SALE, EntrySource.REVERSAL):
        return f"{reverse('merchant:details')}?q={row.reference}"
    return None


def accruing(party_id: int, currency: str) -> int:
    """What the open statements have come to; call it inside the tenant's block."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(a), 0)::bigint from settlement_statement s"
            " join settlement_billed_line b on b.party_id = s.party_id and b.statement_id = s.id"
            " cross join lateral unnest(b.amounts) as a"
            " where s.party_id = %s and s.currency = %s and s.state = 'open'",
            [party_id, currency],
        )
        return int(cursor.fetchone()[0])
