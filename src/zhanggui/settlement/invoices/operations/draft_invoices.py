"""Draft what a closed statement has to be invoiced for: blue invoices, and red letters against earlier ones."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.invoices.coverage import ByFee, Left, parts_left, red_room
from zhanggui.settlement.invoices.errors import StatementNotClosed
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.models import (
    Invoice,
    InvoiceEvent,
    InvoiceKind,
    InvoiceLine,
    InvoicePart,
    InvoiceState,
)
from zhanggui.settlement.invoices.numbering import next_number
from zhanggui.settlement.invoices.parts import parts_of
from zhanggui.settlement.invoices.steps import refresh_axis
from zhanggui.settlement.invoices.tax_data import policy
from zhanggui.settlement.invoices.tax_models import Direction
from zhanggui.settlement.statements.errors import UnknownStatement
from zhanggui.settlement.statements.models import Statement, StatementState

TAKEN_BACK_FROM = {
    Direction.OUTPUT: (InvoiceState.ISSUED,),
    Direction.INPUT: (InvoiceState.RECEIVED, InvoiceState.VERIFIED, InvoiceState.WRITTEN_OFF),
}
"""Where an invoice must stand for a red letter against it; before that, amounts are simply left out."""


def draft_invoices(*, party_id: int, statement_id: int, at: datetime, actor: str) -> list[Invoice]:
    """This function will draft the invoices of one closed statement in the caller's transaction and return the
    new ones; again, it drafts only what is on no invoice yet.

    What takes back from an invoice already issued becomes a red letter against it, in its mode, entity and rate;
    by the entity's setting, or where it would exceed the original, it is deducted from the next blue invoice
    instead. Raises UnknownStatement, StatementNotClosed, TaxTreatmentMissing.
    """
    hold_invoices_of(party_id)
    statement = Statement.objects.select_for_update().filter(party_id=party_id, id=statement_id).first()
    if statement is None:
        raise UnknownStatement(f"there is no statement {statement_id} of party {party_id}")
    if statement.state == StatementState.OPEN:
        raise StatementNotClosed(
            f"statement {statement.number} is open; it can be invoiced once it is closed",
            number=statement.number,
        )
    _keep_parts(statement)
    made: list[Invoice] = []
    for direction in Direction:
        left = [one for one in _left(statement) if one.part.direction == direction]
        letters, rest = _red_letters(statement, direction, left)
        for original, lines in letters.items():
            made.append(_invoice(statement, direction, lines, original=original, at=at, actor=actor))
        lines = _fitting(rest)
        if sum(one.gross for one in lines) > 0:
            made.append(_invoice(statement, direction, lines, original=0, at=at, actor=actor))
    refresh_axis(party_id, statement_id)
    for row in made:
        record_change(
            at=at, actor=actor, action="invoice.drafted", object_kind="invoice", object_id=row.number,
            party_id=party_id, after={"statement": statement.number, "kind": row.kind,
                                      "gross_minor": row.gross_minor, "currency": row.currency},
        )  # fmt: skip
    return made


def _keep_parts(statement: Statement) -> None:
    """Parts are worked out once: the statement is closed, so they stay what they are."""
    if InvoicePart.objects.filter(party_id=statement.party_id, statement_id=statement.id).exists():
        return
    parts = [one for one in parts_of(statement) if one.gross_minor or one.net_minor or one.tax_minor]
    with connection.cursor() as cursor:
        numbers = reserve_numbers(cursor, "settlement_invoice_part_id_seq", len(parts)).tolist()
    for part, number in zip(parts, numbers, strict=True):
        part.id = number
    InvoicePart.objects.bulk_create(parts)


def _left(statement: Statement) -> list[Left]:
    """Its own parts, and what earlier statements have still to take back."""
    found = parts_left(
        statement.party_id, entity_id=statement.entity_id, mode=statement.mode, currency=statement.currency
    )
    return [one for one in found if one.part.statement_id == statement.id or one.gross < 0]


def _red_letters(
    statement: Statement, direction: Direction, left: Sequence[Left]
) -> tuple[dict[int, list[Left]], list[Left]]:
    """Red letters by original invoice, and the rest."""
    letters: dict[int, list[Left]] = defaultdict(list)
    rest: list[Left] = []
    rooms: dict[int, ByFee] = {}
    by_letter = policy(statement.entity_id).reversals == "red_letter"
    for one in left:
        original = _original(one, direction) if by_letter and one.gross < 0 else None
        if original is None:
            rest.append(one)
            continue
        room = rooms.setdefault(original.id, red_room(original.party_id, original.id))
        key = (one.part.fee_type_id, one.part.rate_ppm)
        if room[key][0] + one.gross < 0 or room[key][1] + one.tax < 0:
            rest.append(one)
            continue
        room[key][0] += one.gross
        room[key][1] += one.tax
        letters[original.id].append(one)
    return letters, rest


def _original(one: Left, direction: Direction) -> Invoice | None:
    """The blue invoice that holds the sale which a part takes back from, where it is out already."""
    part = one.part
    if part.origin_statement_id == part.statement_id:
        return None
    sale = InvoicePart.objects.filter(
        party_id=part.party_id, statement_id=part.origin_statement_id, direction=direction,
        fee_type_id=part.fee_type_id, rate_ppm=part.rate_ppm,
    )  # fmt: skip
    lines = InvoiceLine.objects.filter(
        party_id=part.party_id, part_id__in=sale.values_list("id", flat=True), gross_minor__gt=0
    )
    return (
        Invoice.objects.filter(
            party_id=part.party_id, id__in=lines.values_list("invoice_id", flat=True), kind=InvoiceKind.BLUE,
            state__in=TAKEN_BACK_FROM[direction],
        ).order_by("-id").first()
    )  # fmt: skip


def _fitting(rest: Sequence[Left]) -> list[Left]:
    """What goes on a blue invoice: everything, but no rate below zero; what does not fit waits for the next."""
    by_rate: dict[int, list[Left]] = defaultdict(list)
    for one in rest:
        by_rate[one.part.rate_ppm].append(one)
    chosen = []
    for group in by_rate.values():
        room = [
            sum(one.gross for one in group if one.gross > 0),
            sum(one.tax for one in group if one.tax > 0),
        ]
        for one in group:
            if one.gross < 0 and (room[0] + one.gross < 0 or room[1] + one.tax < 0):
                continue
            if one.gross < 0:
                room = [room[0] + one.gross, room[1] + one.tax]
            chosen.append(one)
    return chosen


def _invoice(
    statement: Statement,
    direction: Direction,
    lines: Sequence[Left],
    *,
    original: int,
    at: datetime,
    actor: str,
) -> Invoice:
    kind = InvoiceKind.RED if original else InvoiceKind.BLUE
    gross, tax = sum(one.gross for one in lines), sum(one.tax for one in lines)
    with connection.cursor() as cursor:
        number = int(reserve_numbers(cursor, "settlement_invoice_id_seq", 1)[0])
    state = InvoiceState.DRAFT if direction == Direction.OUTPUT else InvoiceState.EXPECTED
    row = Invoice.objects.create(
        party_id=statement.party_id, id=number,
        number=next_number(direction, kind.value, statement.ends_before),
        direction=direction, kind=kind, original_id=original, statement_id=statement.id,
        entity_id=statement.entity_id, mode=statement.mode, currency=statement.currency, state=state,
        gross_minor=gross, net_minor=gross - tax, tax_minor=tax, drafted_at=at, drafted_by=actor,
    )  # fmt: skip
    InvoiceLine.objects.bulk_create([
        InvoiceLine(
            party_id=statement.party_id, invoice_id=number, position=place, part_id=one.part.id,
            fee_type_id=one.part.fee_type_id, rate_ppm=one.part.rate_ppm, tax_code=one.part.tax_code,
            gross_minor=one.gross, net_minor=one.gross - one.tax, tax_minor=one.tax,
        )
        for place, one in enumerate(lines, start=1)
    ])  # fmt: skip
    InvoiceEvent.objects.create(
        party_id=statement.party_id, invoice_id=number, at=at, actor=actor, before="", after=state
    )
    return row
