"""After-sale: a buyer asks, the merchant answers, goods travel back, the platform decides, money goes back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.journeys.order_called_off import shipping_ended, units_let_go
from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.settlement.intake.queries import refuse_finished_order
from zhanggui.trade.catalogue.models import Shop
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import Order
from zhanggui.trade.parameters.queries import number
from zhanggui.trade.returns.errors import CaseIncomplete, ReasonMissing, WayBackUnclear
from zhanggui.trade.returns.locks import hold_case
from zhanggui.trade.returns.models import ReturnCase, ReturnFreight, ReturnKind, ReturnState
from zhanggui.trade.returns.operations.ask_money_instead import ask_money_instead
from zhanggui.trade.returns.operations.begin_refund import begin_refund
from zhanggui.trade.returns.operations.earn_way_back import earn_way_back
from zhanggui.trade.returns.operations.freeze_way_back import freeze_way_back
from zhanggui.trade.returns.operations.lower_case import lower_case
from zhanggui.trade.returns.operations.open_case import Asked, open_case
from zhanggui.trade.returns.operations.set_bearer import set_bearer
from zhanggui.trade.returns.operations.step_case import say_in_case, step_case
from zhanggui.trade.returns.queries import cases_to_answer_before
from zhanggui.trade.returns.telling import told_of_deadline, told_of_decision

REMIND = timedelta(hours=12)
REMIND_MOST = 1000
REFUNDS_AT_ONCE = (ReturnKind.REFUND_ONLY, ReturnKind.PRICE_PROTECTION)


@transaction.atomic
def return_asked(
    *, order_no: str, kind: ReturnKind, reason: str, text: str, asked: Sequence[Asked],
    pictures: Sequence[str], at: datetime,
) -> ReturnCase:  # fmt: skip
    """This function will open an after-sale case. Raises what `open_case` refuses, and LineFinished."""
    order = hold_order(order_no)
    refuse_finished_order(order_no)
    hours = Shop.objects.filter(merchant_id=order.merchant_id).values_list("answer_hours", flat=True).first()
    return open_case(
        order=order, kind=kind, reason=reason, text=text, asked=asked, pictures=pictures,
        answer_hours=hours or number("answer_return_hours"), protection_days=number("price_protection_days"), at=at,
    )  # fmt: skip


@transaction.atomic
def return_agreed(*, case_no: str, at: datetime, actor: str, text: str = "") -> ReturnCase:
    """This function will agree to a case: money goes back at once, or when the goods are back. Raises UnknownCase,
    CaseNotInState."""
    case, order = hold_case(case_no)
    return _agree(case, order, at, actor, text)


@transaction.atomic
def return_turned_down(*, case_no: str, at: datetime, actor: str, text: str) -> ReturnCase:
    """This function will refuse a case, as its merchant, who says why. Raises UnknownCase, ReasonMissing,
    CaseNotInState."""
    case, _ = hold_case(case_no)
    if not text.strip():
        raise ReasonMissing("say why the case is refused; the buyer reads it")
    days = number("send_back_within_days")
    return step_case(
        case=case, to=ReturnState.REFUSED, at=at, actor=actor, text=text, answer_by=at + timedelta(days=days)
    )


@transaction.atomic
def return_appealed(*, case_no: str, at: datetime, actor: str, text: str) -> ReturnCase:
    """This function will call the platform in: the buyer after a refusal, the merchant when what came back is not
    what was sent. Raises UnknownCase, ReasonMissing, CaseNotInState."""
    case, _ = hold_case(case_no)
    if not text.strip():
        raise ReasonMissing("say what the platform should know to decide")
    return step_case(case=case, to=ReturnState.ARBITRATION, at=at, actor=actor, text=text)


@transaction.atomic
def return_decided(
    *, case_no: str, for_buyer: bool, text: str, at: datetime, actor: str,
    goods_minor: Mapping[int, int] | None = None, bearer: str = "", brought: bool | None = None,
) -> ReturnCase:  # fmt: skip
    """This function will decide a case in arbitration, as the platform: for the buyer (for less, where `goods_minor`
    names lines and amounts) or against. An exchange that is decided for a buyer who has sent the goods back is
    a refund from then on: nobody waits for others a second time. `bearer` says who pays the way back, as long as
    nothing was sent; `brought` whether the mall's carrier brought what was, which has to be said where nobody knows.

    Raises UnknownCase, ReasonMissing, BearerSettled, WayBackUnclear, CaseNotInState, AskedAboveLeft.
    """
    case, order = hold_case(case_no)
    if not text.strip():
        raise ReasonMissing("say why it is decided so; both sides read it")
    before = {"state": case.state, "freight_bearer": case.freight_bearer}
    if bearer:
        set_bearer(case=case, bearer=bearer)
    if case.state == ReturnState.ARBITRATION:
        _way_back_decided(case, brought, at, actor)
    if for_buyer:
        goods_are_back = case.steps.filter(kind=ReturnState.GOODS_SENT).exists()
        if goods_are_back and case.kind == ReturnKind.EXCHANGE:
            ask_money_instead(case=case, order=order)
        if goods_minor:
            lower_case(case=case, goods_minor=goods_minor)
        if goods_are_back and case.kind in (ReturnKind.RETURN_REFUND, ReturnKind.EXCHANGE):
            _refund(case, order, at, actor, text)
        else:
            _agree(case, order, at, actor, text)
    else:
        step_case(case=case, to=ReturnState.CLOSED, at=at, actor=actor, text=text)
    record_change(
        at=at, actor=actor, action="return.decided", object_kind="return_case", object_id=case_no,
        party_id=case.merchant_id, before=before,
        after={"state": case.state, "freight_bearer": case.freight_bearer, "text": text}
        | ({} if brought is None else {"brought": brought}),
    )  # fmt: skip
    write_notices(told=told_of_decision(case), at=at)
    return case


@transaction.atomic
def goods_sent_back(*, case_no: str, carrier: str, tracking_no: str, at: datetime, actor: str) -> ReturnCase:
    """This function will note with whom the buyer sent goods back; with one of the mall's carriers (its code) and
    another who bears it, the freight of the way back is frozen. Raises UnknownCase, CaseIncomplete, CaseNotInState,
    ParcelIncomplete, TrackingNumberTaken."""
    case, _ = hold_case(case_no)
    if not carrier.strip() or not tracking_no.strip():
        raise CaseIncomplete("name the carrier and its tracking number")
    case.carrier, case.tracking_no = carrier.strip()[:64], tracking_no.strip()[:64]
    days = number("receive_after_days")
    step_case(
        case=case, to=ReturnState.GOODS_SENT, at=at, actor=actor, text=f"{case.carrier} {case.tracking_no}",
        answer_by=at + timedelta(days=days),
    )  # fmt: skip
    freeze_way_back(case=case, at=at)
    return case


@transaction.atomic
def goods_came_back(*, case_no: str, at: datetime, actor: str, text: str = "") -> ReturnCase:
    """This function will note that goods are back with the merchant; where money was asked it goes back now, an
    exchange waits for its replacement. Raises UnknownCase, CaseNotInState, what a refund refuses."""
    case, order = hold_case(case_no)
    return _goods_back(case, order, at, actor, text)


@transaction.atomic
def return_withdrawn(*, case_no: str, at: datetime, actor: str, text: str = "") -> ReturnCase:
    """This function will end a case at the buyer's wish. Raises UnknownCase, CaseNotInState."""
    case, _ = hold_case(case_no)
    return step_case(case=case, to=ReturnState.WITHDRAWN, at=at, actor=actor, text=text)


