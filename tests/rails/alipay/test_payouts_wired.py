"""Payouts to Alipay accounts, from a confirmed statement to what Alipay says of them, through the wired rail."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.rails.alipay.conftest import Shop
from tests.rails.bills_run import live, run_bill, stands
from tests.settlement.payouts.story import ZONE, PayoutStory, two_confirmed
from tests.settlement.story import text
from zhanggui.config.alipay_payouts import AlipayByAccount
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.journeys.bill_received import bill_run_again
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.wired import sealed_secrets
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.payouts.errors import ReceiverIncomplete
from zhanggui.settlement.payouts.models import PayoutAttempt, PayoutBatch, ReceiverKind
from zhanggui.settlement.payouts.rail import rail_named, register_rail
from zhanggui.settlement.payouts.rules import checked_alipay

AGREED = {
    "transfer_scene": "佣金报酬", "transfer_title": "一月货款",
    "transfer_reports": json.dumps({"佣金报酬说明": "一月货款"}),
}  # fmt: skip


@pytest.fixture
def story(shop: Shop, tmp_path: Path, db: None) -> Iterator[PayoutStory]:
    """m1 has an Alipay account and m2 a bank account; the mall has an account at a bank and one at Alipay."""
    told = two_confirmed()
    client = shop.sandbox.client
    seller = client["settings"]["seller_id"]
    PaymentChannel.objects.create(
        code="alipay", name={"en": "Alipay"}, rail="alipay", currency="CNY", account=seller, own_account="ali-1",
        settings=client["settings"] | AGREED, secrets_sealed=sealed_secrets(client["secrets"]),
    )  # fmt: skip
    open_own_account(
        code="ali-1", name={"en": "Alipay"}, kind=OwnAccountKind.CHANNEL, currency="CNY", rail="alipay",
        entity=SettlementEntity.objects.get(code="e1"), number="", holder="", at=told.clock(), actor="story",
        details={"channel": "alipay", "merchant_number": seller},
    )  # fmt: skip
    wired = rail_named("alipay")
    assert isinstance(wired, AlipayByAccount)
    register_rail("alipay", AlipayByAccount(tmp_path, clock=lambda: shop.now))
    told.receiver("m1", "shop.one@example.com", kind=ReceiverKind.ALIPAY)
    yield told
    register_rail("alipay", wired)


def proposed(story: PayoutStory) -> PayoutBatch:
    by_rail = {one.rail: one for one in story.propose().batches}
    assert sorted(by_rail) == ["alipay", "scripted"]
    return story.approve(by_rail["alipay"])


def read(story: PayoutStory) -> list[Any]:
    done, refused = inboxes_read(clock=story.clock, zone=ZONE, actor="clock")
    assert refused == []
    return done


def transfers(shop: Shop) -> list[dict[str, Any]]:
    """What the gateway was asked to pay."""
    asked = [one["body"] for one in shop.sandbox.steer("GET", "requests", path="/gateway.do")]
    return [one for one in asked if "alipay.fund.trans.uni.transfer" in one]


def test_a_payout_whose_answer_was_lost_is_one_transfer(shop: Shop, story: PayoutStory) -> None:
    batch = proposed(story)
    shop.sandbox.fault("lost", path="/gateway.do")
    assert story.send(batch).outcome == "unknown"
    assert story.ask() == 1
    assert PayoutAttempt.objects.get(payout=story.payout("m1")).state == "executed"
    assert len(transfers(shop)) == 1
    assert story.payouts() == text("m2 1 proposed 190.00 -\nm1 1 paid 95.00 -")
    # Its last word is offered once more by the folder, and changes nothing
    read(story)
    assert read(story) == []
    assert story.payout("m1").state == "paid"


def test_what_is_on_its_way_ends_and_what_came_back_has_returned(shop: Shop, story: PayoutStory) -> None:
    shop.sandbox.fault("outcome", of="transfer", value="DEALING")
    story.send(proposed(story))
    assert (story.payout("m1").state, read(story)) == ("sent", [])
    number = PayoutAttempt.objects.get(payout=story.payout("m1")).end_to_end.replace("-", "T")
    shop.sandbox.steer("POST", "end_transfer", {"out_biz_no": number, "status": "SUCCESS"})
    assert [one.effects for one in read(story)] == [{"applied": 1}]
    assert story.payout("m1").state == "paid"
    shop.sandbox.steer("POST", "end_transfer", {"out_biz_no": number, "status": "REFUND"})
    assert read(story) == [], "it is asked after once a day"
    shop.step(days=1)
    assert [one.effects for one in read(story)] == [{"applied": 1}]
    assert story.payout("m1").state == "returned"
    [again] = story.retry(story.payout("m1").number)
    assert again.rail == "alipay"


def test_the_account_bills_have_each_transfer_its_fee_and_what_came_back(
    shop: Shop, story: PayoutStory, tmp_path: Path
) -> None:
    """At 23:59 one leaves at once, comes back days later; one is booked after midnight and fails on its way."""
    own = OwnAccount.objects.get(code="ali-1")
    own.details |= {"max_payment_minor": 6000}
    own.save()
    shop.sandbox.steer("POST", "transfer_fee", {"ppm": 10_000})
    story.now = shop.now = story.now.replace(hour=15, minute=59)
    shop.step()
    first = story.now.astimezone(ZONE).date()
    shop.sandbox.fault("slow", of="transfer", seconds=120)
    shop.sandbox.fault("outcome", of="transfer", value="DEALING")
    story.send(proposed(story))
    shop.sandbox.steer("POST", "transfer_fee", {"ppm": 0})
    read(story)
    dealing, paid = PayoutAttempt.objects.order_by("-amount_minor")
    shop.step(hours=12)
    ends = [(dealing, "FAIL"), (paid, "REFUND")]
    for one, status in ends:
        number = one.end_to_end.replace("-", "T")
        shop.sandbox.steer("POST", "end_transfer", {"out_biz_no": number, "status": status})
    shop.step(hours=24)
    told = {"own": "ali-1", "kind": "fund", "now": shop.now}
    story.now = shop.now
    run_bill(story, shop.channel, tmp_path, day=first, **told)
    assert (stands(story, "1012.02"), stands(story, "1012.05"), stands(story, "6603"), live()) == (
        -3535,
        0,
        35,
        [],
    )
    # The second day has both back before our side heard of the one that was paid.
    bill = run_bill(story, shop.channel, tmp_path, day=first + timedelta(days=1), **told)
    assert live() == [("missing_here", "open", 0, 3500)]
    read(story)
    assert story.payouts() == text("""
        m2 1 proposed 190.00 -
        m1 1 failed 60.00 PAYEE_CARD_INFO_ERROR
        m1 2 returned 35.00 PAYEE_CARD_INFO_ERROR
    """)
    assert bill_run_again(bill_id=bill.id, clock=story.clock, actor="x")[0].matched_minor == 3500
    left = [stands(story, one) for one in ("1012.02", "1012.05", "2241.07", "6603")]
    assert (left, live()) == ([0, 0, 0, 0], [])


def test_a_refusal_fails_and_nothing_is_paid_without_certificates(shop: Shop, story: PayoutStory) -> None:
    batch = proposed(story)
    refusal = {"of": "alipay.fund.trans.uni.transfer", "value": "PAYER_BALANCE_NOT_ENOUGH"}
    shop.sandbox.fault("outcome", **refusal)
    assert story.send(batch).outcome == "not_taken"
    PaymentChannel.objects.update(secrets_sealed=sealed_secrets({
        "app_private_key": shop.sandbox.client["secrets"]["app_private_key"],
        "alipay_public_key": shop.sandbox.client["secrets"].get("alipay_public_key", ""),
    }))  # fmt: skip
    assert story.send(batch).outcome == "not_taken"
    assert story.payout("m1").state == "approved"


def test_what_is_no_alipay_account_is_refused() -> None:
    for good in (
        "2088000000000011",
        "13800138000",
        "a.b@example.com",
        "63-9123456789",
        "074a1CcTG1LelxKe4xQC0zgNdI",
    ):
        assert checked_alipay(good) == good
    for wrong in ("6217001234567890123", "2088", "张三", "a@b", "138001380001"):
        with pytest.raises(ReceiverIncomplete):
            checked_alipay(wrong)
