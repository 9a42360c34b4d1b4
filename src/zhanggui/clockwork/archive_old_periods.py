"""Archive what is old enough, by the clock, and prove archives again in turn."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo

from django.conf import settings

from zhanggui.settlement.archives.errors import ArchiveDamaged
from zhanggui.settlement.archives.models import Archive
from zhanggui.settlement.archives.operations.archive_month import archive_month
from zhanggui.settlement.archives.operations.verify_archive import Verified, verify_archive
from zhanggui.settlement.archives.queries import months_to_archive, to_verify
from zhanggui.settlement.archives.rules import shifted

VERIFIED_AT_ONCE = 4
"""Archives proved again in a run: with one run a month, each of four years' archives once a year."""


def archive_old_periods(*, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> list[Archive]:
    """This function will archive the settled statements of months that ended ZHANGGUI_ARCHIVE_AFTER_MONTHS ago or
    before, then prove the archives whose latest check is the oldest, and return what it archived.

    Raises ArchiveDamaged after all of that when a file is gone or changed, and what `archive_month` raises.
    """
    before = shifted(clock().astimezone(zone).date(), -settings.ARCHIVE_AFTER_MONTHS)
    made = [
        archive_due(month=month, clock=clock, zone=zone, actor=actor) for month in months_to_archive(before)
    ]
    checked = [
        verify_now(archive=row, clock=clock, zone=zone, actor=actor) for row in to_verify(VERIFIED_AT_ONCE)
    ]
    for found in checked:
        if found.faults:
            raise ArchiveDamaged(
                f"archive {found.archive.label}: {found.faults} faults, the first: {found.shown[0]}; put its files"
                " back from a copy, then `zhanggui archive verify`"
            )
    return [row for row in made if row is not None]


def archive_due(*, month: date, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> Archive | None:
    """This function will archive a month (its first day) in the installation's folder, see `archive_month`."""
    at = clock()
    return archive_month(
        month=month, folder=settings.ARCHIVE_FOLDER, today=at.astimezone(zone).date(), at=at, actor=actor
    )


def verify_now(*, archive: Archive, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> Verified:
    """This function will prove an archive from the installation's folder, see `verify_archive`."""
    at = clock()
    return verify_archive(
        archive=archive, folder=settings.ARCHIVE_FOLDER, years=settings.RETENTION_YEARS,
        today=at.astimezone(zone).date(), at=at, actor=actor,
    )  # fmt: skip
