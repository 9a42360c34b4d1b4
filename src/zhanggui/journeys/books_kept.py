"""The books are kept: the hash chain grows by what was posted, the balances are folded by what was sealed."""

from dataclasses import dataclass

from zhanggui.ledger.operations.fold_balances import fold_balances
from zhanggui.ledger.operations.seal_batches import seal_batches


@dataclass(frozen=True)
class Kept:
    """How many batches were sealed and how many accounts the fold touched."""

    sealed: int
    folded: int


def books_kept() -> Kept:
    """This function will seal and then fold; each is a transaction of its own and picks up where it was."""
    return Kept(sealed=seal_batches(), folded=fold_balances())
