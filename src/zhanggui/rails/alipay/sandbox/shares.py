"""Relations with receivers, and trades divided among them (分账)."""

from datetime import datetime, timedelta
from typing import Any

from zhanggui.rails.alipay.sandbox.trades import CLOSED, FINISHED, PAID, Trades, refunded
from zhanggui.rails.alipay.sandbox.wire import Refused, cents, written, yuan
from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.store import Document

RATIO_PERCENT = 30
WINDOW = timedelta(days=30)
RELATIONS_MOST, LIST_MOST = 20_000, 20
LIMITS = {"sync": (50, 5), "async": (300, 50)}
TAKES = timedelta(seconds=1)  # how long a division takes that is not made at once


class Shares:
    """Who may get shares of the seller's trades, and who got some."""

    def __init__(self, trades: Trades, *, seller: str) -> None:
        self.trades, self.seller = trades, seller
        self.store = trades.house.store

    def bind(self, asked: Document) -> Document:
        """alipay.trade.royalty.relation.bind"""
        for one in self._listed(asked):
            if one.get("type") == "loginName" and not one.get("name"):
                raise Refused("INVALID_PARAMETER", "a receiver by log-in name needs the owner's name")
            if len(self.store.every("relation")) >= RELATIONS_MOST:
                raise Refused("ACQ.RELATION_QUANTITY_LIMIT", "there are too many relations")
            self.store.put("relation", str(one["account"]), one | {"bound": True})
        return {"result_code": "SUCCESS"}

    def unbind(self, asked: Document) -> Document:
        """alipay.trade.royalty.relation.unbind"""
        for one in self._listed(asked):
            self.store.drop("relation", str(one["account"]))
        return {"result_code": "SUCCESS"}

    def listed(self, asked: Document) -> Document:
        """alipay.trade.royalty.relation.batchquery"""
        size, page = int(asked.get("page_size", 20)), int(asked.get("page_num", 1))
        every = [
            {name: one[name] for name in ("type", "account", "memo") if name in one}
            for one in self.store.every("relation")
        ]
        return {
            "result_code": "SUCCESS", "receiver_list": every[(page - 1) * size : page * size],
            "total_page_num": -(-len(every) // size), "total_record_num": len(every), "current_page_num": page,
            "current_page_size": size,
        }  # fmt: skip

    @staticmethod
    def _listed(asked: Document) -> list[Document]:
        found: list[Document] = asked.get("receiver_list") or []
        if not asked.get("out_request_no") or not 1 <= len(found) <= LIST_MOST:
            raise Refused("INVALID_PARAMETER", f"out_request_no and 1 to {LIST_MOST} receivers are needed")
        for one in found:
            if not one.get("account") or one.get("type") not in ("userId", "loginName", "openId"):
                raise Refused("INVALID_PARAMETER", "a receiver has a type and an account")
        return found

    def settle(self, asked: Document) -> Document:
        """alipay.trade.order.settle: all of it or nothing at once, or share by share a little later."""
        trade = self.trades.found(asked)
        number, mode = str(asked.get("out_request_no", "")), str(asked.get("royalty_mode") or "sync")
        shares = [self._share(one, trade) for one in asked.get("royalty_parameters") or []]
        ends = str((asked.get("extend_params") or {}).get("royalty_finish", "")) == "true"
        if not number or mode not in LIMITS or not (shares or ends):
            raise Refused("ACQ.INVALID_PARAMETER", "out_request_no and royalty_parameters are needed")
        wanted = [[one["account"], one["amount"]] for one in shares]
        for kept in trade["settles"]:
            if kept["number"] == number:
                if kept["wanted"] != wanted:
                    raise Refused("ACQ.DISCORDANT_REPEAT_REQUEST", "请求号已存在，分账信息与之前不一致")
                return {"trade_no": trade["trade_no"], "settle_no": kept["settle_no"]}
        self._check(trade, shares, mode)
        now = self.trades.now
        for one in shares:
            self._decide(one, mode, now)
        made = {
            "number": number, "settle_no": f"{now:%Y%m%d}{self.store.next('settles'):020d}", "mode": mode,
            "wanted": wanted, "shares": shares, "at": now.isoformat(),
        }  # fmt: skip
        trade["settles"].append(made)
        trade["finished"] = trade["finished"] or ends
        self.trades.put(trade)
        return {"trade_no": trade["trade_no"], "settle_no": made["settle_no"]}

    def _share(self, one: Document, trade: Document) -> Document:
        account = str(one.get("trans_in", ""))
        if one.get("trans_out", self.seller) != self.seller:
            raise Refused("ACQ.INVALID_PARAMETER", "trans_out is not the seller")
        if one.get("amount_percentage"):
            amount = trade["total"] * int(one["amount_percentage"]) // 100
        else:
            amount = cents(one.get("amount", ""))
        if amount < 1 or not account:
            raise Refused("ACQ.INVALID_PARAMETER", "a share has trans_in and an amount above nothing")
        relation = self.store.get("relation", account)
        if relation is None:
            raise Refused("ACQ.ROYALTY_RECEIVER_INVALID", f"{account} has no relation with the seller")
        if one.get("trans_in_name") and relation.get("name", one["trans_in_name"]) != one["trans_in_name"]:
            raise Refused("ACQ.ROYALTY_RECEIVER_NAME_ERROR", f"{account} has another name")
        return {
            "account": account, "type": one.get("trans_in_type", "userId"), "amount": amount, "state": "PROCESSING",
            "reason": "", "detail_id": f"{self.store.next('shares'):028d}", "done_at": "",
        }  # fmt: skip

    def _check(self, trade: Document, shares: list[Document], mode: str) -> None:
        requests_most, receivers_most = LIMITS[mode]
        if trade["paid_at"] and trade["status"] == CLOSED:
            raise Refused("ACQ.ILLEGAL_SETTLE_STATE", "交易已全额退款，不能分账")
        if trade["status"] not in (PAID, FINISHED):
            raise Refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        if len(shares) > receivers_most or len(trade["settles"]) >= requests_most:
            raise Refused(
                "ACQ.ROYALTY_COUNT_EXCEED", f"{requests_most} requests of {receivers_most} receivers"
            )
        if trade["finished"]:
            raise Refused("ACQ.TRADE_SETTLE_FINISHED", "分账已完结")
        if sum(one["amount"] for one in shares) > self.left(trade):
            raise Refused("ACQ.ALLOC_AMOUNT_VALIDATE_ERROR", "分账金额超过可分账金额")

    def _decide(self, share: Document, mode: str, now: datetime) -> None:
        fails = self.trades.house.faults.take(FaultKind.OUTCOME, of="share")
        if mode == "sync":
            if fails:
                raise Refused(fails.value, "the division failed as a whole")
            share |= {"state": "SUCCESS", "done_at": now.isoformat()}
            return
        slow = self.trades.house.faults.take(FaultKind.SLOW, of="share")
        done = now + TAKES + timedelta(seconds=slow.seconds or 0 if slow else 0)
        share |= {"done_at": done.isoformat(), "reason": fails.value if fails else ""}

    def left(self, trade: Document) -> int:
        """Cents of a trade that may still go to receivers: its money has to be frozen for it, at most for a month."""
        over = trade["paid_at"] and self.trades.now >= datetime.fromisoformat(trade["paid_at"]) + WINDOW
        if not trade["freezes"] or not trade["paid_at"] or trade["finished"] or over:
            return 0
        total: int = trade["total"]
        gone = sum(
            int(one["amount"])
            for settle in trade["settles"]
            for one in settle["shares"]
            if one["state"] != "FAIL"
        )
        return max(0, min(total * RATIO_PERCENT // 100, total - refunded(trade)) - gone)

    def rest(self, asked: Document) -> Document:
        """alipay.trade.order.onsettle.query"""
        return {"unsettled_amount": yuan(self.left(self.trades.found(asked)))}

    def query(self, asked: Document) -> Document:
        """alipay.trade.order.settle.query"""
        trade = self.trades.found(asked)
        for settle in trade["settles"]:
            if (
                asked.get("out_request_no") == settle["number"]
                or asked.get("settle_no") == settle["settle_no"]
            ):
                return {
                    "out_request_no": settle["number"], "settle_no": settle["settle_no"],
                    "operation_dt": written(settle["at"]),
                    "royalty_detail_list": [self._said(one) for one in settle["shares"]],
                }  # fmt: skip
        raise Refused("ACQ.SETTLE_NOT_EXIST", "分账请求不存在")

    @staticmethod
    def _said(one: Document) -> Document:
        said: dict[str, Any] = {
            "operation_type": "transfer", "trans_in": one["account"], "trans_in_type": one["type"],
            "amount": yuan(one["amount"]), "state": one["state"], "detail_id": one["detail_id"],
        }  # fmt: skip
        if one["state"] != "PROCESSING":
            said["execute_dt"] = written(one["done_at"])
        if one["state"] == "FAIL":
            said |= {"error_code": one["reason"], "error_desc": one["reason"]}
        return said
