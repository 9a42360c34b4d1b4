"""Archives of old periods: what was written into files, when it was proved from them, and the ranges of lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
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
    SelectFilter,
    SqlSource,
    StatusColumn,
    TextColumn,
)
from zhanggui.portals.desk.written import actor_name
from zhanggui.settlement.archives.queries import archives
from zhanggui.settlement.archives.ranges import LISTED
from zhanggui.settlement.archives.rules import kept_until

STANDS = {
    "proved": Badge(gettext_lazy("Proved"), "green"), "faults": Badge(gettext_lazy("Damaged"), "red"),
    "gone": Badge(gettext_lazy("Files are gone"), "amber"),
}  # fmt: skip

RANGE_STATES = {
    "open": Badge(gettext_lazy("Lines go here"), "blue"), "closed": Badge(gettext_lazy("Nothing new"), "grey"),
    "finished": Badge(gettext_lazy("Never written again"), "green"),
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
        return format_html(
            '<p>{} <code>{}</code></p><p><a href="{}">{}</a></p>', text, settings.ARCHIVE_FOLDER,
            reverse("platform:line_ranges"), _("The ranges that lines stand in"),
        )  # fmt: skip


class LineRangeList(ListPage):
    """The ranges of line numbers that billed and staged lines stand in."""

    name = "platform.line_ranges"
    title = gettext_lazy("Ranges of lines")
    permission = "audit.view"
    sort = "name"
    empty = gettext_lazy("There are no ranges.")

    def get_source(self) -> SqlSource:
        """What the database's catalogue says."""
        names = ("name", "table_name", "state", "first_line", "finished_at")
        return SqlSource(
            select=f"select * from {LISTED} r where {{where}}",
            fields={name: f"r.{name}" for name in names},
            key="name",
        )

    def get_filters(self) -> Sequence[Any]:
        """By how they stand."""
        return [SelectFilter("state", _("Status"), [(name, one.label) for name, one in RANGE_STATES.items()])]

    def get_columns(self) -> Sequence[Column]:
        """Which numbers, how much, how it stands."""
        return [
            TextColumn("name", _("Range"), code=True, sort="name"),
            StatusColumn("state", _("Status"), badges=RANGE_STATES),
            IntegerColumn("first_line", _("First number")),
            TextColumn("end_line", _("Ends before"), value=lambda row: f"{row.end_line:,}" if row.end_line else ""),
            IntegerColumn("rows", _("Rows, about"), phone="line"),
            IntegerColumn("size_bytes", _("Bytes"), phone="amount"),
            DateTimeColumn("finished_at", _("Finished on"), nullable=True),
            TextColumn("asked_by", _("Asked by"), value=lambda row: actor_name(row.asked_by or "")),
            TextColumn("actor", _("Approved by"), value=lambda row: actor_name(row.actor or "")),
        ]  # fmt: skip

    def intro(self) -> SafeString:
        """What a finished range is, and how one becomes it."""
        text = _(
            "A finished range is never written again: its lines are settled, archived, proved row by row from the"
            " files, and older than the law asks. To ask for the oldest one:"
        )
        return format_html("<p>{} <code>zhanggui archive finish-range</code></p>", text)
