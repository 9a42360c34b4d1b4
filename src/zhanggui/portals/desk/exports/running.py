"""Runs one export: reads the filter through the list kernel, writes the file, records count and sums."""

import logging
import os
import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.exports.writers import WRITERS
from zhanggui.portals.desk.lists import registry
from zhanggui.portals.desk.lists.page import ListPage
from zhanggui.portals.desk.models import Export
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.rows.replica import on_replica
from zhanggui.settlement.fees.queries.fee_types import one_catalogue

KEPT = timedelta(days=7)
INLINE_ROWS = 5_000
logger = logging.getLogger("zhanggui.exports")


class ListGone(Refusal):
    """The list of an export is gone, or its owner may not see it any more."""

    code = "list_gone"


def export_folder() -> Path:
    """Where finished files are kept; made on first use, readable by the owner only."""
    home = (
        getattr(settings, "ZHANGGUI_HOME", None)
        or os.environ.get("ZHANGGUI_HOME")
        or Path.home() / ".zhanggui"
    )
    folder = Path(home) / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def list_of(export: Export) -> ListPage:
    """The list page as it stood when the export was asked for.

    Raises ListGone when the list is gone or the owner may not see it any more.
    """
    page_class = registry.find(export.list_name)
    if page_class is None or not may(export.owner, page_class.permission):
        raise ListGone(
            "This list does not exist any more, or you may not see it; ask your administrator.",
            list_name=export.list_name,
        )
    return page_class(user=export.owner, params=QueryDict(export.query), scope=export.scope)


def run_export(export_id: int) -> Export:
    """Write the file of a queued export. Running it again starts over; a finished one is left alone.

    The export ends `done`, or `failed` with a sentence the owner can act on; nothing half written is kept.
    """
    with transaction.atomic():
        export = Export.objects.select_for_update().select_related("owner").get(pk=export_id)
        if export.state in (Export.State.DONE, Export.State.EXPIRED):
            return export
        export.state, export.rows_done, export.failure = Export.State.RUNNING, 0, ""
        export.save(update_fields=["state", "rows_done", "failure"])
    final = export_folder() / f"{export.pk}-{export.list_name.replace('.', '-')}.{export.file_format}"
    partial = final.with_suffix(final.suffix + ".partial")
    try:
        with translation.override(export.language):
            _write(export, partial)
        shutil.move(partial, final)
    except Exception as failure:
        partial.unlink(missing_ok=True)
        logger.exception("export %s failed", export.pk)
        if isinstance(failure, Refusal):
            reason = refusal_text(failure, export.language)
        else:
            with translation.override(export.language):
                reason = _("this is our fault; report it as export %(number)s") % {"number": export.pk}
        Export.objects.filter(pk=export.pk).update(
            state=Export.State.FAILED, failure=reason, finished_at=timezone.now()
        )
        return Export.objects.get(pk=export.pk)
    now = timezone.now()
    export.state, export.finished_at, export.expires_at = Export.State.DONE, now, now + KEPT
    export.file_name, export.file_bytes = final.name, final.stat().st_size
    export.save()
    return export


def remove_expired() -> int:
    """Delete files past their time; the rows stay as a record. Returns how many were removed."""
    gone = list(Export.objects.filter(state=Export.State.DONE, expires_at__lt=timezone.now()))
    for export in gone:
        (export_folder() / export.file_name).unlink(missing_ok=True)
        export.state = Export.State.EXPIRED
        export.save(update_fields=["state"])
    return len(gone)


def _write(export: Export, path: Path) -> None:
    with _ProgressLine(export.pk) as progress:
        export.rows_done, export.sums = on_replica(lambda: _read(export, path, progress))
    export.rows_total = export.rows_done


def _read(export: Export, path: Path, progress: "_ProgressLine") -> tuple[int, dict[str, str]]:
    """Read the list into the file: how many rows, and the sums as they are shown."""
    page = list_of(export)
    columns, totals = page.shown_columns, page.totals
    progress.expect(totals.count)
    with one_catalogue():
        rows = WRITERS[export.file_format](path, columns, page.stream(), progress)
    return rows, {
        str(column.label): column.total_html(totals.sums[field])
        for column in columns
        if (field := column.total_field)
    }


class _ProgressLine:
    """Writes progress on a connection of its own: the rows are read in one long transaction on the other."""

    def __init__(self, export_id: int) -> None:
        self._export_id = export_id
        self._connection = connection.copy()

    def __enter__(self) -> "_ProgressLine":
        return self

    def __exit__(self, *_raised: object) -> None:
        self._connection.close()

    def expect(self, rows: int) -> None:
        """So many are to come."""
        with self._connection.cursor() as cursor:
            cursor.execute("update desk_export set rows_total = %s where id = %s", [rows, self._export_id])

    def __call__(self, rows: int) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute("update desk_export set rows_done = %s where id = %s", [rows, self._export_id])
