"""Scheduled backups beyond retention lose their files and keep their rows; those that people asked for stay."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zhanggui.backups.models import Backup, BackupKind
from zhanggui.backups.operations.prune_backups import prune_backups
from zhanggui.backups.rules import Retention

LAST = datetime(2026, 3, 31, 3, tzinfo=UTC)


def made(folder: Path, days_ago: int, kind: BackupKind = BackupKind.SCHEDULED, failure: str = "") -> Backup:
    at = LAST - timedelta(days=days_ago)
    path = folder / f"{kind.value}-{days_ago}.zgbackup"
    path.write_bytes(b"x")
    return Backup.objects.create(
        kind=kind, started_at=at, ended_at=at, actor="clockwork", path=str(path), failure=failure
    )


@pytest.mark.django_db
def test_of_sixty_nights_the_last_days_weeks_and_months_stay(tmp_path: Path) -> None:
    for days_ago in range(60):
        made(tmp_path, days_ago)
    asked, failed = made(tmp_path, 50, BackupKind.MANUAL), made(tmp_path, 70, failure="disk full")
    retention = Retention(daily=3, weekly=2, monthly=2)
    gone = prune_backups(retention=retention, zone=UTC, at=LAST)
    # 31, 30 and 29 March by day; Sunday the 29th closes its week, the 31st stands for this one and for March; 28 February.
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {
        "scheduled-0.zgbackup", "scheduled-1.zgbackup", "scheduled-2.zgbackup", "scheduled-31.zgbackup",
        Path(asked.path).name, Path(failed.path).name,
    }  # fmt: skip
    assert len(gone) == 56 == Backup.objects.filter(removed_at=LAST).count()
    assert prune_backups(retention=retention, zone=UTC, at=LAST) == []


@pytest.mark.django_db
def test_a_file_that_is_gone_already_counts_as_removed(tmp_path: Path) -> None:
    made(tmp_path, 0)
    Path(made(tmp_path, 1).path).unlink()
    [gone] = prune_backups(retention=Retention(1, 1, 1), zone=UTC, at=LAST)
    assert gone.removed_at == LAST
