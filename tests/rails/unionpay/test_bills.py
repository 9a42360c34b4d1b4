"""Settlement files of the sandbox, fetched by our channel and read by our reader."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.rails.sandboxes import Receiver, running
from tests.rails.unionpay.conftest import BEGIN, Shop
from tests.settlement.reconciliation.channels import ChannelStory, paid_at_once
from zhanggui.config.bill_readers import connect_bill_readers
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.rails.unionpay.making import make_channel
from zhanggui.rows.times import microseconds
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.files.opening import open_bill
from zhanggui.settlement.reconciliation.kinds import RowKind
from zhanggui.settlement.reconciliation.readers import reader_for
from zhanggui.settlement.reconciliation.records import BillContent, BillRow, Expected

DAY = BEGIN.date()
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Shop]:
    """A sandbox that nobody else uses, with a clearing day: a sale, a part of it given back, one revoked, and at ten
    past eleven in the evening a sale of the next day."""
    with running("zhanggui.rails.unionpay.sandbox", tmp_path_factory.mktemp("bills")) as sandbox:
        sandbox.set_clock(BEGIN.isoformat())
        sandbox.steer("POST", "callbacks", {"sent": False})
        channel = make_channel(sandbox.client["settings"], sandbox.client["secrets"])
        shop = Shop(sandbox, channel, receiver)
        sold = shop.paid(12345, number="P20261003100000SALE1")
        revoked = shop.paid(5000, number="P20261003100000SALE2")
        shop.step(hours=1)
        channel.refund(shop.refund(sold, 2000, "R20261003110000BACK1"), now=shop.now)
        channel.revoke(shop.refund(revoked, 5000, "R20261003110000BACK2"), now=shop.now)
        shop.step(hours=12, minutes=10)
        shop.paid(100, number="P20261003231000SALE3")
        shop.step(days=1)
        yield shop
        channel.close()


def fetched(shop: Shop, folder: Path, day_after: int = 0) -> tuple[BillContent, list[BillRow]]:
    connect_bill_readers()
    bill = shop.channel.fetch_bill(kind="trade", day=DAY + timedelta(days=day_after), now=shop.now)
    path = folder / bill.name
    path.write_bytes(bill.content)
    files = open_bill(path)
    content = reader_for("unionpay", files).read(files, Expected("CNY", shop.channel.gateway.merchant, ZONE))
    return content, list(content.rows)


def test_a_clearing_day_is_read_back(shop: Shop, tmp_path: Path) -> None:
    content, rows = fetched(shop, tmp_path)
    assert (content.form, content.starts_on, content.merchant_number) == (
        "unionpay.zm", DAY, shop.channel.gateway.merchant,
    )  # fmt: skip
    assert [(row.kind, row.amount, row.fee_milli, row.own_number, row.own_refund_number, row.title) for row in rows] == [
        (RowKind.PAYMENT, 12345, 74_000, "P20261003100000SALE1", "", "S22"),
        (RowKind.PAYMENT, 5000, 30_000, "P20261003100000SALE2", "", "S22"),
        (RowKind.REFUND, -2000, -11_000, "", "R20261003110000BACK1", "S30"),
        (RowKind.REFUND, -5000, -30_000, "", "R20261003110000BACK2", "S31"),
    ]  # fmt: skip
    assert rows[2].channel_number == rows[0].channel_number
    assert rows[0].at == microseconds(BEGIN)


@pytest.mark.django_db
def test_a_charge_for_two_shops_is_one_row_and_reconciles(shop: Shop, tmp_path: Path) -> None:
    books = ChannelStory(tmp_path)
    unionpay = OwnAccount.objects.create(
        code="unionpay-main", name={"zh": "银联"}, kind="channel", entity=books.wechat.entity, currency="CNY",
        rail="unionpay", details={"merchant_number": shop.channel.gateway.merchant, "payment_methods": ["alipay"]},
    )  # fmt: skip
    rows = fetched(shop, tmp_path)[1]
    first = "order merchant goods day\nA1 m1 100.00 2026-10-03T10:00\nA2 m2 23.45 2026-10-03T10:00"
    second = "order merchant goods day\nA3 m1 30.00 2026-10-03T10:00\nA4 m2 20.00 2026-10-03T10:00"
    books.receive(
        *paid_at_once(rows[0].own_number, first, rows[0].channel_number),
        *paid_at_once(rows[1].own_number, second, rows[1].channel_number),
    )
    books.refunds("""
        refund               order goods day
        R20261003110000BACK1 A1    20.00 2026-10-03T11:00
        R20261003110000BACK2 A3    30.00 2026-10-03T11:00
        R20261003110000BACK2 A4    20.00 2026-10-03T11:00
    """)
    bill = shop.channel.fetch_bill(kind="trade", day=DAY, now=shop.now)
    [run] = books.receive_bill(unionpay, "unionpay", books.write(bill.content, bill.name)).runs
    assert (run.matched_count, run.our_minor, run.their_minor) == (4, 10345, 10345)
    assert books.differences() == ""


def test_after_23_o_clock_it_is_the_next_day(shop: Shop, tmp_path: Path) -> None:
    shop.step(days=1)
    _, [row] = fetched(shop, tmp_path, day_after=1)
    assert (row.own_number, row.amount) == ("P20261003231000SALE3", 100)


@pytest.mark.parametrize(("days", "code"), [(-1, "NO_FILE"), (100, "DAY_REFUSED"), (-400, "DAY_REFUSED")])
def test_a_day_without_a_file_is_refused(shop: Shop, days: int, code: str) -> None:
    with pytest.raises(ChannelRefused) as refused:
        shop.channel.fetch_bill(kind="trade", day=DAY + timedelta(days=days), now=shop.now)
    assert refused.value.code == code


def test_other_bills_are_not_offered(shop: Shop) -> None:
    with pytest.raises(ChannelRefused):
        shop.channel.fetch_bill(kind="fund", day=DAY, now=shop.now)


def test_a_gateway_that_does_not_know_is_asked_again(shop: Shop) -> None:
    shop.sandbox.fault("outcome", of="76", value="04")
    with pytest.raises(ChannelUnclear):
        shop.channel.fetch_bill(kind="trade", day=DAY, now=shop.now)
