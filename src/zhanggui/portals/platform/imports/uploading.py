"""Taking in an uploaded file of our own format."""

from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.clockwork.take_in_upload import taking
from zhanggui.clockwork.tasks import enqueue_upload
from zhanggui.journeys.order_file_uploaded import order_file_uploaded
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import line_choices
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import ImportRun
from zhanggui.settlement.intake.order_files import ORDER_FILES


class _NotTaken(Exception):
    """The upload itself cannot be used; the text says what to do."""


@needs("imports.create")
def upload_page(request: HttpRequest) -> HttpResponse:
    """Take in a file within limits; larger ones go through the command line."""
    problem = ""
    if request.method == "POST":
        try:
            run = _kept(request)
        except Refusal as refusal:
            problem = refusal_text(refusal)
        except _NotTaken as failure:
            problem = str(failure)
        else:
            _tell(request, run)
            return HttpResponseRedirect(reverse("platform:import", args=[run.id]))
    context = {
        "title": _("Import a file"),
        "problem": problem,
        "lines": line_choices(),
        "most": ORDER_FILES.most,
        "most_bytes": ORDER_FILES.most_bytes,
        "endings": " ".join(ORDER_FILES.endings),
        "accept": ORDER_FILES.accept,
        "breadcrumbs": [(_("Imports"), reverse("platform:imports")), (_("Import a file"), "")],
    }
    return render(request, "platform/upload.html", context, status=422 if problem else 200)


def _tell(request: HttpRequest, run: ImportRun) -> None:
    if run.state == "done":
        messages.success(
            request,
            _("Imported: %(orders)s orders, %(rejected)s rejected rows.")
            % {
                "orders": f"{run.totals.get('orders', 0):,}",
                "rejected": f"{run.totals.get('rejected', 0):,}",
            },
        )


def _kept(request: HttpRequest) -> ImportRun:
    uploaded, chosen = request.FILES.get("file"), request.POST.get("line", "")
    line = BusinessLine.objects.filter(id=int(chosen) if chosen.isdigit() else 0).first()
    if uploaded is None or line is None:
        raise _NotTaken(_("Choose a business line and a file."))
    if (uploaded.size or 0) > ORDER_FILES.most_bytes:
        raise _NotTaken(too_large())
    return order_file_uploaded(
        parts=uploaded.chunks(), name=Path(uploaded.name or "").name, business_line=line,
        actor=request.user.get_username(), taking=taking(), enqueue=lambda run: enqueue_upload(run.id),
    )  # fmt: skip


def too_large() -> str:
    """What to do with a file above the limit."""
    return _("The file is larger than %(most)s MB. Import it with `zhanggui import-orders`, or cut it.") % {
        "most": ORDER_FILES.most
    }
