"""Reads over backups."""

from datetime import datetime, timedelta

from django.db import connection

from zhanggui.backups.models import Backup

BACKUP_LOCK = 0x5A47_0004


def applied_migrations() -> list[str]:
    """This function will return every migration the database has, as `app.name`: what its tables are."""
    with connection.cursor() as cursor:
        cursor.execute("select app || '.' || name from django_migrations order by 1")
        return [str(name) for (name,) in cursor.fetchall()]


def latest_good() -> Backup | None:
    """This function will return the latest backup that came out well and is still kept."""
    return Backup.objects.filter(failure="", removed_at=None).order_by("-ended_at").first()


def keys_in_use() -> set[bytes]:
    """This function will return the ids of the ring's keys under which backups that are kept are sealed."""
    rows = Backup.objects.filter(failure="", removed_at=None).exclude(seal_key="")
    return {bytes.fromhex(key_id) for key_id in rows.values_list("seal_key", flat=True).distinct()}


def too_old(*, now: datetime, most: timedelta) -> bool:
    """This function will say whether the last good backup is older than `most`, or there is none."""
    latest = latest_good()
    return latest is None or now - latest.ended_at > most


def backup_running() -> bool:
    """This function will say whether a process is making a backup just now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists(select from pg_locks where locktype = 'advisory' and classid = 0 and objid = %s"
            " and objsubid = 1 and granted and database = (select oid from pg_database"
            " where datname = current_database()))",
            [BACKUP_LOCK],
        )
        return bool(cursor.fetchone()[0])
