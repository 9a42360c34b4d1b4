"""Money paid out of the seller's balance (alipay.fund.trans.uni.transfer)."""

from datetime import timedelta

from zhanggui.rails.alipay.sandbox.wire import Refused, cents, written, yuan
from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.gateway import House
from zhanggui.rails.sandbox_server.store import Document

LEAST = 10
IDENTITIES = ("ALIPAY_USER_ID", "ALIPAY_LOGON_ID", "ALIPAY_OPEN_ID")
NOBODY = "2088000000000000"  # an account that there is not


class Payouts:
    """Transfers by our numbers. Whoever is paid exists, but for NOBODY; names are believed."""

    def __init__(self, house: House) -> None:
        self.house = house

    def make(self, asked: Document, *, balance: int) -> Document:
        """alipay.fund.trans.uni.transfer"""
        payee = asked.get("payee_info") or {}
        number, amount = str(asked.get("out_biz_no", "")), cents(asked.get("trans_amount", ""))
        if (asked.get("product_code"), asked.get("biz_scene")) != ("TRANS_ACCOUNT_NO_PWD", "DIRECT_TRANSFER"):
            raise Refused("INVALID_PARAMETER", "product_code and biz_scene are those of a single transfer")
        if not number or payee.get("identity_type") not in IDENTITIES:
            raise Refused("INVALID_PARAMETER", "out_biz_no and payee_info are needed")
        if payee["identity_type"] == "ALIPAY_LOGON_ID" and not payee.get("name"):
            raise Refused("INVALID_PARAMETER", "a payee by log-in name needs the owner's name")
        wanted = [amount, payee.get("identity"), payee.get("name")]
        if kept := self.house.store.get("transfer", number):
            if kept["wanted"] != wanted:
                raise Refused("DISCORDANT_REPEAT_REQUEST", "out_biz_no was used for another transfer")
            return self._said(kept)
        if amount < LEAST:
            raise Refused("EXCEED_LIMIT_MIN_AMOUNT", "the least is 0.10")
        if payee.get("identity") == NOBODY:
            raise Refused("PAYEE_NOT_EXIST", "收款账号不存在")
        if amount > balance:
            raise Refused("PAYER_BALANCE_NOT_ENOUGH", "付款方余额不足")
        ends = self.house.faults.take(FaultKind.OUTCOME, of="transfer")
        now = self.house.clock.now()
        count = self.house.store.next("transfers")
        slow = self.house.faults.take(FaultKind.SLOW, of="transfer")
        left = now + timedelta(seconds=slow.seconds or 0 if slow else 0)
        made = {
            "left_at": left.isoformat(), "fee": amount * self.fee_ppm() // 1_000_000,
            "number": number, "order_id": f"{now:%Y%m%d}110070{count:018d}", "wanted": wanted, "amount": amount,
            "status": ends.value if ends else "SUCCESS", "at": now.isoformat(), "title": asked.get("order_title", ""),
        }  # fmt: skip
        self.house.store.put("transfer", number, made | (self._back() if made["status"] == "REFUND" else {}))
        return self._said(made)

    def fee_ppm(self) -> int:
        """What a transfer costs, parts per million; nothing unless the sandbox is told otherwise."""
        return int((self.house.store.get("setting", "transfer_fee") or {"ppm": 0})["ppm"])

    def _back(self) -> Document:
        """What was taken for a transfer that is not made, or came back, is in the seller's balance again."""
        return {"back_at": self.house.clock.now().isoformat()}

    def end(self, number: str, status: str) -> Document:
        """Let a transfer end so; what is given back is in the seller's balance again."""
        made = self.house.store.get("transfer", number)
        if made is None:
            raise ValueError(f"there is no transfer {number}")
        back = self._back() if status in ("FAIL", "REFUND") else {}
        self.house.store.put("transfer", number, made | {"status": status} | back)
        return self._said(made | {"status": status})

    @staticmethod
    def _said(made: Document) -> Document:
        return {
            "out_biz_no": made["number"], "order_id": made["order_id"], "pay_fund_order_id": made["order_id"],
            "status": made["status"], "trans_date": written(made["at"]),
        }  # fmt: skip

    def query(self, asked: Document) -> Document:
        """alipay.fund.trans.common.query"""
        made = self.house.store.get("transfer", str(asked.get("out_biz_no", "")))
        if made is None:
            raise Refused("ORDER_NOT_EXIST", "转账订单不存在")
        said = {
            "out_biz_no": made["number"], "order_id": made["order_id"], "status": made["status"],
            "trans_amount": yuan(made["amount"]),
        }  # fmt: skip
        if made["status"] in ("FAIL", "REFUND"):
            return said | {"error_code": "PAYEE_CARD_INFO_ERROR", "fail_reason": "收款方信息有误"}
        return said | {"pay_date": written(made["at"])}
