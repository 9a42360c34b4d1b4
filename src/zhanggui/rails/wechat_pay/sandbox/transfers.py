"""Merchant transfers of the sandbox: the merchant asks, the person confirms, and only then is money there."""

import secrets
from datetime import timedelta

from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.messages import Answered, Asked, json_answer
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.wechat_pay.sandbox.books import APPID, MERCHANT, Books
from zhanggui.rails.wechat_pay.sandbox.refusals import NUMBER, Refused, bad, cents, invalid, text

NAME_FROM, NAME_MUST_FROM, MOST = 30, 200_000, 2_000_000
CONFIRM_WITHIN = timedelta(hours=24)


class Transfers:
    """What /v3/fund-app/mch-transfer answers. A transfer is taken from the account when it is asked for, and comes
    back when nobody confirms it within a day."""

    def __init__(self, books: Books, routes: Router) -> None:
        self._books = books
        self._store = books.store
        place = "/v3/fund-app/mch-transfer/transfer-bills"
        routes.add("POST", place, self._create)
        routes.add("GET", f"{place}/out-bill-no/{{number}}", self._query)
        routes.add("GET", f"{place}/transfer-bill-no/{{transfer}}", self._query)
        routes.add("POST", f"{place}/out-bill-no/{{number}}/cancel", self._cancel)

    def _create(self, asked: Asked) -> Answered:
        document = asked.document
        name = text(document, "out_bill_no", most=32)
        if not name.isalnum() or not NUMBER.fullmatch(name):
            raise bad("out_bill_no：只能由数字、大小写字母组成")
        known = self._store.get("transfer", name)
        if known is not None:
            if _same(known["document"]) != _same(document):
                raise Refused(400, "ALREADY_EXISTS", "商户单号已存在，参数不一致")
            return json_answer(self._made(known))
        if document.get("appid") != APPID:
            raise Refused(400, "APPID_MCHID_NOT_MATCH", "AppID 与商户号不匹配")
        amount = cents(document, "transfer_amount")
        text(document, "openid", most=64)
        text(document, "transfer_remark", most=32)
        text(document, "transfer_scene_id", most=36)
        if not document.get("transfer_scene_report_infos"):
            raise bad("transfer_scene_report_infos：必填")
        if amount > MOST:
            raise invalid("转账金额超过单笔限额")
        if amount >= NAME_MUST_FROM and not document.get("user_name"):
            raise bad("user_name：转账金额 >= 2000 元时必填")
        if amount < NAME_FROM and document.get("user_name"):
            raise bad("user_name：转账金额 < 0.3 元时不能填")
        self._books.must_have(MERCHANT, amount)
        return json_answer(self._made(self._kept(name, document, amount)))

    def _kept(self, name: str, document: Document, amount: int) -> Document:
        waits = self._books.house.faults.take(FaultKind.OUTCOME, of="transfer")
        slow = self._books.house.faults.take(FaultKind.SLOW, of="transfer")
        taken_at = self._books.now() + timedelta(seconds=slow.seconds or 0 if slow else 0)
        transfer = {
            "out_bill_no": name, "transfer_bill_no": self._books.number("transfer"), "amount": amount,
            "openid": document["openid"], "remark": document["transfer_remark"], "document": document,
            "state": "WAIT_USER_CONFIRM", "created_at": self._books.stamp(), "updated_at": self._books.stamp(),
            "token": secrets.token_hex(16), "fail_reason": "", "notify_url": document.get("notify_url", ""),
            "ends_as": waits.value if waits else "",
        }  # fmt: skip
        self._books.move(
            MERCHANT, "商家转账/商家转账", -amount, business=transfer["transfer_bill_no"], voucher=name,
            memo=transfer["remark"], at=taken_at,
        )  # fmt: skip
        self._store.put("transfer", name, transfer)
        self._store.put("transfer_token", transfer["token"], {"out_bill_no": name})
        self._store.put("transfer_bill", transfer["transfer_bill_no"], {"out_bill_no": name})
        self._books.later(self._books.now() + CONFIRM_WITHIN, "expire_transfer", name)
        return transfer

    def _query(self, asked: Asked) -> Answered:
        name = asked.parts.get("number", "")
        if "transfer" in asked.parts:
            name = (self._store.get("transfer_bill", asked.parts["transfer"]) or {"out_bill_no": ""})[
                "out_bill_no"
            ]
        transfer = self._store.get("transfer", name)
        if transfer is None:
            raise Refused(404, "NOT_FOUND", "记录不存在")
        return json_answer(self.told(transfer))

    def _cancel(self, asked: Asked) -> Answered:
        transfer = self._store.get("transfer", asked.parts["number"])
        if transfer is None:
            raise Refused(404, "NOT_FOUND", "记录不存在")
        if transfer["state"] != "WAIT_USER_CONFIRM":
            raise invalid("当前状态不支持撤销")
        self._end(transfer, "CANCELLED", "")
        told = self.told(self._books.got("transfer", transfer["out_bill_no"]))
        return json_answer(
            {key: told[key] for key in ("out_bill_no", "transfer_bill_no", "state", "update_time")}
        )

    def by_token(self, token: str) -> Document:
        """The transfer that a person is to confirm. Raises Refused."""
        found = self._store.get("transfer_token", token)
        if found is None:
            raise Refused(404, "NOT_FOUND", "记录不存在")
        return self._books.got("transfer", found["out_bill_no"])

    def confirm(self, name: str) -> None:
        """The person takes the money; a fault may let it fail all the same. Raises Refused."""
        transfer = self._store.get("transfer", name)
        if transfer is None or transfer["state"] != "WAIT_USER_CONFIRM":
            raise invalid("转账单不在待确认状态")
        if transfer["ends_as"]:
            self._end(transfer, "FAIL", transfer["ends_as"])
        else:
            self._end(transfer, "SUCCESS", "")

    def expire(self, name: str) -> None:
        """Nobody confirmed it in time."""
        transfer = self._books.got("transfer", name)
        if transfer["state"] == "WAIT_USER_CONFIRM":
            self._end(transfer, "FAIL", "OVERDUE_CLOSE")

    def _end(self, transfer: Document, state: str, reason: str) -> None:
        name = transfer["out_bill_no"]
        transfer |= {"state": state, "fail_reason": reason, "updated_at": self._books.stamp()}
        self._store.put("transfer", name, transfer)
        if state != "SUCCESS":
            self._books.move(
                MERCHANT,
                "商家转账/转账退回",
                transfer["amount"],
                business=transfer["transfer_bill_no"],
                voucher=name,
            )
        self._books.house.callbacks.owe("transfer", transfer["notify_url"], {
            "id": f"EV-{secrets.token_hex(12)}", "created": self._books.stamp(), "original_type": "mch_payment",
            "event_type": "MCHTRANSFER.BILL.FINISHED", "summary": "商家转账单据终态通知",
            "resource": self.told(transfer),
        })  # fmt: skip

    def _made(self, transfer: Document) -> Document:
        made = {
            "out_bill_no": transfer["out_bill_no"], "transfer_bill_no": transfer["transfer_bill_no"],
            "create_time": transfer["created_at"], "state": transfer["state"],
        }  # fmt: skip
        if transfer["state"] == "WAIT_USER_CONFIRM":
            made["package_info"] = transfer["token"]
        return made

    def told(self, transfer: Document) -> Document:
        """A transfer as the gateway tells it."""
        told = {
            "mch_id": MERCHANT, "out_bill_no": transfer["out_bill_no"],
            "transfer_bill_no": transfer["transfer_bill_no"], "appid": APPID, "state": transfer["state"],
            "transfer_amount": transfer["amount"],
            "transfer_remark": transfer["remark"], "openid": transfer["openid"],
            "create_time": transfer["created_at"], "update_time": transfer["updated_at"],
        }  # fmt: skip
        if transfer["fail_reason"]:
            told["fail_reason"] = transfer["fail_reason"]
        return told


def _same(document: Document) -> Document:
    """What has to be the same when a transfer is asked for again: a name is hidden anew each time."""
    return {key: value for key, value in document.items() if key != "user_name"}
