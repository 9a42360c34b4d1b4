"""Ask that the oldest range of lines be finished: prove it from the files, and put it up for approval."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.settlement.archives.errors import ArchiveDamaged, RangeNotInFiles
from zhanggui.settlement.archives.finishing import (
    archives_in,
    figures,
    missing_from_files,
    next_to_finish,
    refuse_open,
    refuse_young,
)
from zhanggui.settlement.archives.operations.verify_archive import verify_archive

APPROVAL_KIND = "line_range"


def request_finishing(
    *, folder: Path, years: int, today: date, currency: str, at: datetime, maker: str
) -> Approval:
    """This function will prove every archive with lines of the oldest unfinished range from its files, hold each row
    of the range against them, and put the range with its digests up for approval. No money moves: the amount is 0.

    Must run outside any transaction. Changes nothing but records of checks. Raises RangeNotClosed, RangeNotSettled,
    RangeTooYoung, ArchiveDamaged, RangeNotInFiles, and AlreadyRequested.
    """
    found = next_to_finish()
    first, end = found.first, found.end or 0
    refuse_open(first, end)
    archives = archives_in(first, end)
    refuse_young(archives, years, today)
    for row in archives:
        proved = verify_archive(archive=row, folder=folder, years=years, today=today, at=at, actor=maker)
        if proved.faults or proved.let_go:
            fault = proved.shown[0] if proved.shown else f"{folder / row.folder} is not there"
            raise ArchiveDamaged(f"{fault}; put the files of {row.label} back from a copy")
    for fault in missing_from_files(first, end, folder, archives):
        raise RangeNotInFiles(f"{fault}; nothing was asked for. Find out who changed them", first=first)
    with transaction.atomic():
        wanted = figures(first, end, archives)
        return request_approval(
            kind=APPROVAL_KIND, subject=str(first),
            title=f"{wanted.billed} billed lines, {wanted.staged} lines of orders, never to be written again",
            amount_minor=0, currency=currency, payload=asdict(wanted), maker=maker, at=at,
        )  # fmt: skip
