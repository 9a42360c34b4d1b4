"""Forms of the invoices' pages: filled, sent once, shown again with what is wrong."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.files.checking import Taken
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.forms import Field, Unusable, typed
from zhanggui.portals.desk.refusals import fault_text, refusal_text
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.settlement.invoices.files import INVOICE_FILES, Attachment

type Doing = Callable[[], HttpResponse]
FILES = INVOICE_FILES.accept


def form_page(
    request: HttpRequest,
    *,
    title: Any,
    fields: Sequence[Field],
    button: Any,
    back: str,
    do: Doing,
    intro: Any = "",
    danger: bool = False,
) -> HttpResponse:
    """A form that is filled, sent once, and shown again with what is wrong."""
    problem, faults = "", []
    if request.method == "POST":
        try:
            return do()
        except Unusable as unusable:
            problem = str(unusable)
        except Refusal as refusal:
            problem = refusal_text(refusal)
            faults = [
                _("Row %(row)s: %(why)s")
                % {"row": row.get("row"), "why": fault_text(row.get("code", ""), row.get("message", ""))}
                for row in refusal.details.get("rows", [])[:50]
            ]
        fields = [
            Field(
                **{
                    **{name: getattr(field, name) for name in field.__dataclass_fields__},
                    "value": typed(request, field.name) if not field.file else "",
                }
            )
            for field in fields
        ]
    context = {
        "title": title,
        "fields": fields,
        "button": button,
        "back": back,
        "problem": problem,
        "faults": faults,
        "intro": intro,
        "danger": danger,
        "breadcrumbs": [(_("Output invoices"), reverse("platform:invoices")), (title, "")],
    }
    return render(request, "platform/simple_form.html", context, status=422 if problem else 200)


def attachment_in(request: HttpRequest, taken: Taken = INVOICE_FILES) -> Attachment | None:
    """The uploaded file, where there is one. Raises FileEmpty, FileTooLarge."""
    found = request.FILES.get("file")
    return Attachment(found.name or "", content_of(found, taken)) if found else None
