"""Imports: what each source came to, and every record that was refused."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from zhanggui.portals.api.access import caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import look
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.portals.api.schemas.outgoing import ImportOut, ImportPage, RejectPage
from zhanggui.settlement.intake.models import ImportRun, Reject

router = Router(tags=["imports"])


class ImportFilters(Schema):
    """Which imports."""

    business_line: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class RejectFilters(Schema):
    """Which page."""

    cursor: CursorText = ""
    limit: Limit = 100


def import_document(run: ImportRun) -> dict[str, Any]:
    """An import as `ImportOut`."""
    return {
        "id": run.id, "business_line": run.business_line.code, "format": run.format,
        "source": run.source_name, "state": run.state, "started_at": run.started_at,
        "finished_at": run.finished_at, "totals": run.totals,
        "records": run.cursor, "reject_code": run.reject_code, "reject_message": run.reject_message,
        "rejects": f"/api/v1/imports/{run.id}/rejects",
    }  # fmt: skip


@look(router, "/imports", ImportPage)
def list_imports(request: HttpRequest, filters: Query[ImportFilters]) -> Any:
    """Imports, oldest first."""
    caller(request).require("imports.view")
    rows = ImportRun.objects.select_related("business_line")
    if filters.business_line:
        rows = rows.filter(business_line__code=filters.business_line)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": [import_document(run) for run in shown], "next_cursor": following}


@look(router, "/imports/{import_id}", ImportOut)
def get_import(request: HttpRequest, import_id: Number) -> Any:
    """One import."""
    caller(request).require("imports.view")
    return import_document(_run(import_id))


@look(router, "/imports/{import_id}/rejects", RejectPage)
def list_rejects(request: HttpRequest, import_id: Number, filters: Query[RejectFilters]) -> Any:
    """What an import refused, record by record."""
    caller(request).require("imports.view")
    rows = Reject.objects.filter(import_run=_run(import_id))
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {
        "items": [
            {"id": one.id, "row": one.row_number, "code": one.code, "message": one.message, "raw": one.raw}
            for one in shown
        ],
        "next_cursor": following,
    }


def _run(import_id: int) -> ImportRun:
    run = ImportRun.objects.select_related("business_line").filter(id=import_id).first()
    if run is None:
        raise NotFound(f"There is no import {import_id}", import_id=import_id)
    return run
