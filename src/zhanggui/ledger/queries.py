"""Reads over the ledger. Balances are always qualified: posted is the sum of all deltas."""

from datetime import date
from typing import Any

from django.db import connection


def posted_balance(*, account_id: int, through: date | None = None) -> int:
    """This function will return the account's posted balance in minor units (debit positive), at the end
    of the business day `through`, or now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(amount), 0) from ledger_delta"
            " where account_id = %s and (%s::date is null or booked_date <= %s)",
            [account_id, through, through],
        )
        return int(cursor.fetchone()[0])


def party_balances(
    *, party_id: int, currency: str, through: date | None = None
) -> dict[str, int]:
    """This function will return what a party stands at, as credits (positive = owed to the party):
    `pending` (paid by buyers, not yet billable), `posted` (billed or confirmed), `available` (confirmed)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.purpose, -coalesce(sum(d.amount), 0) from ledger_account a"
            " join ledger_delta d on d.account_id = a.id and d.party_id = a.party_id"
            " where a.party_id = %s and a.currency = %s and (%s::date is null or d.booked_date <= %s)"
            " group by a.purpose",
            [party_id, currency, through, through],
        )
        by_purpose = {purpose: int(amount) for purpose, amount in cursor.fetchall()}
    confirmed = by_purpose.get("2202.03", 0)
    return {
        "pending": by_purpose.get("2202.01", 0),
        "posted": by_purpose.get("2202.02", 0) + confirmed,
        "available": confirmed,
    }


def trial_balance(*, through: date | None = None) -> list[dict[str, Any]]:
    """This function will return debits, credits and balance per entity, currency and purpose."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.entity_id, a.currency, a.purpose, sum(greatest(d.amount, 0))::bigint,"
            " sum(least(d.amount, 0))::bigint, sum(d.amount)::bigint, count(distinct a.id)"
            " from ledger_delta d join ledger_account a on a.id = d.account_id"
            " where (%s::date is null or d.booked_date <= %s) group by 1, 2, 3 order by 1, 2, 3",
            [through, through],
        )
        names = ("entity_id", "currency", "purpose", "debit", "credit", "balance", "accounts")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
