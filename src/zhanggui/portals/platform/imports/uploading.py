"""Taking in an uploaded file of our own format."""

from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.platform import tasks
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.jobs import uploads
from zhanggui.portals.platform.names import line_choices
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import ImportRun

MOST_BYTES = 100 * 1024 * 1024
ENDINGS = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet")


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
        "most": MOST_BYTES // 1024**2,
        "most_bytes": MOST_BYTES,
        "endings": " ".join(ENDINGS),
        "accept": ".csv,.gz,.jsonl,.parquet",
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
    if uploaded.size > MOST_BYTES:
        raise _NotTaken(too_large())
    name = Path(uploaded.name or "").name
    ending = next((one for one in sorted(ENDINGS, key=len, reverse=True) if name.lower().endswith(one)), None)
    if ending is None:
        raise _NotTaken(_("The file must end in one of: %(endings)s") % {"endings": " ".join(ENDINGS)})
    return uploads.keep(uploaded, ending, name, line, request.user.get_username(), _put_on_queue)


def _put_on_queue(run: ImportRun) -> None:
    tasks.take_in_upload.configure(lock=f"import-{run.id}").defer(run_id=run.id)


def too_large() -> str:
    """What to do with a file above the limit."""
    return _("The file is larger than %(most)s MB. Import it with `zhanggui import-orders`, or cut it.") % {
        "most": MOST_BYTES // 1024**2
    }
