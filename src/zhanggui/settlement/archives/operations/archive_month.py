"""Archive a month: write the lines of its settled statements into files, prove those, and record them."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.archives.errors import ArchiveDamaged, ArchivingRunning, MonthNotOver
from zhanggui.settlement.archives.files import (
    FORMAT,
    MANIFEST,
    as_entry,
    changed_files,
    document,
    entry_of,
    settle,
    sha256_of,
    write_document,
    write_table,
)
from zhanggui.settlement.archives.models import Archive, ArchiveCheck, ArchivedStatement
from zhanggui.settlement.archives.proving import folder_faults
from zhanggui.settlement.archives.queries import settled_statements
from zhanggui.settlement.archives.rules import GENESIS, archive_hash, folder_name, next_month
from zhanggui.settlement.archives.tables import TABLES, StatementKey, prepare
from zhanggui.settlement.replays.operations.replay_side_by_side import LINES_AT_ONCE, partitioned
from zhanggui.settlement.statements.hashing import HEADER
from zhanggui.settlement.statements.models import Statement

ARCHIVING_LOCK = 0x5A47_0023
EMPTY_LINES = hashlib.sha256(b"").digest()
_DIGESTS = """
select b.party_id, b.statement_id, sha256(string_agg(b.leaf, ''::bytea order by b.line_id, b.event_id))
from settlement_billed_line b
join archiving_statement s on s.party_id = b.party_id and s.statement_id = b.statement_id group by 1, 2
"""


def archive_month(
    *, month: date, folder: Path, today: date, at: datetime, actor: str, lines_at_once: int = LINES_AT_ONCE
) -> Archive | None:
    """This function will archive the settled statements of a month (its first day) that are in no archive yet, and
    return the record; None if there are none, as when they are archived already.

    Must run outside any transaction. Killed anywhere, it leaves a folder `….draft` or one that is not recorded; the
    next run goes on from there. What does not prove itself is not recorded. Raises MonthNotOver, ArchivingRunning,
    ArchiveDamaged.
    """
    if next_month(month) > today:
        raise MonthNotOver(f"{month:%Y-%m} is not over; archive it when it is")
    with _alone():
        part = Archive.objects.filter(month=month).count() + 1
        place = folder / folder_name(month, part)
        if not place.exists() and not _write(place, month, part, lines_at_once):
            return None
        for fault in folder_faults(place):
            raise ArchiveDamaged(
                f"{fault}; nothing was recorded. Look into it, take the folder away, run again"
            )
        return _record(place, month=month, part=part, at=at, actor=actor)


def _write(place: Path, month: date, part: int, lines_at_once: int) -> bool:
    """Write what is missing of an archive into its draft and give that its name; whether there was anything."""
    draft = place.with_name(place.name + ".draft")
    chunks = _finished(draft) if draft.exists() else []
    done = {
        (one["header"]["party_id"], one["header"]["id"])
        for path in chunks
        for one in document(path)["statements"]
    }
    keys = [key for key in settled_statements(month) if key not in done]
    if not keys and not chunks:
        return False
    draft.mkdir(mode=0o700, parents=True, exist_ok=True)
    for chosen in partitioned(keys, lines_at_once):
        chunks.append(_write_chunk(draft, chosen, len(chunks) + 1))
    write_document(
        {
            "format": FORMAT,
            "month": f"{month:%Y-%m}",
            "part": part,
            "chunks": [entry_of(path) for path in chunks],
        },
        draft / MANIFEST,
    )
    settle(draft, place)
    return True


def _finished(draft: Path) -> list[Path]:
    """The chunks that a run finished before it was killed; what it began is taken away."""
    found: list[Path] = []
    for path in sorted(draft.glob("chunk-*.json")):
        whole = path.name == _chunk_name(len(found) + 1) and not list(
            changed_files(draft, document(path)["files"])
        )
        if not whole:
            break
        found.append(path)
    kept = {path.name for path in found} | {
        entry["name"] for path in found for entry in document(path)["files"]
    }
    for path in draft.iterdir():
        if path.name not in kept:
            path.unlink()
    return found


def _chunk_name(number: int) -> str:
    return f"chunk-{number:04}.json"


def _write_chunk(draft: Path, keys: Sequence[StatementKey], number: int) -> Path:
    with transaction.atomic():
        with connection.cursor() as cursor:
            prepare(cursor, keys)
            cursor.execute(_DIGESTS)
            digests = {(party, one): bytes(value) for party, one, value in cursor.fetchall()}
        statements = [_proof(row, digests) for row in _statements(keys)]
        currencies = sorted({one["header"]["currency"] for one in statements})
        files = [
            as_entry(
                write_table(table.query, draft / f"{table.name}-{number:04}.parquet", table.name, currencies)
            )
            for table in TABLES
        ]
        transaction.set_rollback(True)  # the tables that said what to select; nothing else was written
    path = draft / _chunk_name(number)
    write_document({"format": FORMAT, "statements": statements, "files": files}, path)
    return path


def _statements(keys: Sequence[StatementKey]) -> list[Statement]:
    found = Statement.objects.filter(
        party_id__in={party for party, _ in keys}, id__in=[number for _, number in keys]
    )
    return list(found.order_by("party_id", "id"))


def _proof(row: Statement, digests: dict[StatementKey, bytes]) -> dict[str, Any]:
    """What a statement's lines in the files are held against."""
    return {
        "header": {name: getattr(row, name) for name in HEADER},
        "previous_hash": bytes(row.previous_hash).hex(),
        "hash": bytes(row.hash).hex(),
        "lines_digest": digests.get((row.party_id, row.id), EMPTY_LINES).hex(),
    }


