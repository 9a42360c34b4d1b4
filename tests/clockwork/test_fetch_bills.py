"""Bills that were put into an account's folder are taken in, once, and what cannot be is put aside with its reason."""

from pathlib import Path

import pytest

from tests.settlement.reconciliation.channels import MERCHANT, ChannelStory, bill_rows
from tests.settlement.story import ZONE
from zhanggui.clockwork import fetch_bills as fetching
from zhanggui.clockwork.errors import BillsRefused
from zhanggui.clockwork.fetch_bills import fetch_bills
from zhanggui.rails.wechat_pay.bill_writing import fund_bill, trade_bill
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.models import Bill, ReconciliationRun

pytestmark = pytest.mark.django_db
PAID = "kind own amount fee day\npay A1 100.00 0.60 2026-03-02"
MOVED = """
    kind own amount day        channel
    pay  A1  100.00 2026-03-02 42A1
    fee  A1  -0.60  2026-03-02 42A1
"""


@pytest.fixture
def story(tmp_path: Path) -> ChannelStory:
    found = ChannelStory(tmp_path)
    found.orders("order merchant goods day\nA1 m1 100.00 2026-03-02")
    (tmp_path / "wechat-main").mkdir()
    return found


def put(story: ChannelStory, name: str, content: bytes) -> Path:
    path = story.folder / "wechat-main" / name
    path.write_bytes(content)
    return path


def trade(story: ChannelStory) -> bytes:
    return trade_bill(bill_rows(PAID), merchant=MERCHANT, currency=story.currency, zone=ZONE)


def fetched(story: ChannelStory) -> list[str]:
    return fetch_bills(folder=story.folder, clock=story.clock, actor="clockwork")


def test_what_lies_there_is_taken_in_and_matched_once(story: ChannelStory) -> None:
    moved = fund_bill(bill_rows(MOVED), opening=0, currency=story.currency, zone=ZONE)
    trade_path, fund_path = put(story, "1-trade.csv", trade(story)), put(story, "2-fund.csv", moved)
    assert fetched(story) == ["wechat-main/1-trade.csv", "wechat-main/2-fund.csv"]
    assert list(Bill.objects.order_by("id").values_list("kind", flat=True)) == ["trade", "fund"]
    assert story.differences() == ""
    assert not trade_path.exists() and not fund_path.exists()
    assert sorted(path.name for path in (trade_path.parent / "read").iterdir()) == [
        "1-trade.csv",
        "2-fund.csv",
    ]
    runs = ReconciliationRun.objects.count()
    assert fetched(story) == []
    assert (Bill.objects.count(), ReconciliationRun.objects.count()) == (2, runs)


def test_a_process_killed_before_it_put_the_file_aside_changes_nothing(
    story: ChannelStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(story, "trade.csv", trade(story))

    def killed(path: Path, place: str) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(fetching, "_put", killed)
        with pytest.raises(KeyboardInterrupt):
            fetched(story)
    assert Bill.objects.count() == 1
    balances = story.balances()
    assert fetched(story) == ["wechat-main/trade.csv"]
    assert Bill.objects.count() == 1 and story.balances() == balances


def test_what_cannot_be_taken_in_is_put_aside_and_the_rest_is_taken(story: ChannelStory) -> None:
    for name in ("0-broken.csv", "0-broken.csv"):
        put(story, name, "交易时间,公众账号ID\n".encode())
        put(story, "1-trade.csv", trade(story))
        with pytest.raises(BillsRefused, match=r"wechat-main/0-broken\.csv: .+mend|mend them") as refused:
            fetched(story)
        assert refused.value.code == "bills_refused"
    aside = story.folder / "wechat-main" / "refused"
    assert sorted(path.name for path in aside.iterdir()) == [
        "0-broken-2.csv", "0-broken-2.csv.reason.txt", "0-broken.csv", "0-broken.csv.reason.txt",
    ]  # fmt: skip
    assert (aside / "0-broken.csv.reason.txt").read_text("utf-8").startswith("bill_")
    assert Bill.objects.count() == 1


def test_what_is_being_written_and_closed_accounts_are_left_alone(story: ChannelStory) -> None:
    put(story, ".trade.csv.part", b"half")
    assert fetched(story) == []
    put(story, "trade.csv", trade(story))
    OwnAccount.objects.filter(code="wechat-main").update(active=False)
    assert fetched(story) == [] and Bill.objects.count() == 0
