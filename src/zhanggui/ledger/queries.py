"""Reads over the ledger. Balances are always qualified: posted is the sum of all deltas."""

from datetime import date
from typing import Any

from django.db import connection

from zhanggui.ledger.models import LedgerAccount, LedgerEntry

# What accounts stand at, as rows `account_id, party_id, amount, moves` to be added up: balances that are folded, and
# the deltas of batches that are not. `%(folded_through)s` only lets the index pass over what surely is.
STANDING_SQL = """
(select account_id, party_id, amount, moves from ledger_balance
 union all
 select d.account_id, d.party_id, d.amount, 1 from ledger_delta d where d.batch_id > %(folded_through)s
   and not exists (select from ledger_seal s where s.batch_id = d.batch_id
     and s.sequence <= (select coalesce(max(through_sequence), 0) from ledger_fold)))
"""


def standing_params() -> dict[str, int]:
    """This function will return the parameter of STANDING_SQL."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(through_batch), 0) from ledger_fold")
        return {"folded_through": int(cursor.fetchone()[0])}


def posted_balance(*, account_id: int, through: date | None = None) -> int:
    """This function will return the account's posted balance in minor units (debit positive), at the end
    of the business day `through`, or now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(amount), 0) from ledger_delta"
            " where party_id = (select party_id from ledger_account where id = %s) and account_id = %s"
            " and (%s::date is null or booked_date <= %s)",
            [account_id, account_id, through, through],
        )
        return int(cursor.fetchone()[0])


def party_balances(*, party_id: int, currency: str, through: date | None = None) -> dict[str, int]:
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


def entries_of_order(order_id: int, *, books: list[int]) -> list[dict[str, Any]]:
    """This function will return the postings of all entries about one order in these books, in time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.book_id, p.source, p.key_a, p.key_b, p.position, p.booked_date, p.account_id, a.purpose,"
            " p.amount from ledger_posting p join ledger_account a on a.id = p.account_id"
            " where p.book_id = any(%s) and p.source = any(%s) and p.key_a = %s"
            " order by p.occurred_at, p.source, p.key_b, p.position",
            [books, [1, 2, 3, 8, 9], order_id],
        )
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def entry(book_id: int, source: int, key_a: int, key_b: int) -> LedgerEntry | None:
    """This function will return one journal entry, or None."""
    return LedgerEntry.objects.filter(book_id=book_id, source=source, key_a=key_a, key_b=key_b).first()


def accounts_by_ids(ids: list[int]) -> dict[int, LedgerAccount]:
    """This function will return ledger accounts by id."""
    return LedgerAccount.objects.in_bulk(ids)


def balances_of_parties(party_ids: list[int], currency: str) -> dict[int, dict[str, int]]:
    """This function will return pending, posted and available of many parties, as `party_balances` does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.party_id, a.purpose, -coalesce(sum(d.amount), 0) from ledger_account a"
            " join ledger_delta d on d.account_id = a.id and d.party_id = a.party_id"
            " where a.party_id = any(%s) and a.currency = %s and a.purpose = any(%s) group by 1, 2",
            [party_ids, currency, ["2202.01", "2202.02", "2202.03"]],
        )
        found = {party: {"pending": 0, "posted": 0, "available": 0} for party in party_ids}
        for party, purpose, amount in cursor.fetchall():
            if purpose == "2202.01":
                found[party]["pending"] = int(amount)
            else:
                found[party]["posted"] += int(amount)
                found[party]["available"] += int(amount) if purpose == "2202.03" else 0
        return found


def latest_booked_date(currency: str = "") -> date | None:
    """This function will return the latest day anything was booked on, in a currency where one is named, or None.

    Of a currency the index of the journal says it. Of all, the newest batch has it or nearly so; whether there is a
    later one the blocks' index says without reading all.
    """
    with connection.cursor() as cursor:
        if currency:
            cursor.execute("select max(booked_date) from ledger_entry where currency = %s", [currency])
            in_currency: date | None = cursor.fetchone()[0]
            return in_currency
        cursor.execute("select max(id) from ledger_batch")
        newest = cursor.fetchone()[0]
        cursor.execute("select max(booked_date) from ledger_entry where batch_id = %s", [newest])
        found: date | None = cursor.fetchone()[0]
        if found is None:
            return None
        cursor.execute("select max(booked_date) from ledger_entry where booked_date > %s", [found])
        later: date | None = cursor.fetchone()[0]
        return later or found
