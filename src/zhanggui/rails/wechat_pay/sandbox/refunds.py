"""Refunds of the sandbox: taken at once, done a little later, or not at all when the buyer's card is gone."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.messages import Answered, Asked, json_answer
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.wechat_pay.sandbox.books import MERCHANT, Books
from zhanggui.rails.wechat_pay.sandbox.refusals import Refused, bad, cents, invalid, moment, number, text
from zhanggui.rails.wechat_pay.signing import unveiled

TAKES_SECONDS = 2
WINDOW = timedelta(days=365)


class Refunds:
    """What /v3/refund/domestic/refunds answers."""

    def __init__(self, books: Books, routes: Router, *, opens: Sequence[RSAPrivateKey]) -> None:
        self._books = books
        self._opens = opens
        self._store = books.store
        routes.add("POST", "/v3/refund/domestic/refunds", self._create)
        routes.add("GET", "/v3/refund/domestic/refunds/{number}", self._query)
        routes.add("POST", "/v3/refund/domestic/refunds/{refund}/apply-abnormal-refund", self._repair)

    def _create(self, asked: Asked) -> Answered:
        document = asked.document
        name = number(document, "out_refund_no", most=64)
        known = self._store.get("refund", name)
        if known is not None:
            if known["document"] != document:
                raise invalid("订单退款单号重复：参数与原请求不一致")
            return json_answer(self.told(known))
        order = self._order(document)
        amount = document.get("amount")
        if not isinstance(amount, dict) or amount.get("currency") != "CNY":
            raise bad("amount：必填，仅支持 CNY")
        asked_for = cents(amount, "refund")
        if amount.get("total") != order["paid_total"]:
            raise invalid("订单金额或退款金额与之前请求不一致")
        if (document.get("sub_mchid") or MERCHANT) != order["payee"]:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "订单不属于该商户号")
        before = self._books.refunds_of(order)
        if sum(one["amount"] for one in before) + asked_for > order["paid_total"]:
            raise invalid("申请退款金额大于订单可退金额")
        if len(before) >= 50:
            raise invalid("一笔订单最多支持 50 次部分退款")
        paid = moment(order, "paid_at")
        if paid is not None and self._books.now() > paid + WINDOW:
            raise invalid("订单已超过可退款的最大期限")
        back = self._fee_back(order, asked_for)
        self._must_have(order, asked_for - back)
        return json_answer(self.told(self._made(document, order, asked_for, back)))

    def _order(self, document: Document) -> Document:
        if document.get("transaction_id"):
            return self._books.paid_order(text(document, "transaction_id", most=32))
        order = self._store.get("order", number(document, "out_trade_no", most=32))
        if order is None or not order["transaction_id"]:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
        return order

    def _fee_back(self, order: Document, asked_for: int) -> int:
        """Its part of the fee, so that the last cent of the order brings the last cent of the fee."""
        before = self._books.refunds_of(order)
        total = sum(one["amount"] for one in before) + asked_for
        all_back = (2 * order["fee"] * total + order["paid_total"]) // (2 * order["paid_total"])
        return int(all_back - sum(one["fee_back"] for one in before))

    def _must_have(self, order: Document, net: int) -> None:
        """What waits to be split of the order itself may go back; the rest comes from what is free."""
        own = self._books.remainder(order) if order["split"] and not order["unfrozen"] else 0
        if self._books.available(order["payee"]) + own < net:
            raise Refused(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")

    def _made(self, document: Document, order: Document, amount: int, fee_back: int) -> Document:
        name = document["out_refund_no"]
        slow = self._books.house.faults.take(FaultKind.SLOW, of="refund")
        outcome = self._books.house.faults.take(FaultKind.OUTCOME, of="refund")
        seconds = TAKES_SECONDS + (slow.seconds or 0 if slow else 0)
        refund = {
            "out_refund_no": name, "refund_id": self._books.number("refund"), "amount": amount, "fee_back": fee_back,
            "out_trade_no": order["out_trade_no"], "transaction_id": order["transaction_id"], "payee": order["payee"],
            "total": order["paid_total"], "reason": document.get("reason", ""), "status": "PROCESSING",
            "channel": "ORIGINAL",
            "created_at": self._books.stamp(), "success_at": "", "ends_as": outcome.value if outcome else "SUCCESS",
            "notify_url": document.get("notify_url", ""), "document": document, "openid": order["openid"],
        }  # fmt: skip
        self._store.put("refund", name, refund)
        self._store.put("refund_id", refund["refund_id"], {"out_refund_no": name})
        self._store.put("order", order["out_trade_no"], order | {
            "refunds": [*order["refunds"], name], "state": "REFUND",
        })  # fmt: skip
        move = self._books.move
        move(
            order["payee"],
            "退款/退款",
            -amount,
            business=refund["refund_id"],
            voucher=name,
            memo=refund["reason"],
        )
        if fee_back:
            move(
                order["payee"],
                "退还交易手续费/退还交易手续费",
                fee_back,
                business=refund["refund_id"],
                voucher=name,
            )
        self._books.later(self._books.now() + timedelta(seconds=seconds), "finish_refund", name)
        self._owe(refund, seconds)
        return refund

    def _owe(self, refund: Document, seconds: int) -> None:
        self._books.house.callbacks.owe("refund", refund["notify_url"], {
            "id": f"EV-{secrets.token_hex(12)}", "created": self._books.stamp(), "original_type": "refund",
            "refund": refund["out_refund_no"],
        }, after_seconds=seconds)  # fmt: skip

    def finish(self, name: str) -> None:
        """The bank has answered."""
        refund = self._books.got("refund", name)
        refund["status"] = refund["ends_as"]
        if refund["status"] == "SUCCESS":
            refund["success_at"] = self._books.stamp()
        if refund["status"] == "CLOSED":
            move = self._books.move
            move(
                refund["payee"], "退款/退款关闭", refund["amount"], business=refund["refund_id"], voucher=name
            )
            if refund["fee_back"]:
                move(
                    refund["payee"], "扣除交易手续费/扣除交易手续费", -refund["fee_back"],
                    business=refund["refund_id"], voucher=name,
                )  # fmt: skip
        self._store.put("refund", name, refund)

    def _query(self, asked: Asked) -> Answered:
        refund = self._store.get("refund", asked.parts["number"])
        if refund is None or (asked.query.get("sub_mchid") or MERCHANT) != refund["payee"]:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return json_answer(self.told(refund))

    def _repair(self, asked: Asked) -> Answered:
        found = self._store.get("refund_id", asked.parts["refund"])
        refund = self._books.got("refund", found["out_refund_no"]) if found else None
        if refund is None or asked.document.get("out_refund_no") != refund["out_refund_no"]:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        if refund["status"] != "ABNORMAL":
            raise invalid("退款单不是异常状态")
        to_card = asked.document.get("type") == "USER_BANK_CARD"
        if to_card and not all(
            asked.document.get(name) for name in ("bank_type", "bank_account", "real_name")
        ):
            raise bad("bank_type、bank_account、real_name：必填")
        if to_card:
            refund["card"] = self._opened(asked.document["bank_account"])
            refund["holder"] = self._opened(asked.document["real_name"])
        fails = self._books.house.faults.take(FaultKind.OUTCOME, of="repair")
        refund |= {
            "status": "PROCESSING", "ends_as": fails.value if fails else "SUCCESS",
            "channel": "OTHER_BANKCARD" if to_card else "OTHER_BALANCE",
        }  # fmt: skip
        self._store.put("refund", refund["out_refund_no"], refund)
        self._books.later(
            self._books.now() + timedelta(seconds=TAKES_SECONDS), "finish_refund", refund["out_refund_no"]
        )
        self._owe(refund, TAKES_SECONDS)
        return json_answer(self.told(refund))

    def _opened(self, hidden: str) -> str:
        """What was encrypted for the gateway's key (its certificate's, or the public key's)."""
        for key in self._opens:
            try:
                return unveiled(key, hidden)
            except ValueError:
                continue
        raise bad("敏感信息解密失败")

    def told(self, refund: Document) -> Document:
        """A refund as the gateway tells it."""
        told: Document = {
            "refund_id": refund["refund_id"], "out_refund_no": refund["out_refund_no"], "channel": refund["channel"],
            "transaction_id": refund["transaction_id"], "out_trade_no": refund["out_trade_no"],
            "user_received_account": "支付用户零钱", "create_time": refund["created_at"], "status": refund["status"],
            "funds_account": "AVAILABLE",
            "amount": {"total": refund["total"], "refund": refund["amount"], "payer_total": refund["total"],
                       "payer_refund": refund["amount"], "settlement_refund": refund["amount"],
                       "settlement_total": refund["total"], "discount_refund": 0, "currency": "CNY"},
        }  # fmt: skip
        if refund["success_at"]:
            told["success_time"] = refund["success_at"]
        return told

    def resource(self, name: str) -> tuple[str, str, Document]:
        """What a notice of a refund says: its event, its summary, and what it hides."""
        told = self.told(self._books.got("refund", name))
        status = told.pop("status")
        told.pop("channel")
        told |= {"refund_status": status, "mchid": MERCHANT}
        summary = {"SUCCESS": "退款成功", "ABNORMAL": "退款异常", "CLOSED": "退款关闭"}.get(
            status, "退款处理中"
        )
        return f"REFUND.{status}", summary, told
