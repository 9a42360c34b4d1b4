"""What may happen to invoices in a simulated mall: drafted, issued, voided, sent by parties, verified, rejected."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from tests.settlement.story import ZONE
from tests.simulation.mall import MERCHANTS, Mall
from zhanggui.journeys.input_invoice_received import (
    Sent,
    input_invoice_received,
    input_invoice_rejected,
    input_invoice_verified,
)
from zhanggui.journeys.invoice_issued import invoice_issued
from zhanggui.journeys.invoices_due import invoices_due, paid_invoices_written_off
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.invoices.coverage import covered_by_rate, expected_by_rate
from zhanggui.settlement.invoices.issued import Issued
from zhanggui.settlement.invoices.models import Invoice, InvoiceState, ReceivedInvoice
from zhanggui.settlement.invoices.operations.receive_invoice import AtRate
from zhanggui.settlement.invoices.operations.set_invoice_policy import set_invoice_policy
from zhanggui.settlement.invoices.operations.set_tax_profile import set_tax_profile
from zhanggui.settlement.invoices.operations.set_tax_treatment import set_tax_treatment
from zhanggui.settlement.invoices.operations.void_draft import void_draft

START = date(2026, 1, 1)


@transaction.atomic
def set_up_taxes(mall: Mall) -> None:
    """Everybody can invoice; how is up to chance."""
    at, chance = mall.story.clock(), mall.chance
    for direction, rate, code in ((1, 60_000, "3040802"), (2, 130_000, "1010101")):
        set_tax_treatment(
            direction=direction, rate_ppm=rate, effective_from=START, at=at, actor="sim", tax_code=code
        )
    owners = [(0, entity.id) for entity in SettlementEntity.objects.order_by("id")]
    for party_id, entity_id in [
        *owners,
        *((mall.story.party(code), 0) for code in (*MERCHANTS, "sup", "car", "both")),
    ]:
        set_tax_profile(
            party_id=party_id, entity_id=entity_id, effective_from=START, title=f"Company {party_id}-{entity_id}",
            tax_number="91310000MA1K00000X", address="Shanghai", bank_name="BOC", bank_account="6222000011112222",
            at=at, actor="sim",
        )  # fmt: skip
    set_invoice_policy(
        entity_id=0, draft_when=chance.choice(["confirmed", "closed"]), reversals=chance.choice(["red_letter"] * 3 + ["deduction"]),
        input_check=chance.choice(["before_payment", "after_payment"]), verify_above_minor=chance.choice([None, 5_000]),
        at=at, actor="sim",
    )  # fmt: skip


def draft(mall: Mall) -> None:
    """Whatever is due is drafted; nothing that is due is refused."""
    made = invoices_due(clock=mall.story.clock, actor="clock")
    assert made.failed == []


def _invoice(mall: Mall, state: str) -> Invoice | None:
    found = list(Invoice.objects.filter(state=state).order_by("party_id", "id"))
    return mall.chance.choice(found) if found else None


def issue(mall: Mall) -> None:
    """The tax authority issued some drafts, sometimes for another amount than we asked."""
    for _ in range(3):
        row = _invoice(mall, InvoiceState.DRAFT)
        if row is None:
            return
        told = mall.chance.choice([None, row.gross_minor, row.gross_minor, row.gross_minor + 1])
        today = mall.story.now.astimezone(ZONE).date()
        number = f"26{mall.chance.randint(10**17, 10**18 - 1)}"
        invoice_issued(
            party_id=row.party_id, invoice_id=row.id, issued=Issued(number, today, gross_minor=told),
            at=mall.story.clock(), zone=ZONE, actor="clerk",
        )  # fmt: skip


def void(mall: Mall) -> None:
    row = _invoice(mall, mall.chance.choice([InvoiceState.DRAFT, InvoiceState.EXPECTED]))
    if row:
        with transaction.atomic():
            void_draft(
                party_id=row.party_id, invoice_id=row.id, reason="wrong title", at=mall.story.clock(), actor="clerk"
            )  # fmt: skip


def send_in(mall: Mall) -> None:
    """A party sends what we expect of it: all, a part, or too much."""
    row = _invoice(mall, InvoiceState.EXPECTED)
    if row is None:
        return
    had, chance = covered_by_rate(row.party_id, row.id), mall.chance.random()
    rates = []
    for rate, (net, tax) in expected_by_rate(row.party_id, row.id).items():
        left = (net - had.get(rate, [0, 0])[0], tax - had.get(rate, [0, 0])[1])
        if chance < 0.3:
            left = (left[0] // 2, left[1] // 2)
        rates.append(AtRate(rate, left[0] + (1 if chance > 0.9 else 0), left[1]))
    today = mall.story.now.astimezone(ZONE).date()
    sent = Sent(number=f"S{mall.chance.randint(10**9, 10**10 - 1)}", issued_on=today, by_rate=rates)
    input_invoice_received(
        party_id=row.party_id, invoice_id=row.id, sent=sent, at=mall.story.clock(), zone=ZONE, actor="party"
    )


def verify(mall: Mall) -> None:
    """Somebody looks at what was sent: verified, rejected, or (by the sender) refused."""
    found = list(ReceivedInvoice.objects.filter(state="received").order_by("party_id", "id"))
    if not found:
        return
    row, chance = mall.chance.choice(found), mall.chance.random()
    known = {"party_id": row.party_id, "received_id": row.id, "at": mall.story.clock()}
    if chance < 0.25:
        input_invoice_rejected(reason="unreadable", checker="clerk", **known)
        return
    input_invoice_verified(zone=ZONE, checker="party" if chance < 0.35 else "clerk", **known)


def check_off(mall: Mall) -> None:
    paid_invoices_written_off(clock=mall.story.clock, actor="clock")


def assert_invoices_hold() -> None:
    """Our numbers have no gaps, and no part of a statement is invoiced above what it comes to."""
    numbers: dict[str, list[int]] = {}
    for number in Invoice.objects.order_by("number").values_list("number", flat=True):
        numbers.setdefault(number[:6], []).append(int(number[6:]))
    for prefix, found in numbers.items():
        assert found == list(range(1, len(found) + 1)), f"numbers {prefix} have gaps: {found}"
    above = rows_of(
        "select p.party_id, p.statement_id, p.id, p.gross_minor, sum(l.gross_minor)::bigint as invoiced"
        " from settlement_invoice_part p join settlement_invoice_line l on l.party_id = p.party_id and l.part_id = p.id"
        " join settlement_invoice i on i.party_id = l.party_id and i.id = l.invoice_id and i.state <> 'voided'"
        " group by p.party_id, p.statement_id, p.id, p.gross_minor"
        " having sum(l.gross_minor) not between least(0, p.gross_minor) and greatest(0, p.gross_minor)", [],
    )  # fmt: skip
    assert above == [], above


INVOICING: dict[Callable[[Any], None], int] = {
    draft: 4, issue: 5, void: 2, send_in: 3, verify: 3, check_off: 1,
}  # fmt: skip
