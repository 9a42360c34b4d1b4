"""The lives of payments, tries, refunds and their repairs as tables a finance person can read."""

from zhanggui.payments.models import AttemptState, PaymentState, RefundState, RepairState

PAYMENT: dict[str, tuple[str, ...]] = {
    PaymentState.OPEN: (PaymentState.PAID, PaymentState.CLOSED),
    PaymentState.PAID: (),
    PaymentState.CLOSED: (),
}
ATTEMPT: dict[str, tuple[str, ...]] = {
    AttemptState.RECORDED: (
        AttemptState.ASKED, AttemptState.UNCLEAR, AttemptState.REFUSED, AttemptState.PAID, AttemptState.CLOSED,
    ),
    AttemptState.ASKED: (AttemptState.PAID, AttemptState.CLOSED),
    AttemptState.UNCLEAR: (
        AttemptState.ASKED, AttemptState.REFUSED, AttemptState.PAID, AttemptState.CLOSED,
    ),
    # Closed is what the channel said, or what we gave up on: money that comes all the same is taken down.
    AttemptState.CLOSED: (AttemptState.PAID,),
    AttemptState.REFUSED: (AttemptState.PAID,),
    AttemptState.PAID: (),
}  # fmt: skip
REFUND: dict[str, tuple[str, ...]] = {
    RefundState.RECORDED: (
        RefundState.PROCESSING, RefundState.UNCLEAR, RefundState.SUCCEEDED, RefundState.ABNORMAL,
        RefundState.FAILED,
    ),
    RefundState.UNCLEAR: (
        RefundState.PROCESSING, RefundState.SUCCEEDED, RefundState.ABNORMAL, RefundState.FAILED,
    ),
    RefundState.PROCESSING: (RefundState.SUCCEEDED, RefundState.ABNORMAL, RefundState.FAILED),
    # A person found another way: to another card, or by a transfer of their own.
    RefundState.ABNORMAL: (RefundState.PROCESSING, RefundState.SUCCEEDED, RefundState.FAILED),
    RefundState.SUCCEEDED: (),
    RefundState.FAILED: (),
}  # fmt: skip
REPAIR: dict[str, tuple[str, ...]] = {
    RepairState.PROPOSED: (RepairState.APPROVED, RepairState.DROPPED),
    # Dropped once approved: the refund went on without it.
    RepairState.APPROVED: (RepairState.TAKEN, RepairState.REFUSED, RepairState.DROPPED),
    RepairState.TAKEN: (),
    RepairState.REFUSED: (),
    RepairState.DROPPED: (),
}

ATTEMPTS_OPEN = (AttemptState.RECORDED, AttemptState.ASKED, AttemptState.UNCLEAR)
REPAIRS_OPEN = (RepairState.PROPOSED, RepairState.APPROVED)
REFUNDS_OPEN = (RefundState.RECORDED, RefundState.UNCLEAR, RefundState.PROCESSING)


def allowed(table: dict[str, tuple[str, ...]], before: str, after: str) -> bool:
    """This function will say whether something may step from `before` to `after`."""
    return after in table[before]
