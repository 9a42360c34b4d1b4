"""Take away scheduled backups that retention does not keep."""

from datetime import datetime, tzinfo
from pathlib import Path

from zhanggui.backups.models import Backup, BackupKind
from zhanggui.backups.rules import Retention, kept


def prune_backups(*, retention: Retention, zone: tzinfo, at: datetime) -> list[Backup]:
    """This function will remove the files of scheduled backups that are not kept, and return their rows.

    Backups that people asked for stay until people remove them. A file that is gone already counts as removed.
    """
    rows = list(Backup.objects.filter(kind=BackupKind.SCHEDULED, failure="", removed_at=None))
    keep = kept([(row.id, row.started_at) for row in rows], retention=retention, zone=zone)
    gone = [row for row in rows if row.id not in keep]
    for row in gone:
        Path(row.path).unlink(missing_ok=True)
        row.removed_at = at
        row.save(update_fields=["removed_at"])
    return gone
