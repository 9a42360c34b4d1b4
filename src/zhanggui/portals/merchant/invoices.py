"""A shop's invoices: those the platform issues to it, and those it has to issue and upload."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from zhanggui.journeys.input_invoice_received import Sent, input_invoice_received
from zhanggui.journeys.tax_arranged import tax_profile_set
from zhanggui.money.errors import Refusal
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.amounts import decimal_text, format_rate
from zhanggui.portals.desk.details import Action, Detail, Fact, Proof, Step
from zhanggui.portals.desk.forms import Field, Unusable, amount_in, day_in, needed, typed
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    LinkColumn,
    MoneyColumn,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.papers.invoice import invoice_paper, item_of, sides_of
from zhanggui.portals.desk.papers.words import FIELDS
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.portals.merchant.invoice_words import INVOICES, SENT
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import may_here, shop_page, standing_of
from zhanggui.portals.merchant.words import entity_name
from zhanggui.settlement.invoices.completeness import missing_of
from zhanggui.settlement.invoices.coverage import covered_by_rate, differences, expected_by_rate
from zhanggui.settlement.invoices.files import INVOICE_FILES, Attachment
from zhanggui.settlement.invoices.models import InvoiceState
from zhanggui.settlement.invoices.operations.receive_invoice import AtRate
from zhanggui.settlement.invoices.queries import Whole, invoice, waiting_of, whole
from zhanggui.settlement.invoices.tax_data import profile
from zhanggui.settlement.invoices.tax_models import Direction, Taxpayer

SELECT = """
select i.id, i.party_id, i.number, i.direction, i.kind, i.state, i.currency, i.net_minor as net,
  i.tax_minor as tax, i.gross_minor as gross, i.tax_number, i.issued_on, s.number as statement, i.statement_id
