"""A shop answers after-sale: agrees, refuses, has the goods back, sends the replacement, calls the platform in."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from zhanggui.journeys.exchange_sent import exchange_sent
from zhanggui.journeys.goods_restocked import goods_restocked, hold_stock_of
from zhanggui.journeys.return_asked import (
    goods_came_back,
    return_agreed,
    return_appealed,
    return_turned_down,
    said_in_return,
)
from zhanggui.trade.returns.errors import CaseNotInState, UnknownCase
from zhanggui.trade.returns.locks import hold_case
from zhanggui.trade.returns.models import ReturnCase
from zhanggui.trade.returns.states import answers_of_shop


@transaction.atomic
def return_answered(
    *, case_no: str, merchant_id: int, answer: str, at: datetime, actor: str, text: str = "", carrier: str = "",
    tracking_no: str = "", restock: Mapping[str, int] | None = None,
) -> ReturnCase:  # fmt: skip
    """This function will give a merchant's answer to its case; which answers there are, `answers_of_shop` says. With
    `goods_back` so many units by order line (`restock`) are put into stock at once.

    Raises UnknownCase (for another's too), CaseNotInState, and what the answer itself refuses: ReasonMissing,
    CaseIncomplete, OutOfStock, what a refund and `goods_restocked` refuse.
    """
    case, order = hold_case(case_no)
    if case.merchant_id != merchant_id:
        raise UnknownCase(f"there is no after-sale case {case_no!r}", case_no=case_no)
    possible = answers_of_shop(state=case.state, kind=case.kind, ended=case.ended_at is not None)
    if answer not in possible:
        raise CaseNotInState(
            f"case {case_no} is {case.state}; the shop cannot {answer} now, but {', '.join(possible) or 'nothing'}",
            case_no=case_no, state=case.state, possible=list(possible),
        )  # fmt: skip
    told: dict[str, Any] = {"case_no": case_no, "at": at, "actor": actor}
    doing: dict[str, Callable[[], ReturnCase]] = {
        "agree": lambda: return_agreed(**told, text=text),
        "refuse": lambda: return_turned_down(**told, text=text),
        "goods_back": lambda: goods_came_back(**told, text=text),
        "appeal": lambda: return_appealed(**told, text=text),
        "exchange": lambda: exchange_sent(**told, carrier=carrier, tracking_no=tracking_no),
        "say": lambda: said_in_return(**told, text=text, pictures=[]),
    }
    if answer != "goods_back" or not restock or not any(restock.values()):
        return doing[answer]()
    hold_stock_of(case, order)
    answered = doing[answer]()
    goods_restocked(case_no=case_no, merchant_id=merchant_id, units=restock, at=at, actor=actor)
    return answered
