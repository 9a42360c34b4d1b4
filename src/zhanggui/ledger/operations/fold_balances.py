"""Fold the deltas of newly sealed batches into the balance table."""

from django.db import connection, transaction

FOLD_LOCK = 0x5A47_0002


@transaction.atomic
def fold_balances(*, rebuild: bool = False, finished: int | None = None) -> int:
    """This function will add the deltas of batches sealed since the last fold to the balances, and return how
    many accounts it touched; with `rebuild` it begins from nothing. `finished` is what `finished_batch` said before
    the latest sealing: none up to there is missing now.

    Seals are in order of commit, so no batch can slip in behind the mark. Readers add what is not folded
    yet; the invariant `folded_balance_differs` compares the table with a rebuild.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        if rebuild:
            cursor.execute("delete from ledger_balance")
            cursor.execute("delete from ledger_fold")
        cursor.execute("select coalesce(max(through_sequence), 0) from ledger_fold")
        done = cursor.fetchone()[0]
        cursor.execute("select coalesce(max(sequence), 0) from ledger_seal")
        through = cursor.fetchone()[0]
        cursor.execute(
            "insert into ledger_balance (account_id, party_id, amount, moves)"
            " select d.account_id, min(d.party_id), sum(d.amount)::bigint, count(*) from ledger_delta d"
            " join ledger_seal s on s.batch_id = d.batch_id"
            " where s.sequence > %s and s.sequence <= %s group by d.account_id"
            " on conflict (account_id) do update set amount = ledger_balance.amount + excluded.amount,"
            " moves = ledger_balance.moves + excluded.moves",
            [done, through],
        )
        touched = int(cursor.rowcount)
        cursor.execute(
            "insert into ledger_fold (id, through_sequence, through_batch) values (1, %s, %s)"
            " on conflict (id) do update set through_sequence = excluded.through_sequence,"
            " through_batch = greatest(ledger_fold.through_batch, excluded.through_batch)",
            [through, finished or 0],
        )
    return touched
