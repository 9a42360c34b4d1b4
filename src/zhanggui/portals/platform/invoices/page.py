"""The page of one invoice: amount and proof, both sides, lines that drill to details, documents, steps."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhanggui.portals.desk.amounts import format_integer, format_rate
from zhanggui.portals.desk.details import Action, Detail, Fact, PageTab, Proof, Step
from zhanggui.portals.desk.papers.invoice import invoice_paper, item_of, sides_of
from zhanggui.portals.desk.papers.words import FIELDS
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.invoices.words import INVOICE_KINDS, INVOICE_STATES, RECEIVED_STATES
from zhanggui.portals.platform.names import entity_names, fee_name, parties, party_name
from zhanggui.settlement.invoices.bearing import details_of_part
from zhanggui.settlement.invoices.coverage import differences
from zhanggui.settlement.invoices.models import InvoiceKind, InvoicePart, InvoiceState
from zhanggui.settlement.invoices.queries import Whole, file_of, invoice, received, whole
from zhanggui.settlement.invoices.tax_models import Direction

MOST_DETAILS = 2_000


def read(party_id: int, invoice_id: int) -> Whole:
    """One invoice, or 404."""
    row = invoice(party_id, invoice_id)
    if row is None:
        raise Http404(_("There is no such invoice."))
    return whole(row)


def proof_of(found: Whole) -> Proof:
    """Whether the lines add up to the invoice."""
    gross = sum(line.gross_minor for line in found.lines)
    details = sum(found.parts[line.part_id].detail_count for line in found.lines)
    if gross != found.row.gross_minor:
        return Proof(False, _("The lines do not add up to the invoice"))
    return Proof(
        True,
        _("%(lines)s lines of %(details)s details add up to it exactly")
        % {"lines": format_integer(len(found.lines)), "details": format_integer(details)},
    )


def facts_of(found: Whole) -> list[Fact]:
    """Merchant, statement, entity, number and month."""
    row = found.row
    party = parties([row.party_id]).get(row.party_id)
    facts = [
        Fact(_("Kind"), INVOICE_KINDS[row.kind]),
        Fact(_("Merchant"), party_name(party), href=reverse("platform:party", args=[row.party_id])),
        Fact(
            _("Statement"),
            found.statement.number,
            href=reverse("platform:statement", args=[row.party_id, row.statement_id]),
        ),
        Fact(_("Entity"), entity_names().get(row.entity_id, "")),
    ]
    if row.tax_number:
        facts.append(Fact(_("Tax authority's number"), row.tax_number, copy=True))
    if row.issued_on:
        facts.append(Fact(_("Issued on"), f"{row.issued_on}"))
    if row.tax_month:
        facts.append(Fact(_("Filed in"), f"{row.tax_month:%Y-%m}"))
    if found.original:
        facts.append(
            Fact(
                _("Takes back from"),
                found.original.number,
                href=reverse("platform:invoice", args=[row.party_id, row.original_id]),
            )
        )
    if row.reason:
        facts.append(Fact(_("Reason"), row.reason))
    return facts


def steps_of(found: Whole) -> list[Step]:
    """Every step so far, and the one that waits."""
    row = found.row
    steps = [
        Step(
            INVOICE_STATES[event.after].label if event.before else _("Drafted"), "done", event.at, event.actor
        )
        for event in found.events
    ]
    waiting = {
        InvoiceState.DRAFT: _("To issue"),
        InvoiceState.EXPECTED: _("To be received"),
        InvoiceState.RECEIVED: _("To verify"),
        InvoiceState.VERIFIED: _("To check off"),
    }
    if row.state in waiting:
        steps.append(Step(waiting[InvoiceState(row.state)], "now"))
    return steps[-5:]


def actions_of(found: Whole, user: Any) -> list[Action]:
    """What this person can do now."""
    row = found.row
    here = [row.party_id, row.id]
    actions = [Action(_("PDF"), reverse("platform:invoice_pdf", args=here), icon="print")]
    if row.file_hash:
        actions.append(
            Action(
                _("Its file"),
                reverse("platform:invoice_file", args=[row.party_id, bytes(row.file_hash).hex()]),
                icon="download",
            )
        )
    if not may(user, "invoices.act"):
        return actions
    if row.state == InvoiceState.DRAFT:
        actions.append(Action(_("Void"), reverse("platform:invoice_void", args=here), "danger"))
        actions.append(Action(_("Enter as issued"), reverse("platform:invoice_issue", args=here), "primary"))
    if row.state == InvoiceState.ISSUED and row.kind == InvoiceKind.BLUE:
        actions.append(Action(_("Red letter"), reverse("platform:invoice_red", args=here), "danger"))
    if row.state == InvoiceState.EXPECTED:
        actions.append(Action(_("Void"), reverse("platform:invoice_void", args=here), "danger"))
        actions.append(
            Action(_("Enter what was sent"), reverse("platform:invoice_receive", args=here), "primary")
        )
    if row.state == InvoiceState.VERIFIED:
        actions.append(
            Action(_("Check off"), reverse("platform:invoice_write_off", args=here), "primary", post=True)
        )
    return actions


def lines_of(found: Whole) -> list[dict[str, Any]]:
    """Lines as the table draws them."""
    return [
        {
            "item": item_of(found, line.part_id),
            "fee": fee_name(line.fee_type_id),
            "line": line,
            "rate": format_rate(line.rate_ppm),
            "details": found.parts[line.part_id].detail_count,
            "url": reverse("platform:invoice_details", args=[line.party_id, found.row.id, line.position]),
        }
        for line in found.lines
    ]


@needs("invoices.view")
def invoice_page(request: HttpRequest, party_id: int, invoice_id: int) -> HttpResponse:
    """One invoice: its lines, what was sent and taken back, its history."""
    found = read(party_id, invoice_id)
    row = found.row
    output = row.direction == Direction.OUTPUT
    home = (
        (_("Output invoices"), reverse("platform:invoices"))
        if output
        else (_("Input invoices"), reverse("platform:input_invoices"))
    )
    seller, buyer = sides_of(found, timezone.now())
    here = reverse("platform:invoice", args=[party_id, invoice_id])
    tab = "log" if request.GET.get("tab") == "log" else "lines"
    detail = Detail(
        number=row.number,
        kind=_("Invoice"),
        badge=INVOICE_STATES[row.state],
        actions=actions_of(found, request.user),
        amount=row.gross_minor,
        currency=row.currency,
        amount_label=_("With tax"),
        proof=proof_of(found),
        facts=facts_of(found),
        steps=steps_of(found),
        breadcrumbs=[home],
        tabs=[
            PageTab(_("Invoice lines"), here, tab == "lines", len(found.lines)),
            PageTab(_("Activity"), f"{here}?tab=log", tab == "log", len(found.events)),
        ],
    )
    context = {
        "detail": detail,
        "row": row,
        "tab": tab,
        "lines": lines_of(found),
        "currency": row.currency,
        "sides": [(_("Seller"), _side(seller)), (_("Buyer"), _side(buyer))],
        "sent": [(one, RECEIVED_STATES[one.state]) for one in found.sent],
        "differences": differences(party_id, invoice_id) if not output else [],
        "reds": [(one, INVOICE_STATES[one.state]) for one in found.reds],
        "events": [
            (one, INVOICE_STATES.get(one.before), INVOICE_STATES.get(one.after)) for one in found.events
        ],
    }
    return render(request, "platform/invoice.html", context)


def _side(values: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [(label, values.get(name) or "–") for name, label in FIELDS.items()]


@needs("invoices.view")
def invoice_pdf(request: HttpRequest, party_id: int, invoice_id: int) -> HttpResponse:
    """The invoice as a paper, in the language of the page."""
    found = read(party_id, invoice_id)
    content = invoice_paper(found, language=get_language() or "zh", printed_at=timezone.now())
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{found.row.number}.pdf"'},
    )


@needs("invoices.view")
def invoice_details(request: HttpRequest, party_id: int, invoice_id: int, position: int) -> HttpResponse:
    """The very details that one line is made of, down to the cent."""
    found = read(party_id, invoice_id)
    line = next((one for one in found.lines if one.position == position), None)
    if line is None:
        raise Http404(_("There is no such line."))
    part: InvoicePart = found.parts[line.part_id]
    rows = details_of_part(part, MOST_DETAILS)
    sign = -1 if part.direction == Direction.OUTPUT else 1
    context = {
        "title": _("Details of line %(line)s of %(number)s") % {"line": position, "number": found.row.number},
        "breadcrumbs": [
            (found.row.number, reverse("platform:invoice", args=[party_id, invoice_id])),
            (_("Line %(line)s") % {"line": position}, ""),
        ],
        "rows": [
            (
                row,
                fee_name(row["fee_type_id"]),
                sign * row["amount"],
                f"{row['party_id']}-{row['line_id']}-{row['event_id']}-{row['position']}",
            )
            for row in rows
        ],
        "part": part,
        "line": line,
        "currency": part.currency,
        "shown": len(rows),
        "sum": sign * sum(row["amount"] for row in rows),
    }
    return render(request, "platform/invoice_details.html", context)


@needs("invoices.view")
def invoice_file(request: HttpRequest, party_id: int, digest: str) -> HttpResponse:
    """The file of an invoice, as it came."""
    try:
        found = file_of(party_id, bytes.fromhex(digest))
    except ValueError:
        found = None
    if found is None:
        raise Http404(_("There is no such file."))
    return HttpResponse(
        bytes(found.content),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{digest[:16]}.{found.kind}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def read_received(party_id: int, received_id: int) -> Any:
    """One document, or 404."""
    row = received(party_id, received_id)
    if row is None:
        raise Http404(_("There is no such invoice."))
    return row
