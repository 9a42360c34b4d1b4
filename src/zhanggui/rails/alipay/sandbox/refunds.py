"""Money given back, with the shares that come back for it."""

from datetime import datetime, timedelta

from zhanggui.rails.alipay.sandbox.trades import CLOSED, FINISHED, PAID, Trades, refunded
from zhanggui.rails.alipay.sandbox.wire import Refused, cents, written, yuan
from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.store import Document


class Refunds:
    """Refunds of trades. `balance` says how many cents the seller has."""

    def __init__(self, trades: Trades, *, seller: str) -> None:
        self.trades, self.seller = trades, seller

    def make(self, asked: Document, *, balance: int) -> Document:
        """alipay.trade.refund; `refund_fee` in the answer is the sum of all refunds of the trade."""
        trade = self.trades.found(asked)
        amount = cents(asked.get("refund_amount", ""))
        number = str(asked.get("out_request_no") or trade["number"])
        if len(number) > 64 or amount < 1:
            raise Refused("ACQ.INVALID_PARAMETER", "refund_amount and out_request_no are needed")
        for one in trade["refunds"]:
            if one["number"] == number:
                if one["amount"] != amount:
                    raise Refused("ACQ.DISCORDANT_REPEAT_REQUEST", "请求号已存在，金额与之前不一致")
                return self._said(trade, "N")
        if trade["status"] == FINISHED:
            raise Refused("ACQ.TRADE_HAS_FINISHED", "交易已完结")
        if trade["status"] != PAID:
            raise Refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        if refunded(trade) + amount > trade["total"]:
            raise Refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
        shares = self._shares_back(trade, asked.get("refund_royalty_parameters") or [], amount)
        if balance + sum(cents(one["amount"]) for one in shares) < amount:
            raise Refused("ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足")
        slow = self.trades.house.faults.take(FaultKind.SLOW, of="refund")
        done = self.trades.now + timedelta(seconds=slow.seconds or 0 if slow else 0)
        share_of_fee = trade["fee"] * (refunded(trade) + amount) // trade["total"]
        trade["refunds"].append({
            "number": number, "amount": amount, "reason": str(asked.get("refund_reason", "")),
            "done_at": done.isoformat(),
            "fee_back": share_of_fee - sum(one["fee_back"] for one in trade["refunds"]), "shares": shares,
        })  # fmt: skip
        if refunded(trade) == trade["total"]:
            trade["status"] = CLOSED
        self.trades.put(trade)
        self.trades.notify(trade, refund=trade["refunds"][-1])
        return self._said(trade, "N" if slow else "Y")

    def _shares_back(self, trade: Document, asked: list[Document], amount: int) -> list[Document]:
        """The shares that receivers give back for a refund: those it names, never more than they got of this trade;
        of a trade paid by a code each its part, and nobody has a say in it."""
        if trade["method"] == "alipay.trade.precreate":
            return self._by_ratio(trade, amount)
        if asked and (told := self.trades.house.faults.take(FaultKind.OUTCOME, of="share_back")):
            raise Refused(told.value, "a receiver of shares cannot give back")
        shares: list[Document] = []
        for one in asked:
            account, back = str(one.get("trans_out", "")), cents(one.get("amount", ""))
            if one.get("trans_in", self.seller) != self.seller or back < 1:
                raise Refused("ACQ.INVALID_PARAMETER", "trans_in is the seller, amount above nothing")
            if back > held(trade, account) - sum(
                cents(s["amount"]) for s in shares if s["account"] == account
            ):
                raise Refused("ACQ.ALLOC_AMOUNT_VALIDATE_ERROR", f"{account} got less than that of the trade")
            shares.append({"account": account, "amount": yuan(back), "at": self.trades.now.isoformat()})
        if sum(cents(one["amount"]) for one in shares) > amount:
            raise Refused("ACQ.ALLOC_AMOUNT_VALIDATE_ERROR", "more shares come back than is refunded")
        return shares

    def _by_ratio(self, trade: Document, amount: int) -> list[Document]:
        accounts = dict.fromkeys(one["account"] for settle in trade["settles"] for one in settle["shares"])
        left = trade["total"] - refunded(trade)
        parts = {account: held(trade, account) * amount // left for account in accounts}
        at = self.trades.now.isoformat()
        return [{"account": name, "amount": yuan(part), "at": at} for name, part in parts.items() if part]

    @staticmethod
    def _said(trade: Document, change: str) -> Document:
        return {
            "trade_no": trade["trade_no"], "out_trade_no": trade["number"], "fund_change": change,
            "refund_fee": yuan(refunded(trade)), "buyer_user_id": trade["buyer"],
            "buyer_logon_id": "tes***@sandbox.com",
            "gmt_refund_pay": written(trade["refunds"][-1]["done_at"]),
        }  # fmt: skip

    def query(self, asked: Document) -> Document:
        """alipay.trade.fastpay.refund.query: of one that is not made, nothing but a success of the query."""
        trade = self.trades.found(asked)
        number = str(asked.get("out_request_no", ""))
        for one in trade["refunds"]:
            if one["number"] == number and datetime.fromisoformat(one["done_at"]) <= self.trades.now:
                said = {
                    "trade_no": trade["trade_no"], "out_trade_no": trade["number"], "out_request_no": number,
                    "refund_amount": yuan(one["amount"]), "total_amount": yuan(trade["total"]),
                    "refund_reason": one["reason"], "refund_status": "REFUND_SUCCESS",
                }  # fmt: skip
                if "gmt_refund_pay" in (asked.get("query_options") or []):
                    said["gmt_refund_pay"] = written(one["done_at"])
                return said
        return {}


def held(trade: Document, account: str) -> int:
    """Cents of a trade that a receiver of shares has got and not given back."""
    got = sum(
        share["amount"]
        for settle in trade["settles"]
        for share in settle["shares"]
        if share["account"] == account and share["state"] == "SUCCESS"
    )
    back = [share for one in trade["refunds"] for share in one["shares"] if share["account"] == account]
    return int(got - sum(cents(share["amount"]) for share in back))