@transaction.atomic
def said_in_return(
    *, case_no: str, at: datetime, actor: str, text: str, pictures: Sequence[str]
) -> ReturnCase:
    """This function will add words and pictures to a case. Raises UnknownCase, ReasonMissing."""
    case, _ = hold_case(case_no)
    if not text.strip() and not pictures:
        raise ReasonMissing("there is nothing to add; write something or choose a picture")
    say_in_case(case=case, at=at, actor=actor, text=text, pictures=pictures)
    return case


@transaction.atomic
def return_overdue(*, case_no: str, at: datetime) -> ReturnCase:
    """This function will go on with a case whose turn nobody took in time: the merchant's silence agrees, goods on
    their way back count as arrived, the buyer's silence ends it. Twice is harmless. Raises UnknownCase."""
    case, order = hold_case(case_no)
    if case.ended_at is not None or case.answer_by is None or case.answer_by > at:
        return case
    actor, late = "clockwork", "nobody answered in time"
    if case.state == ReturnState.ASKED:
        return _agree(case, order, at, actor, late)
    if case.state == ReturnState.GOODS_SENT:
        return _goods_back(case, order, at, actor, late)
    if case.state == ReturnState.GOODS_BACK:  # an exchange nobody sends: the platform looks
        return step_case(case=case, to=ReturnState.ARBITRATION, at=at, actor=actor, text=late)
    return step_case(case=case, to=ReturnState.CLOSED, at=at, actor=actor, text=late)


