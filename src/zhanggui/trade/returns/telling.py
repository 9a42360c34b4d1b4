"""Whom the steps of an after-sale case are told: the side that did not take them."""

from zhanggui.outbox.rules import Told
from zhanggui.trade.returns.models import ReturnCase, ReturnState

TO_MERCHANT = {
    ReturnState.ASKED.value: "return.asked",
    ReturnState.GOODS_SENT.value: "return.goods_sent",
    ReturnState.ARBITRATION.value: "return.arbitration",
    ReturnState.WITHDRAWN.value: "return.withdrawn",
}
TO_BUYER = {
    ReturnState.AWAITING_GOODS.value: "return.agreed",
    ReturnState.REFUNDING.value: "return.agreed",
    ReturnState.REFUSED.value: "return.refused",
    ReturnState.CLOSED.value: "return.closed",
}


def told_of_step(case: ReturnCase, kind: str, step: int, actor: str) -> list[Told]:
    """What is told of a row of a case's history, by its id."""
    about = {"amount_minor": case.asked_minor, "currency": case.currency}
    cause = f"{case.case_no}:{step}"
    to_merchant, to_buyer = TO_MERCHANT.get(kind, ""), TO_BUYER.get(kind, "")
    if kind == "said":
        to_merchant, to_buyer = ("return.said", "") if actor.startswith("buyer:") else ("", "return.said")
    found = []
    if to_merchant:
        found.append(Told(to_merchant, case.case_no, party_id=case.merchant_id, cause=cause, about=about))
    if to_buyer:
        found.append(Told(to_buyer, case.case_no, buyer_id=case.buyer_id, cause=cause, about=about))
    return found


def told_of_decision(case: ReturnCase) -> list[Told]:
    """The platform's decision, to both sides."""
    about = {"amount_minor": case.asked_minor, "currency": case.currency}
    return [
        Told("return.decided", case.case_no, party_id=case.merchant_id, about=about),
        Told("return.decided", case.case_no, buyer_id=case.buyer_id, about=about),
    ]


def told_of_deadline(case: ReturnCase) -> Told:
    """A case that its merchant has to answer soon; once a deadline."""
    until = case.answer_by.isoformat() if case.answer_by else ""
    return Told(
        "return.answer_soon", case.case_no, party_id=case.merchant_id, cause=f"{case.case_no}:{until}",
        about={"until": until, "amount_minor": case.asked_minor, "currency": case.currency},
    )  # fmt: skip
