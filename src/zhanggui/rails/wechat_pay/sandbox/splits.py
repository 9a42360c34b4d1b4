"""Profit sharing of the sandbox: receivers, shares of an order, and shares that come back."""

from datetime import timedelta
from typing import Any

from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.messages import Answered, Asked, json_answer
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.wechat_pay.sandbox.books import APPID, MERCHANT, RATIO_PPM, Books
from zhanggui.rails.wechat_pay.sandbox.refusals import Refused, bad, cents, invalid, moment, number, text

TAKES_SECONDS = 2
WAIT = timedelta(minutes=1)
RETURN_WINDOW = timedelta(days=180)
TYPES = ("MERCHANT_ID", "PERSONAL_OPENID")
RELATIONS = (
    "STORE", "STAFF", "STORE_OWNER", "PARTNER", "HEADQUARTER", "BRAND", "DISTRIBUTOR", "USER", "SUPPLIER",
    "SERVICE_PROVIDER", "CUSTOM",
)  # fmt: skip


class Splits:
    """What /v3/profitsharing answers."""

    def __init__(self, books: Books, routes: Router) -> None:
        self._books = books
        self._store = books.store
        place = "/v3/profitsharing"
        routes.add("POST", f"{place}/receivers/add", self._add)
        routes.add("POST", f"{place}/receivers/delete", self._delete)
        routes.add("POST", f"{place}/orders", self._split)
        routes.add("POST", f"{place}/orders/unfreeze", self._unfreeze)
        routes.add("GET", f"{place}/orders/{{number}}", self._query)
        routes.add("GET", f"{place}/transactions/{{transaction}}/amounts", self._left)
        routes.add("POST", f"{place}/return-orders", self._return)
        routes.add("GET", f"{place}/return-orders/{{number}}", self._query_return)
        routes.add("GET", f"{place}/merchant-configs/{{mchid}}", self._config)

    def _add(self, asked: Asked) -> Answered:
        document = asked.document
        if document.get("type") not in TYPES or document.get("relation_type") not in RELATIONS:
            raise bad("type 或 relation_type：取值不支持")
        if document.get("appid") != APPID:
            raise Refused(400, "APPID_MCHID_NOT_MATCH", "AppID 与商户号不匹配")
        account = text(document, "account", most=64)
        if document["type"] == "MERCHANT_ID" and not document.get("name"):
            raise bad("name：接收方类型是 MERCHANT_ID 时必填")
        if document["relation_type"] == "CUSTOM":
            text(document, "custom_relation", most=10)
        told = {
            key: document[key] for key in ("type", "account", "name", "relation_type") if document.get(key)
        }
        self._store.put("receiver", account, told)
        return json_answer(told)

    def _delete(self, asked: Asked) -> Answered:
        account = text(asked.document, "account", most=64)
        self._store.drop("receiver", account)
        return json_answer({"type": asked.document.get("type", ""), "account": account})

    def _split(self, asked: Asked) -> Answered:
        document = asked.document
        name = number(document, "out_order_no", most=64)
        known = self._known(name, document)
        if known is not None:
            return json_answer(self._told(known))
        order = self._splittable(document)
        asked_for = document.get("receivers")
        if not isinstance(asked_for, list) or not 1 <= len(asked_for) <= 50:
            raise bad("receivers：1 至 50 个")
        if not isinstance(document.get("unfreeze_unsplit"), bool):
            raise bad("unfreeze_unsplit：必填")
        for one in asked_for:
            added = self._store.get("receiver", text(one, "account", most=64))
            if added is None or added["type"] != one.get("type"):
                raise Refused(403, "NO_AUTH", f"分账接收方 {one['account']} 未添加")
            cents(one, "amount")
            text(one, "description", most=80)
        total = sum(one["amount"] for one in asked_for)
        if total > self._books.remainder(order):
            raise Refused(403, "NOT_ENOUGH", "分账金额大于订单剩余待分金额")
        if total + self._books.shared(order) > order["paid_total"] * RATIO_PPM // 1_000_000:
            raise Refused(403, "RULE_LIMIT", "分账金额超过最大分账比例")
        return json_answer(self._told(self._made(name, order, document, asked_for)))

    def _known(self, name: str, document: Document) -> Document | None:
        known = self._store.get("split", name)
        if known is not None and _same(known["document"]) != _same(document):
            raise invalid("商户分账单号重复：参数与原请求不一致")
        return known

    def _splittable(self, document: Document) -> Document:
        order = self._books.paid_order(text(document, "transaction_id", most=32))
        if order["payee"] != (document.get("sub_mchid") or MERCHANT):
            raise Refused(404, "RESOURCE_NOT_EXISTS", "订单不属于该商户号")
        if not order["split"]:
            raise invalid("非分账订单不支持分账")
        paid = moment(order, "paid_at")
        if paid is not None and self._books.now() < paid + WAIT:
            raise invalid("订单处理中，暂时无法分账，请稍后再试")
        if order["unfrozen"]:
            raise Refused(403, "NOT_ENOUGH", "订单剩余金额已解冻")
        if order["subsidy"] and not order["subsidy_done"]:
            raise invalid("订单待补差，补差或取消补差后才能分账")
        if len(order["splits"]) >= 50:
            raise Refused(403, "RULE_LIMIT", "一笔订单最多分账 50 次")
        return order

    def _made(self, name: str, order: Document, document: Document, wanted: list[Document]) -> Document:
        slow = self._books.house.faults.take(FaultKind.SLOW, of="split")
        seconds = TAKES_SECONDS + (slow.seconds or 0 if slow else 0)
        receivers = [
            self._receiver(one["type"], one["account"], one["amount"], one["description"]) for one in wanted
        ]
        failing = self._books.house.faults.take(FaultKind.OUTCOME, of="split") if receivers else None
        if failing is not None:
            receivers[0]["ends_as"] = failing.value
        last = bool(document.get("unfreeze_unsplit", True))
        split = {
            "out_order_no": name, "transaction_id": order["transaction_id"], "order_id": self._books.number("split"),
            "state": "PROCESSING", "receivers": receivers, "document": document, "returns": [], "last": last,
            "created_at": self._books.stamp(), "out_trade_no": order["out_trade_no"],
        }  # fmt: skip
        for one in receivers:
            self._books.move(
                order["payee"], "分账/分账", -one["amount"], business=split["order_id"], voucher=name,
                memo=one["description"],
            )  # fmt: skip
        self._store.put("split", name, split)
        self._store.put("order", order["out_trade_no"], order | {"splits": [*order["splits"], name]})
        self._books.later(self._books.now() + timedelta(seconds=seconds), "finish_split", name)
        return split

    def _receiver(self, kind: str, account: str, amount: int, description: str) -> dict[str, Any]:
        return {
            "type": kind, "account": account, "amount": amount, "description": description, "result": "PENDING",
            "detail_id": f"{self._books.number('split')}", "create_time": self._books.stamp(), "finish_time": "",
            "fail_reason": "", "ends_as": "",
        }  # fmt: skip

    def finish(self, name: str) -> None:
        """The shares arrive, or come back to the merchant."""
        split = self._books.got("split", name)
        order = self._books.got("order", split["out_trade_no"])
        stamp = self._books.stamp()
        for one in split["receivers"]:
            one |= {
                "result": "CLOSED" if one["ends_as"] else "SUCCESS",
                "fail_reason": one["ends_as"],
                "finish_time": stamp,
            }
            if one["ends_as"]:
                self._books.move(
                    order["payee"],
                    "分账/分账失败退回",
                    one["amount"],
                    business=split["order_id"],
                    voucher=name,
                )
            elif one["type"] == "MERCHANT_ID":
                self._books.move(
                    one["account"], "分账/分账", one["amount"], business=split["order_id"], voucher=one["detail_id"],
                    memo=one["description"],
                )  # fmt: skip
        self._store.put("split", name, split)
        if split["last"]:
            left = self._books.remainder(order)
            if left > 0:
                rest = self._receiver("MERCHANT_ID", order["payee"], left, "解冻给分账方")
                split["receivers"].append(rest | {"result": "SUCCESS", "finish_time": stamp})
            self._store.put("order", order["out_trade_no"], order | {"unfrozen": True})
        self._store.put("split", name, split | {"state": "FINISHED"})

    def _unfreeze(self, asked: Asked) -> Answered:
        document = asked.document
        name = number(document, "out_order_no", most=64)
        text(document, "description", most=80)
        known = self._known(name, document)
        if known is not None:
            return json_answer(self._told(known))
        return json_answer(self._told(self._made(name, self._splittable(document), document, [])))

    def _query(self, asked: Asked) -> Answered:
        split = self._store.get("split", asked.parts["number"])
        if split is None or split["transaction_id"] != asked.query.get("transaction_id"):
            raise Refused(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
        return json_answer(self._told(split))

    def _left(self, asked: Asked) -> Answered:
        order = self._books.paid_order(asked.parts["transaction"])
        left = 0
        if order["split"] and not order["unfrozen"]:
            most = order["paid_total"] * RATIO_PPM // 1_000_000 - self._books.shared(order)
            left = max(0, min(most, self._books.remainder(order)))
        return json_answer({"transaction_id": order["transaction_id"], "unsplit_amount": left})

    def _return(self, asked: Asked) -> Answered:
        document = asked.document
        name = number(document, "out_return_no", most=64)
        known = self._store.get("return", name)
        if known is not None:
            if known["document"] != document:
                raise invalid("商户回退单号重复：参数与原请求不一致")
            return json_answer(self._told_return(known))
        split = self._store.get("split", number(document, "out_order_no", most=64))
        if split is None:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
        account, amount = text(document, "return_mchid", most=32), cents(document, "amount")
        text(document, "description", most=80)
        shares = [
            one for one in split["receivers"] if one["account"] == account and one["result"] == "SUCCESS"
        ]
        if not shares or shares[0]["type"] != "MERCHANT_ID":
            raise invalid("只能从商户类型的分账接收方回退")
        before = [self._books.got("return", one) for one in split["returns"]]
        mine = [one for one in before if one["return_mchid"] == account and one["result"] != "FAILED"]
        if sum(one["amount"] for one in mine) + amount > sum(one["amount"] for one in shares):
            raise invalid("回退总金额大于分给接收方的金额")
        if len(mine) >= 20:
            raise Refused(403, "RULE_LIMIT", "同一接收方最多回退 20 次")
        done = moment(shares[0], "finish_time")
        if done is not None and self._books.now() > done + RETURN_WINDOW:
            raise invalid("超过 180 天，不能回退")
        return json_answer(self._told_return(self._returned(name, split, document)))

    def _returned(self, name: str, split: Document, document: Document) -> Document:
        failing = self._books.house.faults.take(FaultKind.OUTCOME, of="return")
        slow = self._books.house.faults.take(FaultKind.SLOW, of="return")
        account, amount = document["return_mchid"], document["amount"]
        made = {
            "out_return_no": name, "return_no": self._books.number("split"), "out_order_no": split["out_order_no"],
            "order_id": split["order_id"], "return_mchid": account, "amount": amount, "document": document,
            "description": document["description"], "created_at": self._books.stamp(), "finish_time": "",
            "result": "PROCESSING", "fail_reason": failing.value if failing else "",
        }  # fmt: skip
        self._store.put("return", name, made)
        self._store.put("split", split["out_order_no"], split | {"returns": [*split["returns"], name]})
        if slow is not None:
            later = self._books.now() + timedelta(seconds=slow.seconds or 0)
            self._books.later(later, "finish_return", name)
            return made
        self.finish_return(name)
        return self._books.got("return", name)

    def finish_return(self, name: str) -> None:
        """A share comes back, or does not."""
        made = self._books.got("return", name)
        split = self._books.got("split", made["out_order_no"])
        if not made["fail_reason"] and self._books.available(made["return_mchid"]) < made["amount"]:
            made["fail_reason"] = "BALANCE_NOT_ENOUGH"
        made |= {"result": "FAILED" if made["fail_reason"] else "SUCCESS", "finish_time": self._books.stamp()}
        if made["result"] == "SUCCESS":
            order = self._books.got("order", split["out_trade_no"])
            for account, amount in (
                (made["return_mchid"], -made["amount"]),
                (order["payee"], made["amount"]),
            ):
                self._books.move(account, "分账/分账回退", amount, business=made["return_no"], voucher=name)
        self._store.put("return", name, made)

    def _query_return(self, asked: Asked) -> Answered:
        made = self._store.get("return", asked.parts["number"])
        if made is None or made["out_order_no"] != asked.query.get("out_order_no"):
            raise Refused(404, "RESOURCE_NOT_EXISTS", "回退单不存在")
        return json_answer(self._told_return(made))

    def _config(self, asked: Asked) -> Answered:
        return json_answer({"sub_mchid": asked.parts["mchid"], "max_ratio": RATIO_PPM // 100})

    def _told(self, split: Document) -> Document:
        receivers = []
        for one in split["receivers"]:
            shown = {key: value for key, value in one.items() if key != "ends_as" and value != ""}
            receivers.append(shown)
        return {
            "transaction_id": split["transaction_id"], "out_order_no": split["out_order_no"],
            "order_id": split["order_id"], "state": split["state"], "receivers": receivers,
        }  # fmt: skip

    def _told_return(self, made: Document) -> Document:
        kept = ("order_id", "out_order_no", "out_return_no", "return_no", "return_mchid", "amount", "description",
                "result", "fail_reason", "finish_time")  # fmt: skip
        told = {key: made[key] for key in kept if made[key] != ""}
        if made["result"] != "FAILED":
            told.pop("fail_reason", None)
        return told | {"create_time": made["created_at"]}


def _same(document: Document) -> Document:
    """What has to be the same when a division is asked for again: a name is hidden anew each time."""
    receivers = [
        {key: value for key, value in one.items() if key != "name"} for one in document.get("receivers", [])
    ]
    return document | {"receivers": receivers}
