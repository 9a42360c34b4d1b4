"""Three days of the mall's payments as the channel bills them, with one error of every kind, and what follows.

The bills are made from the mall's own payments, always the same way: which rows are spoiled is counted, not drawn.
"""

import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bill_received import bill_received
from zhanggui.journeys.difference_settled import resolution_proposed
from zhanggui.money.decimals import format_plain
from zhanggui.portals.shell.moments import zone
from zhanggui.rails.wechat_pay.bill_writing import fund_bill, trade_bill
from zhanggui.rows.times import microseconds
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.reconciliation.matching.ours import movements_of
from zhanggui.settlement.reconciliation.models import Difference
from zhanggui.settlement.reconciliation.operations.set_reconciliation_rule import (
    RuleSettings,
    set_reconciliation_rule,
)
from zhanggui.settlement.reconciliation.queries import window_of
from zhanggui.settlement.reconciliation.records import BillRow

MALL = "online-retail"
MERCHANT = "1900009231"
DAYS = (date(2011, 10, 4), date(2011, 10, 5), date(2011, 10, 6))
PPM = 6000
BANK = "bank-gbp"
MAKER, CHECKER = "finance", "controller"


def reconcile_three_days(at: datetime) -> None:
    """Open the accounts, take in trade bills, fund bills and the bank's statement."""
    channel, bank = _accounts(at)
    balance = 0
    arrived: list[tuple[date, int]] = []
    with tempfile.TemporaryDirectory(prefix="zhanggui-demo-") as folder:
        for place, day in enumerate(DAYS):
            rows = _spoiled(_honest(channel, day), spoil=place == 0)
            moves = _moves(rows, day)
            leaves = balance + sum(move.amount for move in moves)
            noon = microseconds(datetime(day.year, day.month, day.day, 23, 30, tzinfo=zone()))
            if leaves > 0:
                moves.append(
                    BillRow(
                        0, 5, noon, -leaves, channel_number=f"W{day:%Y%m%d}", flow_number=f"F{day:%Y%m%d}"
                    )
                )
                arrived.append((day + timedelta(days=1), leaves))
            written = {"currency": channel.currency, "zone": zone()}
            _take(
                channel,
                "wechat",
                folder,
                f"trade-{day}.csv",
                trade_bill(rows, merchant=MERCHANT, **written),
                day,
                at,
            )
            _take(
                channel,
                "wechat",
                folder,
                f"fund-{day}.csv",
                fund_bill(moves, opening=balance, **written),
                day,
                at,
            )
            balance = min(leaves, 0)
        _take(bank, "bank", folder, "bank-2011-10.csv", _statement(arrived, bank.currency), None, at)


def settle_one(at: datetime) -> None:
    """The payment nobody knows of is booked as unclaimed, after a second person has looked at it."""
    row = Difference.objects.filter(kind="missing_here", leg=1, state="open").order_by("id").first()
    if row is None:
        return
    _, approval = resolution_proposed(
        difference_id=row.id, way="unclaimed_receipt", reason="The channel names no payer; asked by mail.", at=at,
        actor=MAKER,
    )  # fmt: skip
    assert approval is not None
    approval_decided(
        approval_id=approval.id, approve=True, checker=CHECKER, roles={"platform_controller"},
        proof=Proof(retyped_minor=approval.amount_minor), at=at, zone=zone(), reason="mail seen",
    )  # fmt: skip


def _accounts(at: datetime) -> tuple[OwnAccount, OwnAccount]:
    line = business_line(MALL)
    entity = SettlementEntity.objects.get(id=line.settlementterms_set.order_by("id")[0].entity_id)
    made = {"entity": entity, "currency": line.currency}
    channel, _ = OwnAccount.objects.get_or_create(
        code="wechat-mall", defaults=made | {
            "name": {"zh": "微信支付（商城）", "en": "WeChat Pay (mall)"}, "kind": "channel", "rail": "",
            "details": {"channel": "wechat", "merchant_number": MERCHANT, "business_lines": [MALL],
                        "settles_to": BANK},
        },
    )  # fmt: skip
    bank = OwnAccount.objects.get(code=BANK)
    set_reconciliation_rule(
        own_account_id=channel.id, settings=RuleSettings(expected_fee_ppm=PPM), at=at, actor="zhanggui demo"
    )
    return channel, bank


