"""The books are kept: the hash chain grows by what was posted, the balances are folded by what was sealed, and the
sums that lists show by what was posted and billed; orders that are billed are known to be."""

from dataclasses import dataclass
from datetime import tzinfo

from zhanggui.ledger.finished import finished_batch
from zhanggui.ledger.operations.fold_balances import fold_balances
from zhanggui.ledger.operations.fold_days import fold_days
from zhanggui.ledger.operations.seal_batches import seal_batches
from zhanggui.settlement.billing.operations.mark_done_orders import drawn_order, mark_done_orders
from zhanggui.settlement.statements.operations.fold_details import fold_details


@dataclass(frozen=True)
class Kept:
    """How many batches were sealed, how many accounts the fold touched, how many sums of a day, how many
    statements' sums, and how many blocks of orders are done that were not."""

    sealed: int
    folded: int
    days: int
    statements: int
    done: int


def books_kept(*, zone: tzinfo) -> Kept:
    """This function will seal and then fold, days in `zone`; each is a transaction of its own and picks up where it
    was. When somebody's transaction goes on for long, the sums of postings and details wait for the next time."""
    drawn = drawn_order()
    finished = finished_batch()
    return Kept(
        sealed=seal_batches(),
        folded=fold_balances(finished=finished),
        days=0 if finished is None else fold_days(finished=finished),
        statements=0 if finished is None else fold_details(finished=finished, zone=zone),
        done=0 if finished is None else mark_done_orders(through=drawn),
    )
