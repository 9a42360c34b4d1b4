"""The shop's account: every movement with the balance after it, in the order it was booked."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhanggui.ledger.chart import BILLED, CONFIRMED
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
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.words import KINDS

POSTED, AVAILABLE = "posted", "available"
PURPOSES = {POSTED: [BILLED, CONFIRMED], AVAILABLE: [CONFIRMED]}
OF_STATEMENT = (EntrySource.CARRY, EntrySource.DISPUTE, EntrySource.CONFIRMATION)
# Balances run over all movements of the account; filters only choose which of them are shown.
MOVEMENTS = """
select * from (
  select row_number() over booked as id, m.*, sum(m.amount) over booked as balance,
    greatest(m.amount, 0) as money_in, least(m.amount, 0) as money_out,
    case when m.kind in (5, 6, 7) then m.key_a end as statement_id,
    case when m.kind in (5, 6, 7) then
           (select s.number from settlement_statement s where s.party_id = m.party_id and s.id = m.key_a)
         when m.kind = 4 then
           (select c.charge_no from settlement_charge c where c.party_id = m.party_id and c.line_id = m.key_a)
         else (select o.order_no from settlement_staged_order o where o.id = m.key_a) end as reference
  from (
    select e.book_id as party_id, e.source as kind, e.key_a, e.key_b, e.booked_date, e.batch_id, e.currency,
      (-sum(p.amount))::bigint as amount
    from ledger_entry e cross join lateral unnest(e.accounts, e.amounts) as p(account_id, amount)
    join ledger_account a on a.id = p.account_id and a.party_id = e.book_id
    where e.book_id = %(party)s and e.currency = %(money)s and a.purpose = any(%(purposes)s)
    group by e.book_id, e.source, e.key_a, e.key_b, e.booked_date, e.batch_id, e.currency
    having sum(p.amount) <> 0) m
  window booked as (order by m.batch_id, m.kind, m.key_a, m.key_b)
) f where {where}
"""
NAMES = ("id", "party_id", "kind", "key_a", "booked_date", "currency", "amount", "balance", "money_in",
         "money_out", "reference")  # fmt: skip


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
        return AVAILABLE if self.params.get("account") == AVAILABLE else POSTED

    def get_source(self) -> SqlSource:
        """Movements of the account shown."""
        return SqlSource(
            select=MOVEMENTS,
            fields={name: f"f.{name}" for name in NAMES},
            params={"party": self.party_id, "money": self.currency, "purposes": PURPOSES[self.account]},
        )

    def restrict(self) -> Sequence[Any]:
        """The shop and the currency, once more."""
        return [
            Condition("party_id", "eq", self.party_id),
            Condition("currency", "eq", self.currency),
        ]

    def get_filters(self) -> Sequence[Any]:
        """By account, day, kind and document."""
        accounts = [(POSTED, _("On statements")), (AVAILABLE, _("Available for payout"))]
        return [
            SelectFilter(
                "account", _("Balance"), accounts, clause=lambda _value: RawSql("true"), default=POSTED
            ),
            DateRangeFilter("booked", _("Booked"), field="booked_date", days=True),
            SelectFilter("kind", _("Kind"), list(KINDS.items()), read=int),
            TextFilter("q", _("Order or statement number"), starts=["reference"]),
            *self.currency_filters(),
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
