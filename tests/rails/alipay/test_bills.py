"""Bills of the sandbox, fetched by our channel and read by our readers."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.rails.alipay.conftest import BEGIN, Shop
from tests.rails.sandboxes import Receiver, running
from tests.settlement.reconciliation.channels import ChannelStory, paid_at_once
from zhanggui.config.bill_readers import connect_bill_readers
from zhanggui.payments.channel import ChannelRefused, ShareBack
from zhanggui.payments.splitting import ReceiverKind, ShareAsked, SplitAsked, SplitReceiver
from zhanggui.rails.alipay.making import make_channel
from zhanggui.rails.alipay.transfers import TransferAsked
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.files.opening import open_bill
from zhanggui.settlement.reconciliation.kinds import RowKind
from zhanggui.settlement.reconciliation.readers import reader_for
from zhanggui.settlement.reconciliation.records import BillContent, BillRow, Expected

DAY = BEGIN.date()
SUPPLIER = SplitReceiver(ReceiverKind.MERCHANT, "2088100000000011")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Shop]:
    """A sandbox that nobody else uses, with a day of trade: two sales, a split, a refund, a payout."""
    with running("zhanggui.rails.alipay.sandbox", tmp_path_factory.mktemp("bills")) as sandbox:
        sandbox.set_clock(BEGIN.isoformat())
        sandbox.steer("POST", "callbacks", {"sent": False})
        channel = make_channel(sandbox.client["settings"], sandbox.client["secrets"])
        shop = Shop(sandbox, channel, receiver)
        channel.add_receiver(SUPPLIER, now=shop.now)
        sold = shop.paid(10000, number="P20261003100000SALE1", splits=True)
        shop.step(minutes=1)
        shop.paid(50, number="P20261003100000SALE2")
        shop.step(minutes=1)
        charge = channel.query_charge(sold.number, now=shop.now).channel_number
        split = SplitAsked("S1", charge, [ShareAsked(SUPPLIER, 1500, "货款")], last=False)
        channel.split(split, now=shop.now)
        shop.step(hours=1)
        back = (ShareBack(SUPPLIER.account, 300),)
        channel.refund(shop.refund(sold, 2500, "R20261003110100BACK1", shares_back=back), now=shop.now)
        channel.transfer(TransferAsked("T1", 9900, "2088000000000011", "", "出款"), now=shop.now)
        shop.now += timedelta(days=1)
        shop.step()
        yield shop
        channel.close()


def fetched(shop: Shop, kind: str, folder: Path) -> tuple[BillContent, list[BillRow]]:
    connect_bill_readers()
    bill = shop.channel.fetch_bill(kind=kind, day=DAY, now=shop.now)
    path = folder / bill.name
    path.write_bytes(bill.content)
    files = open_bill(path)
    content = reader_for("alipay", files).read(
        files, Expected("CNY", shop.channel.seller_id, ZoneInfo("Asia/Shanghai"))
    )
    return content, list(content.rows)


def test_the_trade_bill_has_what_was_sold_and_given_back(shop: Shop, tmp_path: Path) -> None:
    content, rows = fetched(shop, "trade", tmp_path)
    assert (content.form, content.starts_on) == ("alipay.trade", DAY)
    assert [(row.kind, row.amount, row.fee_milli, row.own_number, row.own_refund_number) for row in rows] == [
        (RowKind.PAYMENT, 10000, 60_000, "P20261003100000SALE1", ""),
        (RowKind.PAYMENT, 50, 0, "P20261003100000SALE2", ""),
        (RowKind.REFUND, -2500, -15_000, "P20261003100000SALE1", "R20261003110100BACK1"),
    ]


def test_the_account_bill_has_every_move_in_a_chain(shop: Shop, tmp_path: Path) -> None:
    content, rows = fetched(shop, "fund", tmp_path)
    assert [(row.kind, row.amount, row.title) for row in rows] == [
        (RowKind.PAYMENT, 10000, "交易付款"), (RowKind.FEE, -60, "收费"), (RowKind.PAYMENT, 50, "交易付款"),
        (RowKind.SHARE, -1500, "交易分账"), (RowKind.SHARE, 300, "退分账"), (RowKind.REFUND, -2500, "交易退款"),
        (RowKind.FEE_BACK, 15, "退费"), (RowKind.OTHER_OUT, -9900, "转账"),
    ]  # fmt: skip
    assert content.opening == 100_000_00
    assert content.closing == 100_000_00 + sum(row.amount for row in rows)


@pytest.mark.django_db
def test_a_charge_for_two_shops_is_one_row_and_reconciles(shop: Shop, tmp_path: Path) -> None:
    books = ChannelStory(tmp_path)
    alipay = OwnAccount.objects.create(
        code="alipay-main", name={"zh": "支付宝"}, kind="channel", entity=books.wechat.entity, currency="CNY",
        rail="alipay", details={"merchant_number": shop.channel.seller_id, "payment_methods": ["alipay"]},
    )  # fmt: skip
    numbers = ("P20261003100000SALE1", "P20261003100000SALE2")
    charges = [shop.channel.query_charge(number, now=shop.now).channel_number for number in numbers]
    first = "order merchant goods day\nA1 m1 60.00 2026-10-03T10:00\nA2 m2 40.00 2026-10-03T10:00"
    books.receive(
        *paid_at_once(numbers[0], first, charges[0]),
        *paid_at_once(numbers[1], "order merchant goods day\nA3 m1 0.50 2026-10-03T10:01", charges[1]),
    )
    books.refunds("refund order goods day\nR20261003110100BACK1 A2 25.00 2026-10-03T11:02")
    bill = shop.channel.fetch_bill(kind="trade", day=DAY, now=shop.now)
    [run] = books.receive_bill(alipay, "alipay", books.write(bill.content, bill.name)).runs
    assert (run.matched_count, run.our_minor, run.their_minor) == (3, 7550, 7550)
    assert books.differences() == ""


@pytest.mark.parametrize("kind", ["trade", "fund"])
def test_a_day_without_trade_has_no_bill(shop: Shop, kind: str) -> None:
    with pytest.raises(ChannelRefused) as refused:
        shop.channel.fetch_bill(kind=kind, day=DAY - timedelta(days=1), now=shop.now)
    assert refused.value.code == "isp.bill_not_exist"


def test_today_has_none_yet(shop: Shop) -> None:
    with pytest.raises(ChannelRefused):
        shop.channel.fetch_bill(kind="trade", day=shop.now.date(), now=shop.now)


def test_other_bills_are_not_offered(shop: Shop) -> None:
    with pytest.raises(ChannelRefused):
        shop.channel.fetch_bill(kind="split", day=date(2026, 10, 3), now=shop.now)


def test_a_month_is_one_bill(shop: Shop) -> None:
    shop.now += timedelta(days=40)
    shop.step()
    business = {"bill_type": "trade", "bill_date": "2026-10"}
    answer = shop.channel.gateway.ask(
        "alipay.data.dataservice.bill.downloadurl.query", business, now=shop.now
    )
    assert shop.channel.gateway.download(answer["bill_download_url"]).startswith(b"PK")


def test_the_link_dies_after_half_a_minute(shop: Shop) -> None:
    business = {"bill_type": "trade", "bill_date": "2026-10-03"}
    answer = shop.channel.gateway.ask(
        "alipay.data.dataservice.bill.downloadurl.query", business, now=shop.now
    )
    shop.step(seconds=31)
    assert httpx.get(answer["bill_download_url"], trust_env=False).status_code == 403
