"""Bills of the sandbox: trade, fund flow and splits of a Beijing day, ready at nine the next morning."""

import gzip
import hashlib
import secrets
from datetime import date, datetime, time, timedelta

from zhanggui.rails.sandbox_server.messages import Answered, Asked, json_answer
from zhanggui.rails.sandbox_server.router import Router
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.wechat_pay.bill_writing import TradeAbout, fund_bill, split_bill, trade_bill
from zhanggui.rails.wechat_pay.sandbox.books import APPID, MERCHANT, Books
from zhanggui.rails.wechat_pay.sandbox.orders import WAYS
from zhanggui.rails.wechat_pay.sandbox.refusals import Refused, bad, invalid
from zhanggui.rails.wechat_pay.values import BEIJING
from zhanggui.rows.times import microseconds
from zhanggui.settlement.reconciliation.kinds import RowKind, RowState
from zhanggui.settlement.reconciliation.records import BillRow

READY_AT = time(9)
KEPT = timedelta(days=92)
LINK_LIVES = timedelta(minutes=5)
_KINDS = {
    "交易/交易": RowKind.PAYMENT, "退款/退款": RowKind.REFUND, "扣除交易手续费/扣除交易手续费": RowKind.FEE,
    "退还交易手续费/退还交易手续费": RowKind.FEE_BACK,
}  # fmt: skip


class Bills:
    """What /v3/bill, /v3/profitsharing/bills and /v3/billdownload answer."""

    def __init__(self, books: Books, routes: Router) -> None:
        self._books = books
        self._store = books.store
        routes.add("GET", "/v3/bill/tradebill", self._asked)
        routes.add("GET", "/v3/bill/fundflowbill", self._asked)
        routes.add("GET", "/v3/profitsharing/bills", self._asked)
        routes.add("GET", "/v3/billdownload/file", self._download)

    def _asked(self, asked: Asked) -> Answered:
        try:
            day = date.fromisoformat(asked.query.get("bill_date", ""))
        except ValueError:
            raise bad("bill_date：格式 yyyy-MM-DD") from None
        now = self._books.now().astimezone(BEIJING)
        if not now.date() - KEPT <= day < now.date():
            raise bad("bill_date：只支持三个月内、今天以前的账单")
        if now < datetime.combine(day + timedelta(days=1), READY_AT, BEIJING):
            raise Refused(400, "STATEMENT_CREATING", "账单生成中，请稍后再试")
        if (
            asked.query.get("bill_type", "ALL") != "ALL"
            or asked.query.get("account_type", "BASIC") != "BASIC"
        ):
            raise bad("bill_type、account_type：沙箱只提供 ALL 与 BASIC")
        content = self._written(asked.path, day)
        token = secrets.token_hex(24)
        self._store.put("bill", token, {
            "path": asked.path, "day": day.isoformat(), "gzip": asked.query.get("tar_type") == "GZIP",
            "until": (self._books.now() + LINK_LIVES).isoformat(),
        })  # fmt: skip
        return json_answer({
            "hash_type": "SHA1", "hash_value": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
            "download_url": f"{self._books.house.address}/v3/billdownload/file?token={token}",
        })  # fmt: skip

    def _download(self, asked: Asked) -> Answered:
        found = self._store.get("bill", asked.query.get("token", ""))
        if found is None or self._books.now() > datetime.fromisoformat(found["until"]):
            raise invalid("账单下载链接已失效")
        content = self._written(found["path"], date.fromisoformat(found["day"]))
        if found["gzip"]:
            content = gzip.compress(content, mtime=0)
        return Answered(200, content, {"content-type": "application/octet-stream"})

    def _written(self, path: str, day: date) -> bytes:
        if path.endswith("tradebill"):
            return self._trade(day)
        return self._fund(day) if path.endswith("fundflowbill") else self._splits(day)

    def _trade(self, day: date) -> bytes:
        found: list[tuple[BillRow, TradeAbout]] = []
        for order in self._store.every("order"):
            about = TradeAbout(
                "0" if order["payee"] == MERCHANT else order["payee"], order["openid"], WAYS[order["way"]]
            )
            if _on(order["paid_at"], day):
                found.append((_paid(order), about))
            for name in order["refunds"]:
                refund = self._books.got("refund", name)
                if _on(refund["created_at"], day):
                    found.append((_refunded(order, refund, day), about))
        if not found:
            raise Refused(400, "NO_STATEMENT_EXIST", "账单文件不存在")
        found.sort(key=lambda one: one[0].at)
        abouts = {id(row): about for row, about in found}
        return trade_bill(
            [row for row, _ in found], merchant=MERCHANT, currency="CNY", zone=BEIJING, appid=APPID,
            about=lambda row: abouts[id(row)],
        )  # fmt: skip

    def _fund(self, day: date) -> bytes:
        flows = self._store.every("flow", account=MERCHANT)
        today = [one for one in flows if _on(one["at"], day)]
        if not today:
            raise Refused(400, "NO_STATEMENT_EXIST", "账单文件不存在")
        opening = sum(one["amount"] for one in flows if _day(one["at"]) < day)
        rows = [
            BillRow(
                number=place, kind=int(_KINDS.get(one["kind"], RowKind.OTHER_IN)), amount=one["amount"],
                at=microseconds(datetime.fromisoformat(one["at"])), own_number=one["voucher"],
                flow_number=one["flow"], channel_number=one["business"], memo=one["memo"], title=one["kind"],
            ) for place, one in enumerate(today, 1)
        ]  # fmt: skip
        return fund_bill(rows, opening=opening, currency="CNY", zone=BEIJING)

    def _splits(self, day: date) -> bytes:
        rows = []
        for split in self._store.every("split"):
            total = self._books.got("order", split["out_trade_no"])["paid_total"]
            rows += [
                _split_row(split, total) | {
                    "at": one["finish_time"], "detail": one["detail_id"], "receiver": one["account"],
                    "amount": one["amount"], "description": one["description"],
                    "kind": "解冻" if one["account"] == MERCHANT else "分账",
                }
                for one in split["receivers"] if one["result"] == "SUCCESS" and _on(one["finish_time"], day)
            ]  # fmt: skip
            for name in split["returns"]:
                made = self._books.got("return", name)
                if made["result"] == "SUCCESS" and _on(made["finish_time"], day):
                    rows.append(_split_row(split, total) | {
                        "at": made["finish_time"], "number": made["return_no"], "own": name,
                        "detail": made["return_no"], "receiver": made["return_mchid"], "amount": made["amount"],
                        "kind": "分账回退", "description": made["description"],
                    })  # fmt: skip
        if not rows:
            raise Refused(400, "NO_STATEMENT_EXIST", "账单文件不存在")
        for row in rows:
            row["at"] = f"{datetime.fromisoformat(row['at']).astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
        return split_bill(sorted(rows, key=lambda row: row["at"]), currency="CNY")


