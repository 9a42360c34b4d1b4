"""The mall's payments as the channel bills them day by day, one day with an error of every kind, and what follows.

The bills are made from the mall's own payments, always the same way: which rows are spoiled is counted, not drawn.
Every evening the channel sends what it holds to our bank, which states it the next day.
"""

import tempfile
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bill_received import bill_received
from zhanggui.journeys.difference_settled import resolution_proposed
from zhanggui.money.decimals import format_plain
from zhanggui.portals.shell.moments import zone
from zhanggui.rails.wechat_pay.bill_writing import fund_bill, trade_bill
from zhanggui.rows.times import microseconds
from zhanggui.settlement.collections.models import Receipt
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.payouts.models import AttemptState, PayoutAttempt, PayoutState
from zhanggui.settlement.reconciliation.matching.ours import movements_of
from zhanggui.settlement.reconciliation.models import Bill, Difference
from zhanggui.settlement.reconciliation.operations.set_reconciliation_rule import (
    RuleSettings,
    set_reconciliation_rule,
)
from zhanggui.settlement.reconciliation.queries import window_of
from zhanggui.settlement.reconciliation.records import BillRow

MALL = "online-retail"
MERCHANT = "1900009231"
SPOILED = date(2011, 10, 4)
"""The day whose bill is wrong."""
CHARGED = date(2011, 10, 18)
"""The day on which the channel takes a yearly charge from what it holds: in its fund bill alone."""
CHARGE = 12_00
LATE = date(2011, 10, 27)
"""The day whose last payment, at 19:56, comes with the bill of the next day."""
EVENING = 270
"""Minutes around the day's cut within which a lone row waits: this shop sells from eight to eight."""
PPM = 6000
BANK = "bank-gbp"
MAKER, CHECKER = "finance", "controller"


def open_channel(at: datetime) -> None:
    """The mall's account at the channel, which settles to our bank, and what its fees should be."""
    line = business_line(MALL)
    entity = SettlementEntity.objects.get(id=line.settlementterms_set.order_by("id")[0].entity_id)
    channel = OwnAccount.objects.create(
        entity=entity, currency=line.currency, code="wechat-mall", kind="channel", rail="",
        name={"zh": "微信支付（商城）", "en": "WeChat Pay (mall)"},
        details={"channel": "wechat", "merchant_number": MERCHANT, "business_lines": [MALL], "settles_to": BANK},
    )  # fmt: skip
    set_reconciliation_rule(
        account=channel.code,
        settings=RuleSettings(expected_fee_ppm=PPM, cut_minutes=EVENING),
        at=at,
        actor="zhanggui demo",
    )


def bills_of(year: int, month: int) -> Callable[[datetime], None]:
    """Take in a month: a trade bill and a fund bill of every day on which something moved, the bank's statement."""

    def act(at: datetime) -> None:
        channel, bank = OwnAccount.objects.get(code="wechat-mall"), OwnAccount.objects.get(code=BANK)
        arrived: list[tuple[date, int]] = []
        with tempfile.TemporaryDirectory(prefix="zhanggui-demo-") as folder:
            take = partial(_take, folder=folder, at=at)
            held, late = _held(channel), list[BillRow]()
            for number in range(1, monthrange(year, month)[1] + 1):
                day = date(year, month, number)
                rows = late + _spoiled(_honest(channel, day), spoil=day == SPOILED)
                rows, late = _cut(rows, day)
                if rows:
                    held = _day(channel, day, rows, held, arrived, take)
        take_bank_statement(bank, year, month, arrived, at)

    return act


def take_bank_statement(
    bank: OwnAccount, year: int, month: int, arrived: list[tuple[date, int]], at: datetime
) -> None:
    """Take in the bank's statement of a month: what came from a channel, what we paid, what others paid in."""
    stated = [*_arrivals(arrived), *_payments(bank, year, month), *_receipts(bank, year, month)]
    with tempfile.TemporaryDirectory(prefix="zhanggui-demo-") as folder:
        _take(
            bank, "bank", f"bank-{year}-{month:02}.csv", _statement(stated, bank.currency), None, folder=folder,
            at=at,
        )  # fmt: skip


def _held(channel: OwnAccount) -> int:
    """What the channel held after the last fund bill."""
    last = Bill.objects.filter(own_account_id=channel.id, closing_minor__isnull=False).order_by(
        "-ends_before"
    )
    return last[0].closing_minor or 0 if last else 0


