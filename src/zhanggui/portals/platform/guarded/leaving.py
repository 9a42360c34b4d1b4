"""How the money of a document over a deposit or a receipt leaves: by a payout, or as it was booked before."""

from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.portals.platform.guarded.documents import Cell
from zhanggui.portals.platform.payouts.words import PAYOUT_STATES
from zhanggui.settlement.collections.models import ReceiptRefund
from zhanggui.settlement.guarantees.models import DepositOrder
from zhanggui.settlement.payouts.queries import payouts_of_document


def payout_cell(cause: str, document: DepositOrder | ReceiptRefund) -> Cell:
    """The payout by which a document's money leaves, as a cell of its table: its state, or that it is to come."""
    if not document.by_payout:
        return Cell("–")
    found = payouts_of_document(cause, document.id)
    if not found:
        return Cell(_("Waits for a payout"), reverse("platform:payouts_due"))
    latest = found[-1]
    return Cell(
        f"{latest.number} · {PAYOUT_STATES[latest.state].label}",
        reverse("platform:payout", args=[latest.number]),
    )
