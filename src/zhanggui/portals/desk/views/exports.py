"""Asking for an export, watching it, fetching it; the download centre (下载中心)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.exports import running
from zhanggui.portals.desk.lists import (
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    QuerySetSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
)
from zhanggui.portals.desk.models import Export, ExportDownload
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.throttling import address_of

State = Export.State
STATE_BADGES = {
    State.QUEUED: Badge(State.QUEUED.label, "grey"),
    State.RUNNING: Badge(State.RUNNING.label, "blue"),
    State.DONE: Badge(State.DONE.label, "green"),
    State.FAILED: Badge(State.FAILED.label, "red"),
    State.EXPIRED: Badge(State.EXPIRED.label, "grey"),
}


def sums_text(export: Export) -> str:
    """`Net 1,234.56 · Commission -20.00`."""
    return " · ".join(f"{label} {amount}" for label, amount in export.sums.items())


class DownloadCentre(ListPage):
    """Everything the person has asked to export."""

    name = "desk.exports"
    title = gettext_lazy("Download centre")
    exportable = False
    empty = gettext_lazy("Nothing exported yet. Open any list and choose Export.")
    tabs = StatusTabs.of("state", STATE_BADGES)
    columns = (
        LinkColumn("title", gettext_lazy("File"), href=lambda e: reverse("desk:export", args=[e.pk])),
        TextColumn("file_format", gettext_lazy("Format"), phone="sub"),
        StatusColumn("state", gettext_lazy("Status"), badges=STATE_BADGES),
        IntegerColumn("rows_done", gettext_lazy("Rows"), phone="amount"),
        TextColumn("sums", gettext_lazy("Sums"), value=sums_text, wrap=True),
        DateTimeColumn("created_at", gettext_lazy("Requested")),
        DateTimeColumn("expires_at", gettext_lazy("Kept until")),
        TextColumn(
            "download",
            gettext_lazy("Download"),
            value=lambda e: _("Download") if e.state == State.DONE else "",
            href=lambda e: reverse("desk:export_file", args=[e.pk]),
        ),
    )

    def get_source(self) -> QuerySetSource:
        """Only one's own."""
        return QuerySetSource(Export.objects.filter(owner_id=self.user.pk))


@login_required
@require_POST
def request_export(request: HttpRequest) -> HttpResponse:
    """Queue an export of a list as filtered; small ones are written at once."""
    file_format = request.POST.get("format", "")
    export = Export(
        owner=request.user,
        list_name=request.POST.get("list", "")[:80],
        query=_filter_only(request.POST.get("query", "")),
        scope=_scope_of(request),
        language=get_language() or "zh-hans",
        file_format=file_format if file_format in Export.Format.values else Export.Format.XLSX,
    )
    try:
        page = running.list_of(export)
    except running.ListGone as gone:
        raise Http404(refusal_text(gone)) from gone
    export.title = str(page.title)[:120]
    export.rows_total = page.totals.count
    with transaction.atomic():
        export.save()
        if export.rows_total >= running.INLINE_ROWS:
            from zhanggui.portals.desk import tasks

            tasks.run_export.defer(export_id=export.pk)
    if export.rows_total < running.INLINE_ROWS:
        export = running.run_export(export.pk)
    if export.state == State.FAILED:
        messages.error(request, _("The export failed: %(reason)s") % {"reason": export.failure})
    return HttpResponseRedirect(reverse("desk:export", args=[export.pk]))


@login_required
def export_page(request: HttpRequest, export_id: int) -> HttpResponse:
    """One export: progress while it runs, then the file, its sums and who fetched it."""
    export = get_object_or_404(Export, pk=export_id, owner_id=request.user.pk)
    share = export.rows_done * 100 // export.rows_total if export.rows_total else 0
    context: dict[str, Any] = {
        "title": export.title,
        "export": export,
        "badge": STATE_BADGES[State(export.state)],
        "share": share,
        "waiting": export.state in (State.QUEUED, State.RUNNING),
        "downloads": export.downloads.select_related("user")[:20],
        "sums": export.sums.items(),
    }
    polled = "export-state" in request.headers.get("HX-Target", "")
    template = "desk/export.html#state" if polled else "desk/export.html"
    return render(request, template, context)


@login_required
def download(request: HttpRequest, export_id: int) -> FileResponse:
    """The file; every download is written down."""
    export = get_object_or_404(Export, pk=export_id, owner_id=request.user.pk, state=State.DONE)
    path = running.export_folder() / export.file_name
    if not path.is_file():
        raise Http404(_("The file is gone. Export it again."))
    ExportDownload.objects.create(export=export, user=request.user, address=address_of(request))
    name = f"{export.title}-{export.created_at:%Y%m%d-%H%M%S}.{export.file_format}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _filter_only(query: str) -> str:
    params = QueryDict(query, mutable=True)
    for gone in ("after", "before", "size", "view"):
        params.pop(gone, None)
    return params.urlencode()


def _scope_of(request: HttpRequest) -> dict[str, Any]:
    """The scope the list page signed into its export form (so that it cannot be changed on the way)."""
    try:
        return signing.loads(request.POST.get("scope", ""), salt=f"desk.scope.{request.user.pk}")
    except signing.BadSignature as broken:
        raise Http404(_("This form is too old. Open the list again.")) from broken
