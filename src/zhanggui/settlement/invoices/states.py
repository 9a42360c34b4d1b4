"""The life of an invoice, of one received, and what they make of their statement, as tables.

Ours: draft, issued (for good; a red letter takes it back) or voided. The party's: expected, received when what it
sent covers it, verified when all of that is checked by another person, written off (核销) when it is checked off
against the statement. A rejected document takes a received invoice back to expected.
"""

from zhanggui.settlement.invoices.models import InvoiceState as State
from zhanggui.settlement.invoices.models import ReceivedState as Received

TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.DRAFT: (State.ISSUED, State.VOIDED),
    State.ISSUED: (),
    State.VOIDED: (),
    State.EXPECTED: (State.RECEIVED, State.VOIDED),
    State.RECEIVED: (State.VERIFIED, State.EXPECTED),
    State.VERIFIED: (State.WRITTEN_OFF,),
    State.WRITTEN_OFF: (),
}
RECEIVED: dict[str, tuple[str, ...]] = {
    Received.RECEIVED: (Received.VERIFYING, Received.VERIFIED, Received.REJECTED),
    Received.VERIFYING: (Received.RECEIVED, Received.VERIFIED, Received.REJECTED),
    Received.VERIFIED: (),
    Received.REJECTED: (),
}


def allowed(before: str, after: str) -> bool:
    """This function will say whether an invoice may step from `before` to `after`."""
    return after in TRANSITIONS[before]
