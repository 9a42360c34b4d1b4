"""Contracts on the screens of both sides: their states, columns and filters, and the paper as it was kept."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.settlement.entities.contracts import FIELDS, paper_of

STATES = {
    "holds": Badge(pgettext_lazy("contract", "In force"), "green"),
    "ending": Badge(pgettext_lazy("contract", "Ends soon"), "amber"),
    "over": Badge(pgettext_lazy("contract", "Over"), "red"),
    "ahead": Badge(pgettext_lazy("contract", "Not begun"), "blue"),
    "superseded": Badge(pgettext_lazy("contract", "Superseded"), "grey"),
}
TABS = StatusTabs.of("state", STATES)
TITLE = gettext_lazy("Contracts")
KINDS = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


def contract_source(*, join: str = "", more: dict[str, str] | None = None, params: Any = None) -> SqlSource:
    """Contracts with their states today; `join` and `more` add what one side alone shows."""
    fields = FIELDS | (more or {})
    selected = ", ".join(f"{sql} as {name}" for name, sql in fields.items())
    return SqlSource(
        select=f"select {selected} from settlement_contract c {join} where {{where}}",
        fields=fields,
        params=(params or {}) | {"today": timezone.localdate()},
    )


def contract_filters() -> list[Any]:
    """By number, who signed, last day."""
    return [
        TextFilter("q", _("Number of the contract or who signed"), starts=["number"], contains=["signed_by"]),
        DateRangeFilter("ends", pgettext_lazy("contract", "Last day"), field="ends_on", days=True),
    ]


def contract_columns(*, number: Any, paper: Any, between: Sequence[Column] = ()) -> list[Column]:
    """Number, state, days, who signed, the paper."""
    return [
        LinkColumn("number", pgettext_lazy("contract", "Contract"), sort="number", href=number),
        StatusColumn("state", _("Status"), badges=STATES),
        *between,
        DateColumn("signed_on", pgettext_lazy("contract", "Signed on"), sort="signed_on", phone=""),
        DateColumn("starts_on", pgettext_lazy("contract", "From"), sort="starts_on", phone="line"),
        DateColumn("ends_on", pgettext_lazy("contract", "To"), sort="ends_on", phone="line"),
        TextColumn("signed_by", pgettext_lazy("contract", "Signed by"), wrap=True, phone="line"),
        TextColumn("file_name", pgettext_lazy("contract", "Paper"), href=paper, phone="line"),
        TextColumn("note", pgettext_lazy("contract", "Note"), wrap=True, phone=""),
        DateTimeColumn("kept_at", pgettext_lazy("contract", "Kept"), sort="kept_at", shown=False, phone=""),
    ]


def paper_answer(row: dict[str, Any]) -> HttpResponse:
    """The paper of a contract as a file that is saved, never shown inside our pages."""
    kind = KINDS.get(PurePath(row["file_name"]).suffix.lower(), "application/octet-stream")
    answer = HttpResponse(paper_of(row["id"]), content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, row["file_name"]) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer
