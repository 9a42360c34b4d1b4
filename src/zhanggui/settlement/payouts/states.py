"""The lives of receivers, batches, payouts and attempts as tables a finance person can read, and what the payouts of
a statement make of it."""

from collections.abc import Sequence

from zhanggui.settlement.payouts.models import AttemptState, BatchState, PayoutState, ReceiverState
from zhanggui.settlement.statements.models import StatementState

RECEIVER: dict[str, tuple[str, ...]] = {
    ReceiverState.PROPOSED: (ReceiverState.VERIFIED, ReceiverState.CLOSED),
    ReceiverState.VERIFIED: (ReceiverState.CLOSED,),
    ReceiverState.CLOSED: (),
}
BATCH: dict[str, tuple[str, ...]] = {
    BatchState.PROPOSED: (BatchState.APPROVED, BatchState.CANCELLED),
    BatchState.APPROVED: (BatchState.SENT, BatchState.DONE),
    BatchState.SENT: (BatchState.APPROVED, BatchState.DONE),
    BatchState.DONE: (),
    BatchState.CANCELLED: (),
}
PAYOUT: dict[str, tuple[str, ...]] = {
    PayoutState.PROPOSED: (PayoutState.APPROVED, PayoutState.CANCELLED),
    PayoutState.APPROVED: (PayoutState.SENT, PayoutState.FAILED),
    PayoutState.SENT: (PayoutState.PAID, PayoutState.FAILED, PayoutState.APPROVED),
    PayoutState.PAID: (PayoutState.RETURNED,),
    PayoutState.FAILED: (),
    PayoutState.RETURNED: (),
    PayoutState.CANCELLED: (),
}
"""From sent back to approved only when the rail certainly took nothing: the next attempt has a number of its own."""

ATTEMPT: dict[str, tuple[str, ...]] = {
    AttemptState.RECORDED: (
        AttemptState.SUBMITTED, AttemptState.UNKNOWN, AttemptState.NOT_TAKEN, AttemptState.ACCEPTED,
        AttemptState.EXECUTED, AttemptState.REJECTED,
    ),
    AttemptState.SUBMITTED: (
        AttemptState.ACCEPTED, AttemptState.EXECUTED, AttemptState.REJECTED,
    ),
    AttemptState.UNKNOWN: (
        AttemptState.SUBMITTED, AttemptState.ACCEPTED, AttemptState.NOT_TAKEN, AttemptState.EXECUTED,
        AttemptState.REJECTED,
    ),
    AttemptState.ACCEPTED: (AttemptState.EXECUTED, AttemptState.REJECTED),
    AttemptState.EXECUTED: (),
    AttemptState.REJECTED: (),
    AttemptState.NOT_TAKEN: (),
}  # fmt: skip

ENDED = (PayoutState.FAILED, PayoutState.RETURNED)
ALIVE = (PayoutState.PROPOSED, PayoutState.APPROVED, PayoutState.SENT, PayoutState.PAID)


def station(latest: Sequence[str]) -> str | None:
    """This function will say where a statement stands, from the state of the latest approved payout of each part.

    | of its parts                    | statement |
    |---------------------------------|-----------|
    | one failed or came back         | failed    |
    | else one is approved            | approved  |
    | else one is on its way          | paying    |
    | else (all are paid)             | paid      |

    A part that is only proposed again after a failure still counts as failed. None when no payout of the statement
    was ever approved: it stands where confirming left it.
    """
    if not latest:
        return None
    if any(state in ENDED for state in latest):
        return StatementState.FAILED
    if PayoutState.APPROVED in latest:
        return StatementState.APPROVED
    return StatementState.PAYING if PayoutState.SENT in latest else StatementState.PAID
