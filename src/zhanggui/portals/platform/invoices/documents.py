"""The documents behind one figure of the tax report; their sum is the figure."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.portals.desk.amounts import format_rate
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.invoices.taxes import chosen
from zhanggui.portals.platform.invoices.words import REPORT_KINDS
from zhanggui.portals.platform.names import parties, party_name
from zhanggui.settlement.invoices.queries import tax_documents


@needs("invoices.view")
def documents_page(request: HttpRequest) -> HttpResponse:
    """Every document of a kind and rate in a month."""
    entity, currency, month = chosen(request)
    kind, rate = request.GET.get("kind", "output"), request.GET.get("rate", "0")
    rows = tax_documents(
        entity_id=entity.id,
        currency=currency,
        month=month,
        kind=kind if kind in REPORT_KINDS else "output",
        rate_ppm=int(rate) if rate.isdigit() and len(rate) < 8 else 0,
    )
    owners = parties(row["party_id"] for row in rows)
    back = reverse("platform:tax_report") + f"?entity={entity.code}&currency={currency}&month={month:%Y-%m}"
    context: dict[str, Any] = {
        "title": f"{REPORT_KINDS.get(kind, '')} {format_rate(int(rate)) if rate.isdigit() else ''} · {month:%Y-%m}",
        "rows": [(row, party_name(owners.get(row["party_id"])), _url(row)) for row in rows],
        "currency": currency,
        "sums": {name: sum(row[name] for row in rows) for name in ("net", "tax", "gross")},
        "breadcrumbs": [(_("Tax report"), back), (str(REPORT_KINDS.get(kind, "")), "")],
    }
    return render(request, "platform/tax_documents.html", context)


def _url(row: dict[str, Any]) -> str:
    names = {
        "invoice": "platform:invoice",
        "received": "platform:received_invoice",
        "statement": "platform:statement",
    }
    return reverse(names[row["page"]], args=[row["party_id"], row["id"]])
