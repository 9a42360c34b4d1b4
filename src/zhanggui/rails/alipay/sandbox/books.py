"""The seller's account: what came and went, its balance, and the bills of a day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from zhanggui.rails.alipay.bill_writing import account_zip, trade_zip
from zhanggui.rails.alipay.sandbox.payouts import Payouts
from zhanggui.rails.alipay.sandbox.trades import Trades
from zhanggui.rails.alipay.sandbox.wire import ZONE, Refused, cents
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rows.times import microseconds
from zhanggui.settlement.reconciliation.kinds import RowKind
from zhanggui.settlement.reconciliation.records import BillRow

LINK_LIVES = timedelta(seconds=30)
READY = time(9)  # the bill of a day is there from the next morning
OPENING = 100_000_00  # what the account began with, cents


class Books:
    """Reads trades and payouts as moves of the seller's balance."""

    def __init__(self, trades: Trades, payouts: Payouts, *, seller: str) -> None:
        self.trades, self.payouts, self.seller = trades, payouts, seller
        self.house = trades.house

    def balance(self) -> int:
        """Cents that the seller has now."""
        now = microseconds(self.house.clock.now())
        return OPENING + sum(row.amount for row in self._moves() if row.at <= now)

    def withdraw(self, amount: int) -> None:
        """So many cents go to the seller's bank account."""
        number = f"W{self.house.store.next('withdrawals'):012d}"
        at = self.house.clock.now().isoformat()
        self.house.store.put("withdrawal", number, {"number": number, "amount": amount, "at": at})

    def _moves(self) -> list[BillRow]:
        """Every move of the balance, in the order of time."""
        moves = [move for trade in self.trades.every() for move in self._of_trade(trade)]
        moves += [move for one in self.house.store.every("transfer") for move in _of_transfer(one)]
        moves += [
            _move(RowKind.WITHDRAWAL, one["at"], -one["amount"], "", one["number"], "提现")
            for one in self.house.store.every("withdrawal")
        ]
        moves.sort(key=lambda row: row.at)
        return [row._replace(flow_number=f"{place:014d}") for place, row in enumerate(moves, start=1)]

    @staticmethod
    def _of_trade(trade: Document) -> Iterator[BillRow]:
        if not trade["paid_at"]:
            return
        number, theirs, title = trade["number"], trade["trade_no"], trade["subject"]
        yield _move(RowKind.PAYMENT, trade["paid_at"], trade["total"], number, theirs, title)
        if trade["fee"]:
            yield _move(RowKind.FEE, trade["paid_at"], -trade["fee"], number, theirs, title)
        for settle in trade["settles"]:
            for share in settle["shares"]:
                if share["state"] == "SUCCESS":
                    yield _move(
                        RowKind.OTHER_OUT, share["done_at"], -share["amount"], number, theirs, "交易分账"
                    )
        for refund in trade["refunds"]:
            for share in refund["shares"]:
                yield _move(RowKind.OTHER_IN, share["at"], cents(share["amount"]), number, theirs, "退分账")
            yield _move(RowKind.REFUND, refund["done_at"], -refund["amount"], number, theirs, title)
            if refund["fee_back"]:
                yield _move(RowKind.FEE_BACK, refund["done_at"], refund["fee_back"], number, theirs, title)

    def link(self, asked: Document) -> Document:
        """alipay.data.dataservice.bill.downloadurl.query"""
        kind, wanted = str(asked.get("bill_type", "")), str(asked.get("bill_date", ""))
        if kind not in ("trade", "signcustomer"):
            raise Refused("isv.invalid-arguments", "bill_type is trade or signcustomer", code="40002")
        try:
            first = date.fromisoformat(wanted if len(wanted) > 7 else f"{wanted}-01")
        except ValueError:
            raise Refused(
                "isv.invalid-arguments", "bill_date is yyyy-MM-dd or yyyy-MM", code="40002"
            ) from None
        last = first if len(wanted) > 7 else (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        now = self.house.clock.now()
        if now < datetime.combine(last + timedelta(days=1), READY, ZONE) or not self._rows(kind, first, last):
            raise Refused("isp.bill_not_exist", "账单不存在")
        token = f"B{self.house.store.next('bills'):08d}"
        ends = (now + LINK_LIVES).isoformat()
        self.house.store.put("bill", token, {
            "kind": kind, "first": first.isoformat(), "last": last.isoformat(), "ends_at": ends,
        })  # fmt: skip
        return {"bill_download_url": f"{self.house.address}/bills/{token}"}

    def file(self, token: str) -> bytes | None:
        """The bill of a link; None once the link is dead."""
        found = self.house.store.get("bill", token)
        if found is None or self.house.clock.now() > datetime.fromisoformat(found["ends_at"]):
            return None
        first, last = date.fromisoformat(found["first"]), date.fromisoformat(found["last"])
        rows = self._rows(found["kind"], first, last)
        if found["kind"] == "trade":
            # The order of the two files in the archive is not fixed.
            return trade_zip(
                rows, account=self.seller, first=first, last=last, currency="CNY", zone=ZONE,
                summary_first=len(rows) % 2 == 0,
            )  # fmt: skip
        begins = microseconds(datetime.combine(first, time(), ZONE))
        opening = OPENING + sum(row.amount for row in self._moves() if row.at < begins)
        return account_zip(
            rows, account=self.seller, first=first, last=last, opening=opening, currency="CNY", zone=ZONE
        )

    def _rows(self, kind: str, first: date, last: date) -> list[BillRow]:
        begins = microseconds(datetime.combine(first, time(), ZONE))
        ends = microseconds(datetime.combine(last + timedelta(days=1), time(), ZONE))
        rows = self._moves() if kind == "signcustomer" else self._trade_rows()
        return sorted((row for row in rows if begins <= row.at < ends), key=lambda row: row.at)

    def _trade_rows(self) -> Iterator[BillRow]:
        """Payments and refunds as the trade bill has them."""
        for trade in self.trades.every():
            if not trade["paid_at"]:
                continue
            number, theirs, title = trade["number"], trade["trade_no"], trade["subject"]
            yield _move(
                RowKind.PAYMENT, trade["paid_at"], trade["total"], number, theirs, title, fee=trade["fee"]
            )
            for one in trade["refunds"]:
                yield _move(
                    RowKind.REFUND, one["done_at"], -one["amount"], number, theirs, title, fee=-one["fee_back"],
                    refund=one["number"],
                )  # fmt: skip


def _of_transfer(made: Document) -> Iterator[BillRow]:
    """A transfer and its fee, and both back where it failed on its way or came back: what once stood in a bill stays
    there. One that failed at once took nothing."""
    number, theirs, back = made["number"], made["order_id"], made.get("back_at", "")
    if made["status"] in ("FAIL", "CLOSED") and not back:
        return
    left = made.get("left_at", made["at"])
    yield _move(RowKind.OTHER_OUT, left, -made["amount"], number, theirs, "转账")
    if fee := made.get("fee"):
        yield _move(RowKind.PAYOUT_FEE, left, -fee, number, theirs, "转账服务费")
    if back:
        back = max(back, left)
        yield _move(RowKind.OTHER_IN, back, made["amount"], number, theirs, "转账退回")
        if fee:
            yield _move(RowKind.PAYOUT_FEE, back, fee, number, theirs, "转账服务费退回")


def _move(kind: RowKind, at: str, amount: int, own: str, theirs: str, title: str, *, fee: int = 0,
          refund: str = "") -> BillRow:  # fmt: skip
    moment = datetime.fromisoformat(at).astimezone(UTC).replace(microsecond=0)
    plain = title.replace(",", "，").replace("\n", " ")
    return BillRow(
        0, int(kind), microseconds(moment), amount, fee_milli=fee * 1000, own_number=own, own_refund_number=refund,
        channel_number=theirs, title=plain,
    )  # fmt: skip
