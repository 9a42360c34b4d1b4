"""What must always hold of the ledger; each function returns the offending rows, so empty means well."""

import hashlib
from typing import Any

from django.db import connection

from zhanggui.ledger.kept import by_day_sql
from zhanggui.ledger.models import LedgerDayFold
from zhanggui.rows.reading import OFFENDING_MOST, offending_rows, rows_of


def entry_unbalanced() -> list[dict[str, Any]]:
    """Entries whose legs do not sum to zero."""
    return offending_rows(
        "select book_id, source, key_a, key_b from ledger_entry where ledger_sum(amounts) <> 0"
    )


def posting_crosses_books() -> list[dict[str, Any]]:
    """Legs on an account of another entity or currency than their entry's, or on no account at all."""
    return offending_rows(
        "select p.book_id, p.source, p.key_a, p.key_b, p.account_id from ledger_posting p"
        " left join ledger_account a on a.id = p.account_id"
        " where a.id is null or a.entity_id <> p.entity_id or a.currency <> p.currency"
    )


def delta_differs_from_postings() -> list[dict[str, Any]]:
    """Accounts and days on which the deltas are not the sum of the postings."""
    return offending_rows(
        "select account_id, booked_date, sum(posted) as posted, sum(folded) as folded from ("
        " select account_id, booked_date, sum(amount) as posted, 0 as folded from ledger_posting group by 1, 2"
        " union all select account_id, booked_date, 0, sum(amount) from ledger_delta group by 1, 2) both_sides"
        " group by account_id, booked_date having sum(posted) <> sum(folded)"
    )


def trial_balance_not_zero() -> list[dict[str, Any]]:
    """Entities and currencies whose accounts do not sum to zero."""
    return offending_rows(
        "select a.entity_id, a.currency, sum(d.amount) as off from ledger_delta d"
        " join ledger_account a on a.id = d.account_id group by 1, 2 having sum(d.amount) <> 0"
    )


def folded_balance_differs() -> list[dict[str, Any]]:
    """Accounts whose folded balance is not the sum of the deltas it was folded from, or not their number; and
    account 0 where a batch is missing that the fold says is in."""
    return offending_rows(
        "select account_id, sum(folded) as folded, sum(rebuilt) as rebuilt from ("
        " select account_id, amount as folded, 0 as rebuilt, moves from ledger_balance"
        " union all select d.account_id, 0, sum(d.amount), -count(*) from ledger_delta d"
        "  join ledger_seal s on s.batch_id = d.batch_id"
        "  where s.sequence <= (select coalesce(max(through_sequence), 0) from ledger_fold)"
        "  group by d.account_id) both_sides"
        " group by account_id having sum(folded) <> sum(rebuilt) or sum(moves) <> 0"
        " union all select 0, max(b.id), 0 from ledger_batch b join ledger_fold f on b.id <= f.through_batch"
        "  where not exists (select from ledger_seal s where s.batch_id = b.id and s.sequence <= f.through_sequence)"
        "  having count(*) > 0"
    )


def day_sums_differ() -> list[dict[str, Any]]:
    """Days, sources and purposes whose kept sum is not that of the postings it was folded from."""
    fold = LedgerDayFold.objects.first()
    if fold is None:
        return []
    key = "booked_date, currency, source, entity_id, purpose"
    return rows_of(
        f"select {key}, sum(postings) as postings, sum(debit) as debit, sum(credit) as credit from ("
        f" select {key}, postings, debit, credit from ledger_day_sum union all"
        f" select {key}, -postings, -debit, -credit from ({by_day_sql('e.batch_id <= %(through)s')}) as p"
        ") as both_sides group by 1, 2, 3, 4, 5"
        f" having sum(postings) <> 0 or sum(debit) <> 0 or sum(credit) <> 0 limit {OFFENDING_MOST}",
        {"through": fold.through_batch},
    )


def batch_changed() -> list[dict[str, Any]]:
    """Batches whose rows no longer have the digest taken when they were written (a posted row changed)."""
    return offending_rows(
        "select b.id from ledger_batch b left join ("
        " select batch_id, count(*) as entries, sha256(string_agg("
        "  int8send(book_id) || int2send(source) || int8send(key_a) || int8send(key_b) || int4send(entity_id)"
        "  || convert_to(currency, 'UTF8') || int8send(batch_id) || date_send(booked_date)"
        "  || timestamptz_send(occurred_at) || array_send(accounts) || array_send(amounts), ''::bytea"
        "  order by cardinality(amounts), book_id, source, key_a, key_b)) as digest"
        " from ledger_entry group by batch_id) e on e.batch_id = b.id"
        " where e.digest is distinct from b.digest or e.entries is distinct from b.entries::bigint"
    )


def entry_without_batch() -> list[dict[str, Any]]:
    """Entries that no batch vouches for (written around the ledger)."""
    return offending_rows(
        "select e.batch_id, count(*) as entries from ledger_entry e"
        " where not exists (select from ledger_batch b where b.id = e.batch_id) group by 1"
    )


def seal_broken() -> list[dict[str, Any]]:
    """Seals that do not follow from the seal before them and their batch."""
    broken = []
    previous = bytes(32)
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.sequence, s.batch_id, s.hash, b.digest from ledger_seal s"
            " left join ledger_batch b on b.id = s.batch_id order by s.sequence"
        )
        for sequence, batch_id, value, digest in cursor:
            expected = hashlib.sha256(previous + batch_id.to_bytes(8, "big") + bytes(digest or b"")).digest()
            if expected != bytes(value):
                broken.append({"sequence": sequence, "batch_id": batch_id})
            previous = bytes(value)
    return broken


def guard_asleep() -> list[dict[str, Any]]:
    """Triggers of any table that are switched off: they are what refuses changes of posted rows."""
    return offending_rows(
        "select t.tgrelid::regclass::text as table, t.tgname::text as guard from pg_trigger t"
        " join pg_class c on c.oid = t.tgrelid where not t.tgisinternal and t.tgenabled <> 'O'"
        " and c.relnamespace = current_schema()::regnamespace"
    )
