"""Alipay trade bills (业务明细) and account bills (账务明细), alone or in the ZIP as downloaded, by header name.

GBK or GB18030; values end in a TAB; lines that begin with # say what the bill is and what it comes to. Refunds are
negative. The sign of the service fee differs between exports: on a sale it is a cost, on a refund it comes back.
"""

import csv
import re
from collections.abc import Iterator
from datetime import date, timedelta

from zhanggui.settlement.reconciliation.errors import (
    BillBalanceBroken,
    BillHeaderRefused,
    BillOfAnother,
    BillUnreadable,
)
from zhanggui.settlement.reconciliation.files.cells import Cells
from zhanggui.settlement.reconciliation.files.columns import places
from zhanggui.settlement.reconciliation.files.text import GB18030, UTF8, encoding_of, lines
from zhanggui.settlement.reconciliation.files.totals import compare
from zhanggui.settlement.reconciliation.kinds import BillKind, RowKind
from zhanggui.settlement.reconciliation.records import BillContent, BillFile, BillRow, Expected

TRADE_WORDS = ("支付宝交易号,商户订单号",)
FUND_WORDS = ("账务流水号,业务流水号", "账务流水号")
ALLOWED = (GB18030, UTF8)
TRADE_WANTED = {
    "channel_number": ("支付宝交易号",),
    "own_number": ("商户订单号",),
    "type": ("业务类型",),
    "time": ("完成时间",),
    "amount": ("商家实收（元）", "商家实收(元)"),
    "fee": ("服务费（元）", "服务费(元)"),
}
TRADE_OPTIONAL = {
    "title": ("商品名称",),
    "begun": ("创建时间",),
    "own_refund": ("退款批次号/请求号", "退款批次号"),
    "memo": ("备注",),
}
FUND_WANTED = {
    "flow": ("账务流水号",),
    "business_no": ("业务流水号",),
    "time": ("发生时间",),
    "in": ("收入金额（+元）", "收入金额(+元)", "收入（+元）"),
    "out": ("支出金额（-元）", "支出金额(-元)", "支出（-元）"),
    "balance": ("账户余额（元）", "账户余额(元)"),
    "type": ("业务类型",),
}
FUND_OPTIONAL = {"own_number": ("商户订单号",), "title": ("商品名称", "业务描述"), "memo": ("备注",)}
_FOOT = re.compile(r"#?(交易|退款|支出|收入)合计[：:](\d+)笔[，,].*?共([-+]?[\d.,]+)元")
_ACCOUNT = re.compile(r"账号[：:]\[?([\d*…]+)\]?")
_SPAN = re.compile(
    r"起始日期[：:]\[?(\d{4})年(\d{2})月(\d{2})日.*?终止日期[：:]\[?(\d{4})年(\d{2})月(\d{2})日"
)
_COUNTED = {"交易": "paid", "退款": "refunded", "收入": "in", "支出": "out"}


