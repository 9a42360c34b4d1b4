"""Bills: fetched, compared with their hash, read back by the reader of bills, equal to what happened."""

import gzip
import hashlib
import io
from datetime import date

import pytest

from tests.rails.wechat_pay.till import Till
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, FetchedBill
from zhanggui.payments.splitting import (
    ReceiverKind,
    ShareAsked,
    ShareReturnAsked,
    SplitAsked,
    SplitReceiver,
)
from zhanggui.rails.wechat_pay.bills import WechatFundReader, WechatTradeReader
from zhanggui.rails.wechat_pay.values import BEIJING
from zhanggui.settlement.reconciliation.kinds import RowKind, RowState
from zhanggui.settlement.reconciliation.records import BillContent, BillFile, BillRow, Expected


def _day(till: Till) -> date:
    return till.now.astimezone(BEIJING).date()


def _to_ten_next_day(till: Till) -> None:
    till.step(days=1)


def _read(
    bill: FetchedBill, reader: WechatTradeReader | WechatFundReader
) -> tuple[list[BillRow], BillContent]:
    file = BillFile(
        bill.name, lambda: io.BytesIO(bill.content), hashlib.sha256(bill.content).digest(), len(bill.content),
        bill.content[:4096],
    )  # fmt: skip
    assert reader.knows([file])
    content = reader.read([file], Expected(currency="CNY", merchant_number="1900000001"))
    return list(content.rows), content


def test_the_trade_bill_is_what_happened(till: Till) -> None:
    day, first, second = _day(till), till.paid(12345), till.paid(6600)
    till.step(minutes=5)
    refund = till.refund_asked(second, 6600, 1100)
    till.channel.refund(refund, now=till.now)
    till.step(minutes=5)
    _to_ten_next_day(till)

    rows, content = _read(till.channel.fetch_bill(kind="trade", day=day, now=till.now), WechatTradeReader())
    assert [(row.kind, row.own_number, row.channel_number, row.amount, row.fee_milli) for row in rows] == [
        (RowKind.PAYMENT, *first, 12345, 74_000), (RowKind.PAYMENT, *second, 6600, 40_000),
        (RowKind.REFUND, *second, -1100, -7_000),
    ]  # fmt: skip
    assert (rows[2].own_refund_number, rows[2].state) == (refund.number, RowState.SUCCESS)
    assert content.told == {
        "总交易单数": "3", "应结订单总金额": "189.45", "退款总金额": "11.00", "充值券退款总金额": "0.00",
        "手续费总金额": "1.07000", "订单总金额": "189.45", "申请退款总金额": "11.00",
    }  # fmt: skip


def test_a_refund_stands_on_its_day_as_it_was_then(till: Till) -> None:
    day, charge = _day(till), till.paid(10000)
    till.sandbox.fault("slow", of="refund", seconds=86400)
    till.channel.refund(till.refund_asked(charge, 10000, 100), now=till.now)
    till.step(days=2)
    rows, _ = _read(till.channel.fetch_bill(kind="trade", day=day, now=till.now), WechatTradeReader())
    assert rows[-1].state == RowState.PROCESSING


def test_the_fund_bill_runs_from_balance_to_balance(till: Till) -> None:
    before = till.balance()["balance"]
    day, charge = _day(till), till.paid(10000, splits=True)
    supplier = SplitReceiver(ReceiverKind.MERCHANT, "1900000102", "供应商", "SUPPLIER")
    till.channel.add_receiver(supplier, now=till.now)
    till.step(minutes=1)
    split = SplitAsked(till.number("F"), charge[1], [ShareAsked(supplier, 2000, "分账")], last=False)
    till.channel.split(split, now=till.now)
    till.step(minutes=1)
    till.channel.return_share(
        ShareReturnAsked(till.number("G"), split.number, "1900000102", 500, "退货"), now=till.now
    )
    till.channel.refund(till.refund_asked(charge, 10000, 5000), now=till.now)
    after = till.balance()["balance"]
    _to_ten_next_day(till)

    rows, content = _read(till.channel.fetch_bill(kind="fund", day=day, now=till.now), WechatFundReader())
    assert [(row.kind, row.amount, row.title) for row in rows] == [
        (RowKind.PAYMENT, 10000, "交易"), (RowKind.FEE, -60, "扣除交易手续费"), (RowKind.SHARE, -2000, "分账"),
        (RowKind.SHARE, 500, "分账/分账回退"), (RowKind.REFUND, -5000, "退款"), (RowKind.FEE_BACK, 30, "退还交易手续费"),
    ]  # fmt: skip
    assert (content.opening, content.closing) == (before, after)
    assert content.told["资金流水总笔数"] == "6"


