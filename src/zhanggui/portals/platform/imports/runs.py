"""Import runs, rejected rows, and taking in an uploaded file."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.details import Action, Detail, Fact, Proof
from zhanggui.portals.desk.drawers import render_drawer
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    QuerySetSource,
    SelectFilter,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import fault_text
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import line_choices, line_names
from zhanggui.portals.platform.words import RUN_STATES
from zhanggui.settlement.intake.models import ImportRun, Reject

TOTALS = {
    "orders": gettext_lazy("Orders"),
    "lines": gettext_lazy("Order lines"),
    "refunds": gettext_lazy("Refunds"),
    "refunds_accepted": gettext_lazy("Refunds accepted"),
    "repeated": gettext_lazy("Already known"),
    "advanced": gettext_lazy("Orders moved on"),
    "parties": gettext_lazy("New merchants"),
    "rejected": gettext_lazy("Rejected"),
}


class ImportList(ListPage):
    """Files and calls that brought orders."""

    name = "platform.imports"
    title = gettext_lazy("Imports")
    permission = "imports.view"
    sort = "-started_at"
    tabs = StatusTabs.of("state", RUN_STATES)

    def get_source(self) -> QuerySetSource:
        """Runs."""
        return QuerySetSource(ImportRun.objects.all())

    def get_filters(self) -> Sequence[Any]:
        """By name, day and line."""
        return [
            TextFilter("q", _("File name"), contains=["source_name"]),
            DateRangeFilter("started", _("Started"), field="started_at"),
            SelectFilter("line", _("Business line"), line_choices, field="business_line_id", read=int),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What came of each."""
        names = line_names()
        return [
            LinkColumn("source_name", _("Source"), href=lambda r: reverse("platform:import", args=[r.id])),
            TextColumn(
                "line", _("Business line"), value=lambda r: names.get(r.business_line_id, ""), phone="sub"
            ),
            TextColumn("format", _("Format"), phone=""),
            StatusColumn("state", _("Status"), badges=RUN_STATES),
            DateTimeColumn("started_at", _("Started"), sort="started_at"),
            DateTimeColumn("finished_at", _("Finished"), sort="finished_at", nullable=True, phone=""),
            IntegerColumn("cursor", _("Records"), total=True, sort="cursor"),
            *[
                IntegerColumn(
                    name,
                    label,
                    value=lambda r, name=name: r.totals.get(name, 0),
                    phone="line" if name in ("orders", "rejected") else "",
                    href=(lambda r: reverse("platform:rejects") + f"?run={r.id}")
                    if name == "rejected"
                    else None,
                )
                for name, label in TOTALS.items()
                if name in ("orders", "lines", "refunds", "rejected")
            ],
            TextColumn("actor", _("By"), value=lambda r: actor_name(r.actor), phone=""),
        ]

    def page_actions(self) -> Sequence[Any]:
        """Uploading, for those who may."""
        if not may(self.user, "imports.create"):
            return []
        return [Action(_("Import a file"), reverse("platform:upload"), "primary", icon="import")]


class RejectList(ListPage):
    """Rows that were not taken in, with the reason and the row itself."""

    name = "platform.rejects"
    title = gettext_lazy("Rejected rows")
    permission = "imports.view"
    sort = "-id"
    breadcrumbs = ((gettext_lazy("Imports"), "/platform/imports/"), (gettext_lazy("Rejected rows"), ""))

    def get_source(self) -> QuerySetSource:
        """Rejects."""
        return QuerySetSource(Reject.objects.select_related("import_run"))

    def get_filters(self) -> Sequence[Any]:
        """By run and reason."""
        runs = [(str(r.id), f"#{r.id} {r.source_name}") for r in ImportRun.objects.order_by("-id")[:200]]
        codes = Reject.objects.order_by("code").values_list("code", flat=True).distinct()[:100]
        return [
            TextFilter("q", _("Words of the reason or the row"), contains=["message", "raw"]),
            SelectFilter("run", _("Import"), runs, field="import_run_id", read=int),
            SelectFilter("code", _("Reason"), [(code, code) for code in codes]),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Where it stood and why it stayed out."""
        return [
            IntegerColumn("id", _("No."), sort="id", shown=False, phone=""),
            TextColumn(
                "source",
                _("Source"),
                value=lambda r: r.import_run.source_name,
                phone="sub",
                href=lambda r: reverse("platform:import", args=[r.import_run_id]),
            ),
            IntegerColumn("row_number", _("Row number"), sort="row_number", phone="badge"),
            TextColumn("code", _("Reason"), code=True, sort="code", phone="line"),
            TextColumn(
                "message",
                _("What to do"),
                value=lambda r: fault_text(r.code, r.message),
                wrap=True,
                phone="line",
                href=lambda r: reverse("platform:reject", args=[r.id]),
                drawer=True,
            ),
        ]


@needs("imports.view")
def reject_page(request: HttpRequest, reject_id: int) -> HttpResponse:
    """One rejected row as it stood in the source."""
    row = Reject.objects.select_related("import_run").filter(id=reject_id).first()
    if row is None:
        raise Http404(_("There is no such row."))
    title = _("Row %(row)s") % {"row": row.row_number}
    facts = [
        Fact(
            _("Source"), row.import_run.source_name, href=reverse("platform:import", args=[row.import_run_id])
        ),
        Fact(_("Row number"), row.row_number),
        Fact(_("Reason"), row.code),
    ]
    return render_drawer(request, "platform/reject.html", {"row": row, "facts": facts}, title=title)


@needs("imports.view")
def import_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: what it brought, and what it left out."""
    run = ImportRun.objects.select_related("business_line").filter(id=run_id).first()
    if run is None:
        raise Http404(_("There is no such import."))
    rejected = Reject.objects.filter(import_run=run).count()
    said = run.totals.get("rejected", 0)
    rejects = reverse("platform:rejects") + f"?run={run.id}"
    detail = Detail(
        number=f"#{run.id} {run.source_name}",
        kind=_("Import"),
        badge=RUN_STATES.get(run.state),
        facts=[
            Fact(_("Business line"), line_names().get(run.business_line_id, "")),
            Fact(_("Format"), run.format),
            Fact(_("Started"), f"{timezone.localtime(run.started_at):%Y-%m-%d %H:%M:%S}"),
            Fact(
                _("Finished"),
                f"{timezone.localtime(run.finished_at):%Y-%m-%d %H:%M:%S}" if run.finished_at else "–",
            ),
            Fact(_("By"), actor_name(run.actor) or "–"),
            Fact(_("Digest"), bytes(run.source_digest).hex()[:16], copy=True),
        ],
        breadcrumbs=[(_("Imports"), reverse("platform:imports"))],
    )
    proof = Proof(
        said == rejected,
        _("Every rejected row is kept with its reason")
        if said == rejected
        else _("Rejected rows are missing"),
        rejects,
    )
    totals = [(label, run.totals.get(name, 0)) for name, label in TOTALS.items()]
    polled = "import-state" in request.headers.get("HX-Target", "")
    return render(
        request,
        "platform/import.html#state" if polled else "platform/import.html",
        {
            "waiting": run.state in ("queued", "running"),
            "badge": RUN_STATES.get(run.state),
            "detail": detail,
            "run": run,
            "totals": totals,
            "proof": proof,
            "rejects_url": rejects,
            "rejected": rejected,
            "rejects": Reject.objects.filter(import_run=run).order_by("id")[:20],
        },
    )
