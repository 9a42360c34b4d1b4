"""Archives of old periods: which there are and when each was proved."""

from datetime import date, datetime
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router, Schema

from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import look
from zhanggui.portals.api.schemas.outgoing import Paged
from zhanggui.settlement.archives.models import Archive
from zhanggui.settlement.archives.queries import archives
from zhanggui.settlement.archives.ranges import listed_ranges
from zhanggui.settlement.archives.rules import kept_until

router = Router(tags=["archives"])


class ArchiveFilters(Schema):
    """Where to go on."""

    cursor: CursorText = ""
    limit: Limit = 100


class ArchiveOut(Schema):
    """The settled statements of one month, or of a later part of it, as files. `hash` follows from the one before."""

    id: int
    month: date
    part: int
    made_at: datetime
    statements: int
    parties: int
    lines: int
    size_bytes: int
    manifest_sha256: str
    hash: str
    verified_at: datetime
    faults: int
    kept_until: date

    @staticmethod
    def resolve_manifest_sha256(row: Archive) -> str:
        """As hexadecimal text."""
        return bytes(row.manifest_sha256).hex()

    @staticmethod
    def resolve_hash(row: Archive) -> str:
        """As hexadecimal text."""
        return bytes(row.hash).hex()

    @staticmethod
    def resolve_kept_until(row: Archive) -> date:
        """Through which day its files have to be there."""
        return kept_until(row.month, settings.RETENTION_YEARS)


class ArchivePage(Paged):
    """Archives, oldest first."""

    items: list[ArchiveOut]


class LineRangeOut(Schema):
    """A range of line numbers of one table: lines go to the one that is open; a finished one is never written
    again. `rows` is about right; `end_line` is the first number that is not in it."""

    name: str
    table_name: str
    state: Literal["open", "closed", "finished"]
    first_line: int
    end_line: int | None
    rows: int
    size_bytes: int
    finished_at: datetime | None
    asked_by: str | None
    actor: str | None


class LineRangesOut(Schema):
    """All ranges, by table, the oldest first."""

    items: list[LineRangeOut]


@look(router, "/archives", ArchivePage)
def list_archives(request: HttpRequest, filters: Query[ArchiveFilters]) -> Any:
    """Archives of old periods, and when their files were proved last."""
    who = caller(request)
    who.require("audit.view")
    shown, following = keyset(archives(), cursor=filters.cursor, limit=filters.limit)
    return {"items": list(shown), "next_cursor": following}


@look(router, "/archives/ranges", LineRangesOut)
def list_line_ranges(request: HttpRequest) -> Any:
    """The ranges that billed and staged lines stand in by their numbers, and which of them are finished."""
    caller(request).require("audit.view")
    return {"items": listed_ranges()}
