"""WeChat Pay trade bills (交易账单 ALL, SUCCESS, REFUND) and fund-flow bills (资金账单), by header name.

Every value begins with a backtick; the foot is a header and a line of control totals. Yuan become cents exactly;
the fee is printed with five decimals and never computed anew.
"""

from collections.abc import Iterator

from zhanggui.rails.wechat_pay.layout import (
    FOOT_BEGINS,
    FUND_FOOT,
    FUND_OPTIONAL,
    FUND_WANTED,
    TRADE_FOOT,
    TRADE_OPTIONAL,
    TRADE_STATES,
    TRADE_WANTED,
)
from zhanggui.settlement.reconciliation.errors import BillBalanceBroken, BillOfAnother, BillUnreadable
from zhanggui.settlement.reconciliation.files.cells import Cells
from zhanggui.settlement.reconciliation.files.columns import places
from zhanggui.settlement.reconciliation.files.text import UTF8, encoding_of, lines
from zhanggui.settlement.reconciliation.files.totals import compare
from zhanggui.settlement.reconciliation.kinds import BillKind, RowKind, RowState
from zhanggui.settlement.reconciliation.records import BillContent, BillFile, BillRow, Expected

TRADE_WORDS = ("交易时间,公众账号ID", "微信订单号")
FUND_WORDS = ("记账时间", "微信支付业务单号")


def cells_of(line: str) -> list[str]:
    """The values of a line. A value may hold a comma, but not a comma before a backtick."""
    if line.startswith("`"):
        return line[1:].split(",`")
    return line.split(",")


class _Bill:
    """What both kinds share: header, rows, foot, and that they agree."""

    def __init__(self, file: BillFile, expected: Expected, content: BillContent) -> None:
        self.file, self.expected, self.content = file, expected, content
        self.cells = Cells(file.name, expected.currency, expected.zone)
        self.sums: dict[str, int] = {}
        self.feet: dict[str, tuple[str, str]] = {}

    def walk(self) -> Iterator[BillRow]:
        """Every row; then the foot, which must be there and agree."""
        source = lines(self.file, UTF8)
        _, header = next(source)
        self.place(cells_of(header))
        foot: list[str] | None = None
        for number, line in source:
            if not line.strip():
                continue
            if line.lstrip("`").startswith(FOOT_BEGINS):
                foot = cells_of(line)
                break
            yield self.row(number, cells_of(line))
        if foot is None:
            raise BillUnreadable(f"{self.file.name} breaks off before its foot; fetch the bill again")
        values = next((cells_of(line) for _, line in source if line.strip()), None)
        if values is None or len(values) != len(foot):
            raise BillUnreadable(f"{self.file.name} breaks off in its foot; fetch the bill again")
        self.check(dict(zip([name.strip("`") for name in foot], values, strict=True)))

    def place(self, header: list[str]) -> None:
        """Find the columns."""
        raise NotImplementedError

    def row(self, number: int, values: list[str]) -> BillRow:
        """One row."""
        raise NotImplementedError

    def add(self, name: str, value: int) -> None:
        """Count towards the foot."""
        self.sums[name] = self.sums.get(name, 0) + value

    def check(self, shown: dict[str, str]) -> None:
        """Compare the foot with the sums of the rows."""
        told, found = {}, {}
        for name, text in shown.items():
            if name not in self.feet:
                continue
            key, kind = self.feet[name]
            text = text.strip()
            if kind == "count":
                told[name] = self.cells.minor(text, 0, name) // 10**self.cells.exponent
            else:
                reader = self.cells.milli if kind == "fee" else self.cells.minor
                told[name] = reader(text, 0, name)
            found[name] = self.sums.get(key, 0)
        compare(self.file.name, told=told, found=found, shown=shown)
        self.content.told = shown


class _Trade(_Bill):
    def __init__(self, file: BillFile, expected: Expected, content: BillContent) -> None:
        super().__init__(file, expected, content)
        self.feet = TRADE_FOOT

    def place(self, header: list[str]) -> None:
        self.at = places(header, wanted=TRADE_WANTED, optional=TRADE_OPTIONAL, name=self.file.name)
        self.width = len(header)
        self.content.variant = "all"
        if self.at["accepted_at"] >= 0:
            self.content.variant = "refund"
        elif self.at["refund_id"] < 0:
            self.content.variant = "success"
        self.content.form = f"wechat.trade.{self.content.variant}"

    def _text(self, values: list[str], name: str) -> str:
        place = self.at[name]
        return values[place].strip() if place >= 0 else ""

    def row(self, number: int, values: list[str]) -> BillRow:
        if len(values) != self.width:
            raise self.cells.fault(number, f"has {len(values)} values where the header has {self.width}")
        merchant = self._text(values, "merchant")
        if self.expected.merchant_number and merchant != self.expected.merchant_number:
            raise BillOfAnother(
                f"{self.file.name}, row {number}: the bill is of merchant {merchant}, the account of"
                f" {self.expected.merchant_number}; choose the account that it belongs to",
                row=number,
            )
        self.content.merchant_number = merchant
        currency = self._text(values, "currency")
        if currency and currency != self.expected.currency:
            raise BillOfAnother(
                f"{self.file.name}, row {number}: is in {currency}, the account in {self.expected.currency};"
                " choose the account that it belongs to",
                row=number,
            )
        state = self._text(values, "state")
        if state not in TRADE_STATES:
            raise self.cells.fault(number, f"交易状态 {state!r} is not known")
        settled = self.cells.minor(self._text(values, "settled"), number, "应结订单金额")
        back = self.cells.minor(self._text(values, "refund_amount"), number, "退款金额")
        fee = self.cells.milli(self._text(values, "fee"), number, "手续费")
        self._count(values, number, settled, back, fee)
        return self._made(values, number, settled, back, fee, state)

    def _count(self, values: list[str], number: int, settled: int, back: int, fee: int) -> None:
        for name, amount in (("rows", 1), ("settled", settled), ("refund_amount", back), ("fee", fee)):
            self.add(name, amount)
        for name in ("coupon", "coupon_back", "ordered", "asked_back"):
            if self.at[name] >= 0:
                self.add(name, self.cells.minor(self._text(values, name), number, name))

    def _made(self, values: list[str], number: int, settled: int, back: int, fee: int, state: str) -> BillRow:
        refunds = TRADE_STATES[state] == RowKind.REFUND
        when = self._text(values, "accepted_at") or self._text(values, "time")
        told = self._text(values, "refund_state")
        done = RowState.SUCCESS
        if refunds and told == "PROCESSING":
            done = RowState.PROCESSING
        elif refunds and told in ("FAIL", "CLOSED", "ABNORMAL", "CHANGE"):
            done = RowState.FAILED

        def reference(name: str) -> str:
            text = self._text(values, name)
            return "" if text == "0" else text

        return BillRow(
            number=number, kind=int(RowKind.REFUND if refunds else RowKind.PAYMENT),
            at=self.cells.at(when, number, "交易时间"), amount=-back if refunds else settled, fee_milli=fee,
            state=int(done), own_number=self._text(values, "own_number"),
            own_refund_number=reference("own_refund"), channel_number=self._text(values, "channel_number"),
            channel_refund_number=reference("refund_id"), title=self._text(values, "title"),
            memo=self._text(values, "method"),
        )  # fmt: skip