def _record(place: Path, *, month: date, part: int, at: datetime, actor: str) -> Archive:
    manifest = document(place / MANIFEST)
    chunks = [document(place / entry["name"]) for entry in manifest["chunks"]]
    contents = [(number, one) for number, chunk in enumerate(chunks) for one in chunk["statements"]]
    headers = [one["header"] for _, one in contents]
    sha256 = bytes.fromhex(sha256_of(place / MANIFEST))
    with transaction.atomic():
        latest = Archive.objects.order_by("-id").first()
        previous = bytes(latest.hash) if latest else GENESIS
        row = Archive.objects.create(
            month=month, part=part, made_at=at, actor=actor, folder=place.name, statements=len(headers),
            parties=len({one["party_id"] for one in headers}), lines=sum(one["line_count"] for one in headers),
            size_bytes=sum(path.stat().st_size for path in place.iterdir()), manifest_sha256=sha256,
            previous_hash=previous, hash=archive_hash(previous, sha256),
        )  # fmt: skip
        ArchivedStatement.objects.bulk_create(
            [
                ArchivedStatement(
                    party_id=one["header"]["party_id"], statement_id=one["header"]["id"], archive=row, chunk=number,
                    hash=bytes.fromhex(one["hash"]),
                )
                for number, one in contents
            ],
            batch_size=5000,
        )  # fmt: skip
        _assert_ours(row)
        ArchiveCheck.objects.create(archive=row, at=at, actor=actor, faults=0)
        record_change(
            at=at, actor=actor, action="archive.made", object_kind="archive", object_id=row.folder,
            after={"statements": row.statements, "lines": row.lines, "bytes": row.size_bytes,
                   "manifest_sha256": sha256.hex()},
        )  # fmt: skip
    return row


def _assert_ours(row: Archive) -> None:
    """A folder that was found under its name may be another installation's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.party_id, a.statement_id from settlement_archived_statement a left join settlement_statement s"
            " on s.party_id = a.party_id and s.id = a.statement_id"
            " where a.archive_id = %s and s.hash is distinct from a.hash limit 1",
            [row.id],
        )
        found = cursor.fetchone()
    if found:
        raise ArchiveDamaged(
            f"{row.folder} holds statement {found[1]} of party {found[0]}, which is not as it is here; nothing was"
            " recorded. Take the folder away and run again"
        )


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [ARCHIVING_LOCK])
        if not cursor.fetchone()[0]:
            raise ArchivingRunning("another process is archiving; wait for it to end")
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [ARCHIVING_LOCK])
