"""Reports for audit and tax filing, each one SELECT that a screen, the API and a command share.

Parameters: `first` and `last` (local days, both included), `currency`, and `zone`; `step` and `party` of the report
of settlement alone. `{where}` takes further conditions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db import connection

from zhanggui.settlement.fees.catalogue.entries import groups
from zhanggui.settlement.monitoring.queries.analytics import STEPS, part_sql
from zhanggui.settlement.statements.totals import GOODS_GROUPS


@dataclass(frozen=True)
class Report:
    """A report: its columns in order, which of them are amounts, its SELECT, and the order of its rows."""

    code: str
    columns: tuple[str, ...]
    money: tuple[str, ...]
    select: str
    order: str


def _part(part: str) -> str:
    return part_sql(part, kind="d.kind", fee_type="d.fee_type_id")


_DETAILS = """
from settlement_detail d where d.currency = %(currency)s and d.occurred_at >= %(lo)s and d.occurred_at < %(hi)s
"""
_WITH_FEES = _DETAILS.replace(
    "settlement_detail d where",
    "settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id where",
)
SALES = Report(
    "sales",
    ("merchant", "orders", "details", "sales", "fees", "refunds", "other", "net"),
    ("sales", "fees", "refunds", "other", "net"),
    f"""
select * from (select r.*, p.code as merchant from (
  select d.party_id as id, d.party_id, count(distinct d.order_id) filter (where d.kind = 1)::bigint as orders,
    count(*)::bigint as details,
    coalesce(sum(d.amount) filter (where {_part("sales")}), 0)::bigint as sales,
    coalesce(sum(d.amount) filter (where {_part("fees")}), 0)::bigint as fees,
    coalesce(sum(d.amount) filter (where {_part("refunds")}), 0)::bigint as refunds,
    coalesce(sum(d.amount) filter (where {_part("other")}), 0)::bigint as other, sum(d.amount)::bigint as net
  {_DETAILS} group by 1, 2) r join parties_party p on p.id = r.party_id) r where {{where}}""",
    "merchant",
)
COMMISSION = Report(
    "commission",
    ("merchant", "fee", "details", "base", "charged", "returned", "net", "rate_ppm"),
    ("base", "charged", "returned", "net"),
    f"""
select * from (select r.*, p.code as merchant,
    case when r.base > 0 then (-r.charged::numeric * 1000000 / r.base)::bigint end as rate_ppm from (
  select d.party_id || '-' || f.id as id, d.party_id, f.id as fee_type_id, f.code as fee, count(*)::bigint as details,
    coalesce(sum(d.base) filter (where d.kind = 1), 0)::bigint as base,
    coalesce(sum(d.amount) filter (where d.kind <> 2), 0)::bigint as charged,
    coalesce(sum(d.amount) filter (where d.kind = 2), 0)::bigint as returned, sum(d.amount)::bigint as net
  {_WITH_FEES}
    and not ({_part("sales").replace("d.kind = 1 and ", "")})
  group by 1, 2, 3, 4) r join parties_party p on p.id = r.party_id) r where {{where}}""",
    "merchant, fee",
)
PAYMENTS = Report(
    "payments",
    ("number", "merchant", "statement", "state", "made_at", "paid_at", "amount"),
    ("amount",),
    """
select * from (
  select y.id, y.party_id, y.statement_id, y.number, coalesce(p.code, y.receiver_holder) as merchant,
    coalesce(s.number, case y.cause when 'deposit' then 'DO' else 'RR' end || lpad(y.document_id::text, 8, '0'))
      as statement, y.state, y.made_at, y.paid_at, y.amount_minor as amount
  from settlement_payout y left join parties_party p on p.id = y.party_id
  left join settlement_statement s on s.party_id = y.party_id and s.id = y.statement_id
  where y.currency = %(currency)s and coalesce(y.paid_at, y.made_at) >= %(lo)s
    and coalesce(y.paid_at, y.made_at) < %(hi)s) r where {where}""",
    "number",
)
TRIAL_BALANCE = Report(
    "trial-balance",
    ("entity", "account", "opening", "debit", "credit", "closing"),
    ("opening", "debit", "credit", "closing"),
    """
