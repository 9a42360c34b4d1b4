"""Reads over archives: what there is, what could be archived, and where a statement stands."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import F, OuterRef, QuerySet, Subquery

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.archives.errors import ArchiveDamaged, NotArchived
from zhanggui.settlement.archives.files import MANIFEST, changed_files, document, sha256_of
from zhanggui.settlement.archives.models import Archive, ArchiveCheck, ArchivedStatement
from zhanggui.settlement.archives.rules import SETTLED, next_month
from zhanggui.settlement.archives.tables import LINES
from zhanggui.settlement.details.queries import DetailKey

_FREE = """
from settlement_statement s where s.ends_before > %s and s.ends_before <= %s and not exists (
  select from settlement_archived_statement a where a.party_id = s.party_id and a.statement_id = s.id)
"""


def archives() -> QuerySet[Archive]:
    """This function will return every archive with `verified_at` and `faults` of its latest check."""
    latest = ArchiveCheck.objects.filter(archive=OuterRef("pk")).order_by("-id")
    return Archive.objects.annotate(
        verified_at=Subquery(latest.values("at")[:1]), faults=Subquery(latest.values("faults")[:1])
    )


def settled_statements(month: date) -> list[tuple[int, int]]:
    """This function will return the settled statements (party, id) of periods that ended in a month and that are in
    no archive."""
    rows = rows_of(
        f"select s.party_id, s.id {_FREE} and s.state = any(%s) order by s.party_id, s.id",
        [month, next_month(month), list(SETTLED)],
    )
    return [(row["party_id"], row["id"]) for row in rows]


def unsettled_count(month: date) -> int:
    """This function will count the statements of a month that are in no archive because something is still open."""
    rows = rows_of(
        f"select count(*) as found {_FREE} and not s.state = any(%s)",
        [month, next_month(month), list(SETTLED)],
    )
    return int(rows[0]["found"])


def months_to_archive(before: date) -> list[date]:
    """This function will return the months, all before the one of `before`, with settled statements that are in no
    archive; the earliest first."""
    rows = rows_of(
        f"select distinct date_trunc('month', s.ends_before - 1)::date as month {_FREE} and s.state = any(%s)"
        " order by 1",
        [date(1, 1, 1), before.replace(day=1), list(SETTLED)],
    )
    return [row["month"] for row in rows]


def to_verify(limit: int) -> list[Archive]:
    """This function will return the archives whose latest check is the oldest."""
    return list(archives().order_by(F("verified_at"), "id")[:limit])


def chunk_of(folder: Path, party_id: int, statement_id: int) -> tuple[Path, dict[str, Any]]:
    """This function will return the archive's folder and the chunk's document in which a statement stands.

    Raises NotArchived, ArchiveDamaged.
    """
    found = ArchivedStatement.objects.filter(party_id=party_id, statement_id=statement_id).first()
    if found is None:
        raise NotArchived(
            f"statement {statement_id} of party {party_id} is in no archive; `zhanggui archive list` shows what is"
        )
    entry = manifest_of(folder, found.archive)["chunks"][found.chunk]
    return folder / found.archive.folder, _chunk(folder / found.archive.folder, entry)


def statement_of(folder: Path, key: DetailKey) -> tuple[int, int]:
    """This function will return on which archived statement (party, id) a detail's line stands, by the files alone.

    Raises NotArchived, ArchiveDamaged.
    """
    where = (
        (pc.field("party_id") == key.party_id) & (pc.field("line_id") == key.line_id)
        & (pc.field("event_id") == key.event_id)
    )  # fmt: skip
    places = ArchivedStatement.objects.filter(party_id=key.party_id).order_by(
        "archive_id", "chunk", "statement_id"
    )
    for _, own in groupby(places, lambda row: (row.archive_id, row.chunk)):
        place, chunk = chunk_of(folder, key.party_id, next(own).statement_id)
        [lines] = [entry for entry in chunk["files"] if entry["table"] == LINES]
        for fault in changed_files(place, [lines]):
            raise ArchiveDamaged(f"{fault}; put the file back from a copy")
        found = pq.read_table(place / lines["name"], columns=["statement_id"], filters=where)
        if len(found):
            return key.party_id, int(found["statement_id"][0].as_py())
    raise NotArchived(f"the line of detail {key} is in no archive; `zhanggui archive list` shows what is")


def chunks_of(folder: Path, archive: Archive) -> Iterator[dict[str, Any]]:
    """This function will yield the documents of an archive's chunks. Raises ArchiveDamaged."""
    for entry in manifest_of(folder, archive)["chunks"]:
        yield _chunk(folder / archive.folder, entry)


def manifest_of(folder: Path, archive: Archive) -> dict[str, Any]:
    """This function will return an archive's manifest if it is the one that was recorded. Raises ArchiveDamaged."""
    path = folder / archive.folder / MANIFEST
    found = document(path)
    if sha256_of(path) != bytes(archive.manifest_sha256).hex():
        raise ArchiveDamaged(
            f"{path} is not the one that was recorded; put it back from a copy", path=str(path)
        )
    return found


def _chunk(folder: Path, entry: dict[str, Any]) -> dict[str, Any]:
    for fault in changed_files(folder, [entry]):
        raise ArchiveDamaged(f"{fault}; put the file back from a copy")
    return document(folder / entry["name"])
