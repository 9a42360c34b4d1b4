"""Kinds of notices, and which permission a party's people need to be told of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

PARTY_KINDS: Final[dict[str, str]] = {
    "order.paid": "own_orders.view",
    "order.cancelled": "own_orders.view",
    "order.part_called_off": "own_orders.view",
    "order.held": "own_orders.view",
    "parcel.lost": "own_orders.view",
    "return.asked": "own_returns.view",
    "return.said": "own_returns.view",
    "return.goods_sent": "own_returns.view",
    "return.arbitration": "own_returns.view",
    "return.decided": "own_returns.view",
    "return.withdrawn": "own_returns.view",
    "return.answer_soon": "own_returns.view",
    "review.written": "own_reviews.view",
    "question.asked": "own_questions.view",
    "question.said": "own_questions.view",
    "goods.reviewed": "own_goods.view",
    "goods.low": "own_goods.view",
    "supply.priced": "own_goods.view",
    "statement.closed": "own_statements.view",
    "payout.paid": "own_payouts.view",
    "payout.failed": "own_payouts.view",
    "payout.returned": "own_payouts.view",
    "contract.ending": "own_contracts.view",
    "application.accepted": "own_contracts.view",
}
"""What parties are told, and who of their people is."""
UNREAD_MOST: Final = 100
"""Beyond so many the count says "99+": nobody counts on."""
UNREAD_DAYS: Final = 90
"""What is older is not counted as news, whoever read it."""


@dataclass(frozen=True)
class Told:
    """Something to tell a party or a buyer. `cause` makes it once to this receiver; empty, it is the subject."""

    kind: str
    subject: str
    party_id: int = 0
    buyer_id: int = 0
    cause: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)


def kinds_for(may: Callable[[str], bool]) -> list[str]:
    """This function will return the kinds that somebody with these permissions at a party is told of."""
    return [kind for kind, permission in PARTY_KINDS.items() if may(permission)]


def group_of(kind: str) -> str:
    """This function will return what a kind is about: order, return, payout."""
    return kind.partition(".")[0]