select * from (
  select a.entity_id || '/' || a.purpose as id, a.entity_id, e.code as entity, a.purpose as account,
    coalesce(sum(d.amount) filter (where d.booked_date < %(first)s), 0)::bigint as opening,
    coalesce(sum(greatest(d.amount, 0)) filter (where d.booked_date >= %(first)s), 0)::bigint as debit,
    coalesce(-sum(least(d.amount, 0)) filter (where d.booked_date >= %(first)s), 0)::bigint as credit,
    sum(d.amount)::bigint as closing
  from ledger_delta d join ledger_account a on a.id = d.account_id join settlement_entity e on e.id = a.entity_id
  where a.currency = %(currency)s and d.booked_date <= %(last)s group by 1, 2, 3, 4) r where {where}""",
    "entity, account",
)
JOURNAL = Report(
    "journal",
    ("booked", "entry", "leg", "source", "entity", "account", "owner", "debit", "credit"),
    ("debit", "credit"),
    """
select * from (
  select x.book_id || '-' || x.source || '-' || x.key_a || '-' || x.key_b || '/' || x.position as id,
    x.booked_date as booked, x.book_id || '-' || x.source || '-' || x.key_a || '-' || x.key_b as entry,
    x.position as leg, x.source, e.code as entity, a.purpose as account, coalesce(p.code, '') as owner,
    greatest(x.amount, 0) as debit, greatest(-x.amount, 0) as credit
  from ledger_posting x join ledger_account a on a.id = x.account_id join settlement_entity e on e.id = x.entity_id
  left join parties_party p on p.id = a.party_id
  where x.currency = %(currency)s and x.booked_date between %(first)s and %(last)s) r where {where}""",
    "booked, entry, leg",
)
FEE_GROUPS = tuple(group.code for group in groups() if group.code not in GOODS_GROUPS)
SETTLED = ("sales", *(f"fees_{code}" for code in FEE_GROUPS), "refunds", "other")
"""The parts of a month's settlement: they add up to its net, and each is the sum of details of its own."""


def _settled_part(name: str) -> str:
    group = name.removeprefix("fees_")
    return _part(name) if name == group else f"{_part('fees')} and f.\"group\" = '{group}'"


def _settled_sums() -> str:
    return ", ".join(
        f"coalesce(sum(d.amount) filter (where {_settled_part(name)}), 0) as {name}" for name in SETTLED
    )


# Days beyond the span are no part of a step: the first and the last step are cut to it.
SETTLEMENT = Report(
    "settlement",
    ("first", "last", *SETTLED, "net", "paid"),
    (*SETTLED, "net", "paid"),
    f"""
select * from (
  select to_char(x.start, 'YYYY-MM-DD') as id, greatest(x.start, %(first)s::date) as first,
    least((x.start + ('1 ' || %(step)s)::interval)::date - 1, %(last)s::date) as last,
    {", ".join(f"sum(x.{name})::bigint as {name}" for name in (*SETTLED, "net", "paid"))}
  from (
    select date_trunc(%(step)s, d.occurred_at at time zone %(zone)s)::date as start, {_settled_sums()},
      sum(d.amount) as net, 0 as paid
    {_WITH_FEES} and (%(party)s::bigint is null or d.party_id = %(party)s) group by 1
    union all
    select date_trunc(%(step)s, y.paid_at at time zone %(zone)s)::date, {", ".join("0" for _ in SETTLED)}, 0,
      sum(y.amount_minor)
    from settlement_payout y where y.state = 'paid' and y.currency = %(currency)s and y.paid_at >= %(lo)s
      and y.paid_at < %(hi)s and (%(party)s::bigint is null or y.party_id = %(party)s) group by 1) x
  group by x.start) r where {{where}}""",
    "id",
)
REPORTS = {one.code: one for one in (SALES, COMMISSION, PAYMENTS, TRIAL_BALANCE, JOURNAL, SETTLEMENT)}


def report_params(
    *, currency: str, first: date, last: date, zone: tzinfo, step: str = "month", party_id: int | None = None
) -> dict[str, Any]:
    """This function will return the parameters of every report; `step` is one of analytics' STEPS."""
    if step not in STEPS:
        raise ValueError(f"{step} is no step of time")
    lo, hi = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
    return {"currency": currency, "first": first, "last": last, "lo": lo, "hi": hi, "zone": str(zone), "step": step,
            "party": party_id}  # fmt: skip


def report_rows(
    report: Report, params: Mapping[str, Any], *, limit: int | None = None
) -> list[dict[str, Any]]:
    """This function will return the rows of a report in its order, at most `limit`."""
    with connection.cursor() as cursor:
        end = f" limit {int(limit)}" if limit is not None else ""
        cursor.execute(f"{report.select.replace('{where}', 'true')} order by {report.order}{end}", params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
