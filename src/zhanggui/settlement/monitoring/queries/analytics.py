"""Sales, fees and refunds over time, by merchant and by fee group: sums of fee details, nothing else.

Each figure is the sum of the details of one PART (and group, merchant) within local days, so that a list of details
with the same part and days has that very figure at its foot.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db import connection

from zhanggui.settlement.statements.totals import GOODS_GROUPS

_GOODS = ", ".join(f"'{group}'" for group in GOODS_GROUPS)
_GOODS_TYPES = f'(select f.id from settlement_fee_type f where f."group" in ({_GOODS}))'
# {k} is the column of the kind of the billed line, {t} that of the detail's fee type.
PARTS = {
    "sales": "{k} = 1 and {t} in " + _GOODS_TYPES,
    "fees": "{k} = 1 and {t} not in " + _GOODS_TYPES,
    "refunds": "{k} in (2, 10)",
    "other": "{k} not in (1, 2, 10)",
}
STEPS = {"day": 31, "week": 14, "month": 13}
MOST_DAYS = 1100


def part_sql(part: str, *, kind: str, fee_type: str) -> str:
    """This function will return the condition that makes a detail belong to a part."""
    return PARTS[part].format(k=kind, t=fee_type)


def group_sql(*, fee_type: str) -> str:
    """This function will return the condition of a fee group; its parameter is `fee_group`."""
    return f'{fee_type} in (select f.id from settlement_fee_type f where f."group" = %(fee_group)s)'


@dataclass(frozen=True)
class Bucket:
    """One step of time: its first and last day."""

    first: date
    last: date


def buckets(step: str, latest: date) -> list[Bucket]:
    """This function will return the latest steps, ending with the one that holds `latest`, ascending."""
    found: list[Bucket] = []
    last = latest
    for _ in range(STEPS[step]):
        if step == "month":
            first = last.replace(day=1)
            end = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        elif step == "week":
            first = last - timedelta(days=last.weekday())
            end = first + timedelta(days=6)
        else:
            first = end = last
        found.append(Bucket(first, end))
        last = first - timedelta(days=1)
    return found[::-1]


def over_time(
    *, currency: str, step: str, latest: date, zone: tzinfo, party_id: int | None = None
) -> list[dict[str, Any]]:
    """This function will return, per step, part and fee group, the sum and number of details."""
    spans = buckets(step, latest)
    return _rows(
        "select date_trunc(%(step)s, d.occurred_at at time zone %(zone)s)::date as first, "
        + _part_case()
        + ' as part, f."group" as fee_group, sum(d.amount)::bigint as amount, count(*)::bigint as details'
        " from settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id"
        " where d.currency = %(currency)s and d.occurred_at >= %(lo)s and d.occurred_at < %(hi)s"
        " and (%(party)s::bigint is null or d.party_id = %(party)s) group by 1, 2, 3",
        _span(spans[0].first, spans[-1].last, zone) | {"step": step, "currency": currency, "party": party_id},
    )


def by_merchant(
    *, currency: str, first: date, last: date, zone: tzinfo, limit: int = 10
) -> list[dict[str, Any]]:
    """This function will return the merchants who sold most between two days, with fees and refunds."""
    return _rows(
        "select d.party_id, coalesce(sum(d.amount) filter (where "
        + part_sql("sales", kind="d.kind", fee_type="d.fee_type_id")
        + "), 0)::bigint as sales, coalesce(sum(d.amount) filter (where "
        + part_sql("fees", kind="d.kind", fee_type="d.fee_type_id")
        + "), 0)::bigint as fees, coalesce(sum(d.amount) filter (where "
        + part_sql("refunds", kind="d.kind", fee_type="d.fee_type_id")
        + "), 0)::bigint as refunds from settlement_detail d where d.currency = %(currency)s"
        " and d.occurred_at >= %(lo)s and d.occurred_at < %(hi)s group by 1 order by 2 desc, 1 limit %(limit)s",
        _span(first, last, zone) | {"currency": currency, "limit": limit},
    )


def paid_out(*, currency: str, step: str, latest: date, party_id: int | None = None) -> list[dict[str, Any]]:
    """This function will return, per step, what payouts took off the accounts in transit: executed ones."""
    spans = buckets(step, latest)
    return _rows(
        "select date_trunc(%(step)s, e.booked_date)::date as first, sum(x.amount)::bigint as amount"
        " from ledger_entry e cross join lateral unnest(e.accounts, e.amounts) as x(account_id, amount)"
        " join ledger_account a on a.id = x.account_id and a.purpose = '2202.04'"
        " where e.source = 13 and e.currency = %(currency)s and e.booked_date between %(first)s and %(last)s"
        " and (%(party)s::bigint is null or a.party_id = %(party)s) and x.amount > 0 group by 1",
        {
            "step": step,
            "currency": currency,
            "first": spans[0].first,
            "last": spans[-1].last,
            "party": party_id,
        },
    )


def _part_case() -> str:
    cases = " ".join(
        f"when {part_sql(part, kind='d.kind', fee_type='d.fee_type_id')} then '{part}'" for part in PARTS
    )
    return f"case {cases} end"


def _span(first: date, last: date, zone: tzinfo) -> dict[str, Any]:
    lo, hi = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
    return {"lo": lo, "hi": hi, "zone": str(zone)}


def _rows(query: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
