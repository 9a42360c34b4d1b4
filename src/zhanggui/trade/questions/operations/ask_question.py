"""A buyer asks a shop, or the platform."""

from collections.abc import Sequence
from datetime import datetime

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.assert_active import assert_active
from zhanggui.trade.buyers.queries import buyers_of
from zhanggui.trade.buyers.rules import masked_name
from zhanggui.trade.catalogue.models import Shop, ShopState, Spu, SpuState
from zhanggui.trade.orders.models import Order
from zhanggui.trade.questions.errors import QuestionNotPossible
from zhanggui.trade.questions.models import Question
from zhanggui.trade.questions.operations.write_message import add_message, check_buyer, message_text
from zhanggui.trade.questions.rules import TWICE_WITHIN


def ask_question(
    *, buyer: Buyer, text: str, at: datetime, shop: str = "", spu_number: str = "", order_no: str = "",
) -> Question:  # fmt: skip
    """This function will open a question of a buyer in the caller's transaction: to the shop with this code, or to
    the platform if none is named; about a good or an order of the buyer's if one is. The shop is told. The same
    question again within a minute is the same question.

    Raises BuyerBlocked, BuyerNotSo, QuestionNotPossible, QuestionTextWrong, TooManyQuestions.
    """
    buyer = assert_active(buyer=buyer)
    merchant_id = _shop_of(shop) if shop else 0
    order = _order_of(order_no, buyers_of(buyer), merchant_id) if order_no else None
    spu = _good_of(spu_number, merchant_id) if spu_number else None
    buyer_id = order.buyer_id if order else buyer.id
    clean = message_text(text)
    same = Question.objects.filter(
        buyer_id=buyer_id, merchant_id=merchant_id, order=order, spu=spu, asked_at__gt=at - TWICE_WITHIN,
        messages__text=clean,
    ).first()  # fmt: skip
    if same is not None:
        return same
    check_buyer(buyer_id=buyer_id, in_thread=0, at=at)
    question = Question.objects.create(
        question_no=fresh_number("Q", at), merchant_id=merchant_id, buyer_id=buyer_id,
        asker=masked_name(buyer.name), spu=spu, order=order, asked_at=at, said_at=at,
    )  # fmt: skip
    add_message(question=question, text=clean, author="", at=at)
    write_notices(
        told=[
            Told(
                "question.asked", question.question_no, party_id=merchant_id, about={"asker": question.asker}
            )
        ],
        at=at,
    )
    return question


def _shop_of(code: str) -> int:
    found = Shop.objects.filter(code=code).exclude(state=ShopState.SUSPENDED).first()
    if found is None:
        raise QuestionNotPossible("this shop is not here any more; ask the platform instead", shop=code)
    return int(found.merchant_id)


def _order_of(order_no: str, buyer_ids: Sequence[int], merchant_id: int) -> Order:
    rows = Order.objects.filter(order_no=order_no, buyer_id__in=buyer_ids)
    found = (rows.filter(merchant_id=merchant_id) if merchant_id else rows).first()
    if found is None:
        raise QuestionNotPossible(
            f"order {order_no} is not one of yours at this shop; open it from your orders", order_no=order_no
        )
    return found


def _good_of(number: str, merchant_id: int) -> Spu:
    rows = Spu.objects.filter(number=number, supply=False, state=SpuState.LISTED)
    found = (rows.filter(owner_id=merchant_id) if merchant_id else rows).first()
    if found is None:
        raise QuestionNotPossible("this good is not on sale at this shop any more", good=number)
    return found
