"""A month of Olist payments as WeChat and Alipay bills, with errors put in by seed: just those are found."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.real_data.market import DATA, balances, clock, needs, opened, taken_in
from tests.settlement.story import ZONE
from zhanggui.journeys.bill_received import bill_received
from zhanggui.journeys.orders_received import orders_received
from zhanggui.rails.alipay.bill_writing import trade_zip
from zhanggui.rails.wechat_pay.bill_writing import trade_bill
from zhanggui.rows.times import microseconds, moment
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.entities.models import BusinessLine, OwnAccount, SettlementEntity
from zhanggui.settlement.intake.operations.import_orders import Source
from zhanggui.settlement.intake.records import RefundRecord
from zhanggui.settlement.reconciliation.models import Difference, ReconciliationMatch, ReconciliationRule
from zhanggui.settlement.reconciliation.records import BillRow

MINUTE = 60_000_000
PAID = """
select o.order_no, p.sequence, p.amount_minor as amount, coalesce(o.paid_at, o.ordered_at) as at, d.code as method,
  row_number() over (partition by o.id order by p.sequence) as place
from settlement_staged_payment p join settlement_staged_order o on o.id = p.order_id
join settlement_dimension d on d.id = p.method_id
where o.paid_minor > 0 order by 4, 1, 2
"""


class Injected:
    """What was put in, as (kind, number)."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.found: Counter[tuple[str, str]] = Counter()
        self.late: set[str] = set()

    def spoil(self, rows: list[BillRow], *, cut: bool) -> list[BillRow]:
        """The rows as a channel that errs would bill them."""
        safe = [row for row in rows if not _near_cut(row) and row.amount > 1000]
        chosen = self.dice.sample(safe, 12)
        kept = {row.own_number: [row] for row in rows}
        for row in chosen[:3]:
            kept[row.own_number] = []
            self.found["missing_there", row.own_number] += 1
        for row in chosen[3:6]:
            kept[row.own_number] = [row._replace(amount=row.amount + self.dice.choice((-100, 1, 950)))]
            self.found["amount", row.own_number] += 1
        for row in chosen[6:8]:
            kept[row.own_number] = [row, row]
            self.found["duplicate", row.own_number] += 1
        for row in chosen[8:10]:
            kept[row.own_number] = [row._replace(fee_milli=row.fee_milli + 50_000)]
            self.found["fee", row.own_number] += 1
        for row in chosen[10:]:
            stranger = row._replace(
                own_number=f"unknown-{row.own_number[:20]}", channel_number=f"9{row.own_number[:20]}"
            )
            kept[row.own_number] = [row, stranger]
            self.found["missing_here", stranger.own_number] += 1
        last = max(_day(row) for row in rows)
        for row in [one for one in rows if cut and _late(one) and _day(one) < last][:3]:
            kept[row.own_number] = [row._replace(at=row.at + 45 * MINUTE)]
            self.late.add(row.own_number)
        return sorted((row for found in kept.values() for row in found), key=lambda row: row.at)


def _local(row: BillRow) -> Any:
    return moment(row.at).astimezone(ZONE)


def _day(row: BillRow) -> date:
    found: date = _local(row).date()
    return found


def _near_cut(row: BillRow) -> bool:
    minutes = _local(row).hour * 60 + _local(row).minute
    return minutes < 40 or minutes > 1400


def _late(row: BillRow) -> bool:
    return _local(row).hour == 23 and _local(row).minute >= 32


def bill_of(paid: list[dict[str, Any]]) -> list[BillRow]:
    """What was paid, as an honest channel would bill it: 0.6 %, in whole cents."""
    return [
        BillRow(
            number=0, kind=1, at=microseconds(row["at"]), amount=row["amount"],
            fee_milli=(row["amount"] * 6 + 500) // 1000 * 1000,
            own_number=row["order_no"] if row["place"] == 1 else f"{row['order_no']}-{row['sequence']}",
            channel_number=f"42{number:012d}",
        )
        for number, row in enumerate(paid)
    ]  # fmt: skip


