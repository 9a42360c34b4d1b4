"""The tax report with its proof, closing a month, and the data by which tax is charged."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.parties.models import Party
from zhanggui.portals.desk.exports.tables import write_table
from zhanggui.portals.desk.forms import Field, Unusable, amount_in, day_in, needed, rate_in, typed
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.invoices.filling import form_page
from zhanggui.portals.platform.invoices.words import PROOF_REASONS, REPORT_KINDS, TAXPAYERS
from zhanggui.portals.platform.names import (
    currencies,
    entity_choices,
    entity_names,
    fee_choices,
    fee_name,
    parties,
    party_name,
)
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.invoices.completeness import missing_of
from zhanggui.settlement.invoices.operations.close_tax_month import close_tax_month
from zhanggui.settlement.invoices.operations.set_invoice_policy import CHOICES, set_invoice_policy
from zhanggui.settlement.invoices.operations.set_tax_profile import set_tax_profile
from zhanggui.settlement.invoices.operations.set_tax_treatment import set_tax_treatment
from zhanggui.settlement.invoices.proof import tax_proof
from zhanggui.settlement.invoices.queries import closed_month, months, tax_report
from zhanggui.settlement.invoices.tax_data import policy
from zhanggui.settlement.invoices.tax_models import TaxProfile, TaxTreatment
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
        with transaction.atomic():
            close_tax_month(
                entity_id=entity.id,
                currency=currency,
                month=month,
                today=timezone.localdate(),
                at=timezone.now(),
                actor=request.user.get_username(),
            )
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
        "policies": [
            (name, policy(number), number) for number, name in [(0, _("Every entity")), *entities.items()]
        ],
    }
    return render(request, "platform/tax_data.html", context)


@needs("invoices.act")
def set_profile(request: HttpRequest, party_id: int) -> HttpResponse:
    """Tax data of a merchant, or (party 0) of an entity, from a day on."""
    back = reverse("platform:tax_data")
    party = Party.objects.filter(id=party_id).first()
    if party_id and party is None:
        raise Http404(_("There is no such party."))

    def do() -> HttpResponse:
        with transaction.atomic():
            set_tax_profile(
                party_id=party_id, at=timezone.now(), actor=request.user.get_username(), **profile_in(request)
            )
        messages.success(request, _("Tax data are set."))
        return HttpResponseRedirect(back)

    entities = tuple(entity_choices() if party_id == 0 else [("0", _("Every entity")), *entity_choices()])
    name = party_name(party) if party else _("the entity")
    return form_page(
        request,
        title=_("Tax data of %(name)s") % {"name": name},
        button=_("Set"),
        back=back,
        do=do,
        fields=profile_fields(entities),
        intro=_("They stand on invoices issued from the day on."),
    )


def profile_fields(entities: tuple[tuple[Any, Any], ...]) -> list[Field]:
    """Fields of tax data."""
    return [
        Field("title", _("Name on invoices")),
        Field("taxpayer", _("Kind of taxpayer"), options=tuple(TAXPAYERS.items())),
        Field("tax_number", _("Tax number"), required=False, most=32),
        Field("address", _("Address"), required=False, most=300),
        Field("phone", _("Phone"), required=False, most=40),
        Field("bank_name", _("Bank"), required=False),
        Field("bank_account", _("Bank account"), required=False, most=40),
        Field("entity", _("Entity"), options=entities),
        Field("day", _("From the day"), f"{timezone.localdate()}", most=10),
    ]


def profile_in(request: HttpRequest) -> dict[str, Any]:
    """What was typed into them."""
    entity = typed(request, "entity")
    return {
        "title": needed(request, "title", _("Name on invoices")),
        "entity_id": int(entity) if entity.isdigit() else 0,
        "effective_from": day_in(request, "day"),
        "taxpayer": typed(request, "taxpayer"),
        **{
            name: typed(request, name)
            for name in ("tax_number", "address", "phone", "bank_name", "bank_account")
        },
    }


@needs("invoices.act")
def set_treatment(request: HttpRequest) -> HttpResponse:
    """Rate and code of a fee, or of everything, from a day on."""
    back = reverse("platform:tax_data")

    def do() -> HttpResponse:
        number = {
            name: int(typed(request, name) or 0)
            for name in ("direction", "entity", "fee")
            if typed(request, name).isdigit()
        }
        with transaction.atomic():
            set_tax_treatment(
                direction=number.get("direction", 1),
                rate_ppm=rate_in(request, "rate"),
                effective_from=day_in(request, "day"),
                tax_code=typed(request, "code"),
                item={
                    name: typed(request, f"item_{name}")
                    for name in ("zh", "en")
                    if typed(request, f"item_{name}")
                },
                entity_id=number.get("entity", 0),
                fee_type_id=number.get("fee", 0),
                at=timezone.now(),
                actor=request.user.get_username(),
            )
        messages.success(request, _("The treatment is set."))
        return HttpResponseRedirect(back)

    fields = [
        Field("direction", _("Direction"), options=(("1", _("Output")), ("2", _("Input")))),
        Field("fee", _("Fee type"), options=(("0", _("Everything else")), *fee_choices())),
        Field("entity", _("Entity"), options=(("0", _("Every entity")), *entity_choices())),
        Field("rate", _("Tax rate"), help="6%", most=12),
        Field("code", _("Tax classification code"), required=False, most=32),
        Field("item_zh", _("Item, in Chinese"), required=False, most=100),
        Field("item_en", _("Item, in English"), required=False, most=100),
        Field("day", _("From the day"), f"{timezone.localdate()}", most=10),
    ]
    return form_page(
        request,
        title=_("Set a tax treatment"),
        button=_("Set"),
        back=back,
        do=do,
        fields=fields,
        intro=_("Where a fee has VAT of its own, the rate is that of its VAT rule."),
    )


@needs("invoices.act")
def set_policy(request: HttpRequest, entity_id: int) -> HttpResponse:
    """How an entity invoices."""
    back, row = reverse("platform:tax_data"), policy(entity_id)
    words = {
        "closed": _("when a statement is closed"),
        "confirmed": _("when a statement is confirmed"),
        "red_letter": _("by a red letter"),
        "deduction": _("deducted from the next invoice"),
        "before_payment": _("before paying"),
        "after_payment": _("after paying"),
    }
    labels = {
        "draft_when": _("Draft"),
        "reversals": _("Take back"),
        "input_check": _("Check off input invoices"),
    }

    def do() -> HttpResponse:
        limit = amount_in(request, "limit", currencies()[0]) if typed(request, "limit") else None
        with transaction.atomic():
            set_invoice_policy(
                entity_id=entity_id,
                verify_above_minor=limit,
                at=timezone.now(),
                actor=request.user.get_username(),
                **{name: typed(request, name) for name in CHOICES},
            )
        messages.success(request, _("The setting holds from now on."))
        return HttpResponseRedirect(back)

    fields = [
        Field(
            name, labels[name], getattr(row, name), options=tuple((value, words[value]) for value in values)
        )
        for name, values in CHOICES.items()
    ]
    fields.append(
        Field(
            "limit",
            _("An approval verifies input invoices above"),
            required=False,
            numeric=True,
            help=currencies()[0],
        )
    )
    name = entity_names().get(entity_id, _("Every entity"))
    return form_page(
        request,
        title=_("How %(name)s invoices") % {"name": name},
        button=_("Set"),
        back=back,
        do=do,
        fields=fields,
    )
