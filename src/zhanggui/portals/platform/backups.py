"""Backups: what there is, how the last one came out, one more now, and an alarm when none is young enough."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhanggui.backups.models import Backup, BackupKind
from zhanggui.backups.queries import backup_running, latest_good, too_old
from zhanggui.clockwork.tasks import back_up_now, test_backup_now
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    ListPage,
    QuerySetSource,
    SelectFilter,
    StatusColumn,
    TextColumn,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs

KINDS = {
    BackupKind.SCHEDULED.value: gettext_lazy("By schedule"),
    BackupKind.MANUAL.value: gettext_lazy("On demand"),
}
CAME_OUT = {
    "good": Badge(gettext_lazy("Read back"), "green"), "failed": Badge(gettext_lazy("Failed"), "red"),
    "removed": Badge(gettext_lazy("Taken away"), "grey"), "gone": Badge(gettext_lazy("File is gone"), "amber"),
}  # fmt: skip


def overdue(request: HttpRequest) -> int:
    """1 when the last good backup is too old: the alarm in the menu."""
    return int(too_old(now=timezone.now(), most=timedelta(hours=settings.BACKUP_ALARM_HOURS)))


def came_out(row: Backup) -> str:
    """How a backup came out, and whether its file is still there."""
    if row.failure:
        return "failed"
    if row.removed_at is not None:
        return "removed"
    return "good" if Path(row.path).is_file() else "gone"


class BackupList(ListPage):
    """Every backup made here."""

    name = "platform.backups"
    title = gettext_lazy("Backups")
    permission = "audit.view"
    sort = "-ended_at"
    empty = gettext_lazy("No backup yet. Make one now; with a worker running there is one every night.")

    def get_source(self) -> QuerySetSource:
        """Backups."""
        return QuerySetSource(Backup.objects.all())

    def get_filters(self) -> Sequence[Any]:
        """By day and kind."""
        return [
            DateRangeFilter("ended", _("Time"), field="ended_at"),
            SelectFilter("kind", _("Kind"), list(KINDS.items())),
        ]

    def get_columns(self) -> Sequence[Column]:
        """When, what, how big, how it came out."""
        return [
            DateTimeColumn("ended_at", _("Time"), sort="ended_at"),
            StatusColumn("came_out", _("Status"), badges=CAME_OUT, value=came_out),
            TextColumn("kind", _("Kind"), value=lambda row: KINDS.get(row.kind, row.kind)),
            IntegerColumn("size_bytes", _("Bytes"), phone="amount"),
            TextColumn("keys", _("Keys"), value=lambda row: _("in it, sealed") if row.with_keys else _("left out")),
            DateTimeColumn("tested_at", _("Restored for a test"), nullable=True, phone="line"),
            TextColumn("sealed", _("Seal"), value=lambda row: row.seal_key or _("not sealed"), code=True),
            TextColumn("path", _("File"), value=lambda row: row.path, code=True, wrap=True),
            TextColumn("actor", _("Who"), value=lambda row: actor_name(row.actor)),
            TextColumn("failure", _("What went wrong"), value=lambda row: row.failure, wrap=True),
            TextColumn("sha256", "SHA-256", value=lambda row: row.sha256[:16], code=True, shown=False),
        ]  # fmt: skip

    def intro(self) -> SafeString:
        """The alarm, or when the last good one was made."""
        latest = latest_good()
        if backup_running():
            return format_html('<p class="notice">{}</p>', _("A backup is being made just now."))
        if overdue(self.request):
            text = _("The last good backup is older than %(hours)s hours, or there is none. Make one now.")
            return format_html(
                '<p class="notice is-error" role="alert">{}</p>',
                text % {"hours": settings.BACKUP_ALARM_HOURS},
            )
        when = timezone.localtime(latest.ended_at) if latest else None
        return format_html("<p>{}</p>", _("Last good backup: %(when)s") % {"when": f"{when:%Y-%m-%d %H:%M}"})

    def page_actions(self) -> list[Action]:
        """Run now."""
        if not may(self.user, "backups.run"):
            return []
        tested = Action(_("Test the latest"), reverse("platform:test_backup"), post=True, icon="check")
        return [
            *([tested] if latest_good() else []),
            Action(_("Back up now"), reverse("platform:back_up"), kind="primary", post=True, icon="download"),
        ]


@require_POST
@needs("backups.run")
def back_up_page(request: HttpRequest) -> HttpResponse:
    """Queue a backup; the worker makes it."""
    back_up_now.defer(actor=request.user.get_username())
    messages.success(request, _("A backup is under way; reload this page in a moment."))
    return HttpResponseRedirect(reverse("platform:backups"))


@require_POST
@needs("backups.run")
def test_page(request: HttpRequest) -> HttpResponse:
    """Queue a test of the latest backup; the worker restores it beside the database and takes it away again."""
    test_backup_now.defer(actor=request.user.get_username())
    messages.success(request, _("The latest backup is being tested; reload this page in a moment."))
    return HttpResponseRedirect(reverse("platform:backups"))
