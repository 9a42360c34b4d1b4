"""Extend the hash chain over batches that have committed since the last sealing."""

import hashlib

from django.db import connection, transaction

SEAL_LOCK = 0x5A47_0003
GENESIS = bytes(32)


@transaction.atomic
def seal_batches() -> int:
    """This function will chain every unsealed batch, lowest number first, and return how many it sealed.

    hash = SHA-256(previous hash, batch number as 8 bytes, batch digest). A batch that commits later than a
    higher numbered one is chained later: the sequence, not the number, is the order of the chain.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [SEAL_LOCK])
        cursor.execute("select hash from ledger_seal order by sequence desc limit 1")
        row = cursor.fetchone()
        previous = bytes(row[0]) if row else GENESIS
        cursor.execute(
            "select b.id, b.digest from ledger_batch b"
            " where not exists (select from ledger_seal s where s.batch_id = b.id) order by b.id"
        )
        batches = cursor.fetchall()
        sealed = []
        for number, digest in batches:
            previous = hashlib.sha256(previous + number.to_bytes(8, "big") + bytes(digest)).digest()
            sealed.append((number, previous))
        if sealed:
            cursor.execute(
                "insert into ledger_seal (batch_id, hash)"
                " select * from unnest(%s::bigint[], %s::bytea[]) as s(batch_id, hash)",
                [[number for number, _ in sealed], [value for _, value in sealed]],
            )
    return len(sealed)
