"""A story with accounts of ours at a channel and a bank, and bills written for it."""

from datetime import date
from pathlib import Path
from typing import Any

from tests.settlement.story import ZONE, Story, fen, noon, orders_in, rows_in
from zhanggui.journeys.bill_received import Received, bill_received
from zhanggui.rails.wechat_pay.bill_writing import fund_bill, trade_bill
from zhanggui.rows.times import microseconds
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.intake.records import OrderRecord, PaymentRecord
from zhanggui.settlement.reconciliation.models import Difference, ReconciliationRule
from zhanggui.settlement.reconciliation.records import BillRow

KINDS = {"pay": 1, "refund": 2, "fee": 3, "fee_back": 4, "withdraw": 5, "in": 6, "out": 7}
MERCHANT = "1601959334"


class ChannelStory(Story):
    """A story whose buyers pay through WeChat."""

    def __init__(self, folder: Path, **more: Any) -> None:
        super().__init__(**more)
        self.folder = folder
        self.files = 0
        entity = self.line.settlementterms_set.first().entity
        self.wechat = OwnAccount.objects.create(
            code="wechat-main", name={"zh": "微信"}, kind="channel", entity=entity, currency=self.currency,
            rail="wechat_pay", details={"merchant_number": MERCHANT},
        )  # fmt: skip
        self.bank = OwnAccount.objects.create(
            code="bank-main", name={"zh": "银行"}, kind="bank", entity=entity, currency=self.currency, rail="iso20022",
        )  # fmt: skip
        ReconciliationRule.objects.get_or_create(own_account_id=0)

    def rule(self, **settings: Any) -> None:
        """Set the general rule."""
        ReconciliationRule.objects.filter(own_account_id=0).update(**settings)

    def write(self, content: bytes, name: str = "") -> Path:
        """A file of this content."""
        self.files += 1
        path = self.folder / (name or f"bill-{self.files}.csv")
        path.write_bytes(content)
        return path

    def trade(self, table: str, day: str = "", *, run: bool = True) -> Received:
        """A trade bill: kind, own, amount, day; and as wanted fee, refund, channel, state."""
        content = trade_bill(bill_rows(table), merchant=MERCHANT, currency=self.currency, zone=ZONE)
        return self.receive_bill(self.wechat, "wechat", self.write(content), day, run=run)

    def fund(self, table: str, opening: str = "0") -> Received:
        """A fund bill: kind, own, amount (signed), day; and as wanted channel."""
        content = fund_bill(bill_rows(table), opening=fen(opening), currency=self.currency, zone=ZONE)
        return self.receive_bill(self.wechat, "wechat", self.write(content))

    def statement_of_bank(self, table: str) -> Received:
        """A bank statement as CSV: day, in, out, reference."""
        lines = ["交易时间,收入金额,支出金额,凭证号,摘要"]
        lines += [
            f"{row['day']} 10:00:00,{row.get('in', '')},{row.get('out', '')},{row.get('reference', '')},"
            for row in rows_in(table)
        ]
        return self.receive_bill(self.bank, "bank", self.write("\n".join(lines).encode()))

    def receive_bill(
        self, account: OwnAccount, channel: str, path: Path, day: str = "", *, run: bool = True
    ) -> Received:
        """Take it in."""
        return bill_received(
            own_account=account, channel=channel, path=path, clock=self.clock, actor="story", run=run,
            day=date.fromisoformat(day) if day else None,
        )  # fmt: skip

    def differences(self, **chosen: Any) -> str:
        """All differences: leg, kind, state, reference, our and their amount."""
        rows = Difference.objects.filter(**chosen).order_by("leg", "kind", "reference", "id")
        return "\n".join(
            f"{row.leg} {row.kind} {row.state} {row.reference or '-'} {row.our_minor / 100:.2f} {row.their_minor / 100:.2f}"
            for row in rows
        )


def bill_rows(table: str) -> list[BillRow]:
    """Rows of a bill from a text table."""
    found = []
    for number, row in enumerate(rows_in(table), start=2):
        kind = KINDS[row["kind"]]
        own = row.get("own", "")
        found.append(
            BillRow(
                number=number, kind=kind, at=microseconds(noon(row["day"])), amount=fen(row["amount"]),
                fee_milli=fen(row.get("fee", "")) * 1000, state=int(row.get("state") or 1), own_number=own,
                own_refund_number=row.get("refund", ""), channel_number=row.get("channel") or f"42{own}",
                channel_refund_number=f"50{row['refund']}" if row.get("refund") else "", flow_number=f"F{number}",
            )
        )  # fmt: skip
    return found


def paid_at_once(number: str, table: str, channel: str = "") -> list[OrderRecord]:
    """Orders of a table that one charge paid: `number` is ours at the channel, which calls it by one of its own."""
    found = orders_in(table)
    for order in found:
        due = sum(line.goods - line.shop_discount + line.freight for line in order.lines)
        order.payments_listed = True
        order.payments = [
            PaymentRecord(1, "alipay", due, reference=number, channel_number=channel or f"42{number}")
        ]
    return found
