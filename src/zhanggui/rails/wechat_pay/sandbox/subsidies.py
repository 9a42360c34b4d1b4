"""Subsidies of the sandbox: the platform's money for a sub-merchant's order, at once or not at all."""

from zhanggui.rails.sandbox_server.messages import Answered, Asked, json_answer
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.wechat_pay.sandbox.books import MERCHANT, Books
from zhanggui.rails.wechat_pay.sandbox.refusals import Refused, cents, invalid, number, text


class Subsidies:
    """What /v3/ecommerce/subsidies answers."""

    def __init__(self, books: Books, routes: Router) -> None:
        self._books = books
        self._store = books.store
        routes.add("POST", "/v3/ecommerce/subsidies/create", self._create)
        routes.add("POST", "/v3/ecommerce/subsidies/return", self._return)
        routes.add("POST", "/v3/ecommerce/subsidies/cancel", self._cancel)

    def _create(self, asked: Asked) -> Answered:
        document, order = asked.document, self._order(asked.document)
        amount = cents(document, "amount", most=500_000)
        known = self._store.get("subsidy", order["transaction_id"])
        if known is not None:
            if known["document"] != document:
                raise invalid("一笔订单只能补差一笔")
            return json_answer(known["told"])
        if order["subsidy_done"] or not order["subsidy"]:
            raise invalid("订单无补差标识或已取消补差")
        if amount > order["subsidy"] or (amount < order["subsidy"] and not order["refunds"]):
            raise invalid("补差金额与下单时的补差金额不一致")
        self._books.must_have(MERCHANT, amount)
        told = self._told(order, document, "subsidy_id", amount)
        self._move(order, amount, told["subsidy_id"])
        self._store.put("subsidy", order["transaction_id"], {"document": document, "told": told, "back": 0})
        self._keep(order | {"subsidy_done": True, "subsidy_paid": amount})
        return json_answer(told)

    def _return(self, asked: Asked) -> Answered:
        document, order = asked.document, self._order(asked.document)
        name = number(document, "out_order_no", most=64)
        known = self._store.get("subsidy_return", name)
        if known is not None:
            if known["document"] != document:
                raise invalid("商户补差回退单号重复：参数与原请求不一致")
            return json_answer(known["told"])
        amount = cents(document, "amount")
        refund = self._store.get("refund_id", text(document, "refund_id", most=64))
        if refund is None or refund["out_refund_no"] not in order["refunds"]:
            raise invalid("订单没有这笔退款")
        paid = self._store.get("subsidy", order["transaction_id"])
        if paid is None or paid["back"] + amount > order["subsidy_paid"] + paid["back"]:
            raise invalid("补差回退总金额大于补差金额")
        self._books.must_have(order["payee"], amount)
        told = self._told(order, document, "subsidy_refund_id", amount) | {"out_order_no": name}
        self._move(order, -amount, told["subsidy_refund_id"])
        self._store.put("subsidy", order["transaction_id"], paid | {"back": paid["back"] + amount})
        self._store.put("subsidy_return", name, {"document": document, "told": told})
        self._keep(order | {"subsidy_paid": order["subsidy_paid"] - amount})
        return json_answer(told)

    def _cancel(self, asked: Asked) -> Answered:
        order = self._order(asked.document)
        if self._store.get("subsidy", order["transaction_id"]) is not None:
            raise invalid("订单已补差，不能取消")
        if not order["refunds"]:
            raise invalid("订单未发生退款，不能取消补差")
        self._keep(order | {"subsidy_done": True})
        return json_answer({
            "sub_mchid": order["payee"], "transaction_id": order["transaction_id"], "result": "SUCCESS",
            "description": asked.document["description"],
        })  # fmt: skip

    def _order(self, document: Document) -> Document:
        order = self._books.paid_order(text(document, "transaction_id", most=64))
        if order["payee"] == MERCHANT or order["payee"] != document.get("sub_mchid"):
            raise Refused(404, "RESOURCE_NOT_EXISTS", "订单不属于该二级商户")
        text(document, "description", most=80)
        return order

    def _told(self, order: Document, document: Document, name: str, amount: int) -> Document:
        return {
            "sub_mchid": order["payee"], "transaction_id": order["transaction_id"], name: self._books.number("split"),
            "amount": amount, "description": document["description"], "result": "SUCCESS",
            "success_time": self._books.stamp(),
        }  # fmt: skip

    def _move(self, order: Document, amount: int, business: str) -> None:
        for account, moved in ((MERCHANT, -amount), (order["payee"], amount)):
            self._books.move(
                account, "补差/补差" if amount > 0 else "补差/补差回退", moved, business=business, voucher=""
            )

    def _keep(self, order: Document) -> None:
        self._store.put("order", order["out_trade_no"], order)
