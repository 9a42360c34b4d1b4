"""Acts of `zhanggui invoices` about invoices themselves."""

import argparse
from pathlib import Path
from typing import Any

from zhanggui.journeys.input_invoice_received import (
    Sent,
    input_invoice_received,
    input_invoice_rejected,
    input_invoice_verified,
)
from zhanggui.journeys.invoice_changed import draft_voided, invoice_checked_off, red_letter_drafted
from zhanggui.journeys.invoice_issued import invoice_issued, issued_imported
from zhanggui.journeys.invoices_due import invoices_due
from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.money.rates import format_rate, parse_rate
from zhanggui.parties.models import Party
from zhanggui.portals.shell.choosing import statement_of
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, zone
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.invoices.coverage import differences
from zhanggui.settlement.invoices.errors import UnknownInvoice
from zhanggui.settlement.invoices.files import Attachment
from zhanggui.settlement.invoices.issued import Issued
from zhanggui.settlement.invoices.issued_file import read_issued
from zhanggui.settlement.invoices.models import Invoice, ReceivedInvoice
from zhanggui.settlement.invoices.operations.receive_invoice import AtRate
from zhanggui.settlement.invoices.queries import due_statements, invoice_by_number, whole
from zhanggui.settlement.invoices.tax_models import Direction
from zhanggui.settlement.statements.models import Statement

ACTOR = "zhanggui invoices"


def shown(row: Invoice) -> dict[str, Any]:
    """An invoice for programs."""
    party = Party.objects.get(id=row.party_id)
    same = ("number", "kind", "state", "currency", "net_minor", "tax_minor", "gross_minor", "tax_number",
            "issued_on", "tax_month", "reason")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "party": party.code,
        "direction": Direction(row.direction).name.lower(),
        "statement": Statement.objects.get(party_id=row.party_id, id=row.statement_id).number,
    }


def _line(told: Any) -> str:
    amount = Money(told["gross_minor"], told["currency"]).grouped()
    return (
        f"{told['number']} {told['party']} {told['direction']} {told['kind']} {told['state']}"
        f" {told['currency']} {amount} {told['tax_number']}".rstrip()
    )


def due(options: argparse.Namespace, out: Output) -> int:
    """Statements to draft for."""
    rows = [Statement.objects.get(party_id=party, id=number) for party, number in due_statements()]
    document = {"due": [{"number": row.number, "state": row.state, "net_minor": row.net_minor,
                         "currency": row.currency} for row in rows]}  # fmt: skip
    out.result(document, lambda told: "\n".join(one["number"] for one in told["due"]) or "nothing is due")
    return 0


def draft(options: argparse.Namespace, out: Output) -> int:
    """Draft what is due, or what is named."""
    keys = None
    if options.statements:
        keys = [(row.party_id, row.id) for row in map(statement_of, options.statements)]
    done = invoices_due(clock=clock, actor=ACTOR, keys=keys)
    document = {
        "statements": done.statements,
        "invoices": [shown(row) for row in done.invoices],
        "failed": [{"number": number, "reason": why} for number, why in done.failed],
    }

    def told(found: Any) -> str:
        lines = [f"{found['statements']:,} statements, {len(found['invoices']):,} invoices drafted"]
        lines += [_line(one) for one in found["invoices"]]
        return "\n".join(lines + [f"refused {one['number']}: {one['reason']}" for one in found["failed"]])

    out.result(document, told)
    return 1 if done.failed else 0


def listed(options: argparse.Namespace, out: Output) -> int:
    """Invoices by state or party."""
    rows = Invoice.objects.order_by("id")
    if options.state:
        rows = rows.filter(state=options.state)
    if options.party:
        rows = rows.filter(party_id__in=Party.objects.filter(code=options.party).values_list("id", flat=True))
    document = {"invoices": [shown(row) for row in rows]}
    out.result(document, lambda told: "\n".join(map(_line, told["invoices"])) or "no invoices")
    return 0


def show(options: argparse.Namespace, out: Output) -> int:
    """One invoice."""
    found, fees = whole(invoice_by_number(options.invoice)), catalogue().by_id
    lines = [
        {"fee": fees[line.fee_type_id].code, "rate": format_rate(line.rate_ppm), "tax_code": line.tax_code,
         "net_minor": line.net_minor, "tax_minor": line.tax_minor, "gross_minor": line.gross_minor,
         "details": found.parts[line.part_id].detail_count}
        for line in found.lines
    ]  # fmt: skip
    sent = [{"number": one.number, "state": one.state, "gross_minor": one.gross_minor, "reason": one.reason}
            for one in found.sent]  # fmt: skip
    left = differences(found.row.party_id, found.row.id) if found.row.direction == Direction.INPUT else []
    out.result(shown(found.row) | {"lines": lines, "sent": sent, "differences": left})
    return 0


