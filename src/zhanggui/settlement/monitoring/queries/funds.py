"""The funds view: three things that are never mixed.

The balance snapshot says what stands where at the end of a day; the account flow what moved, with the balance after;
the order flow what each order yields and where that is now. Amounts are minor units, positive on the account's
normal side: what is owed to a party, what we have.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from zhanggui.ledger import chart


@dataclass(frozen=True)
class Standing:
    """One figure of the snapshot: its name in addresses, the accounts it is made of, 1 where debits count up."""

    code: str
    purposes: tuple[str, ...]
    side: int


# Of parties: what they are owed, by how far it has come, and what they owe us.
PARTY_STANDINGS = (
    Standing("pending", (chart.PENDING,), -1),
    Standing("billed", (chart.BILLED,), -1),
    Standing("available", (chart.CONFIRMED,), -1),
    Standing("reserved", (chart.RESERVED,), -1),
    Standing("in_transit", (chart.IN_TRANSIT,), -1),
    Standing("deposits", (chart.DEPOSITS,), -1),
    Standing("debts", (chart.RECEIVABLE,), 1),
)
# Of the platform: where our money lies, and what of it belongs to somebody not yet known.
OWN_STANDINGS = (
    Standing("bank", (chart.BANK,), 1),
    Standing("gateway_unsettled", (chart.GATEWAY_UNSETTLED,), 1),
    Standing("gateway_available", (chart.GATEWAY_AVAILABLE,), 1),
    Standing("gateway_frozen", ("1012.03",), 1),
    Standing("gateway_payouts", (chart.GATEWAY_PAYOUTS,), 1),
    Standing("refunds_payable", (chart.REFUNDS_PAYABLE,), -1),
    Standing("unclaimed", (chart.UNCLAIMED_RECEIPTS,), -1),
    Standing("suspense", (chart.SUSPENSE,), -1),
    Standing("tax", ("2221.01", chart.TAX_WITHHELD), -1),
)
STANDINGS = {one.code: one for one in (*PARTY_STANDINGS, *OWN_STANDINGS)}
# "posted" is the flow of what is on statements, as it was before confirmation split it: both accounts together.
FLOWS = {one.code: one.purposes for one in PARTY_STANDINGS} | {"posted": (chart.BILLED, chart.CONFIRMED)}

BALANCES = """
select a.id, a.id as account_id, a.entity_id, a.purpose, a.party_id, a.reference, a.currency,
  d.balance * case when left(a.purpose, 1) in ('1', '5') or left(a.purpose, 2) in ('66', '67') then 1 else -1 end
    as balance
from (select account_id, sum(amount)::bigint as balance from ledger_delta
      where booked_date <= %(through)s::date group by account_id having sum(amount) <> 0) d
join ledger_account a on a.id = d.account_id
"""


def snapshot(*, currency: str, through: date | None = None, party_id: int | None = None) -> dict[str, int]:
    """This function will return every standing at the end of a day (now, if none is named): of one party, or
    of all parties and the platform. The parts are the rows of BALANCES with the standing's purposes."""
    wanted = "" if party_id is None else " and a.party_id = %(party)s and d.party_id = %(party)s"
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.purpose, sum(d.amount)::bigint from ledger_account a"
            " join ledger_delta d on d.account_id = a.id"
            " where a.currency = %(currency)s and (%(through)s::date is null or d.booked_date <= %(through)s)"
            f"{wanted} group by 1",
            {"currency": currency, "through": through, "party": party_id},
        )
        found = {purpose: int(amount) for purpose, amount in cursor.fetchall()}
    shown = PARTY_STANDINGS if party_id is not None else (*PARTY_STANDINGS, *OWN_STANDINGS)
    return {one.code: one.side * sum(found.get(purpose, 0) for purpose in one.purposes) for one in shown}


# Movements of one party's accounts, whoever's book they are in; the balance runs over all of them, whatever a
# filter hides. Parameters: party, money (currency), purposes, sign (-1 turns debts the right way up).
MOVEMENTS = """
select * from (
  select row_number() over booked as id, m.*, sum(m.amount) over booked as balance,
    greatest(m.amount, 0) as money_in, least(m.amount, 0) as money_out,
    case when m.kind in (5, 6, 7, 18) then m.key_a end as statement_id,
    case when m.kind in (5, 6, 7, 18) then
           (select s.number from settlement_statement s where s.party_id = m.party_id and s.id = m.key_a)
         when m.kind = 4 then
           (select c.charge_no from settlement_charge c where c.party_id = m.party_id and c.line_id = m.key_a)
         when m.kind in (1, 2, 3, 8, 9) then (select o.order_no from settlement_staged_order o where o.id = m.key_a)
         else '#' || m.key_a end as reference
  from (
    select %(party)s::bigint as party_id, f.kind, f.key_a, f.key_b, f.booked_date, f.batch_id, f.book_id,
      %(money)s::text as currency, (f.amount * %(sign)s)::bigint as amount
    from settlement_moves_of(%(party)s, %(money)s, %(purposes)s) f) m
  window booked as (order by m.batch_id, m.booked_date, m.kind, m.key_a, m.key_b, m.book_id)
) f where {where}
"""
MOVEMENT_FIELDS = (
    "id", "party_id", "kind", "key_a", "booked_date", "currency", "amount", "balance", "money_in", "money_out",
    "reference",
)  # fmt: skip


def movement_params(*, party_id: int, currency: str, account: str) -> dict[str, Any]:
    """This function will return the parameters of MOVEMENTS for one of FLOWS."""
    sign = -1 if account == "debts" else 1
    return {"party": party_id, "money": currency, "purposes": list(FLOWS[account]), "sign": sign}