@transaction.atomic
def answers_due_soon(*, at: datetime) -> int:
    """This function will tell merchants of cases that go on without them within REMIND, once a deadline, and return
    how many were told."""
    near = cases_to_answer_before(at + REMIND, most=REMIND_MOST)
    return write_notices(told=[told_of_deadline(case) for case in near], at=at)


def _goods_back(case: ReturnCase, order: Order, at: datetime, actor: str, text: str) -> ReturnCase:
    """Said or by time, an exchange has its days from here on: a shop that does not send it is decided about."""
    hours = number("answer_return_hours")
    step_case(
        case=case, to=ReturnState.GOODS_BACK, at=at, actor=actor, text=text,
        answer_by=at + timedelta(hours=hours) if case.kind == ReturnKind.EXCHANGE else None,
    )  # fmt: skip
    earn_way_back(case=case, at=at)
    if case.kind == ReturnKind.RETURN_REFUND:
        _refund(case, order, at, actor)
    return case


def _way_back_decided(case: ReturnCase, brought: bool | None, at: datetime, actor: str) -> None:
    """Whether the carrier earned the freight of the way back: a shop that was sent something else says so without
    counting it as back, and time counts back what never came."""
    freight = ReturnFreight.objects.filter(case=case).first()
    if freight is None and brought is not None:
        raise WayBackUnclear(
            f"no carrier is owed anything for the way back of case {case.case_no}; leave it out", case_no=case.case_no
        )  # fmt: skip
    if freight is not None and brought is None and freight.earned_at is None:
        raise WayBackUnclear(
            f"say whether {freight.carrier} brought the goods of case {case.case_no} back; it is paid for that",
            case_no=case.case_no,
        )  # fmt: skip
    if brought is None:
        return
    earn_way_back(case=case, at=at if brought else None)
    if brought and not case.steps.filter(kind=ReturnState.GOODS_BACK).exists():
        say_in_case(case=case, kind=ReturnState.GOODS_BACK, at=at, actor=actor, text="")


def _agree(case: ReturnCase, order: Order, at: datetime, actor: str, text: str) -> ReturnCase:
    if case.kind in REFUNDS_AT_ONCE:
        return _refund(case, order, at, actor, text)
    days = number("send_back_within_days")
    return step_case(
        case=case, to=ReturnState.AWAITING_GOODS, at=at, actor=actor, text=text,
        answer_by=at + timedelta(days=days),
    )  # fmt: skip


def _refund(case: ReturnCase, order: Order, at: datetime, actor: str, text: str = "") -> ReturnCase:
    """The money goes back; units of it that never left are not shipped any more."""
    refuse_finished_order(order.order_no)
    if case.kind != ReturnKind.PRICE_PROTECTION:
        units = dict(case.lines.values_list("line_id", "quantity"))
        units_let_go(order=order, units=units, reference=case.case_no, at=at, actor=actor)
    begin_refund(case=case, order=order, at=at, actor=actor, text=text)
    shipping_ended(order=order, at=at, actor=actor, note=case.case_no)
    return case
