"""Archives of old periods: what was written into files, and when it was proved from them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    ListPage,
    QuerySetSource,
    StatusColumn,
    TextColumn,
)
from zhanggui.portals.desk.written import actor_name
from zhanggui.settlement.archives.queries import archives
from zhanggui.settlement.archives.rules import kept_until

STANDS = {
    "proved": Badge(gettext_lazy("Proved"), "green"), "faults": Badge(gettext_lazy("Damaged"), "red"),
    "gone": Badge(gettext_lazy("Files are gone"), "amber"),
}  # fmt: skip


def stands(row: Any) -> str:
    """How an archive came out when it was proved last, and whether its files are still there."""
    if row.faults:
        return "faults"
    return "proved" if (Path(settings.ARCHIVE_FOLDER) / row.folder).is_dir() else "gone"


class ArchiveList(ListPage):
    """Every archive made here."""

    name = "platform.archives"
    title = gettext_lazy("Archives")
    permission = "audit.view"
    sort = "-made_at"
    empty = gettext_lazy(
        "Nothing is archived yet. With a worker running, months that are old enough are archived every month."
    )

    def get_source(self) -> QuerySetSource:
        """Archives with their latest check."""
        return QuerySetSource(archives())

    def get_filters(self) -> Sequence[Any]:
        """By month."""
        return [DateRangeFilter("month", _("Month"), field="month")]

    def get_columns(self) -> Sequence[Column]:
        """Which month, how much, how it stands."""
        return [
            TextColumn("folder", _("Archive"), value=lambda row: row.label, code=True),
            StatusColumn("stands", _("Status"), badges=STANDS, value=stands),
            IntegerColumn("statements", _("Statements"), phone="line"),
            IntegerColumn("parties", _("Parties")),
            IntegerColumn("lines", _("Billed lines"), phone="amount"),
            IntegerColumn("size_bytes", _("Bytes")),
            DateTimeColumn("made_at", _("Archived"), sort="made_at"),
            DateTimeColumn("verified_at", _("Proved from the files")),
            DateColumn(
                "kept_until", _("To be kept until"),
                value=lambda row: kept_until(row.month, settings.RETENTION_YEARS),
            ),
            TextColumn("actor", _("Who"), value=lambda row: actor_name(row.actor)),
            TextColumn("hash", _("Fingerprint"), value=lambda row: bytes(row.hash).hex()[:16], code=True),
        ]  # fmt: skip

    def intro(self) -> SafeString:
        """What an archive is, and where the files are."""
        text = _(
            "Settled statements of old months as files. Their lines are in the database too. The folder is:"
        )
        return format_html("<p>{} <code>{}</code></p>", text, settings.ARCHIVE_FOLDER)
