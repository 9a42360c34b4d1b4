"""Bills as Alipay writes them: for the sandbox, the demonstration and tests. The reverse of `bills`."""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, tzinfo

from zhanggui.money.decimals import format_plain
from zhanggui.rows.times import moment
from zhanggui.settlement.reconciliation.kinds import RowKind
from zhanggui.settlement.reconciliation.records import BillRow

_TRADE = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
_FUND = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,"
    "交易渠道,业务类型,备注"
)
_TYPES = {
    int(RowKind.PAYMENT): "交易付款", int(RowKind.REFUND): "交易退款", int(RowKind.FEE): "收费",
    int(RowKind.FEE_BACK): "退费", int(RowKind.WITHDRAWAL): "提现", int(RowKind.PAYOUT_FEE): "收费",
}  # fmt: skip


def trade_zip(
    rows: Iterable[BillRow], *, account: str, first: date, last: date, currency: str, zone: tzinfo,
    summary_first: bool = False,
) -> bytes:  # fmt: skip
    """This function will return the ZIP as downloaded: the details and their summary, names and text in GBK."""
    lines = [*_head("业务明细查询", "业务明细列表", account, first, last), _TRADE]
    counts, sums = {True: 0, False: 0}, {True: 0, False: 0}
    for row in rows:
        refunds = row.kind == RowKind.REFUND
        counts[refunds] += 1
        sums[refunds] += row.amount
        amount, when = format_plain(row.amount, currency), _time(row.at, zone)
        cells = [
            row.channel_number + "\t", row.own_number + "\t", "退款\t" if refunds else "交易\t", row.title or "货",
            when, when, "\t", "\t", "\t", "\t", "**明(138******00)\t", amount, amount, "0.00", "0.00", "0.00", "0.00",
            "0.00", "", "0.00\t", "0.00", row.own_refund_number + "\t", _fee(-row.fee_milli), "0.00", row.memo,
        ]  # fmt: skip
        lines.append(",".join(cells))
    lines += [
        "#-----------------------------------------业务明细列表结束------------------------------------",
        f"#交易合计：{counts[False]}笔，商家实收共{format_plain(sums[False], currency)}元，商家优惠共0.00元",
        f"#退款合计：{counts[True]}笔，商家实收退款共{format_plain(sums[True], currency)}元，商家优惠退款共0.00元",
        "#导出时间：[2026年10月04日 09:00:00]",
    ]
    summary = [
        *_head("业务汇总查询", "业务汇总列表", account, first, last),
        "门店编号,门店名称,交易订单总笔数",
        "合计\t,\t,1",
        "#-----业务汇总列表结束-----",
    ]
    stem = f"{account}_{first:%Y%m%d}_业务明细"
    members = [(f"{stem}.csv", lines), (f"{stem}(汇总).csv", summary)]
    return _zip(members[::-1] if summary_first else members)


def account_zip(
    rows: Iterable[BillRow],
    *,
    account: str,
    first: date,
    last: date,
    opening: int,
    currency: str,
    zone: tzinfo,
) -> bytes:
    """This function will return the ZIP of an account bill, its balance running from `opening`. What has no type of
    its own (shares, transfers) is called by its title."""
    lines, balance = [*_head("账务明细查询", "账务明细列表", account, first, last), _FUND], opening
    counts, sums = {True: 0, False: 0}, {True: 0, False: 0}
    for row in rows:
        balance += row.amount
        comes = row.amount >= 0
        counts[comes] += 1
        sums[comes] += row.amount
        amount = format_plain(row.amount, currency)
        lines.append(",".join([
            row.flow_number + "\t", row.channel_number + "\t", row.own_number + "\t", row.title or "\t",
            _time(row.at, zone), "\t", amount if comes else " ", " " if comes else amount,
            format_plain(balance, currency), "支付宝", _TYPES.get(row.kind) or row.title or "转账", row.memo,
        ]))  # fmt: skip
    lines += [
        "#-----------------------------------------账务明细列表结束------------------------------------",
        f"#支出合计：{counts[False]}笔，共{format_plain(sums[False], currency)}元",
        f"#收入合计：{counts[True]}笔，共{format_plain(sums[True], currency)}元",
    ]
    return _zip([(f"{account}_{first:%Y%m%d}_账务明细.csv", lines)])


def _head(query: str, listed: str, account: str, first: date, last: date) -> list[str]:
    span = f"{first:%Y年%m月%d日} 00:00:00]   终止日期：[{last:%Y年%m月%d日} 23:59:59]"
    return [
        f"#支付宝{query}",
        f"#账号：[{account}]",
        f"#起始日期：[{span}",
        f"#-----------------------------------------{listed}----------------------------------------",
    ]


def _fee(milli: int) -> str:
    """Alipay prints fees with two decimals, negative where they are a cost; finer ones it does not have."""
    cents = (abs(milli) + 500) // 1000
    return f"{'-' if milli < 0 and cents else ''}{cents // 100}.{cents % 100:02d}"


def _time(at: int, zone: tzinfo) -> str:
    return f"{moment(at).astimezone(zone):%Y-%m-%d %H:%M:%S}"


class _GbkName(zipfile.ZipInfo):
    """A member whose name is written in GBK without the UTF-8 flag, as Alipay does."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode("gb18030"), self.flag_bits


def _zip(members: list[tuple[str, list[str]]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in members:
            info = _GbkName(name, (2026, 10, 4, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, ("\r\n".join(lines) + "\r\n").encode("gb18030"))
    return packed.getvalue()
