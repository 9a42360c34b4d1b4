"""The life of a debt, read off its amounts. Write-offs and refunds live like adjustments (`adjustments.states`);
statements step through `statements.states`."""

from zhanggui.settlement.collections.models import Debt, Receipt

OPEN, SETTLED = "open", "settled"
UNCLAIMED, PARTLY, CLAIMED, REFUNDED, REVERSED = "unclaimed", "partly", "claimed", "refunded", "reversed"


def debt_state(debt: Debt) -> str:
    """This function will say whether anything of a debt is open."""
    return OPEN if debt.open_minor else SETTLED


def receipt_state(receipt: Receipt) -> str:
    """This function will say what became of a receipt so far."""
    if receipt.reversed_at:
        return REVERSED
    if receipt.rest_minor == receipt.amount_minor:
        return UNCLAIMED
    if receipt.rest_minor:
        return PARTLY
    return CLAIMED if receipt.claimed_minor else REFUNDED
