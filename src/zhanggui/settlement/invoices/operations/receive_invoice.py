"""Take in an invoice that a party issued towards one we expect of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.integers import require_integer, require_storable
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.invoices.coverage import covered_by_rate, differences, expected_by_rate
from zhanggui.settlement.invoices.errors import (
    InvoiceAboveExpected,
    InvoiceAmountDiffers,
    InvoiceNumberTaken,
    NotExpected,
)
from zhanggui.settlement.invoices.files import Attachment, keep_file
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.models import Invoice, InvoiceState, ReceivedInvoice, ReceivedState
from zhanggui.settlement.invoices.numbering import check_number
from zhanggui.settlement.invoices.steps import locked_invoice, step
from zhanggui.settlement.invoices.tax_models import Direction


class AtRate(NamedTuple):
    """Net and tax of one rate on a document, minor units; negative on a red one."""

    rate_ppm: int
    net_minor: int
    tax_minor: int


def receive_invoice(
    *, party_id: int, invoice_id: int, number: str, issued_on: date, by_rate: Sequence[AtRate], today: date,
    at: datetime, actor: str, number_code: str = "", attachment: Attachment | None = None,
) -> ReceivedInvoice:  # fmt: skip
    """This function will take in one document towards the expected invoice, in the caller's transaction.

    It may cover part of what is expected, never more, with no tolerance. Covered to the minor unit, the expected
    invoice is received and waits for its verification. Raises UnknownInvoice, NotExpected, InvoiceNumberTaken,
    InvoiceAmountDiffers, InvoiceAboveExpected, InvoiceFileRefused.
    """
    hold_invoices_of(party_id)
    expected = locked_invoice(party_id, invoice_id)
    if expected.direction != Direction.INPUT or expected.state != InvoiceState.EXPECTED:
        raise NotExpected(
            f"invoice {expected.number} is {expected.state}; nothing more is expected towards it",
            number=expected.number,
        )
    number, number_code = check_number(number, number_code)
    taken = ReceivedInvoice.objects.filter(number=number, number_code=number_code).exclude(
        state=ReceivedState.REJECTED
    )
    if taken.exists():
        raise InvoiceNumberTaken(f"invoice {number} was received already; check the number", number=number)
    if issued_on > today:
        raise InvoiceAmountDiffers(f"invoice {number} cannot be dated {issued_on}, which is after today")
    rates = sorted(AtRate(*one) for one in by_rate)
    _compare(expected, number, rates)
    digest = keep_file(party_id, attachment, number=number, at=at) if attachment else b""
    net, tax = sum(one.net_minor for one in rates), sum(one.tax_minor for one in rates)
    with connection.cursor() as cursor:
        own = int(reserve_numbers(cursor, "settlement_invoice_id_seq", 1)[0])
    row = ReceivedInvoice.objects.create(
        party_id=party_id, id=own, invoice_id=expected.id, entity_id=expected.entity_id, number=number,
        number_code=number_code, issued_on=issued_on, currency=expected.currency, gross_minor=net + tax,
        net_minor=net, tax_minor=tax, by_rate=[one._asdict() for one in rates], file_hash=digest,
        uploaded_at=at, uploaded_by=actor,
    )  # fmt: skip
    if not differences(party_id, expected.id):
        step(expected, InvoiceState.RECEIVED, at=at, actor=actor, reason=f"covered by {number}")
    record_change(
        at=at, actor=actor, action="invoice.sent", object_kind="invoice", object_id=expected.number,
        party_id=party_id, after={"number": number, "gross_minor": net + tax, "currency": row.currency,
                                  "file": digest.hex()},
    )  # fmt: skip
    return row


def _compare(expected: Invoice, number: str, rates: Sequence[AtRate]) -> None:
    """Nothing may go beyond what is expected at its rate, in net or tax, in the direction of the invoice."""
    sign = 1 if expected.gross_minor > 0 else -1
    want = expected_by_rate(expected.party_id, expected.id)
    have = covered_by_rate(expected.party_id, expected.id)
    if not rates or len({one.rate_ppm for one in rates}) != len(rates):
        raise InvoiceAmountDiffers(
            f"invoice {number} needs its amounts, one line for each rate", number=number
        )
    for one in rates:
        for name, value in (("net", one.net_minor), ("tax", one.tax_minor)):
            amount = require_storable(require_integer(value, name), name)
            if amount * sign < 0 or (name == "net" and amount == 0):
                raise InvoiceAmountDiffers(
                    f"invoice {number} has a {name} of {amount} (minor units) where "
                    f"{'a positive' if sign > 0 else 'a negative'} amount is expected",
                    number=number,
                )
        if one.rate_ppm not in want:
            raise InvoiceAmountDiffers(
                f"invoice {number} has a rate of {one.rate_ppm} ppm, which statement invoice {expected.number} does"
                f" not have (it has {', '.join(str(rate) for rate in want)})",
                number=number, rate_ppm=one.rate_ppm,
            )  # fmt: skip
        own = have.get(one.rate_ppm, [0, 0])
        left = [want[one.rate_ppm][0] - own[0], want[one.rate_ppm][1] - own[1]]
        over = [(one.net_minor - left[0]) * sign, (one.tax_minor - left[1]) * sign]
        completing = [value == 0 for value in over]
        if max(over) > 0 or (completing[0] != completing[1] and want[one.rate_ppm][1]):
            raise InvoiceAboveExpected(
                f"invoice {number} has net {one.net_minor} and tax {one.tax_minor} (minor units) at {one.rate_ppm}"
                f" ppm, but net {left[0]} and tax {left[1]} are left to invoice; it must be right to the cent",
                number=number, rate_ppm=one.rate_ppm, net_left=left[0], tax_left=left[1],
            )  # fmt: skip
