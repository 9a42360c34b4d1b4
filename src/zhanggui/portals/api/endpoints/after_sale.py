"""After-sale: cases as both sides read them, the shop's answers, and the platform's decision."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.goods_restocked import goods_restocked
from zhanggui.journeys.return_answered import return_answered
from zhanggui.journeys.return_asked import return_decided, said_in_return
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.naming import party_id
from zhanggui.portals.api.paging import CursorText, Limit, given, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import PRINTABLE, Code, Currency, Minor, Moment, OptionalCode, Strict
from zhanggui.portals.desk.told.after_sale import case_head, case_whole, cases_to_tell, with_merchants
from zhanggui.trade.returns.queries import by_order_line

router = Router(tags=["after-sale"])

State = Literal[
    "asked", "refused", "arbitration", "awaiting_goods", "goods_sent", "goods_back", "refunding", "refunded",
    "exchanged", "withdrawn", "closed",
]  # fmt: skip
Kind = Literal["refund_only", "return_refund", "exchange", "price_protection"]
Words = Annotated[str, Field(max_length=500, pattern=PRINTABLE, examples=["看不出损坏"])]


class CaseFilters(Schema):
    """Which cases; a merchant sees its own. `order_no` finds the cases of an order."""

    state: State | None = None
    kind: Kind | None = None
    reason: Code | None = None
    order_no: Code | None = None
    merchant: Code | None = None
    currency: Currency | None = None
    asked_from: Moment | None = None
    asked_before: Moment | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class CaseOut(Schema):
    """A case. What was agreed is in `goods_minor` and `freight_minor`; `moves_next` is who is waited for until
    `answer_by`: merchant, buyer, platform or channel, empty when it has ended."""

    case_no: str
    order_no: str
    merchant: str
    kind: Kind
    state: State
    reason: str
    freight_bearer: str
    currency: str
    asked_minor: int
    goods_minor: int
    freight_minor: int
    carrier: str
    tracking_no: str
    refund_no: str
    moves_next: str
    asked_at: datetime
    answer_by: datetime | None
    refunded_at: datetime | None
    ended_at: datetime | None


class CasePage(Paged):
    """Cases."""

    items: list[CaseOut]


class CaseLineOut(Schema):
    """So many of an order line, and what is given back for them."""

    line_no: str
    sku: str
    quantity: int
    goods_minor: int
    freight_minor: int


class CaseStepOut(Schema):
    """A state that was reached, or something `said`; pictures are digests."""

    what: str
    at: datetime
    actor: str
    text: str
    pictures: list[str]


class CaseWayBackOut(Schema):
    """What one of the mall's carriers asks for bringing the goods back, where `bearer` is not the buyer. `earned_at`
    is when they were back; `told_minor` of it was charged, `charge_no` is the latest charge that said so."""

    bearer: Literal["merchant", "platform"]
    carrier: str
    tracking_no: str
    currency: str
    grams: int
    freight_minor: int
    earned_at: datetime | None
    told_minor: int
    told_at: datetime | None
    told_fault: str
    charge_no: str


class CaseFull(CaseOut):
    """A case with its lines and what happened. `way_back` is null where the buyer pays the carrier himself."""

    text: str
    lines: list[CaseLineOut]
    steps: list[CaseStepOut]
    way_back: CaseWayBackOut | None


class CaseAnswerIn(Strict):
    """The shop's answer. To refuse, to appeal and to say something need `text`; an exchange needs `carrier` and
    `tracking_no` of the replacement."""

    answer: Literal["agree", "refuse", "goods_back", "exchange", "appeal", "say"]
    text: Words = ""
    carrier: OptionalCode = ""
    tracking_no: OptionalCode = ""


class RestockIn(Strict):
    """So many of a line of the order came back and can be sold again."""

    line_no: Code
    quantity: int = Field(strict=True, ge=0, le=10**6)


class RestockedIn(Strict):
    """What can be sold again."""

    lines: list[RestockIn] = Field(min_length=1, max_length=200)


class GivenBackIn(Strict):
    """For this line of the order less than was asked."""

    line_no: Code
    goods_minor: Minor


class CaseDecisionIn(Strict):
    """The platform's decision and why; both sides read it. `lines` give less than was asked, for the buyer alone.
    `freight_bearer` pays the way back, which can be said until the goods are sent; `brought` says whether the mall's
    carrier brought them, which has to be said where it has them and they were not counted as back."""

    side: Literal["buyer", "merchant"]
    text: Annotated[Words, Field(min_length=1)]
    lines: list[GivenBackIn] = Field(default_factory=list, max_length=200)
    freight_bearer: Literal["buyer", "merchant", "platform"] | None = None
    brought: bool | None = None


class SaidIn(Strict):
    """Words that both sides read."""

    text: Annotated[Words, Field(min_length=1)]


@look(router, "/after-sale-cases", CasePage)
def list_cases(request: HttpRequest, filters: Query[CaseFilters]) -> Any:
    """Cases in the order in which they were asked."""
    who = caller(request)
    who.require("returns.view", "own_returns.view")
    asked = given(
        state=filters.state, kind=filters.kind, reason=filters.reason, order__order_no=filters.order_no,
        currency=filters.currency, asked_at__gte=filters.asked_from, asked_at__lt=filters.asked_before,
        merchant_id=party_id(filters.merchant) if filters.merchant else None,
    )  # fmt: skip
    with who.reading():
        rows = cases_to_tell(who.party_id).filter(**asked)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": with_merchants(map(case_head, shown)), "next_cursor": following}


@look(router, "/after-sale-cases/{case_no}", CaseFull)
def get_case(request: HttpRequest, case_no: Code) -> Any:
    """One case with its lines and what happened."""
    who = caller(request)
    who.require("returns.view", "own_returns.view")
    return _document(who, case_no)


@act(router, "/after-sale-cases/{case_no}/answers", CaseFull)
def answer_case(request: HttpRequest, case_no: Code, payload: CaseAnswerIn) -> Any:
    """Answer a case, as its shop. What is not possible now is 409 `case_not_in_state`; `details.possible` says what
    is."""
    who = caller(request)
    who.require(merchant="own_returns.answer")
    assert who.party_id is not None
    return_answered(
        case_no=case_no, merchant_id=who.party_id, answer=payload.answer, at=timezone.now(), actor=who.actor,
        text=payload.text, carrier=payload.carrier, tracking_no=payload.tracking_no,
    )  # fmt: skip
    return _document(who, case_no)


@act(router, "/after-sale-cases/{case_no}/restock", CaseFull)
def restock_case(request: HttpRequest, case_no: Code, payload: RestockedIn) -> Any:
    """Put goods that are back into stock again, as the shop; the movement names the case, and is made once."""
    who = caller(request)
    who.require(merchant="own_returns.answer")
    assert who.party_id is not None
    goods_restocked(
        case_no=case_no, merchant_id=who.party_id, at=timezone.now(), actor=who.actor,
        units={one.line_no: one.quantity for one in payload.lines},
    )  # fmt: skip
    return _document(who, case_no)


@act(router, "/after-sale-cases/{case_no}/decision", CaseFull)
def decide_case(request: HttpRequest, case_no: Code, payload: CaseDecisionIn) -> Any:
    """Decide a case that both sides could not settle. What is decided is carried out at once."""
    who = caller(request)
    who.require("returns.decide")
    less = by_order_line(case_no, {one.line_no: one.goods_minor for one in payload.lines})
    return_decided(
        case_no=case_no, for_buyer=payload.side == "buyer", text=payload.text, at=timezone.now(), actor=who.actor,
        goods_minor=less, bearer=payload.freight_bearer or "", brought=payload.brought,
    )  # fmt: skip
    return _document(who, case_no)


@act(router, "/after-sale-cases/{case_no}/words", CaseFull, status=201)
def say_in_a_case(request: HttpRequest, case_no: Code, payload: SaidIn) -> Any:
    """Say something in a case, as the platform; a shop says it as an answer."""
    who = caller(request)
    who.require("returns.decide")
    said_in_return(case_no=case_no, at=timezone.now(), actor=who.actor, text=payload.text, pictures=[])
    return _document(who, case_no)


def _document(who: Caller, case_no: str) -> dict[str, Any]:
    with who.reading():
        found = case_whole(case_no, who.party_id)
    return with_merchants([found])[0]
