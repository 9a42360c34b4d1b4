"""Exports: the lists of the screens as files, kept for a while."""

from typing import Any

from django.http import FileResponse, HttpRequest, QueryDict
from django.utils.translation import get_language
from ninja import Query, Router, Schema

from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import ApiRefusal, NotFound, NotReady
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import READ_ERRORS, ErrorAnswer, act, look
from zhanggui.portals.api.schemas.fields import Number
from zhanggui.portals.api.schemas.incoming import ExportIn
from zhanggui.portals.api.schemas.outgoing import ExportOut, ExportPage
from zhanggui.portals.desk.exports import running
from zhanggui.portals.desk.lists import registry
from zhanggui.portals.desk.models import Export

router = Router(tags=["exports"])
BINARY = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


class UnknownList(ApiRefusal):
    """No list of this name can be exported by this caller."""

    code = "unknown_list"
    http_status = 404


class PageFilters(Schema):
    """Which page."""

    cursor: CursorText = ""
    limit: Limit = 50


@act(router, "/exports", ExportOut, status=201)
def request_export(request: HttpRequest, payload: ExportIn) -> Any:
    """Ask for a list as a file. Small ones are done with the answer, large ones are written by the worker:
    look at the export until its state is `done`."""
    who = caller(request)
    who.require("exports.create", "own_exports.create")
    _require_list(who, payload.list)
    export = Export(
        owner=who.user, list_name=payload.list, query=QueryDict(payload.query).urlencode(),
        scope={} if who.party_id is None else {"party_id": who.party_id},
        language=get_language() or "en", file_format=payload.format,
    )  # fmt: skip
    try:
        page = running.list_of(export)
        export.title, export.rows_total = str(page.title)[:120], page.totals.count
    except (KeyError, running.ListGone) as needs_more:
        raise UnknownList(f"The list {payload.list!r} cannot be exported as a whole") from needs_more
    export.save()
    if export.rows_total < running.INLINE_ROWS:
        return export_document(running.run_export(export.pk))
    from zhanggui.portals.desk import tasks

    tasks.run_export.defer(export_id=export.pk)
    return export_document(export)


@look(router, "/exports", ExportPage)
def list_exports(request: HttpRequest, filters: Query[PageFilters]) -> Any:
    """The exports of the person behind the key."""
    who = caller(request)
    who.require("exports.create", "own_exports.create")
    rows = Export.objects.filter(owner=who.user)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": [export_document(row) for row in shown], "next_cursor": following}


@look(router, "/exports/{export_id}", ExportOut)
def get_export(request: HttpRequest, export_id: Number) -> Any:
    """One export."""
    return export_document(_find(caller(request), export_id))


@router.get(
    "/exports/{export_id}/file",
    response=dict.fromkeys((*READ_ERRORS, 409), ErrorAnswer),
    operation_id="get_export_file",
    openapi_extra={"responses": {"200": {"description": "The file"} | BINARY}},
)
def get_export_file(request: HttpRequest, export_id: Number) -> Any:
    """The file of a finished export."""
    export = _find(caller(request), export_id)
    if export.state != Export.State.DONE:
        raise NotReady(f"Export {export.pk} is {export.state}; ask again when it is done", state=export.state)
    path = running.export_folder() / export.file_name
    if not path.is_file():
        raise NotFound(f"The file of export {export.pk} is gone; ask for a new one", export_id=export.pk)
    return FileResponse(path.open("rb"), as_attachment=True, filename=export.file_name,
                        content_type="application/octet-stream")  # fmt: skip


def _require_list(who: Caller, name: str) -> None:
    """A list of the caller's portal that the key's role, not only its person, may see. Raises UnknownList."""
    portal = "platform." if who.is_platform else "merchant."
    found = registry.find(name) if name.startswith(portal) else None
    if found is None or not (found.permission is None or who.standing.may(found.permission)):
        raise UnknownList(f"There is no list {name!r} for you to export", list=name)


def _find(who: Caller, export_id: int) -> Export:
    who.require("exports.create", "own_exports.create")
    row = Export.objects.filter(id=export_id, owner=who.user).first()
    # A key sees what its role asked for, not what its person exports elsewhere.
    if row is None or (who.party_id is not None and row.scope.get("party_id") != who.party_id):
        raise NotFound(f"There is no export {export_id}", export_id=export_id)
    return row


def export_document(row: Export) -> dict[str, Any]:
    """An export as `ExportOut`."""
    done = row.state == Export.State.DONE
    return {
        "id": row.pk, "list": row.list_name, "title": row.title, "format": row.file_format,
        "state": row.state,
        "rows_done": row.rows_done, "rows_total": row.rows_total, "failure": row.failure,
        "created_at": row.created_at, "finished_at": row.finished_at, "expires_at": row.expires_at,
        "file": f"/api/v1/exports/{row.pk}/file" if done else None,
    }  # fmt: skip
