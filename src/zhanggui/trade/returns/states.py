"""The life of an after-sale case as a table, and who has to move next."""

from zhanggui.trade.returns.models import ReturnKind, ReturnState

CASE: dict[str, tuple[str, ...]] = {
    ReturnState.ASKED: (
        ReturnState.AWAITING_GOODS, ReturnState.REFUNDING, ReturnState.REFUSED, ReturnState.WITHDRAWN,
    ),
    ReturnState.REFUSED: (ReturnState.ARBITRATION, ReturnState.WITHDRAWN, ReturnState.CLOSED),
    ReturnState.ARBITRATION: (
        ReturnState.AWAITING_GOODS, ReturnState.REFUNDING, ReturnState.CLOSED, ReturnState.WITHDRAWN,
    ),
    ReturnState.AWAITING_GOODS: (ReturnState.GOODS_SENT, ReturnState.WITHDRAWN, ReturnState.CLOSED),
    ReturnState.GOODS_SENT: (ReturnState.GOODS_BACK, ReturnState.ARBITRATION),
    ReturnState.GOODS_BACK: (ReturnState.REFUNDING, ReturnState.EXCHANGED, ReturnState.ARBITRATION),
    ReturnState.REFUNDING: (ReturnState.REFUNDED,),
    ReturnState.REFUNDED: (),
    ReturnState.EXCHANGED: (),
    ReturnState.WITHDRAWN: (),
    ReturnState.CLOSED: (),
}  # fmt: skip

ENDED = (ReturnState.REFUNDED, ReturnState.EXCHANGED, ReturnState.WITHDRAWN, ReturnState.CLOSED)
MOVES_NEXT = {
    ReturnState.ASKED: "merchant",
    ReturnState.REFUSED: "buyer",
    ReturnState.ARBITRATION: "platform",
    ReturnState.AWAITING_GOODS: "buyer",
    ReturnState.GOODS_SENT: "merchant",
    ReturnState.GOODS_BACK: "merchant",
    ReturnState.REFUNDING: "channel",
}
"""Who is waited for. The merchant's silence agrees, the buyer's ends the case."""


def allowed(before: str, after: str) -> bool:
    """This function will say whether a case may step from `before` to `after`."""
    return after in CASE[before]


ANSWERS_OF_SHOP = {
    ReturnState.ASKED: ("agree", "refuse"),
    ReturnState.GOODS_SENT: ("goods_back", "appeal"),
    ReturnState.GOODS_BACK: ("exchange", "appeal"),
}


def answers_of_shop(*, state: str, kind: str, ended: bool) -> tuple[str, ...]:
    """This function will return what the merchant of a case can answer now; to say something is possible until it
    ends."""
    if ended:
        return ()
    answers = ANSWERS_OF_SHOP.get(ReturnState(state), ())
    return (*(one for one in answers if one != "exchange" or kind == ReturnKind.EXCHANGE), "say")
