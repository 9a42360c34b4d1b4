"""Imports: a file that is uploaded, what each source came to, and every record that was refused."""

from pathlib import PurePath
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import File, Form, Query, Router, Schema, UploadedFile

from zhanggui.clockwork.take_in_upload import taking
from zhanggui.clockwork.tasks import enqueue_upload
from zhanggui.files.checking import check_size
from zhanggui.journeys.order_file_uploaded import order_file_uploaded
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.errors import NotFound, UnknownParameter
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import READ_ERRORS, ErrorAnswer, act, look
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.portals.api.schemas.outgoing import ImportOut, ImportPage, RejectPage
from zhanggui.settlement.entities.queries import business_line as line_by_code
from zhanggui.settlement.intake.models import ImportRun, Reject
from zhanggui.settlement.intake.order_files import ORDER_FILES
from zhanggui.settlement.intake.reject_rows import reject_lines

router = Router(tags=["imports"])
CSV = {
    "responses": {"200": {"description": "The file", "content": {"text/csv": {"schema": {"type": "string"}}}}}
}


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
        "rejects_file": f"/api/v1/imports/{run.id}/rejects-file",
    }  # fmt: skip


@act(router, "/imports", ImportOut, status=202)
def upload_orders(request: HttpRequest, business_line: Form[Code], file: File[UploadedFile]) -> Any:
    """Upload a file of orders and refunds in our own format (docs/reference/import-formats.md): .csv, .csv.gz,
    .jsonl, .jsonl.gz or .parquet of at most 100 MB, as multipart/form-data. A job takes it in: ask for the import
    again until its `state` is done or failed; `records` counts what was read so far. A broken row becomes a reject,
    the rest goes on. The same file again is the same import."""
    who = caller(request)
    who.require("imports.create")
    _refuse_more(request)
    line = line_by_code(business_line)
    name = PurePath(file.name or "").name
    check_size(name, file.size or 0, ORDER_FILES)
    run = order_file_uploaded(
        parts=file.chunks(), name=name, business_line=line, actor=who.actor, taking=taking(),
        enqueue=lambda made: enqueue_upload(made.id), at_once=0,
    )  # fmt: skip
    return import_document(_run(run.id))


def _refuse_more(request: HttpRequest) -> None:
    """Parts nobody asked for would be lost in silence."""
    sent = [*request.POST.lists(), *request.FILES.lists()]
    wrong = [name for name, values in sent if name not in ("business_line", "file") or len(values) > 1]
    if wrong:
        raise UnknownParameter(
            f"The part {wrong[0]!r} is not taken, or stands there twice; send `business_line` and `file` once each",
            part=wrong[0],
        )


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


@router.get(
    "/imports/{import_id}/rejects-file",
    operation_id="get_rejects_file",
    response=dict.fromkeys(READ_ERRORS, ErrorAnswer),
    openapi_extra=CSV,
)
def get_rejects_file(request: HttpRequest, import_id: Number) -> StreamingHttpResponse:
    """What an import refused as a CSV file: row, code, message, and the row itself."""
    caller(request).require("imports.view")
    run = _run(import_id)
    answer = StreamingHttpResponse(
        (line.encode() for line in reject_lines(run)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="rejects-{run.id}.csv"'
    return answer


def _run(import_id: int) -> ImportRun:
    run = ImportRun.objects.select_related("business_line").filter(id=import_id).first()
    if run is None:
        raise NotFound(f"There is no import {import_id}", import_id=import_id)
    return run
