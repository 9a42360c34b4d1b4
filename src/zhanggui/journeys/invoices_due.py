"""Statements became due for invoicing, by their entity's setting: after closing, or after confirmation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from zhanggui.money.errors import Refusal
from zhanggui.settlement.invoices.models import Invoice, InvoiceState
from zhanggui.settlement.invoices.operations.draft_invoices import draft_invoices
from zhanggui.settlement.invoices.operations.write_off_invoice import SETTLED, write_off_invoice
from zhanggui.settlement.invoices.queries import due_statements
from zhanggui.settlement.statements.models import Statement


@dataclass
class Drafted:
    """What drafting came to; `refused` names each statement that was refused and why."""

    statements: int = 0
    invoices: list[Invoice] = field(default_factory=list)
    refused: list[tuple[str, Refusal]] = field(default_factory=list)

    @property
    def failed(self) -> list[tuple[str, str]]:
        """The same as text."""
        return [(number, refusal.message) for number, refusal in self.refused]


def invoices_due(
    *, clock: Callable[[], datetime], actor: str, keys: list[tuple[int, int]] | None = None,
    progress: Callable[[int], None] = lambda count: None, limit: int = 100_000,
) -> Drafted:  # fmt: skip
    """This function will draft the invoices of statements (party, id), of all that are due when none are named,
    each in its own transaction; one refused does not stop the others. Run twice, the second finds nothing."""
    result = Drafted()
    for place, (party_id, statement_id) in enumerate(
        due_statements(limit) if keys is None else keys, start=1
    ):
        try:
            with transaction.atomic():
                made = draft_invoices(party_id=party_id, statement_id=statement_id, at=clock(), actor=actor)
        except Refusal as refusal:
            result.refused.append((_number_of(party_id, statement_id), refusal))
        else:
            result.statements += 1
            result.invoices += made
        progress(place)
    return result


def _number_of(party_id: int, statement_id: int) -> str:
    row = Statement.objects.filter(party_id=party_id, id=statement_id).first()
    return row.number if row else str(statement_id)


def paid_invoices_written_off(*, clock: Callable[[], datetime], actor: str, limit: int = 100_000) -> int:
    """This function will check off the verified input invoices of statements that are settled by now, for
    entities that do so after paying, and return their number."""
    waiting = Invoice.objects.filter(state=InvoiceState.VERIFIED).order_by("id")[:limit]
    done = 0
    for row in waiting:
        if Statement.objects.filter(party_id=row.party_id, id=row.statement_id, state__in=SETTLED).exists():
            with transaction.atomic():
                write_off_invoice(party_id=row.party_id, invoice_id=row.id, at=clock(), actor=actor)
            done += 1
    return done