class _Bill:
    """What both kinds share: # lines, header, rows, foot."""

    wanted: dict[str, tuple[str, ...]]
    optional: dict[str, tuple[str, ...]]
    begins: str

    def __init__(self, file: BillFile, encoding: str, expected: Expected, content: BillContent) -> None:
        self.file, self.encoding, self.expected, self.content = file, encoding, expected, content
        self.cells = Cells(file.name, expected.currency, expected.zone)
        self.count: dict[str, int] = {}
        self.sum: dict[str, int] = {}
        self.told: dict[str, str] = {}

    def walk(self) -> Iterator[BillRow]:
        """Every row; then that the foot, which must be there, agrees."""
        place: dict[str, int] = {}
        width, ended = 0, False
        for number, line in lines(self.file, self.encoding):
            plain = line.strip()
            if plain.startswith("#"):
                ended = self._note(plain) or ended
            elif plain and not place:
                header = next(csv.reader([line]))
                if not any(cell.strip() == self.begins for cell in header):
                    raise BillHeaderRefused(
                        f"{self.file.name}, row {number}: stands where the header with {self.begins} should;"
                        " fetch the bill again as Alipay writes it"
                    )
                place = places(header, wanted=self.wanted, optional=self.optional, name=self.file.name)
                width = len([cell for cell in header if cell.strip()])
            elif plain:
                values = [value.strip() for value in next(csv.reader([line]))]
                if len(values) < width or (len(values) > width and any(values[width:])):
                    raise self.cells.fault(number, f"has {len(values)} values where the header has {width}")
                yield self.row(number, {name: values[at] if at >= 0 else "" for name, at in place.items()})
        if not place or not ended:
            raise BillUnreadable(f"{self.file.name} breaks off before its foot; fetch the bill again")
        self._check()

    def _note(self, line: str) -> bool:
        """Read a # line; true when the list of rows is at its end."""
        if found := _ACCOUNT.search(line):
            self._refuse_another(found[1])
        if found := _SPAN.search(line):
            numbers = [int(text) for text in found.groups()]
            self.content.starts_on = date(*numbers[:3])
            last = date(*numbers[3:])
            midnight = "00:00:00" in line[found.end(4) :]
            self.content.ends_before = (
                last if midnight and last > self.content.starts_on else last + timedelta(1)
            )
        if found := _FOOT.search(line):
            key = _COUNTED[found[1]]
            self.told[f"{found[1]}笔数"] = found[2]
            self.told[f"{found[1]}合计"] = found[3].replace(",", "")
            self.count.setdefault(key, 0)
        return "列表结束" in line

    def _refuse_another(self, account: str) -> None:
        wanted = self.expected.merchant_number
        ends = re.split(r"[*…]+", account)
        if wanted and not (wanted.startswith(ends[0]) and wanted.endswith(ends[-1])):
            raise BillOfAnother(
                f"{self.file.name}: the bill is of account {account}, ours is {wanted}; choose the account that"
                " it belongs to"
            )
        self.content.merchant_number = account

    def add(self, key: str, amount: int) -> None:
        """Count a row towards the foot."""
        self.count[key] = self.count.get(key, 0) + 1
        self.sum[key] = self.sum.get(key, 0) + amount

    def _check(self) -> None:
        told, found = {}, {}
        for word, key in _COUNTED.items():
            if f"{word}笔数" not in self.told:
                continue
            told[f"{word}笔数"] = int(self.told[f"{word}笔数"])
            found[f"{word}笔数"] = self.count.get(key, 0)
            told[f"{word}合计"] = abs(self.cells.minor(self.told[f"{word}合计"], 0, word))
            found[f"{word}合计"] = abs(self.sum.get(key, 0))
        if not told:
            raise BillUnreadable(f"{self.file.name} has no totals at its foot; fetch the bill again")
        compare(self.file.name, told=told, found=found, shown=self.told)
        self.content.told = dict(self.told)

    def row(self, number: int, got: dict[str, str]) -> BillRow:
        """One row."""
        raise NotImplementedError


class _Trade(_Bill):
    wanted, optional, begins = TRADE_WANTED, TRADE_OPTIONAL, "支付宝交易号"

    def row(self, number: int, got: dict[str, str]) -> BillRow:
        refunds = "退款" in got["type"]
        if not refunds and "交易" not in got["type"]:
            raise self.cells.fault(number, f"业务类型 {got['type']!r} is neither 交易 nor 退款")
        size = abs(self.cells.minor(got["amount"], number, "商家实收"))
        fee = abs(self.cells.milli(got["fee"], number, "服务费"))
        self.add("refunded" if refunds else "paid", size)
        return BillRow(
            number=number, kind=int(RowKind.REFUND if refunds else RowKind.PAYMENT),
            at=self.cells.at(got["time"] or got["begun"], number, "完成时间"),
            amount=-size if refunds else size, fee_milli=-fee if refunds else fee,
            own_number=got["own_number"], own_refund_number=got["own_refund"] if refunds else "",
            channel_number=got["channel_number"],
            title=got["title"], memo=got["memo"],
        )  # fmt: skip


