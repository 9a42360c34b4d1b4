"""Bills as WeChat Pay writes them: for the sandbox, the demonstration and tests. The reverse of `bills`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from zhanggui.money.decimals import format_plain
from zhanggui.rows.times import moment
from zhanggui.settlement.reconciliation.kinds import RowKind, RowState
from zhanggui.settlement.reconciliation.records import BillRow

_TRADE = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
_TRADE_FOOT = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
_FUND = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,"
    "备注,业务凭证号"
)
_FUND_FOOT = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
_SPLIT = (
    "分账时间,分账发起方,分账方,微信订单号,微信分账/回退单号,分账明细单号,商户分账/回退单号,订单金额,分账接收方,"
    "分账金额,业务类型,处理状态,分账描述,备注"
)
_SPLIT_FOOT = "总条数,分账总金额,回退总金额"
_STATES = {
    int(RowState.SUCCESS): "SUCCESS",
    int(RowState.PROCESSING): "PROCESSING",
    int(RowState.FAILED): "CLOSED",
}
_BUSINESS = {
    int(RowKind.PAYMENT): ("交易", "交易"), int(RowKind.REFUND): ("退款", "退款"),
    int(RowKind.FEE): ("扣除交易手续费", "扣除交易手续费"),
    int(RowKind.FEE_BACK): ("退还交易手续费", "退还交易手续费"), int(RowKind.WITHDRAWAL): ("充值/提现", "提现"),
    int(RowKind.PAYOUT_FEE): ("商家转账", "转账手续费"),
}  # fmt: skip


@dataclass(frozen=True)
class TradeAbout:
    """What a trade bill says beside a row: the sub-merchant that was paid, the payer, how."""

    sub_merchant: str = "0"
    payer: str = "o-buyer"
    trade_type: str = "JSAPI"


def trade_bill(
    rows: Iterable[BillRow], *, merchant: str, currency: str, zone: tzinfo, appid: str = "wx0000000000000000",
    about: Callable[[BillRow], TradeAbout] = lambda row: TradeAbout(),
) -> bytes:  # fmt: skip
    """This function will return an ALL bill of these payments and refunds."""
    lines, count, settled, back, fees = [_TRADE], 0, 0, 0, 0
    for row in rows:
        refunds = row.kind == RowKind.REFUND
        told = about(row)
        came, went = (0, -row.amount) if refunds else (row.amount, 0)
        count, settled, back, fees = count + 1, settled + came, back + went, fees + row.fee_milli
        lines.append(_line([
            _time(row.at, zone), appid, merchant, told.sub_merchant, "", row.channel_number, row.own_number,
            told.payer, told.trade_type, "REFUND" if refunds else "SUCCESS", "OTHERS", currency,
            format_plain(came, currency), format_plain(0, currency),
            row.channel_refund_number if refunds else "0", row.own_refund_number if refunds else "0",
            format_plain(went, currency), format_plain(0, currency), "ORIGINAL" if refunds else "",
            _STATES[row.state] if refunds else "", row.title or "goods", "", fee_text(row.fee_milli), "0.60%",
            format_plain(came, currency), format_plain(went, currency), "",
        ]))  # fmt: skip
    lines += [_TRADE_FOOT, _line([
        str(count), format_plain(settled, currency), format_plain(back, currency), format_plain(0, currency),
        fee_text(fees), format_plain(settled, currency), format_plain(back, currency),
    ])]  # fmt: skip
    return _file(lines)


def fund_bill(rows: Iterable[BillRow], *, opening: int, currency: str, zone: tzinfo) -> bytes:
    """This function will return a BASIC fund-flow bill of these moves, its balance running from `opening`."""
    lines, balance = [_FUND], opening
    counts = {True: 0, False: 0}
    sums = {True: 0, False: 0}
    for row in rows:
        balance += row.amount
        comes = row.amount >= 0
        counts[comes] += 1
        sums[comes] += abs(row.amount)
        business, kind = _BUSINESS.get(row.kind) or _named(row.title)
        lines.append(_line([
            _time(row.at, zone), row.channel_number, row.flow_number, business, kind, "收入" if comes else "支出",
            format_plain(abs(row.amount), currency), format_plain(balance, currency), "system", row.memo,
            row.own_number,
        ]))  # fmt: skip
    lines += [_FUND_FOOT, _line([
        str(counts[True] + counts[False]), str(counts[True]), format_plain(sums[True], currency),
        str(counts[False]), format_plain(sums[False], currency),
    ])]  # fmt: skip
    return _file(lines)


def split_bill(rows: Iterable[Mapping[str, Any]], *, currency: str) -> bytes:
    """This function will return a split bill. A row has `at`, `merchant`, `transaction`, `number` and `own` (of the
    division or return), `detail`, `total`, `receiver`, `amount`, `kind` (分账 or 分账回退), `description`; amounts in
    minor units."""
    lines, count, shared, back = [_SPLIT], 0, 0, 0
    for row in rows:
        count += 1
        if row["kind"] == "分账回退":
            back += row["amount"]
        else:
            shared += row["amount"]
        lines.append(_line([
            row["at"], row["merchant"], row["merchant"], row["transaction"], row["number"], row["detail"], row["own"],
            format_plain(row["total"], currency), row["receiver"], format_plain(row["amount"], currency),
            row["kind"], "成功", row["description"], "",
        ]))  # fmt: skip
    lines += [
        _SPLIT_FOOT, _line([str(count), format_plain(shared, currency), format_plain(back, currency)]),
    ]  # fmt: skip
    return _file(lines)


def _named(title: str) -> tuple[str, str]:
    """业务名称 and 业务类型 of a row that names them itself, as `分账/分账回退`."""
    business, _, kind = title.partition("/")
    return (business, kind or business) if business else ("其他", "其他")


def fee_text(milli: int) -> str:
    """A fee in thousandths of a cent with the five decimals that WeChat prints."""
    size = abs(milli)
    return f"{'-' if milli < 0 else ''}{size // 100_000}.{size % 100_000:05d}"


def _time(at: int, zone: tzinfo) -> str:
    return f"{moment(at).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _line(values: list[str]) -> str:
    return ",".join("`" + value for value in values)


def _file(lines: list[str]) -> bytes:
    return b"\xef\xbb\xbf" + ("\r\n".join(lines) + "\r\n").encode()