from settlement_invoice i join settlement_statement s on s.party_id = i.party_id and s.id = i.statement_id
where i.state <> 'voided' and {where}
"""
STATES = {name: INVOICES[name] for name in INVOICES if name != "voided"}


def invoices_waiting(request: HttpRequest) -> int:
    """Badge of the menu: invoices this shop has still to issue."""
    party = standing_of(request).party.id
    with as_tenant(party):
        return waiting_of(party)


class InvoiceList(OwnList):
    """Invoices between the shop and the platform, both ways."""

    name = "merchant.invoices"
    title = gettext_lazy("Invoices")
    permission = "own_invoices.view"
    sort = "-id"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("Invoices appear here after a statement is confirmed.")

    def get_source(self) -> SqlSource:
        """The shop's invoices."""
        return SqlSource(
            select=SELECT,
            fields={
                "id": "i.id",
                "party_id": "i.party_id",
                "number": "i.number",
                "state": "i.state",
                "currency": "i.currency",
                "net": "i.net_minor",
                "tax": "i.tax_minor",
                "gross": "i.gross_minor",
                "tax_number": "i.tax_number",
                "statement": "s.number",
                "issued_on": "i.issued_on",
            },
        )

    def get_filters(self) -> Sequence[Any]:
        """By any number."""
        return [
            TextFilter("q", _("Invoice or statement number"), starts=["number", "tax_number", "statement"]),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Which, whose to issue, how much."""
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn(
                "number", _("Number"), href=lambda r: reverse("merchant:invoice", args=[r.id]), sort="id"
            ),
            TextColumn(
                "direction",
                _("Who issues it"),
                value=lambda r: _("The platform") if r.direction == 1 else _("You"),
                phone="sub",
            ),
            StatusColumn("state", _("Status"), badges=INVOICES),
            TextColumn(
                "kind",
                _("Kind"),
                value=lambda r: _("Red letter") if r.kind == "red" else _("Invoice"),
                phone="",
            ),
            TextColumn(
                "statement",
                _("Statement"),
                code=True,
                href=lambda r: reverse("merchant:statement", args=[r.statement_id]),
            ),
            MoneyColumn("net", _("Net of tax"), sort="net", phone="", **money),
            MoneyColumn("tax", _("Tax"), sort="tax", phone="", **money),
            MoneyColumn("gross", _("With tax"), sort="gross", phone="amount", **money),
            TextColumn("tax_number", _("Tax authority's number"), code=True),
            DateColumn("issued_on", _("Issued on"), sort="issued_on", nullable=True, phone=""),
        ]


def read_invoice(party_id: int, invoice_id: int) -> Whole:
    """An invoice of the shop, or 404: another shop's looks like none."""
    with as_tenant(party_id):
        row = invoice(party_id, invoice_id)
        if row is None or row.state == InvoiceState.VOIDED:
            raise Http404(_("There is no such invoice."))
        return whole(row)


@shop_page("own_invoices.view")
def invoice_page(request: HttpRequest, party_id: int, invoice_id: int) -> HttpResponse:
    """One invoice: both sides, lines, and what the shop sent towards it."""
    found = read_invoice(party_id, invoice_id)
    row = found.row
    own = row.direction == Direction.INPUT
    actions = [Action(_("PDF"), reverse("merchant:invoice_pdf", args=[row.id]), icon="print")]
    if row.state == InvoiceState.EXPECTED and may_here(request, "own_invoices.act"):
        actions.append(
            Action(_("Upload your invoice"), reverse("merchant:invoice_upload", args=[row.id]), "primary")
        )
    facts = [
        Fact(_("Who issues it"), _("You") if own else _("The platform")),
        Fact(
            _("Statement"),
            found.statement.number,
            href=reverse("merchant:statement", args=[row.statement_id]),
        ),
        Fact(_("Settled by"), entity_name(row.entity_id)),
    ]
    if row.tax_number:
        facts.append(Fact(_("Tax authority's number"), row.tax_number, copy=True))
    if found.original:
        facts.append(
            Fact(
                _("Takes back from"),
                found.original.number,
                href=reverse("merchant:invoice", args=[row.original_id]),
            )
        )
    seller, buyer = sides_of(found, timezone.now())
    with as_tenant(party_id):
        missing = differences(party_id, invoice_id) if own else []
    total = sum(line.gross_minor for line in found.lines) == row.gross_minor
    detail = Detail(
        number=row.number,
        kind=_("Invoice"),
        badge=INVOICES[row.state],
        actions=actions,
        amount=row.gross_minor,
        currency=row.currency,
        amount_label=_("With tax"),
        facts=facts,
        proof=Proof(
            total,
            _("The lines add up to it exactly")
            if total
            else _("The lines do not add up. Tell the platform."),
        ),
        steps=[Step(INVOICES[one.after].label, "done", one.at) for one in found.events][-4:],
        breadcrumbs=[(_("Invoices"), reverse("merchant:invoices"))],
    )
    context = {
        "detail": detail,
        "row": row,
        "currency": row.currency,
        "own": own,
        "missing": missing,
        "lines": [(line, item_of(found, line.part_id), format_rate(line.rate_ppm)) for line in found.lines],
        "sent": [(one, SENT[one.state]) for one in found.sent],
        "sides": [
            (_("Seller"), [(label, seller.get(name) or "–") for name, label in FIELDS.items()]),
            (_("Buyer"), [(label, buyer.get(name) or "–") for name, label in FIELDS.items()]),
        ],
    }
    return render(request, "merchant/invoice.html", context)


@shop_page("own_invoices.view")
def invoice_pdf(request: HttpRequest, party_id: int, invoice_id: int) -> HttpResponse:
    """The invoice as a paper, in the language of the page."""
    found = read_invoice(party_id, invoice_id)
    content = invoice_paper(found, language=get_language() or "zh", printed_at=timezone.now())
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{found.row.number}.pdf"'},
    )


def _form(
    request: HttpRequest, title: Any, fields: list[Field], back: str, problem: str, intro: Any, button: Any
) -> HttpResponse:
    if problem:
        fields = [
            Field(
                **{name: getattr(field, name) for name in field.__dataclass_fields__}
                | {"value": "" if field.file else typed(request, field.name)}
            )
            for field in fields
        ]
    context = {
        "title": title,
        "fields": fields,
        "back": back,
        "problem": problem,
        "intro": intro,
        "button": button,
        "breadcrumbs": [(_("Invoices"), reverse("merchant:invoices")), (title, "")],
    }
    return render(request, "merchant/simple_form.html", context, status=422 if problem else 200)