def _honest(channel: OwnAccount, day: date) -> list[BillRow]:
    """What we took and gave back that day, as an honest channel would bill it: 0.6 % in whole pennies."""
    found = movements_of(channel, window_of(channel, day, day + timedelta(days=1)))
    return [
        BillRow(
            number=0, kind=row["kind"], at=microseconds(row["at"]), amount=row["amount"],
            fee_milli=_fee(row["amount"]) if row["kind"] == 1 else 0,
            own_number=row["own_key"] if row["kind"] == 1 else "",
            own_refund_number="" if row["kind"] == 1 else row["own_key"],
            channel_number=f"42{day:%Y%m%d}{place:05d}",
            channel_refund_number="" if row["kind"] == 1 else f"50{day:%Y%m%d}{place:05d}",
        )
        for place, row in enumerate(found)
    ]  # fmt: skip


def _fee(amount: int) -> int:
    return (amount * PPM + 500_000) // 1_000_000 * 1000


def _spoiled(rows: list[BillRow], *, spoil: bool) -> list[BillRow]:
    """One error of every kind among the day's payments."""
    paid = [row for row in rows if row.kind == 1 and row.amount > 1000]
    if not spoil or len(paid) < 6:
        return rows
    lost, off, twice, dear, shown = paid[:5]
    change: dict[str, Callable[[BillRow], list[BillRow]]] = {
        lost.own_number: lambda row: [],
        off.own_number: lambda row: [row._replace(amount=row.amount - 100)],
        twice.own_number: lambda row: [row, row._replace(at=row.at + 60_000_000)],
        dear.own_number: lambda row: [row._replace(fee_milli=row.fee_milli + 250_000)],
        shown.own_number: lambda row: [
            row,
            row._replace(own_number="X-2011-77", channel_number="429999", amount=4_200),
        ],
    }
    found = [new for row in rows for new in change.get(row.own_number, lambda row: [row])(row)]
    refunds = [place for place, row in enumerate(found) if row.kind == 2]
    if refunds:
        found[refunds[0]] = found[refunds[0]]._replace(state=3)
    return found


def _moves(rows: list[BillRow], day: date) -> list[BillRow]:
    """The fund bill of these rows: payments, refunds that were paid, and each fee as a row of its own."""
    found = []
    for place, row in enumerate(rows):
        if row.state == 3:
            continue
        number = row.channel_number if row.kind == 1 else row.channel_refund_number
        named = {"channel_number": number, "own_number": row.own_number or row.own_refund_number,
                 "flow_number": f"F{day:%m%d}{place:05d}"}  # fmt: skip
        found.append(BillRow(0, row.kind, row.at, row.amount, **named))
        if row.fee_milli:
            found.append(BillRow(0, 3, row.at, -(row.fee_milli // 1000), **named))
    return found


def _statement(arrived: list[tuple[date, int]], currency: str) -> bytes:
    lines = ["交易日期,收入金额,支出金额,凭证号,摘要"]
    lines += [
        f"{day},{format_plain(amount, currency)},,F{day - timedelta(days=1):%Y%m%d},settlement"
        for day, amount in arrived
    ]
    return ("\n".join(lines) + "\n").encode()


def _take(
    account: OwnAccount, channel: str, folder: str, name: str, content: bytes, day: date | None, at: datetime
) -> None:
    path = Path(folder) / name
    path.write_bytes(content)
    bill_received(own_account=account, channel=channel, path=path, day=day, clock=lambda: at, actor=MAKER)
