"""The tax report with its proof, closing a month, and the data by which tax is charged at a glance."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.journeys.tax_arranged import tax_month_closed
from zhanggui.parties.models import Party
from zhanggui.portals.desk.exports.tables import write_table
from zhanggui.portals.desk.forms import Field, Unusable, typed
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.invoices.filling import form_page
from zhanggui.portals.platform.invoices.words import PROOF_REASONS, REPORT_KINDS, TAXPAYERS
from zhanggui.portals.platform.names import (
    currencies,
    entity_names,
    fee_name,
    parties,
    party_name,
)
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.invoices.completeness import missing_of
from zhanggui.settlement.invoices.proof import tax_proof
from zhanggui.settlement.invoices.queries import closed_month, months, tax_report
from zhanggui.settlement.invoices.tax_data import policy
from zhanggui.settlement.invoices.tax_models import TaxProfile, TaxTreatment, WithholdingTable
from zhanggui.settlement.invoices.tax_months import first_of

COLUMNS = ("month", "entity", "currency", "kind", "rate_ppm", "net", "tax", "gross", "documents")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def chosen(request: HttpRequest) -> tuple[SettlementEntity, str, date]:
    """Entity, currency and month of the URL; else the latest month of the first entity that files something."""
    entity = SettlementEntity.objects.filter(code=request.GET.get("entity", "")).first()
    entity = entity or _first_filing() or SettlementEntity.objects.order_by("code").first()
    if entity is None:
        raise Http404(_("There is no settlement entity yet."))
    known = currencies()
    wanted = request.GET.get("currency", "")
    if wanted not in known:
        wanted = next((code for code in known if months(entity.id, code)), known[0])
    there = months(entity.id, wanted)
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = there[0] if there else first_of(timezone.localdate())
    return entity, wanted, month


def _first_filing() -> SettlementEntity | None:
    rows = SettlementEntity.objects.order_by("code")
    return next((row for row in rows if any(months(row.id, code) for code in currencies())), None)


@needs("invoices.view")
def report_page(request: HttpRequest) -> HttpResponse:
    """The figures of a month, each a link to its invoices, and whether they agree with the ledger."""
    entity, currency, month = chosen(request)
    given: dict[str, Any] = {"entity_id": entity.id, "currency": currency, "month": month}
    rows = tax_report(**given)
    if request.GET.get("format") in TYPES:
        return _file(request.GET["format"], entity.code, currency, month, rows)
    proofs = tax_proof(**given, zone=timezone.get_default_timezone_name())
    there = sorted({*months(entity.id, currency), month}, reverse=True)
    context = {
        "title": _("Tax report"),
        "entity": entity,
        "entities": SettlementEntity.objects.order_by("code"),
        "currency": currency,
        "currencies": currencies(),
        "month": month,
        "months": there,
        "rows": [(row, REPORT_KINDS[row["kind"]], _list_url(row, entity, currency, month)) for row in rows],
        "proofs": [
            (
                one,
                [(row, PROOF_REASONS[row["reason"]], _difference_name(row)) for row in one.differences[:200]],
            )
            for one in proofs
        ],
        "closed": closed_month(**given),
        "formats": list(TYPES),
        "acting": may(request.user, "invoices.act"),
        "names": entity_names(),
        "query": f"entity={entity.code}&currency={currency}&month={month:%Y-%m}",
    }
    return render(request, "platform/tax_report.html", context)


def _difference_name(row: dict[str, Any]) -> tuple[str, str]:
    """What a difference stands on, and its page."""
    if "number" in row:
        return row["number"], reverse("platform:statement", args=[row["party_id"], row["statement_id"]])
    return fee_name(row["fee_type_id"]), ""


def _list_url(row: dict[str, Any], entity: SettlementEntity, currency: str, month: date) -> str:
    return reverse("platform:tax_documents") + (
        f"?entity={entity.code}&currency={currency}&month={month:%Y-%m}&kind={row['kind']}&rate={row['rate_ppm']}"
    )


def _file(kind: str, entity: str, currency: str, month: date, rows: list[dict[str, Any]]) -> HttpResponse:
    head = {"month": f"{month:%Y-%m}", "entity": entity, "currency": currency}
    with tempfile.TemporaryDirectory(prefix="zhanggui-tax-") as folder:
        path = Path(folder) / f"tax.{kind}"
        write_table(path, COLUMNS, [head | row for row in rows])
        content = path.read_bytes()
    name = f"tax-{entity}-{currency}-{month:%Y-%m}.{kind}"
    return HttpResponse(
        content, content_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@needs("invoices.act")
def close_month(request: HttpRequest) -> HttpResponse:
    """Close a month that is filed."""
    entity, currency, month = chosen(request)
    back = reverse("platform:tax_report") + f"?entity={entity.code}&currency={currency}&month={month:%Y-%m}"

    def do() -> HttpResponse:
        if typed(request, "month") != f"{month:%Y-%m}":
            raise Unusable(_("Type the month once more: %(month)s.") % {"month": f"{month:%Y-%m}"})
        tax_month_closed(
            entity_id=entity.id, currency=currency, month=month, at=timezone.now(),
            zone=timezone.get_default_timezone(), actor=request.user.get_username(),
        )  # fmt: skip
        messages.success(
            request,
            _("%(month)s is closed; later documents go to the next month.") % {"month": f"{month:%Y-%m}"},
        )
        return HttpResponseRedirect(back)

    title = _("Close %(month)s of %(entity)s") % {"month": f"{month:%Y-%m}", "entity": entity.code}
    return form_page(
        request,
        title=title,
        button=_("Close the month"),
        back=back,
        do=do,
        danger=True,
        fields=[Field("month", _("The month, once more"), help=f"{month:%Y-%m}", most=7)],
        intro=_("Its figures are kept as filed. What comes later for it is filed in the next month."),
    )


@needs("invoices.view")
def data_page(request: HttpRequest) -> HttpResponse:
    """Rates and codes, tax data of entities and merchants, and how each entity invoices."""
    profiles = list(
        TaxProfile.objects.filter(effective_before__isnull=True).order_by("party_id", "entity_id")
    )
    owners, entities = parties(row.party_id for row in profiles if row.party_id), entity_names()
    without = Party.objects.filter(kind="merchant", active=True).exclude(
        id__in=[row.party_id for row in profiles]
    )
    context = {
        "title": _("Tax data"),
        "profiles": [
            (
                row,
                party_name(owners.get(row.party_id)) if row.party_id else _("The entity itself"),
                entities.get(row.entity_id, _("Every entity")),
                TAXPAYERS[row.taxpayer],
                missing_of(row, as_seller=not row.party_id),
            )
            for row in profiles
        ],
        "without": list(without.order_by("code")[:200]),
        "treatments": [
            (
                row,
                _("Output") if row.direction == 1 else _("Input"),
                fee_name(row.fee_type_id) if row.fee_type_id else _("Everything else"),
                entities.get(row.entity_id, _("Every entity")),
            )
            for row in TaxTreatment.objects.order_by("direction", "fee_type_id", "-effective_from")[:500]
        ],
        "tables": [
            (row, entities.get(row.entity_id, _("Every entity")))
            for row in WithholdingTable.objects.order_by("currency", "entity_id", "-effective_from")[:100]
        ],
        "acting": may(request.user, "invoices.act"),
        "policies": [
            (name, policy(number), number) for number, name in [(0, _("Every entity")), *entities.items()]
        ],
    }
    return render(request, "platform/tax_data.html", context)
