"""Payouts to wallets, from a confirmed statement to what a person took on the page, through the wired rail."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from tests.rails.bills_run import live, run_bill, stands
from tests.rails.wechat_pay.till import Till
from tests.settlement.payouts.story import ZONE, PayoutStory, two_confirmed
from tests.settlement.story import text
from zhanggui.config.wallets import WalletsByAccount
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.journeys.payout_confirming import payout_confirming
from zhanggui.parties.models import Membership, Role, User
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.wired import sealed_secrets
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.payouts.models import PayoutAttempt, ReceiverKind
from zhanggui.settlement.payouts.rail import rail_named, register_rail

pytestmark = pytest.mark.django_db
AGREED = {
    "transfer_scene": "1005",
    "transfer_reports": json.dumps({"岗位类型": "分销员", "报酬说明": "一月货款"}),
}


@pytest.fixture
def story(till: Till, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PayoutStory]:
    """m1 has a wallet and m2 a bank account; the mall has an account at a bank and one at WeChat Pay."""
    monkeypatch.setattr("tests.settlement.story.LATE", till.now)
    till.sandbox.steer("POST", "top_up", {"amount": 10_000_000})
    told = two_confirmed()
    client = till.sandbox.client
    PaymentChannel.objects.create(
        code="wechat", name={"en": "WeChat Pay"}, rail="wechat_pay", currency="CNY", account="1900000001",
        settings=client["settings"] | AGREED, secrets_sealed=sealed_secrets(client["secrets"]), own_account="wx-1",
    )  # fmt: skip
    open_own_account(
        code="wx-1", name={"en": "WeChat Pay"}, kind=OwnAccountKind.CHANNEL, currency="CNY", rail="wechat_pay",
        entity=SettlementEntity.objects.get(code="e1"), number="", holder="", at=told.clock(), actor="story",
        details={"channel": "wechat", "merchant_number": "1900000001"},
    )  # fmt: skip
    wired = rail_named("wechat_pay")
    assert isinstance(wired, WalletsByAccount)
    register_rail("wechat_pay", WalletsByAccount(tmp_path, clock=lambda: till.now))
    told.receiver("m1", "oMerchantOne", kind=ReceiverKind.WALLET)
    yield told
    register_rail("wechat_pay", wired)


def read(story: PayoutStory) -> list[Any]:
    done, refused = inboxes_read(clock=story.clock, zone=ZONE, actor="clock")
    assert refused == []
    return done


def test_a_person_takes_a_payout_whose_answer_was_lost(till: Till, story: PayoutStory) -> None:
    before = till.balance()["balance"]
    by_bank, by_wallet = sorted(story.propose().batches, key=lambda one: one.rail)
    assert (by_bank.rail, by_wallet.rail, by_wallet.total_minor) == ("scripted", "wechat_pay", 9500)

    # The answer is lost: nobody knows, it is asked after, and it is one transfer
    till.sandbox.fault("lost", path="/v3/fund-app", method="POST")
    assert story.send(story.approve(by_wallet)).outcome == "unknown"
    assert story.ask() == 1
    attempt = PayoutAttempt.objects.get(payout=story.payout("m1"))
    assert (attempt.state, read(story)) == ("submitted", [])
    assert before - till.balance()["balance"] == 9500

    # Its owner finds the page for taking it, however often it is opened; nobody else does
    number = story.payout("m1").number
    user = User.objects.create_user("owner", language="en")
    Membership.objects.create(user=user, party_id=story.party("m1"), role=Role.MERCHANT_OWNER)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    assert f"/merchant/payouts/{number}/take/" in client.get(f"/merchant/payouts/{number}/").content.decode()
    page = client.get(f"/merchant/payouts/{number}/take/").content.decode()
    asked = payout_confirming(party_id=story.party("m1"), number=number)
    assert asked is not None and asked.merchant == "1900000001"
    assert asked.address in page and f'data-package="{asked.package_info}"' in page
    assert client.get(f"/merchant/payouts/{by_bank.payouts.get().number}/take/").status_code == 404
    assert before - till.balance()["balance"] == 9500

    # Taken, it is paid, once; then there is nothing to take any more
    httpx.post(asked.address, data={"act": "confirm"}, trust_env=False)
    assert [one.effects for one in read(story)] == [{"applied": 1}]
    assert read(story) == []
    assert story.payouts() == text("m2 1 proposed 190.00 -\nm1 1 paid 95.00 -")
    assert payout_confirming(party_id=story.party("m1"), number=number) is None
    assert "nothing to take" in client.get(f"/merchant/payouts/{number}/take/").content.decode()


def test_what_nobody_takes_comes_back_and_goes_again(till: Till, story: PayoutStory) -> None:
    batches = {one.rail: one for one in story.propose().batches}
    story.send(story.approve(batches["wechat_pay"]))
    till.step(hours=24)
    read(story)
    assert story.payout("m1").state == "failed"
    [again] = story.retry(story.payout("m1").number)
    assert (again.rail, OwnAccount.objects.get(id=again.own_account_id).code) == ("wechat_pay", "wx-1")


def test_the_fund_bills_have_each_transfer_the_next_day_and_what_came_back(
    till: Till, story: PayoutStory, tmp_path: Path
) -> None:
    """Sent at 23:59: one is booked after midnight and taken at once; one is taken by nobody and closed a day later."""
    OwnAccount.objects.filter(code="wx-1").update(
        details={"channel": "wechat", "merchant_number": "1900000001", "max_payment_minor": 6000}
    )
    story.now = till.step(hours=13, minutes=59)
    first = story.now.astimezone(ZONE).date()
    [batch] = [one for one in story.propose().batches if one.rail == "wechat_pay"]
    till.sandbox.fault("slow", of="transfer", seconds=120)
    story.send(story.approve(batch))
    number = PayoutAttempt.objects.filter(amount_minor=6000).get().end_to_end.replace("-", "T")
    till.sandbox.steer("POST", "confirm", {"out_bill_no": number})
    read(story)
    story.now = till.step(hours=24)
    read(story)
    assert story.payouts() == text(
        "m2 1 proposed 190.00 -\nm1 1 paid 60.00 -\nm1 2 failed 35.00 OVERDUE_CLOSE"
    )
    story.now = till.step(hours=10)
    told = {"own": "wx-1", "kind": "fund", "now": till.now}
    run_bill(story, till.channel, tmp_path, day=first, **told)
    paid_in = ("missing_here", "open", 0, 10_000_000)  # the top-up, which is no payout of ours
    assert live() == [("missing_there", "suspended", -6000, 0), paid_in]
    assert (stands(story, "1012.02"), stands(story, "1012.05")) == (10_000_000 - 3500, 3500 - 6000)
    last = run_bill(story, till.channel, tmp_path, day=first + timedelta(days=1), **told)
    assert (last.in_minor, last.out_minor, live()) == (3500, -6000, [paid_in])
    left = [stands(story, one) for one in ("1012.02", "1012.05", "2241.07")]
    assert left == [10_000_000 - 6000, 0, -10_000_000]


def test_a_channel_that_agreed_nothing_pays_nobody(story: PayoutStory) -> None:
    batches = {one.rail: one for one in story.propose().batches}
    PaymentChannel.objects.update(settings={})
    sent = story.send(story.approve(batches["wechat_pay"]))
    assert (sent.outcome, story.payout("m1").state, read(story)) == ("not_taken", "approved", [])
