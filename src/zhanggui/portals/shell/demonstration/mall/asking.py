"""What buyers of the mall ask: shops about goods and orders, customer service about the mall; one waits, one is done
with."""

from datetime import datetime, timedelta

from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.catalogue.models import Shop, Spu, SpuState
from zhanggui.trade.orders.models import Order
from zhanggui.trade.questions.models import Question
from zhanggui.trade.questions.operations.answer_question import answer_question
from zhanggui.trade.questions.operations.ask_question import ask_question
from zhanggui.trade.questions.operations.close_question import close_own_question
from zhanggui.trade.questions.operations.write_on import write_on

A_WHILE = timedelta(minutes=7)
SHOP = "clear-kiln"
"""Its owner has a log-in of the demo."""


def ask(at: datetime) -> None:
    """Questions to shops and to customer service, in Chinese and English."""
    lin, chen, anna = (Buyer.objects.get(user__username=name) for name in ("lin", "chen", "anna"))
    start = at - 4 * A_WHILE
    order = Order.objects.filter(buyer_id=lin.id).order_by("-order_no")[0]
    about_order = ask_question(
        buyer=lin, text="请问这单今天能发出吗？周五之前需要收到。", at=start, shop=_shop_of(order).code,
        order_no=order.order_no,
    )  # fmt: skip
    _answer(about_order, "您好，今天下午就交给快递，预计周四送到。", start + A_WHILE)
    write_on(
        question_no=about_order.question_no, buyer=lin, buyer_ids=[lin.id], at=start + 2 * A_WHILE,
        text="好的，谢谢！包装能结实一点吗？",
    )  # fmt: skip
    shop = Shop.objects.get(code=SHOP)
    goods = Spu.objects.filter(owner_id=shop.merchant_id, state=SpuState.LISTED).order_by("number")[:2]
    ask_question(
        buyer=anna, text="Hello, can this go into a dishwasher, and how long does it take to Beijing?", at=start,
        shop=SHOP, spu_number=goods[0].number,
    )  # fmt: skip
    about_good = ask_question(
        buyer=lin, text="这款有大一号的吗？", at=start, shop=SHOP, spu_number=goods[1].number
    )
    _answer(about_good, "您好，目前只有页面上的尺寸，下月会上新大一号的。", start + A_WHILE)
    ask_question(buyer=chen, text="店铺优惠券和平台满减可以一起用吗？", at=start + A_WHILE)
    address = ask_question(buyer=anna, text="Where can I change my address?", at=start)
    _answer(
        address,
        "Under “My mall”, Addresses. Orders that are placed keep the address they have.",
        start + A_WHILE,
    )
    close_own_question(question_no=address.question_no, buyer_ids=[anna.id], at=start + 2 * A_WHILE)


def _answer(question: Question, text: str, at: datetime) -> None:
    shop = Shop.objects.filter(merchant_id=question.merchant_id).first()
    answer_question(
        question_no=question.question_no, merchant_id=question.merchant_id, text=text, at=at,
        actor=shop.code if shop else "service",
    )  # fmt: skip


def _shop_of(order: Order) -> Shop:
    return Shop.objects.get(merchant_id=order.merchant_id)