def _paid(order: Document) -> BillRow:
    return BillRow(
        number=0, kind=int(RowKind.PAYMENT), amount=order["paid_total"], fee_milli=order["fee"] * 1000,
        at=microseconds(datetime.fromisoformat(order["paid_at"])), own_number=order["out_trade_no"],
        channel_number=order["transaction_id"], title=order["description"].replace("`", ""),
    )  # fmt: skip


def _refunded(order: Document, refund: Document, day: date) -> BillRow:
    """A refund stands on the day on which it was taken, as it was then; it is never told anew."""
    done = refund["success_at"] and _on(refund["success_at"], day)
    return BillRow(
        number=0, kind=int(RowKind.REFUND), amount=-refund["amount"], fee_milli=-refund["fee_back"] * 1000,
        at=microseconds(datetime.fromisoformat(refund["created_at"])), own_number=order["out_trade_no"],
        own_refund_number=refund["out_refund_no"], channel_number=order["transaction_id"],
        channel_refund_number=refund["refund_id"], title=order["description"].replace("`", ""),
        state=int(RowState.SUCCESS if done else RowState.PROCESSING),
    )  # fmt: skip


def _split_row(split: Document, total: int) -> Document:
    return {
        "merchant": MERCHANT, "transaction": split["transaction_id"], "number": split["order_id"],
        "own": split["out_order_no"], "total": total,
    }  # fmt: skip


def _day(stamp: str) -> date:
    return datetime.fromisoformat(stamp).astimezone(BEIJING).date()


def _on(stamp: str, day: date) -> bool:
    return bool(stamp) and _day(stamp) == day