def _day(
    channel: OwnAccount, day: date, rows: list[BillRow], held: int, arrived: list[tuple[date, int]],
    take: Callable[..., None],
) -> int:  # fmt: skip
    """Take in a day's two bills; what the channel holds after it: nothing, or less than nothing."""
    moves = _moves(rows, day)
    leaves = held + sum(move.amount for move in moves)
    evening = microseconds(datetime(day.year, day.month, day.day, 23, 30, tzinfo=zone()))
    if leaves > 0:
        moves.append(
            BillRow(0, 5, evening, -leaves, channel_number=f"W{day:%Y%m%d}", flow_number=f"F{day:%Y%m%d}")
        )
        arrived.append((day + timedelta(days=1), leaves))
    trade = trade_bill(rows, merchant=MERCHANT, currency=channel.currency, zone=zone())
    take(channel, "wechat", f"trade-{day}.csv", trade, day)
    fund = fund_bill(moves, opening=held, currency=channel.currency, zone=zone())
    take(channel, "wechat", f"fund-{day}.csv", fund, day)
    return min(leaves, 0)


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


def _cut(rows: list[BillRow], day: date) -> tuple[list[BillRow], list[BillRow]]:
    """What the channel bills on a day, and what it bills on the next: the last payment of one day, after its cut."""
    last = max((row for row in rows if row.kind == 1), key=lambda row: row.at, default=None)
    if day != LATE or last is None:
        return rows, []
    morrow = datetime.combine(day + timedelta(days=1), time(0, 5), zone())
    return [row for row in rows if row is not last], [last._replace(at=microseconds(morrow))]


def _moves(rows: list[BillRow], day: date) -> list[BillRow]:
    """The fund bill of these rows: payments, refunds that were paid, each fee as a row of its own, and once a charge
    that is in no trade bill."""
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
    if day == CHARGED:
        noon = microseconds(datetime.combine(day, time(12), zone()))
        found.append(BillRow(0, 7, noon, -CHARGE, channel_number="S2011", flow_number=f"S{day:%Y%m%d}"))
    return found


class _Booked(NamedTuple):
    """A line of the bank's statement; minor units, positive in."""

    day: date
    amount: int
    number: str
    memo: str


def _arrivals(arrived: list[tuple[date, int]]) -> Iterator[_Booked]:
    for day, amount in arrived:
        yield _Booked(day, amount, f"F{day - timedelta(days=1):%Y%m%d}", "settlement")


def _payments(bank: OwnAccount, year: int, month: int) -> Iterator[_Booked]:
    """What went out to the shops in a month, and what came back."""
    paid = PayoutAttempt.objects.filter(payout__own_account_id=bank.id, state=AttemptState.EXECUTED)
    for one in paid.select_related("payout").order_by("id"):
        went = (one.answered_at or one.recorded_at).astimezone(zone()).date()
        if (went.year, went.month) == (year, month):
            yield _Booked(went, -one.amount_minor, one.reference, "payment")
        back = one.payout.ended_at
        if one.payout.state == PayoutState.RETURNED and back is not None:
            day = back.astimezone(zone()).date()
            if (day.year, day.month) == (year, month):
                yield _Booked(day, one.amount_minor, one.end_to_end, "returned")


def _receipts(bank: OwnAccount, year: int, month: int) -> Iterator[_Booked]:
    """What somebody else paid in."""
    found = Receipt.objects.filter(
        own_account_id=bank.id, received_on__year=year, received_on__month=month, reversed_at__isnull=True
    )
    for one in found.order_by("id"):
        yield _Booked(one.received_on, one.amount_minor, one.bank_reference, one.payer)


def _statement(booked: list[_Booked], currency: str) -> bytes:
    lines = ["交易日期,收入金额,支出金额,凭证号,摘要"]
    for one in sorted(booked):
        amount = format_plain(abs(one.amount), currency)
        sides = f"{amount}," if one.amount > 0 else f",{amount}"
        lines.append(f"{one.day},{sides},{one.number},{one.memo}")
    return ("\n".join(lines) + "\n").encode()


def _take(
    account: OwnAccount,
    channel: str,
    name: str,
    content: bytes,
    day: date | None,
    *,
    folder: str,
    at: datetime,
) -> None:
    path = Path(folder) / name
    path.write_bytes(content)
    bill_received(own_account=account, channel=channel, path=path, day=day, clock=lambda: at, actor=MAKER)