@shop_page("own_invoices.act")
def own_upload(request: HttpRequest, party_id: int, invoice_id: int) -> HttpResponse:
    """Send the invoice that the shop issued: number, day, amounts of each rate, file."""
    found = read_invoice(party_id, invoice_id)
    row, problem = found.row, ""
    with as_tenant(party_id):
        want, have = expected_by_rate(party_id, invoice_id), covered_by_rate(party_id, invoice_id)
    back = reverse("merchant:invoice", args=[invoice_id])
    if request.method == "POST":
        try:
            _send(request, party_id, found, list(want))
        except Unusable as unusable:
            problem = str(unusable)
        except Refusal as refusal:
            problem = refusal_text(refusal)
        else:
            messages.success(request, _("We have your invoice. The platform checks it next."))
            return HttpResponseRedirect(back)
    fields = [
        Field("number", _("Invoice number"), most=40),
        Field("code", _("Invoice code, where there is one"), required=False, most=20),
        Field("day", _("Issued on"), f"{timezone.localdate()}", most=10),
        Field("file", _("Its file: PDF, XML or OFD"), required=False, file=INVOICE_FILES.accept),
    ]
    for rate, amounts in want.items():
        own = have.get(rate, [0, 0])
        for name, label, place in (("net", _("Net at %(rate)s"), 0), ("tax", _("Tax at %(rate)s"), 1)):
            fields.append(
                Field(
                    f"{name}-{rate}",
                    label % {"rate": format_rate(rate)},
                    decimal_text(amounts[place] - own[place], row.currency),
                    numeric=True,
                    help=row.currency,
                )
            )
    intro = _(
        "The amounts are what is left to invoice. One invoice may cover part of them; never a cent more."
    )
    return _form(request, _("Upload your invoice"), fields, back, problem, intro, _("Upload"))


def _send(request: HttpRequest, party_id: int, found: Whole, rates: list[int]) -> None:
    row, given = found.row, []
    for rate in rates:
        net, tax = (amount_in(request, f"{name}-{rate}", row.currency) for name in ("net", "tax"))
        if net or tax:
            given.append(AtRate(rate, net, tax))
    file = request.FILES.get("file")
    sent = Sent(
        needed(request, "number", _("Invoice number")),
        day_in(request, "day"),
        given,
        typed(request, "code"),
        Attachment(file.name or "", content_of(file, INVOICE_FILES)) if file else None,
    )
    input_invoice_received(
        party_id=party_id,
        invoice_id=row.id,
        sent=sent,
        at=timezone.now(),
        zone=timezone.get_default_timezone(),
        actor=request.user.get_username(),
    )


@shop_page("own_invoices.view")
def own_tax_data(request: HttpRequest, party_id: int) -> HttpResponse:
    """What stands about the shop on its invoices; its people may change it from a day on."""
    with as_tenant(party_id):
        now = profile(party_id, 0, timezone.localdate())
    problem, back = "", reverse("merchant:invoices")
    names = ("title", "tax_number", "address", "phone", "bank_name", "bank_account")
    if request.method == "POST":
        if not may_here(request, "own_invoices.act"):
            problem = _("Your role does not include this action.")
        else:
            try:
                tax_profile_set(
                    party_id=party_id,
                    effective_from=day_in(request, "day"),
                    at=timezone.now(),
                    actor=request.user.get_username(),
                    taxpayer=typed(request, "taxpayer"),
                    keep_account=True,
                    **{name: typed(request, name) for name in names},
                )
            except Unusable as unusable:
                problem = str(unusable)
            except Refusal as refusal:
                problem = refusal_text(refusal)
            else:
                messages.success(request, _("Your tax data are set."))
                return HttpResponseRedirect(reverse("merchant:tax_data"))
    kinds = (
        (Taxpayer.GENERAL.value, _("General taxpayer")),
        (Taxpayer.SMALL.value, _("Small-scale taxpayer")),
        (Taxpayer.INDIVIDUAL.value, _("Individual")),
    )
    shown = {name: getattr(now, name, "") if now else "" for name in names if name != "bank_account"}
    fields = [
        Field("title", _("Name on invoices"), shown["title"]),
        Field("taxpayer", _("Kind of taxpayer"), now.taxpayer if now else "", options=kinds),
        Field("tax_number", _("Tax number"), shown["tax_number"], required=False, most=32),
        Field("address", _("Address"), shown["address"], required=False, most=300),
        Field("phone", _("Phone"), shown["phone"], required=False, most=40),
        Field("bank_name", _("Bank"), shown["bank_name"], required=False),
        Field(
            "bank_account",
            _("Bank account"),
            required=False,
            most=40,
            help=now.bank_account_masked if now else "",
        ),
        Field("day", _("From the day"), f"{timezone.localdate()}", most=10),
    ]
    intro = _("They stand on invoices from the day on.")
    if missing_of(now):
        intro = _(
            "They stand on invoices from the day on. Something is missing: invoices to you cannot be issued yet."
        )
    return _form(request, _("Tax data"), fields, back, problem, intro, _("Set"))