class _Fund(_Bill):
    wanted, optional, begins = FUND_WANTED, FUND_OPTIONAL, "账务流水号"

    def __init__(self, file: BillFile, encoding: str, expected: Expected, content: BillContent) -> None:
        super().__init__(file, encoding, expected, content)
        self.before: tuple[int, int] | None = None
        self.first: tuple[int, int] | None = None
        self.orders = {"ascending", "descending"}

    def row(self, number: int, got: dict[str, str]) -> BillRow:
        comes = abs(self.cells.minor(got["in"], number, "收入金额"))
        goes = abs(self.cells.minor(got["out"], number, "支出金额"))
        if comes and goes:
            raise self.cells.fault(number, "has both 收入 and 支出")
        amount, balance = comes - goes, self.cells.minor(got["balance"], number, "账户余额")
        self._chain(number, amount, balance)
        self.add("in" if amount >= 0 else "out", abs(amount))
        return BillRow(
            number=number, kind=int(fund_kind(got["type"], amount, got["memo"] + got["title"])), amount=amount,
            at=self.cells.at(got["time"], number, "发生时间"), own_number=got["own_number"],
            channel_number=got["business_no"], flow_number=got["flow"], balance=balance, title=got["type"],
            memo=got["memo"] or got["title"],
        )  # fmt: skip

    def _chain(self, number: int, amount: int, balance: int) -> None:
        """Rows stand in either order of time; in one of them every balance must follow."""
        if self.before is not None:
            old_amount, old_balance = self.before
            if old_balance + amount != balance:
                self.orders.discard("ascending")
            if old_balance - old_amount != balance:
                self.orders.discard("descending")
            if not self.orders:
                raise BillBalanceBroken(
                    f"{self.file.name}, row {number}: the balance {balance} (minor units) does not follow from"
                    f" {old_balance} before it; a row is missing: fetch the bill again",
                    row=number,
                )
        self.first = self.first or (amount, balance)
        self.before = (amount, balance)
        early, late = (self.first, self.before) if "ascending" in self.orders else (self.before, self.first)
        self.content.opening, self.content.closing = early[1] - early[0], late[1]


def fund_kind(kind: str, amount: int, about: str = "") -> RowKind:
    """What a row of the account bill is, by 业务类型; `about` (备注, 商品名称) says of a fee that it is of a
    transfer. Transfers are known by our numbers, whatever the bill calls them."""
    if "分账" in kind:
        return RowKind.SHARE
    if ("收费" in kind or "退费" in kind or "服务费" in kind) and "转账" in about:
        return RowKind.PAYOUT_FEE
    if "退费" in kind or ("收费" in kind and amount > 0):
        return RowKind.FEE_BACK
    if "收费" in kind or "服务费" in kind:
        return RowKind.FEE
    if "退款" in kind:
        return RowKind.REFUND if amount < 0 else RowKind.OTHER_IN
    if ("在线支付" in kind or "交易付款" in kind) and amount > 0:
        return RowKind.PAYMENT
    if "提现" in kind and amount < 0:
        return RowKind.WITHDRAWAL
    return RowKind.OTHER_IN if amount >= 0 else RowKind.OTHER_OUT


class _Reader:
    """A reader of one of the two; in an archive it looks for the file with its header, in whatever order."""

    channel = "alipay"
    words: tuple[str, ...]

    def knows(self, files: list[BillFile]) -> bool:
        """Whether one of the files has this bill's header."""
        return any(encoding_of(file, words=self.words, allowed=ALLOWED) for file in files)

    def _found(self, files: list[BillFile]) -> tuple[BillFile, str]:
        for file in files:
            if encoding := encoding_of(file, words=self.words, allowed=ALLOWED):
                return file, encoding
        raise BillUnreadable("no file of the archive holds the list of details; fetch the bill again")


class AlipayTradeReader(_Reader):
    """业务明细."""

    words = TRADE_WORDS

    def read(self, files: list[BillFile], expected: Expected) -> BillContent:
        """The bill; its refusals come while the rows are walked."""
        file, encoding = self._found(files)
        content = BillContent(kind=BillKind.TRADE, form="alipay.trade", variant="all", rows=iter(()))
        content.rows = _Trade(file, encoding, expected, content).walk()
        return content


class AlipayFundReader(_Reader):
    """账务明细."""

    words = FUND_WORDS

    def read(self, files: list[BillFile], expected: Expected) -> BillContent:
        """The bill; its refusals come while the rows are walked."""
        file, encoding = self._found(files)
        content = BillContent(kind=BillKind.FUND, form="alipay.account", variant="basic", rows=iter(()))
        content.rows = _Fund(file, encoding, expected, content).walk()
        return content