def _attachment(file: str | None) -> Attachment | None:
    return Attachment(Path(file).name, Path(file).read_bytes()) if file else None


def issue(options: argparse.Namespace, out: Output) -> int:
    """Issue a draft."""
    row = invoice_by_number(options.invoice)
    gross = parse_minor(options.gross, row.currency) if options.gross else None
    issued = Issued(options.number, options.on, options.code, gross, attachment=_attachment(options.file))
    row = invoice_issued(
        party_id=row.party_id, invoice_id=row.id, issued=issued, at=clock(), zone=zone(), actor=options.actor
    )
    out.result(shown(row), _line)
    return 0


def import_issued(options: argparse.Namespace, out: Output) -> int:
    """Issue by a file."""
    path = Path(options.file)
    rows = read_issued(path.name, path.read_bytes())
    done = issued_imported(rows=rows, at=clock(), zone=zone(), actor=options.actor)
    out.result(
        {"issued": done.issued, "already": done.already},
        lambda told: f"{told['issued']:,} issued, {told['already']:,} were already",
    )
    return 0


def red(options: argparse.Namespace, out: Output) -> int:
    """Draft a red letter."""
    row = invoice_by_number(options.invoice)
    amounts = {}
    for text in options.line:
        place, colon, amount = text.partition(":")
        if not colon or not place.isdigit():
            raise BadArguments(f"{text!r} is no PLACE:AMOUNT, such as 1:12.50")
        amounts[int(place)] = parse_minor(amount, row.currency)
    made = red_letter_drafted(
        party_id=row.party_id, invoice_id=row.id, reason=options.reason, amounts=amounts, at=clock(),
        actor=options.actor,
    )  # fmt: skip
    out.result(shown(made), _line)
    return 0


def void(options: argparse.Namespace, out: Output) -> int:
    """Void a draft."""
    row = invoice_by_number(options.invoice)
    row = draft_voided(
        party_id=row.party_id, invoice_id=row.id, reason=options.reason, at=clock(), actor=options.actor
    )
    out.result(shown(row), _line)
    return 0


def receive(options: argparse.Namespace, out: Output) -> int:
    """Take in a document."""
    row = invoice_by_number(options.invoice)
    rates = []
    for text in options.amount:
        parts = text.split(":")
        if len(parts) != 3:
            raise BadArguments(f"{text!r} is no RATE:NET:TAX, such as 13%:88.50:11.50")
        net, tax = (parse_minor(part, row.currency) for part in parts[1:])
        rates.append(AtRate(parse_rate(parts[0]), net, tax))
    sent = Sent(options.number, options.on, rates, options.code, _attachment(options.file))
    made = input_invoice_received(
        party_id=row.party_id, invoice_id=row.id, sent=sent, at=clock(), zone=zone(), actor=options.actor
    )
    row.refresh_from_db()
    document = {"number": made.number, "state": made.state, "invoice": shown(row),
                "differences": differences(row.party_id, row.id)}  # fmt: skip
    out.result(document, lambda told: f"{told['number']} received; {_line(told['invoice'])}")
    return 0


def _document(options: argparse.Namespace) -> ReceivedInvoice:
    row = invoice_by_number(options.invoice)
    found = ReceivedInvoice.objects.filter(
        party_id=row.party_id, invoice_id=row.id, number=options.number
    ).order_by("-id").first()  # fmt: skip
    if found is None:
        raise UnknownInvoice(f"no invoice {options.number} was sent towards {row.number}")
    return found


def verify(options: argparse.Namespace, out: Output) -> int:
    """Verify a document."""
    found = _document(options)
    found = input_invoice_verified(
        party_id=found.party_id, received_id=found.id, at=clock(), zone=zone(), checker=options.actor
    )
    out.result(
        {"number": found.number, "state": found.state}, lambda told: "{number}: {state}".format(**told)
    )
    return 0


def reject(options: argparse.Namespace, out: Output) -> int:
    """Reject a document."""
    found = _document(options)
    found = input_invoice_rejected(
        party_id=found.party_id,
        received_id=found.id,
        reason=options.reason,
        at=clock(),
        checker=options.actor,
    )
    out.result(
        {"number": found.number, "state": found.state}, lambda told: "{number}: {state}".format(**told)
    )
    return 0


def write_off(options: argparse.Namespace, out: Output) -> int:
    """Check an invoice off."""
    row = invoice_by_number(options.invoice)
    row = invoice_checked_off(party_id=row.party_id, invoice_id=row.id, at=clock(), actor=options.actor)
    out.result(shown(row), _line)
    return 0
