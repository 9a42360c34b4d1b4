"""The demonstration in figures that can be checked by hand: what came in is where it is now."""

from collections.abc import Mapping
from typing import Any

from zhanggui.clockwork.sweep_invariants import sweep
from zhanggui.ledger.chart import BANK, BY_CODE, GATEWAY_AVAILABLE, GATEWAY_UNSETTLED
from zhanggui.ledger.queries import trial_balance
from zhanggui.ledger.sources import EntrySource
from zhanggui.money import Money
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.payouts.models import Payout, PayoutState

COUNTS = """
select (select count(*) from settlement_staged_order) as orders,
       (select count(*) from settlement_staged_line) as lines,
       (select count(*) from settlement_staged_refund where state = 'accepted') as refunds,
       (select coalesce(sum(cardinality(amounts)), 0) from settlement_billed_line)::bigint as details,
       (select count(*) from ledger_entry) as entries,
       (select count(*) from settlement_statement) as statements,
       (select count(*) from settlement_dispute) as disputes,
       (select count(*) from settlement_charge where state = 'accepted') as charges_accepted,
       (select count(*) from settlement_charge where state = 'rejected') as charges_rejected,
       (select count(*) from settlement_shadow_difference) as shadow_differences
"""
STATES = """
select s.state, s.currency, count(*) as statements,
       coalesce(sum(case when s.state = 'open' then l.net
         when s.state in ('collecting', 'collected', 'written_off') then 0
         else s.net_minor - s.carried_minor - s.withheld_minor - coalesce(p.gone, 0) end), 0)::bigint as net_minor
from settlement_statement s left join (
  select party_id, statement_id, sum((select sum(a) from unnest(amounts) a)) as net
  from settlement_billed_line group by 1, 2) l on l.party_id = s.party_id and l.statement_id = s.id
left join (select statement_id, sum(amount_minor - short_minor - returned_minor) as gone from settlement_payout
  where state in ('sent', 'paid') group by 1) p on p.statement_id = s.id
group by 1, 2 order by 2, 1
"""

CASH = """
select a.currency, p.source, sum(p.amount)::bigint as amount from ledger_posting p
join ledger_account a on a.id = p.account_id where a.purpose = any(%s) group by 1, 2 having sum(p.amount) <> 0
order by 1, 2
"""
PAYOUTS = """
select currency, state, count(*) as payouts, sum(amount_minor)::bigint as amount_minor from settlement_payout
where state <> 'cancelled' group by 1, 2 order by 1, 2
"""
DIFFERENCES = """
select kind, state, count(*) as differences from settlement_difference group by 1, 2 order by 1, 2
"""


def summary() -> dict[str, Any]:
    """Counts, statements by state, totals by currency, and the number of broken invariants.

    What statements come to (less what was carried on, withheld, collected or paid) is what stands on the accounts
    2202.02 and 2202.03.
    """
    [counts] = rows_of(COUNTS, [])
    return {
        **counts,
        "payouts": Payout.objects.exclude(state=PayoutState.CANCELLED).count(),
        "statements_by_state": rows_of(STATES, []),
        "cash": _cash(),
        "payouts_by_state": rows_of(PAYOUTS, []),
        "differences_by_kind": rows_of(DIFFERENCES, []),
        "currency_totals": currency_totals(),
        "violations": sum(map(len, sweep().values())),
    }


def _cash() -> dict[str, dict[str, int]]:
    """By currency: what moved our money at channels and banks, minor units by source of the entry, positive in."""
    found: dict[str, dict[str, int]] = {}
    for row in rows_of(CASH, [[BANK, GATEWAY_UNSETTLED, GATEWAY_AVAILABLE]]):
        found.setdefault(row["currency"], {})[EntrySource(row["source"]).name.lower()] = row["amount"]
    return found


def currency_totals() -> dict[str, dict[str, Any]]:
    """By currency: every account of the ledger, positive on its normal side, and debits less credits."""
    totals: dict[str, dict[str, Any]] = {}
    for row in trial_balance():
        purpose = BY_CODE[row["purpose"]]
        own = totals.setdefault(row["currency"], {"debit": {}, "credit": {}, "difference_minor": 0})
        sign = 1 if purpose.normal == "debit" else -1
        side = own[purpose.normal]
        label = f"{purpose.code} {purpose.en}"
        side[label] = side.get(label, 0) + sign * row["balance"]
        own["difference_minor"] += row["balance"]
    return totals


def told(document: Mapping[str, Any]) -> str:
    """The summary for people."""
    lines = [
        "{orders:,} orders with {lines:,} lines, {refunds:,} refunds".format_map(document),
        "{details:,} billing details in {entries:,} balanced entries".format_map(document),
        "{charges_accepted} charges pushed and taken, {charges_rejected} refused; {disputes} disputes;"
        " {shadow_differences} shadow differences".format_map(document),
        f"{document['statements']:,} statements:",
    ]
    lines += [
        f"  {row['currency']} {_grouped(row['net_minor'], row['currency'])}"
        f"  {row['statements']:>4,} {row['state']}"
        for row in document["statements_by_state"]
    ]
    lines += [
        f"  {row['currency']} {_grouped(row['amount_minor'], row['currency'])}"
        f"  {row['payouts']:>4,} payouts {row['state']}"
        for row in document["payouts_by_state"]
    ]
    lines.append("differences with the bills of channel and bank:")
    lines += [
        f"  {row['differences']:>4,} {row['kind'].replace('_', ' ')}, {row['state']}"
        for row in document["differences_by_kind"]
    ]
    for currency, sources in document["cash"].items():
        lines.append(f"what moved {currency} at channels and banks:")
        named = [(name.replace("_", " "), amount) for name, amount in sources.items()]
        lines += [
            f"  {_grouped(amount, currency)}  {name}"
            for name, amount in [*named, ("left", sum(sources.values()))]
        ]
    for currency, sides in document["currency_totals"].items():
        lines.append(f"where every {currency} is, debits and credits:")
        for side in ("debit", "credit"):
            lines += [
                f"  {_grouped(amount, currency)}  {side:<6}  {label}" for label, amount in sides[side].items()
            ]
            total = sum(sides[side].values())
            lines.append(f"  {_grouped(total, currency)}  {side:<6}  together")
    lines.append(f"violations of invariants: {document['violations']}")
    return "\n".join(lines)


def _grouped(amount: int, currency: str) -> str:
    return f"{Money(amount, currency).grouped():>14}"
