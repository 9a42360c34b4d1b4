"""Backups: which there are and how each came out."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from zhanggui.backups.models import Backup
from zhanggui.clockwork.tasks import back_up_now, test_backup_now
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.outgoing import Paged

router = Router(tags=["backups"])


class BackupFilters(Schema):
    """Where to go on."""

    cursor: CursorText = ""
    limit: Limit = 100


class BackupOut(Schema):
    """One attempt at a backup; `failure` is empty when it was written and read back."""

    id: int
    kind: str
    started_at: datetime
    ended_at: datetime
    size_bytes: int
    sha256: str
    with_keys: bool
    seal_key: str
    tested_at: datetime | None
    failure: str
    removed_at: datetime | None


class QueuedOut(Schema):
    """The job that was put into the queue."""

    job: int


class BackupPage(Paged):
    """Backups, oldest first."""

    items: list[BackupOut]


@look(router, "/backups", BackupPage)
def list_backups(request: HttpRequest, filters: Query[BackupFilters]) -> Any:
    """Backups made here and how they came out."""
    who = caller(request)
    who.require("audit.view")
    shown, following = keyset(Backup.objects.all(), cursor=filters.cursor, limit=filters.limit)
    return {"items": list(shown), "next_cursor": following}


@act(router, "/backups", QueuedOut, status=202)
def back_up(request: HttpRequest) -> Any:
    """Back up now: a job makes it, and the list of backups shows how it came out."""
    who = caller(request)
    who.require("backups.run")
    return {"job": back_up_now.defer(actor=who.actor)}


@act(router, "/backups/tests", QueuedOut, status=202)
def test_latest_backup(request: HttpRequest) -> Any:
    """Test the latest backup: a job restores it into a database of its own; `tested_at` says that it came back."""
    who = caller(request)
    who.require("backups.run")
    return {"job": test_backup_now.defer(actor=who.actor)}