def test_the_split_bill_lists_shares_and_returns(till: Till) -> None:
    day, charge = _day(till), till.paid(10000, splits=True)
    supplier = SplitReceiver(ReceiverKind.MERCHANT, "1900000102", "供应商", "SUPPLIER")
    till.channel.add_receiver(supplier, now=till.now)
    till.step(minutes=1)
    split = SplitAsked(till.number("F"), charge[1], [ShareAsked(supplier, 2000, "分账")], last=False)
    till.channel.split(split, now=till.now)
    till.step(minutes=1)
    back = ShareReturnAsked(till.number("G"), split.number, "1900000102", 500, "退货")
    till.channel.return_share(back, now=till.now)
    _to_ten_next_day(till)

    bill = till.channel.fetch_bill(kind="split", day=day, now=till.now)
    lines = bill.content.decode("utf-8-sig").splitlines()
    assert [line.lstrip("`").split(",`")[6:11] for line in lines[1:3]] == [
        [split.number, "100.00", "1900000102", "20.00", "分账"],
        [back.number, "100.00", "1900000102", "5.00", "分账回退"],
    ]
    assert lines[-1] == "`2,`20.00,`5.00"


class TestRefuses:
    def test_a_bill_before_nine(self, till: Till) -> None:
        day = _day(till)
        till.paid()
        till.step(hours=22, minutes=59)
        with pytest.raises(ChannelUnclear, match="STATEMENT_CREATING"):
            till.channel.fetch_bill(kind="trade", day=day, now=till.now)
        till.step(minutes=1)
        assert till.channel.fetch_bill(kind="trade", day=day, now=till.now).content

    def test_a_day_on_which_nothing_happened(self, till: Till) -> None:
        day = _day(till)
        _to_ten_next_day(till)
        with pytest.raises(ChannelRefused) as refused:
            till.channel.fetch_bill(kind="trade", day=day, now=till.now)
        assert refused.value.code == "NO_STATEMENT_EXIST"

    @pytest.mark.parametrize("days", [0, -100])
    def test_today_and_long_ago(self, till: Till, days: int) -> None:
        day = date.fromordinal(_day(till).toordinal() + days)
        with pytest.raises(ChannelRefused) as refused:
            till.channel.fetch_bill(kind="trade", day=day, now=till.now)
        assert refused.value.code == "PARAM_ERROR"

    def test_a_bill_that_was_altered_on_its_way(self, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
        day = _day(till)
        till.paid()
        _to_ten_next_day(till)
        transport = till.channel.transport
        true = transport.download
        monkeypatch.setattr(
            transport, "download",
            lambda address, *, now: gzip.compress(gzip.decompress(true(address, now=now)).replace(b"100.00", b"900.00")),
        )  # fmt: skip
        with pytest.raises(ChannelUnclear, match="hashed"):
            till.channel.fetch_bill(kind="trade", day=day, now=till.now)
        monkeypatch.setattr(transport, "download", lambda address, *, now: true(address, now=now)[:-20])
        with pytest.raises(ChannelUnclear, match="breaks off"):
            till.channel.fetch_bill(kind="trade", day=day, now=till.now)

    def test_kinds_that_there_are_not(self, till: Till) -> None:
        with pytest.raises(ChannelRefused) as refused:
            till.channel.fetch_bill(kind="weather", day=_day(till), now=till.now)
        assert refused.value.code == "BILL_NOT_OFFERED"