class _Fund(_Bill):
    def __init__(self, file: BillFile, expected: Expected, content: BillContent) -> None:
        super().__init__(file, expected, content)
        self.feet = FUND_FOOT

    def place(self, header: list[str]) -> None:
        self.at = places(header, wanted=FUND_WANTED, optional=FUND_OPTIONAL, name=self.file.name)
        self.width = len(header)

    def row(self, number: int, values: list[str]) -> BillRow:
        if len(values) != self.width:
            raise self.cells.fault(number, f"has {len(values)} values where the header has {self.width}")
        got = {name: values[place].strip() if place >= 0 else "" for name, place in self.at.items()}
        if got["direction"] not in ("收入", "支出"):
            raise self.cells.fault(number, f"收支类型 {got['direction']!r} is neither 收入 nor 支出")
        comes = got["direction"] == "收入"
        size = self.cells.minor(got["amount"], number, "收支金额")
        balance = self.cells.minor(got["balance"], number, "账户结余")
        amount = size if comes else -size
        if self.content.closing is None:
            self.content.opening = balance - amount
        elif self.content.closing + amount != balance:
            raise BillBalanceBroken(
                f"{self.file.name}, row {number}: the balance is {got['balance']} after {got['direction']}"
                f" {got['amount']}, but the row before leaves {self.content.closing} (minor units); a row is"
                " missing: fetch the bill again",
                row=number,
            )
        self.content.closing = balance
        for name, value in (("rows", 1), ("in" if comes else "out", 1),
                            ("in_amount" if comes else "out_amount", size)):  # fmt: skip
            self.add(name, value)
        return BillRow(
            number=number, kind=int(fund_kind(got["business"], got["type"], comes)), amount=amount,
            at=self.cells.at(got["time"], number, "记账时间"), own_number=got["voucher"],
            channel_number=got["business_no"], flow_number=got["flow"], balance=balance,
            title=f"{got['business']}/{got['type']}" if got["type"] != got["business"] else got["type"],
            memo=got["memo"],
        )  # fmt: skip


def fund_kind(business: str, kind: str, comes: bool) -> RowKind:
    """What a row of the fund bill is, by 业务名称 and 业务类型. Transfers and red packets are known by our numbers,
    whatever the bill calls them."""
    if kind == "扣除交易手续费":
        return RowKind.FEE
    if kind == "退还交易手续费":
        return RowKind.FEE_BACK
    if "手续费" in kind or "服务费" in kind:
        return RowKind.PAYOUT_FEE
    if kind == "退款" or business == "退款":
        return RowKind.OTHER_IN if comes else RowKind.REFUND
    if kind == "交易" and comes:
        return RowKind.PAYMENT
    if "分账" in business or "补差" in business:
        return RowKind.SHARE
    if "提现" in business or "提现" in kind:
        return RowKind.OTHER_IN if comes else RowKind.WITHDRAWAL
    return RowKind.OTHER_IN if comes else RowKind.OTHER_OUT


class WechatTradeReader:
    """交易账单."""

    channel = "wechat"

    def knows(self, files: list[BillFile]) -> bool:
        """Whether the one file has the header of a trade bill."""
        return len(files) == 1 and encoding_of(files[0], words=TRADE_WORDS, allowed=(UTF8,)) is not None

    def read(self, files: list[BillFile], expected: Expected) -> BillContent:
        """The bill; its refusals come while the rows are walked."""
        content = BillContent(kind=BillKind.TRADE, form="wechat.trade", variant="all", rows=iter(()))
        content.rows = _Trade(files[0], expected, content).walk()
        return content


class WechatFundReader:
    """资金账单."""

    channel = "wechat"

    def knows(self, files: list[BillFile]) -> bool:
        """Whether the one file has the header of a fund-flow bill."""
        return len(files) == 1 and encoding_of(files[0], words=FUND_WORDS, allowed=(UTF8,)) is not None

    def read(self, files: list[BillFile], expected: Expected) -> BillContent:
        """The bill; its refusals come while the rows are walked."""
        content = BillContent(kind=BillKind.FUND, form="wechat.fund", variant="basic", rows=iter(()))
        content.rows = _Fund(files[0], expected, content).walk()
        return content
