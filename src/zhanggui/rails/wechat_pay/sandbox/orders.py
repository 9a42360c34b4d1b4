"""Orders of the sandbox: single and combined, paid by people on the pay page."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from zhanggui.rails.sandbox_server.messages import Answered, Asked, json_answer
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.wechat_pay.sandbox.books import (
    APPID,
    BUYER,
    MERCHANT,
    SUB_MERCHANTS,
    Books,
    fee_of,
)
from zhanggui.rails.wechat_pay.sandbox.refusals import Refused, bad, cents, invalid, moment, number, text
from zhanggui.rails.wechat_pay.values import written

WAYS = {"jsapi": "JSAPI", "app": "APP", "h5": "MWEB", "native": "NATIVE"}


class Orders:
    """What /v3/pay/transactions and /v3/combine-transactions answer."""

    def __init__(self, books: Books, routes: Router) -> None:
        self._books = books
        self._store = books.store
        for way in WAYS:
            routes.add("POST", f"/v3/pay/transactions/{way}", self._create)
            routes.add("POST", f"/v3/combine-transactions/{way}", self._combine)
        routes.add("GET", "/v3/pay/transactions/out-trade-no/{number}", self._query)
        routes.add("GET", "/v3/pay/transactions/id/{transaction}", self._query)
        routes.add("POST", "/v3/pay/transactions/out-trade-no/{number}/close", self._close)
        routes.add("GET", "/v3/combine-transactions/out-trade-no/{number}", self._query_combined)
        routes.add("POST", "/v3/combine-transactions/out-trade-no/{number}/close", self._close_combined)

    def _create(self, asked: Asked) -> Answered:
        document, way = asked.document, asked.path.rsplit("/", 1)[-1]
        _must_be_ours(document.get("appid"), document.get("mchid"))
        self._check(document, way, document.get("payer"))
        if document["amount"].get("currency", "CNY") != "CNY":
            raise bad("currency：仅支持 CNY")
        known = self._store.get("order", number(document, "out_trade_no", most=32))
        order = known or self._order(document, way, total=cents(document["amount"], "total"), payee=MERCHANT)
        if known is None:
            self._keep(order)
            self._store.put("token", order["token"], {"kind": "order", "number": order["out_trade_no"]})
        else:
            _must_repeat(known, document, way)
        return self._invitation(order["token"], way)

    def _combine(self, asked: Asked) -> Answered:
        document, way = asked.document, asked.path.rsplit("/", 1)[-1]
        _must_be_ours(document.get("combine_appid"), document.get("combine_mchid"))
        name = number(document, "combine_out_trade_no", most=32)
        known = self._store.get("combined", name)
        if known is not None:
            _must_repeat(known, document, way)
            return self._invitation(known["token"], way)
        self._check(document | {"description": "-"}, way, document.get("combine_payer_info"))
        parts = document.get("sub_orders")
        # The documentation names a maximum alone; sub-merchants are paid this way one at a time, too.
        if not isinstance(parts, list) or not 1 <= len(parts) <= 50:
            raise bad("sub_orders：1 至 50 条")
        for part in parts:
            if self._store.get("order", number(part, "out_trade_no", most=32)) is not None:
                raise Refused(403, "OUT_TRADE_NO_USED", "子单商户订单号重复")
            payee = part.get("sub_mchid") or part.get("mchid")
            if part.get("mchid") != MERCHANT or payee not in (MERCHANT, *SUB_MERCHANTS):
                raise Refused(400, "MCH_NOT_EXISTS", f"商户号 {payee} 不存在")
            inherited = {key: document.get(key) for key in ("notify_url", "time_expire") if document.get(key)}
            total = cents(part.get("amount") or {}, "total_amount")
            self._keep(self._order(inherited | part, way, total=total, payee=payee, combined=name))
        combined = {
            "number": name, "orders": [part["out_trade_no"] for part in parts], "way": way,
            "token": secrets.token_hex(16), "document": document, "notify_url": document["notify_url"],
            "transaction_id": "", "state": "NOTPAY",
        }  # fmt: skip
        self._store.put("combined", name, combined)
        self._store.put("token", combined["token"], {"kind": "combined", "number": name})
        return self._invitation(combined["token"], way)

    def _check(self, document: Mapping[str, Any], way: str, payer: Any) -> None:
        text(document, "description", most=127)
        if not text(document, "notify_url", most=256).startswith(("http://", "https://")):
            raise bad("notify_url：须为完整地址")
        if way == "jsapi" and not (isinstance(payer, dict) and payer.get("openid")):
            raise bad("payer.openid：必填")
        if way == "h5" and not (document.get("scene_info") or {}).get("payer_client_ip"):
            raise bad("scene_info.payer_client_ip：必填")
        expires = moment(document, "time_expire")
        if expires is not None and expires <= self._books.now():
            raise invalid("time_expire 早于当前时间")
        if "sub_orders" not in document and not isinstance(document.get("amount"), dict):
            raise bad("amount：必填")

    def _order(
        self, document: Mapping[str, Any], way: str, *, total: int, payee: str, combined: str = ""
    ) -> Document:
        expires = moment(document, "time_expire") or self._books.now() + timedelta(hours=2)
        settle = document.get("settle_info") or {}
        self._books.later(expires, "expire", document["out_trade_no"])
        return {
            "out_trade_no": document["out_trade_no"], "payee": payee, "total": total, "way": way,
            "combined": combined, "description": text(document, "description", most=127),
            "attach": document.get("attach", ""),
            "notify_url": document["notify_url"], "expires_at": written(expires), "document": dict(document),
            "split": bool(settle.get("profit_sharing")), "unfrozen": False, "token": secrets.token_hex(16),
            "state": "NOTPAY", "openid": (document.get("payer") or {}).get("openid", ""), "transaction_id": "",
            "paid_total": 0, "fee": 0, "paid_at": "", "refunds": [], "splits": [],
            "subsidy": int(settle.get("subsidy_amount") or 0),
            "subsidy_paid": 0, "subsidy_done": False,
        }  # fmt: skip

    def _invitation(self, token: str, way: str) -> Answered:
        address = self._books.house.address
        return json_answer({
            "native": {"code_url": f"{address}/pay/{token}"}, "h5": {"h5_url": f"{address}/pay/{token}?way=h5"},
        }.get(way, {"prepay_id": f"wx{token}"}))  # fmt: skip

    def _query(self, asked: Asked) -> Answered:
        if asked.query.get("mchid") != MERCHANT:
            raise Refused(400, "MCH_NOT_EXISTS", "商户号不存在")
        if "transaction" in asked.parts:
            order = self._books.paid_order(asked.parts["transaction"])
        else:
            order = self._single(asked.parts["number"])
        return json_answer(self.told(order))

    def _single(self, name: str) -> Document:
        order = self._store.get("order", name)
        if order is None or order["combined"]:
            raise Refused(404, "ORDER_NOT_EXIST", "订单不存在")
        return order

    def _close(self, asked: Asked) -> Answered:
        order = self._single(asked.parts["number"])
        if asked.document.get("mchid") != MERCHANT:
            raise Refused(400, "MCH_NOT_EXISTS", "商户号不存在")
        if order["transaction_id"]:
            raise Refused(400, "ORDER_PAID", "订单已支付，不能关闭")
        self._keep(order | {"state": "CLOSED"})
        return Answered(204)

    def _query_combined(self, asked: Asked) -> Answered:
        combined = self._store.get("combined", asked.parts["number"])
        if combined is None:
            raise Refused(404, "ORDER_NOT_EXIST", "订单不存在")
        return json_answer(self.told_combined(combined))

    def _close_combined(self, asked: Asked) -> Answered:
        combined = self._store.get("combined", asked.parts["number"])
        if combined is None:
            raise Refused(404, "ORDER_NOT_EXIST", "订单不存在")
        if {one.get("out_trade_no") for one in asked.document.get("sub_orders", [])} != {*combined["orders"]}:
            raise bad("sub_orders：须为下单时的全部子单")
        if combined["state"] == "SUCCESS":
            raise Refused(400, "ORDER_PAID", "订单已支付，不能关闭")
        for name in combined["orders"]:
            self._keep(self._get(name) | {"state": "CLOSED"})
        self._store.put("combined", combined["number"], combined | {"state": "CLOSED"})
        return Answered(204)

    def told(self, order: Document) -> Document:
        """An order as the gateway tells it."""
        told: Document = {
            "appid": APPID, "mchid": MERCHANT, "out_trade_no": order["out_trade_no"], "trade_state": order["state"],
            "trade_state_desc": {"SUCCESS": "支付成功", "CLOSED": "已关闭", "REFUND": "转入退款"}.get(
                order["state"], "订单未支付"
            ), "attach": order["attach"],
        }  # fmt: skip
        if order["transaction_id"]:
            told |= {
                "transaction_id": order["transaction_id"], "trade_type": WAYS[order["way"]], "bank_type": "OTHERS",
                "success_time": order["paid_at"], "payer": {"openid": order["openid"]},
                "amount": {"total": order["paid_total"], "payer_total": order["paid_total"], "currency": "CNY",
                           "payer_currency": "CNY"},
            }  # fmt: skip
        return told

    def told_combined(self, combined: Document) -> Document:
        """A combined order as the gateway tells it."""
        orders = [self._get(name) for name in combined["orders"]]
        parts = []
        for order in orders:
            told = self.told(order)
            part = {key: told[key] for key in (
                "out_trade_no", "trade_state", "attach", "transaction_id", "trade_type", "bank_type", "success_time",
            ) if key in told} | {"mchid": MERCHANT}  # fmt: skip
            if order["payee"] != MERCHANT:
                part["sub_mchid"] = order["payee"]
            paid = order["paid_total"] or order["total"]
            part["amount"] = {
                "total_amount": paid, "currency": "CNY", "payer_amount": paid, "payer_currency": "CNY",
            }  # fmt: skip
            parts.append(part)
        return {
            "combine_appid": APPID, "combine_mchid": MERCHANT, "combine_out_trade_no": combined["number"],
            "combine_payer_info": {"openid": orders[0]["openid"]} if orders[0]["transaction_id"] else {},
            "sub_orders": parts,
        }  # fmt: skip

    def wanted(self, token: str) -> tuple[list[Document], Document | None]:
        """What a token asks to be paid: its orders, and the combined order if it is one. Raises Refused."""
        found = self._store.get("token", token.removeprefix("wx"))
        if found is None:
            raise Refused(404, "ORDER_NOT_EXIST", "订单不存在")
        if found["kind"] == "order":
            return [self._get(found["number"])], None
        combined = self._books.got("combined", found["number"])
        return [self._get(name) for name in combined["orders"]], combined

    def token_of(self, name: str) -> str:
        """The token of an order by the merchant's number. Raises Refused."""
        known = self._store.get("combined", name) or self._store.get("order", name)
        if known is None:
            raise Refused(404, "ORDER_NOT_EXIST", "订单不存在")
        return str(known["token"])

    def pay(self, token: str, *, openid: str = "", off_by: int = 0) -> None:
        """The buyer pays; `off_by` cents more than was asked for, as only a broken gateway takes. Raises Refused."""
        orders, combined = self.wanted(token)
        for order in orders:
            if order["state"] != "NOTPAY":
                raise Refused(
                    400, "ORDER_PAID" if order["transaction_id"] else "ORDER_CLOSED", "订单已支付或已关闭"
                )
        for order in orders:
            paid = order["total"] + (off_by if order is orders[0] else 0)
            self._take(order, paid, openid)
        if combined is None:
            resource = self.told(self._get(orders[0]["out_trade_no"]))
        else:
            self._store.put("combined", combined["number"], combined | {"state": "SUCCESS"})
            resource = self.told_combined(combined)
        self._books.house.callbacks.owe("charge", orders[0]["notify_url"], {
            "id": f"EV-{secrets.token_hex(12)}", "created": self._books.stamp(), "event_type": "TRANSACTION.SUCCESS",
            "original_type": "transaction", "summary": "支付成功", "resource": resource,
        })  # fmt: skip

    def _take(self, order: Document, paid: int, openid: str) -> None:
        transaction, fee = self._books.number("transaction"), fee_of(paid)
        self._store.put("transaction", transaction, {"out_trade_no": order["out_trade_no"]})
        if order["split"]:
            self._books.later(self._books.now() + timedelta(days=30), "end_window", order["out_trade_no"])
        self._keep(order | {
            "state": "SUCCESS", "transaction_id": transaction, "paid_total": paid, "fee": fee,
            "paid_at": self._books.stamp(), "openid": openid or order["openid"] or BUYER,
        })  # fmt: skip
        move = self._books.move
        move(order["payee"], "交易/交易", paid, business=transaction, voucher=order["out_trade_no"])
        if fee:
            move(
                order["payee"],
                "扣除交易手续费/扣除交易手续费",
                -fee,
                business=transaction,
                voucher=order["out_trade_no"],
            )

    def expire(self, name: str) -> None:
        """Close what was not paid in time."""
        order = self._get(name)
        if order["state"] == "NOTPAY":
            self._keep(order | {"state": "CLOSED"})
            if order["combined"]:
                combined = self._books.got("combined", order["combined"])
                self._store.put("combined", combined["number"], combined | {"state": "CLOSED"})

    def end_window(self, name: str) -> None:
        """Give the merchant what nobody split in time."""
        self._keep(self._get(name) | {"unfrozen": True})

    def _get(self, name: str) -> Document:
        return self._books.got("order", name)

    def _keep(self, order: Document) -> None:
        self._store.put("order", order["out_trade_no"], order)


def _must_be_ours(appid: Any, mchid: Any) -> None:
    if mchid != MERCHANT:
        raise Refused(404, "MCH_NOT_EXISTS", "商户号不存在")
    if appid != APPID:
        raise Refused(400, "APPID_MCHID_NOT_MATCH", "AppID 与商户号不匹配")


def _must_repeat(known: Document, document: Mapping[str, Any], way: str) -> None:
    if known["transaction_id"] or known["state"] != "NOTPAY":
        raise Refused(403, "OUT_TRADE_NO_USED", "商户订单号重复")
    # A phone may be on another network by now.
    if (known["document"] | {"scene_info": 0}) != ({**document} | {"scene_info": 0}) or known["way"] != way:
        raise invalid("201 商户订单号重复：参数与原请求不一致")
