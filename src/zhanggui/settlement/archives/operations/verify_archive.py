"""Verify an archive: read its files to the last byte and prove every statement from them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.archives.errors import ArchiveDamaged
from zhanggui.settlement.archives.models import Archive, ArchiveCheck, ArchivedStatement
from zhanggui.settlement.archives.proving import folder_faults
from zhanggui.settlement.archives.queries import chunks_of
from zhanggui.settlement.archives.rules import kept_until

FAULTS_SHOWN = 100


@dataclass
class Verified:
    """What reading an archive again found; `let_go` if its folder is gone and may be, for its time is over."""

    archive: Archive
    faults: int = 0
    shown: list[str] = field(default_factory=list)
    let_go: bool = False

    def add(self, fault: str) -> None:
        """This method will count a fault, and keep the first FAULTS_SHOWN."""
        self.faults += 1
        if self.faults <= FAULTS_SHOWN:
            self.shown.append(fault)


def verify_archive(
    *, archive: Archive, folder: Path, years: int, today: date, at: datetime, actor: str
) -> Verified:
    """This function will prove every statement of an archive from its files, hold their hashes against the record,
    and write down what came of it. No billed line of the database is looked at.

    A folder that is gone is a fault until `years` after the month, see `kept_until`.
    """
    found, place = Verified(archive), folder / archive.folder
    if not place.exists() and today > kept_until(archive.month, years):
        found.let_go = True
        return found
    for fault in folder_faults(place):
        found.add(fault)
    _against_record(found, folder)
    with transaction.atomic():
        ArchiveCheck.objects.create(
            archive=archive, at=at, actor=actor, faults=found.faults, first_fault="".join(found.shown[:1])
        )
        record_change(
            at=at, actor=actor, action="archive.verified", object_kind="archive", object_id=archive.folder,
            after={"faults": found.faults, "first_fault": "".join(found.shown[:1])},
        )  # fmt: skip
    return found


def _against_record(found: Verified, folder: Path) -> None:
    recorded = {
        (party, number): bytes(value).hex()
        for party, number, value in ArchivedStatement.objects.filter(archive=found.archive)
        .values_list("party_id", "statement_id", "hash").iterator(chunk_size=5000)
    }  # fmt: skip
    try:
        for chunk in chunks_of(folder, found.archive):
            for one in chunk["statements"]:
                header = one["header"]
                if recorded.pop((header["party_id"], header["id"]), None) != one["hash"]:
                    found.add(f"statement {header['number']}: its hash is not the one that was recorded")
    except ArchiveDamaged as damaged:
        found.add(str(damaged))
        return
    for party, number in recorded:
        found.add(f"statement {number} of party {party} is recorded and not in the files")
