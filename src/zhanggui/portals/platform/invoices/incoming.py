"""Invoices that merchants send: entered, verified or turned down by somebody else, checked off."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.journeys.input_invoice_received import (
    Sent,
    input_invoice_received,
    input_invoice_rejected,
    input_invoice_verified,
)
from zhanggui.journeys.invoice_changed import invoice_checked_off
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.amounts import decimal_text
from zhanggui.portals.desk.details import Action, Detail, Fact, Step
from zhanggui.portals.desk.forms import Field, Unusable, amount_in, day_in, needed, typed
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.invoices.filling import FILES, attachment_in, form_page
from zhanggui.portals.platform.invoices.page import read, read_received
from zhanggui.portals.platform.invoices.words import RECEIVED_STATES
from zhanggui.portals.platform.names import entity_names, parties, party_name
from zhanggui.settlement.invoices.coverage import covered_by_rate, expected_by_rate
from zhanggui.settlement.invoices.models import ReceivedState
from zhanggui.settlement.invoices.operations.receive_invoice import AtRate
from zhanggui.settlement.invoices.queries import Whole, invoice


def _url(found: Whole) -> str:
    return reverse("platform:invoice", args=[found.row.party_id, found.row.id])


def sent_fields(found: Whole, amounts: bool = True) -> list[Field]:
    """Fields of an invoice that a party sends: number, day, amounts of every rate, file."""
    row = found.row
    want, have = expected_by_rate(row.party_id, row.id), covered_by_rate(row.party_id, row.id)
    fields = [
        Field("number", _("Invoice number"), most=40),
        Field("code", _("Invoice code, where there is one"), required=False, most=20),
        Field("day", _("Issued on"), f"{timezone.localdate()}", most=10),
        Field("file", _("Its file: PDF, XML or OFD"), required=False, file=FILES),
    ]
    for rate, (net, tax) in want.items():
        own = have.get(rate, [0, 0])
        for name, label, left in (
            ("net", _("Net at %(rate)s"), net - own[0]),
            ("tax", _("Tax at %(rate)s"), tax - own[1]),
        ):
            fields.append(
                Field(
                    f"{name}-{rate}",
                    label % {"rate": f"{rate / 10_000:g}%"},
                    decimal_text(left, row.currency),
                    numeric=True,
                    help=row.currency,
                )
            )
    return fields


def sent_in(request: HttpRequest, found: Whole) -> Sent:
    """What was typed into those fields."""
    row = found.row
    rates = []
    for rate in expected_by_rate(row.party_id, row.id):
        net, tax = (amount_in(request, f"{name}-{rate}", row.currency) for name in ("net", "tax"))
        if net or tax:
            rates.append(AtRate(rate, net, tax))
    return Sent(
        needed(request, "number", _("Invoice number")),
        day_in(request, "day"),
        rates,
        typed(request, "code"),
        attachment_in(request),
    )


@needs("invoices.act")
def receive(request: HttpRequest, party_id: int, invoice_id: int) -> HttpResponse:
    """Enter an invoice that came on paper or by mail; somebody else verifies it."""
    found = read(party_id, invoice_id)

    def do() -> HttpResponse:
        input_invoice_received(
            party_id=party_id,
            invoice_id=invoice_id,
            sent=sent_in(request, found),
            at=timezone.now(),
            zone=timezone.get_default_timezone(),
            actor=request.user.get_username(),
        )
        messages.success(request, _("Entered; somebody else has to verify it."))
        return HttpResponseRedirect(_url(found))

    return form_page(
        request,
        title=_("Enter what was sent for %(number)s") % {"number": found.row.number},
        fields=sent_fields(found),
        button=_("Enter"),
        back=_url(found),
        do=do,
    )


@needs("invoices.view")
def received_page(request: HttpRequest, party_id: int, received_id: int) -> HttpResponse:
    """One document: its amounts, its file, and the decision of somebody else."""
    row = read_received(party_id, received_id)
    expected = invoice(party_id, row.invoice_id)
    assert expected is not None
    back = reverse("platform:invoice", args=[party_id, row.invoice_id])
    deciding = row.state == ReceivedState.RECEIVED and may(request.user, "invoices.act")
    problem = ""
    if request.method == "POST":
        problem = _decided(request, row) if deciding else _("Your role does not include this action.")
        if not problem:
            return HttpResponseRedirect(back)
    facts = [
        Fact(
            _("Merchant"),
            party_name(parties([party_id]).get(party_id)),
            href=reverse("platform:party", args=[party_id]),
        ),
        Fact(_("Towards"), expected.number, href=back),
        Fact(_("Issued on"), f"{row.issued_on}"),
        Fact(_("Entity"), entity_names().get(row.entity_id, "")),
    ]
    if row.reason:
        facts.append(Fact(_("Reason"), row.reason))
    steps = [Step(_("Sent"), "done", row.uploaded_at, row.uploaded_by)]
    steps.append(
        Step(
            RECEIVED_STATES[row.state].label,
            "done" if row.decided_at else "now",
            row.decided_at,
            actor_name(row.decided_by),
        )
    )
    actions = (
        [
            Action(
                _("Its file"),
                reverse("platform:invoice_file", args=[party_id, bytes(row.file_hash).hex()]),
                icon="download",
            )
        ]
        if row.file_hash
        else []
    )
    detail = Detail(
        number=row.number,
        kind=_("Input invoice"),
        badge=RECEIVED_STATES[row.state],
        amount=row.gross_minor,
        currency=row.currency,
        amount_label=_("With tax"),
        facts=facts,
        steps=steps,
        actions=actions,
        breadcrumbs=[(_("Input invoices"), reverse("platform:input_invoices")), (expected.number, back)],
    )
    context = {
        "detail": detail,
        "row": row,
        "problem": problem,
        "deciding": deciding,
        "currency": row.currency,
    }
    return render(request, "platform/received_invoice.html", context, status=422 if problem else 200)


def _decided(request: HttpRequest, row: Any) -> str:
    """Verify or reject; an empty text means it was done."""
    given = {
        "party_id": row.party_id,
        "received_id": row.id,
        "at": timezone.now(),
        "checker": request.user.get_username(),
    }
    try:
        if request.POST.get("decision") == "verify":
            done = input_invoice_verified(**given, zone=timezone.get_default_timezone())
        elif request.POST.get("decision") == "reject":
            done = input_invoice_rejected(**given, reason=needed(request, "reason", _("Reason")))
        else:
            return _("Choose: verify or turn down.")
    except Unusable as unusable:
        return str(unusable)
    except Refusal as refusal:
        return refusal_text(refusal)
    messages.success(
        request,
        _("%(number)s: %(state)s.") % {"number": row.number, "state": RECEIVED_STATES[done.state].label},
    )
    return ""


@require_POST
@needs("invoices.act")
def write_off(request: HttpRequest, party_id: int, invoice_id: int) -> HttpResponse:
    """Check a verified invoice off."""
    found = read(party_id, invoice_id)
    try:
        invoice_checked_off(
            party_id=party_id, invoice_id=invoice_id, at=timezone.now(), actor=request.user.get_username()
        )
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, _("%(number)s is checked off.") % {"number": found.row.number})
    return HttpResponseRedirect(_url(found))
