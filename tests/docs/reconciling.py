"""Acts of pages about reconciliation: bills written as the channel writes them, and differences settled.

`trade_bill DAY ROW ...` with ROW `NUMBER:AMOUNT[:FEE]` or `refund:NUMBER:AMOUNT`; `fund_bill DAY ROW ...` with the same and
`withdraw:AMOUNT`, and `payouts:FEE` for every payout with its fee; `bank_statement DAY AMOUNT`; `settle KIND WAY`. Amounts are minor units.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bill_received import bill_received
from zhanggui.journeys.difference_settled import resolution_proposed
from zhanggui.rails.wechat_pay.bill_writing import fund_bill, trade_bill
from zhanggui.rows.times import microseconds
from zhanggui.settlement.entities.models import BusinessLine, OwnAccount
from zhanggui.settlement.payouts.models import PayoutAttempt
from zhanggui.settlement.reconciliation.models import Difference
from zhanggui.settlement.reconciliation.records import BillRow

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def _account(own: BusinessLine, kind: str, code: str, rail: str) -> OwnAccount:
    entity = own.settlementterms_set.first().entity
    found, _ = OwnAccount.objects.get_or_create(
        code=code, defaults={
            "name": {}, "kind": kind, "entity": entity, "currency": own.currency, "rail": rail,
            "details": {"merchant_number": "1", "payment_methods": ["wechat"]} if kind == "channel" else {},
        },
    )  # fmt: skip
    return found


def _rows(day: str, words: tuple[str, ...], *, apart: bool) -> Iterator[BillRow]:
    at = microseconds(datetime.combine(date.fromisoformat(day), time(12), ZONE))
    for word in words:
        first, *numbers = word.split(":")
        if first == "withdraw":
            yield BillRow(0, 5, at, -int(numbers[0]), channel_number="W-1", flow_number="F-1")
        elif first == "payouts":
            for one in PayoutAttempt.objects.order_by("id"):
                yield BillRow(0, 7, at, -one.amount_minor, own_number=one.end_to_end, flow_number="F-2")
                yield BillRow(0, 11, at, -int(numbers[0]), own_number=one.end_to_end, flow_number="F-3")
        elif first == "refund":
            yield BillRow(
                0,
                2,
                at,
                -int(numbers[1]),
                own_refund_number=numbers[0],
                channel_refund_number=f"50{numbers[0]}",
            )
        else:
            fee = int(numbers[1]) if len(numbers) > 1 else 0
            paid = BillRow(0, 1, at, int(numbers[0]), own_number=first, channel_number=f"42{first}")
            yield paid if apart else paid._replace(fee_milli=fee * 1000)
            if apart and fee:
                yield BillRow(0, 3, at, -fee, own_number=first, channel_number=f"42{first}")


def _receive(account: OwnAccount, channel: str, folder: Path, name: str, content: bytes, day: str) -> None:
    path = folder / name
    path.write_bytes(content)
    bill_received(
        own_account=account,
        channel=channel,
        path=path,
        clock=lambda: NOW,
        actor="docs",
        day=date.fromisoformat(day),
    )


def _trade(own: BusinessLine, folder: Path, day: str, *words: str) -> None:
    content = trade_bill(_rows(day, words, apart=False), merchant="1", currency=own.currency, zone=ZONE)
    account = _account(own, "channel", "wechat-main", "wechat_pay")
    _receive(account, "wechat", folder, "trade.csv", content, day)


def _fund(own: BusinessLine, folder: Path, day: str, *words: str) -> None:
    content = fund_bill(_rows(day, words, apart=True), opening=0, currency=own.currency, zone=ZONE)
    _account(own, "bank", "bank-main", "iso20022")
    account = _account(own, "channel", "wechat-main", "wechat_pay")
    _receive(account, "wechat", folder, "fund.csv", content, day)


def _bank(own: BusinessLine, folder: Path, day: str, amount: str) -> None:
    text = f"日期,收入金额,支出金额,凭证号\n{day},{int(amount) / 100:.2f},,F-1\n"
    _receive(_account(own, "bank", "bank-main", "iso20022"), "bank", folder, "bank.csv", text.encode(), day)


def _settle(own: BusinessLine, folder: Path, kind: str, way: str) -> None:
    row = Difference.objects.get(kind=kind)
    _, approval = resolution_proposed(difference_id=row.id, way=way, reason="asked", at=NOW, actor="maker")
    assert approval is not None
    approval_decided(
        approval_id=approval.id, approve=True, checker="checker", roles={"platform_admin"},
        proof=Proof(second_factor=True), at=NOW, zone=ZONE,
    )  # fmt: skip


RECONCILING: dict[str, Any] = {
    "trade_bill": _trade, "fund_bill": _fund, "bank_statement": _bank, "settle": _settle,
}  # fmt: skip
