"""What-if: a document rated over all past orders of a business line, with winners and losers. Nothing is
written."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import fee_name, line_choices, parties, party_name
from zhanggui.portals.platform.rule_sets.publishing import Unreadable, document_text, read_document
from zhanggui.settlement.billing.what_if import what_if
from zhanggui.settlement.entities.models import BusinessLine

MOST_SHOWN = 200


@needs("rules.view")
def what_if_page(request: HttpRequest) -> HttpResponse:
    """Paste or upload a document, choose the business line, read who wins and who loses."""
    context: dict[str, Any] = {
        "title": _("What-if"), "lines": line_choices(), "line": request.POST.get("line", ""),
        "breadcrumbs": [(_("Billing rules"), reverse("platform:rule_sets")), (_("What-if"), "")],
    }  # fmt: skip
    try:
        context["document"] = document_text(request)
        if request.method == "POST":
            context |= _compared(request, context["document"])
    except Unreadable as failure:
        context["problem"] = str(failure)
    except Refusal as refusal:
        context["problem"] = refusal_text(refusal)
    return render(request, "platform/what_if.html", context, status=422 if "problem" in context else 200)


def _compared(request: HttpRequest, text: str) -> dict[str, Any]:
    chosen = request.POST.get("line", "")
    line = BusinessLine.objects.filter(id=int(chosen) if chosen.isdigit() else 0).first()
    if line is None:
        raise Unreadable(_("Choose the business line whose orders are to be rated."))
    found = what_if(read_document(text), line)
    known = parties(one.id for one in found.merchants)
    changed = [one for one in found.merchants if one.difference]
    shown = (
        changed if len(changed) <= MOST_SHOWN else changed[: MOST_SHOWN // 2] + changed[-MOST_SHOWN // 2 :]
    )
    return {
        "currency": line.currency,
        "rated": found.lines,
        "winners": sum(one.difference > 0 for one in changed),
        "losers": sum(one.difference < 0 for one in changed),
        "same": len(found.merchants) - len(changed),
        "merchants": [
            (party_name(known.get(one.id), str(one.id)), reverse("platform:party", args=[one.id]), one)
            for one in shown
        ],
        "left_out": len(changed) - len(shown),
        "fees": [(fee_name(one.id), one) for one in found.fees],
        "total": {"now": found.now, "then": found.then, "difference": found.then - found.now},
    }
