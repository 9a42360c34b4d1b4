"""Draft a red letter against an issued invoice by hand: its buyer was wrong, it must be issued anew."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.integers import require_integer
from zhanggui.money.rounding import RoundingMode, round_ratio
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.invoices.coverage import red_room
from zhanggui.settlement.invoices.errors import NotInvoiced, RedAboveOriginal
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.models import Invoice, InvoiceEvent, InvoiceKind, InvoiceLine, InvoiceState
from zhanggui.settlement.invoices.numbering import next_number
from zhanggui.settlement.invoices.steps import locked_invoice, refresh_axis
from zhanggui.settlement.invoices.tax_models import Direction
from zhanggui.settlement.statements.models import Statement


def draft_red_letter(
    *, party_id: int, invoice_id: int, reason: str, at: datetime, actor: str,
    amounts: Mapping[int, int] | None = None,
) -> Invoice:  # fmt: skip
    """This function will draft a red letter in the caller's transaction and return it. `amounts` are gross minor
    units to take back by line position (positive); none = everything that is left.

    Once it is issued, the details it took back are on no invoice and are drafted again. Raises UnknownInvoice,
    NotInvoiced, RedAboveOriginal, FloatRefused, NotAnInteger.
    """
    hold_invoices_of(party_id)
    original = locked_invoice(party_id, invoice_id)
    if (original.direction, original.kind, original.state) != (
        Direction.OUTPUT,
        InvoiceKind.BLUE,
        InvoiceState.ISSUED,
    ):
        raise NotInvoiced(
            f"invoice {original.number} is {original.kind} and {original.state}; a red letter takes back an issued"
            " blue invoice of ours",
            number=original.number,
        )  # fmt: skip
    lines = _red_lines(original, dict(amounts or {}))
    statement = Statement.objects.get(party_id=party_id, id=original.statement_id)
    with connection.cursor() as cursor:
        number = int(reserve_numbers(cursor, "settlement_invoice_id_seq", 1)[0])
    gross, tax = sum(line.gross_minor for line in lines), sum(line.tax_minor for line in lines)
    row = Invoice.objects.create(
        party_id=party_id, id=number,
        number=next_number(original.direction, InvoiceKind.RED.value, statement.ends_before),
        direction=Direction.OUTPUT, kind=InvoiceKind.RED, original_id=original.id,
        statement_id=original.statement_id, entity_id=original.entity_id, mode=original.mode,
        currency=original.currency, state=InvoiceState.DRAFT, gross_minor=gross, net_minor=gross - tax,
        tax_minor=tax, reason=reason, drafted_at=at, drafted_by=actor,
    )  # fmt: skip
    for line in lines:
        line.invoice_id = number
    InvoiceLine.objects.bulk_create(lines)
    InvoiceEvent.objects.create(
        party_id=party_id, invoice_id=number, at=at, actor=actor, before="", after=row.state, reason=reason
    )
    refresh_axis(party_id, original.statement_id)
    record_change(
        at=at, actor=actor, action="invoice.drafted", object_kind="invoice", object_id=row.number,
        party_id=party_id, after={"original": original.number, "kind": "red", "gross_minor": gross,
                                  "currency": row.currency, "reason": reason},
    )  # fmt: skip
    return row


def _red_lines(original: Invoice, amounts: dict[int, int]) -> list[InvoiceLine]:
    room = red_room(original.party_id, original.id)
    lines = list(
        InvoiceLine.objects.filter(party_id=original.party_id, invoice_id=original.id).order_by("position")
    )
    unknown = amounts.keys() - {line.position for line in lines}
    if unknown:
        raise RedAboveOriginal(
            f"invoice {original.number} has no line {min(unknown)}; it has {len(lines)}",
            number=original.number,
        )
    found: list[InvoiceLine] = []
    for line in lines:
        if amounts and line.position not in amounts:
            continue
        left = room[line.fee_type_id, line.rate_ppm]
        most = min(line.gross_minor, left[0])
        wanted = require_integer(amounts.get(line.position, most), "The amount taken back")
        if wanted < 0 or wanted > most:
            raise RedAboveOriginal(
                f"line {line.position} of invoice {original.number} has {max(most, 0)} (minor units) left to take"
                f" back, not {wanted}",
                number=original.number, position=line.position, left=most,
            )  # fmt: skip
        if wanted <= 0:
            continue
        whole = wanted == left[0]
        share = round_ratio(line.tax_minor * wanted, line.gross_minor, RoundingMode.HALF_EVEN)
        tax = left[1] if whole else min(share, left[1])
        room[line.fee_type_id, line.rate_ppm] = [left[0] - wanted, left[1] - tax]
        found.append(_line(line, len(found) + 1, wanted, tax))
    if not found:
        raise RedAboveOriginal(
            f"nothing of invoice {original.number} is left to take back", number=original.number
        )
    return found


def _line(line: InvoiceLine, position: int, gross: int, tax: int) -> InvoiceLine:
    return InvoiceLine(
        party_id=line.party_id, invoice_id=0, position=position, part_id=line.part_id,
        fee_type_id=line.fee_type_id, rate_ppm=line.rate_ppm, tax_code=line.tax_code, gross_minor=-gross,
        net_minor=-(gross - tax), tax_minor=-tax,
    )  # fmt: skip