def refunds_of(line: BusinessLine, rows: list[BillRow]) -> list[BillRow]:
    """Four refunds of real lines, as they come in and as the channel bills them; it closed the last one."""
    numbers = [row.own_number for row in rows if "-" not in row.own_number]
    lines = rows_of(
        "select o.order_no, l.line_no, l.goods_minor as goods from settlement_staged_line l"
        " join settlement_staged_order o on o.id = l.order_id where o.order_no = any(%s) and o.status <> 9"
        " and o.paid_minor >= l.goods_minor and l.line_no = '1' order by o.order_no limit 4",
        [numbers],
    )
    at = moment(rows[len(rows) // 2].at).astimezone(ZONE).replace(hour=12)
    records = [
        RefundRecord(
            row=number, refund_no=f"R{number}", order_no=row["order_no"], line_no=row["line_no"], quantity=1,
            goods=row["goods"], refunded_at=at,
        )
        for number, row in enumerate(lines, start=1)
    ]  # fmt: skip
    source = Source("story", "refunds", b"refunds".ljust(32), records)
    taken = orders_received(business_line=line, source=source, clock=clock, zone=ZONE, actor="real data")
    assert taken.totals["refunds_accepted"] == 4
    return [
        BillRow(
            number=0, kind=2, at=microseconds(at), amount=-one.goods, state=3 if one.refund_no == "R4" else 1,
            own_number=one.order_no, own_refund_number=one.refund_no, channel_refund_number=f"50{one.refund_no}",
        )
        for one in records
    ]  # fmt: skip


def by_day(rows: list[BillRow]) -> Iterator[tuple[date, list[BillRow]]]:
    """The rows of each day."""
    for day in sorted({_day(row) for row in rows}):
        yield day, [row for row in rows if _day(row) == day]


@needs("olist")
@pytest.mark.slow
@pytest.mark.django_db
def test_a_month_of_bills_shows_just_what_was_put_in(tmp_path: Path, subtests: pytest.Subtests) -> None:
    line, _ = opened("olist")
    taken_in(line, "olist", DATA / "olist")
    entity = SettlementEntity.objects.get(id=line.settlementterms_set.first().entity_id)
    ReconciliationRule.objects.update_or_create(own_account_id=0, defaults={"expected_fee_ppm": 6000})
    paid = [row for row in rows_of(PAID, []) if row["amount"] > 0]
    months = Counter(row["at"].astimezone(ZONE).strftime("%Y-%m") for row in paid)
    month, _ = months.most_common(1)[0]
    paid = [row for row in paid if row["at"].astimezone(ZONE).strftime("%Y-%m") == month]
    made = {"kind": "channel", "entity": entity, "currency": line.currency, "name": {}}
    wechat = OwnAccount.objects.create(
        code="wechat",
        rail="wechat_pay",
        details={"merchant_number": "1", "payment_methods": ["credit_card"]},
        **made,
    )
    others = sorted({row["method"] for row in paid} - {"credit_card"})
    alipay = OwnAccount.objects.create(
        code="alipay", rail="alipay", details={"merchant_number": "2088", "payment_methods": others}, **made
    )
    injected = Injected(20180801)
    cards = bill_of([row for row in paid if row["method"] == "credit_card"])
    rest = bill_of([row for row in paid if row["method"] != "credit_card"])
    refunds = refunds_of(line, cards)
    billed_cards = injected.spoil(cards, cut=True) + refunds
    injected.found["state", "R4"] += 1
    billed_rest = injected.spoil(rest, cut=False)

    for day, rows in by_day(billed_cards):
        path = tmp_path / f"wechat-{day}.csv"
        path.write_bytes(trade_bill(rows, merchant="1", currency=line.currency, zone=ZONE))
        bill_received(
            own_account=wechat, channel="wechat", path=path, day=day, clock=clock, actor="real data"
        )
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    path = tmp_path / "alipay.zip"
    path.write_bytes(
        trade_zip(billed_rest, account="2088", first=first, last=last, currency=line.currency, zone=ZONE)
    )
    bill_received(own_account=alipay, channel="alipay", path=path, clock=clock, actor="real data")

    with subtests.test("just what was put in is found"):
        found = Counter(Difference.objects.exclude(state="cleared").values_list("kind", "reference"))
        assert found == injected.found and sum(found.values()) == 25
    with subtests.test("what crossed the cut of the day waited and cleared"):
        cleared = set(Difference.objects.filter(state="cleared").values_list("reference", flat=True))
        assert cleared == injected.late and injected.late
    with subtests.test("every other payment is matched, to the cent"):
        differing = {number for kind, number in injected.found if kind in ("missing_there", "amount", "fee")}
        honest = [row for row in [*cards, *rest] if row.own_number not in differing]
        matched = ReconciliationMatch.objects.filter(leg=1, our_kind=1)
        assert matched.count() == len(honest)
        assert sum(matched.values_list("our_minor", flat=True)) == sum(row.amount for row in honest)
    with subtests.test("the ledger stands where the channels say"):
        billed = [*billed_cards, *billed_rest]
        moved = sum(row.amount for row in billed if row.state != 3)
        assert balances()["1012.02"] == moved - sum(row.fee_milli for row in billed) // 1000
