"""Payouts as red packets from a confirmed statement to the books, with the acts that people already have."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from tests.rails.bills_run import live, run_bill, stands
from tests.rails.wechat_pay.till import Till
from tests.settlement.payouts.story import ZONE, PayoutStory, two_confirmed
from tests.settlement.story import text
from zhanggui.config.red_packets import RedPacketsByAccount
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.journeys.channel_bill_fetched import channel_behind
from zhanggui.parties.models import Membership, Role, User
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.wired import sealed_secrets
from zhanggui.rails.wechat_pay.red_packets import packet_number
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.payouts.models import PayoutAttempt, ReceiverKind
from zhanggui.settlement.payouts.rail import rail_named, register_rail
from zhanggui.settlement.payouts.rules import parts
from zhanggui.settlement.reconciliation.queries import channel_of

pytestmark = pytest.mark.django_db
RAIL = "wechat_red_packet"


@pytest.fixture
def story(till: Till, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PayoutStory]:
    """m1 has a wallet and m2 a bank account; the mall's account at WeChat Pay sends packets of 60.00 at most."""
    monkeypatch.setattr("tests.settlement.story.LATE", till.now)
    till.sandbox.steer("POST", "top_up", {"amount": 10_000_000})
    told = two_confirmed()
    client = till.sandbox.client
    PaymentChannel.objects.create(
        code="wechat", name={"en": "WeChat Pay"}, rail="wechat_pay", currency="CNY", account="1900000001",
        settings=client["settings"] | {"red_packet_name": "掌柜", "red_packet_most_minor": "6000"},
        secrets_sealed=sealed_secrets(client["secrets"]),
    )  # fmt: skip
    open_own_account(
        code="wx-1", name={"en": "WeChat Pay"}, kind=OwnAccountKind.CHANNEL, currency="CNY", rail=RAIL,
        entity=SettlementEntity.objects.get(code="e1"), number="", holder="", at=told.clock(), actor="story",
        details={"merchant_number": "1900000001"},
    )  # fmt: skip
    wired = rail_named(RAIL)
    register_rail(RAIL, RedPacketsByAccount(tmp_path, clock=lambda: till.now))
    told.receiver("m1", "oMerchantOne", kind=ReceiverKind.WALLET)
    yield told
    register_rail(RAIL, wired)


def read(story: PayoutStory) -> list[dict[str, int]]:
    done, refused = inboxes_read(clock=story.clock, zone=ZONE, actor="clock")
    assert refused == []
    return [one.effects for one in done]


def test_a_payout_in_packets_is_opened_in_part_and_the_rest_comes_back_and_goes_again(
    till: Till, story: PayoutStory
) -> None:
    before = till.balance()["balance"]
    by_bank, by_packet = sorted(story.propose().batches, key=lambda one: one.rail)
    assert (by_bank.rail, by_packet.rail, by_packet.payout_count) == ("scripted", RAIL, 2)
    # The second answer is lost: nobody knows, it is asked after, and there is one packet
    till.sandbox.fault("lost", path="/mmpaymkttransfers/sendredpack")
    assert story.send(story.approve(by_packet)).outcome == "unknown"
    assert story.ask() == 1
    assert before - till.balance()["balance"] == 9500
    assert (read(story), story.station("m1")) == ([], "paying")

    # Its owner reads how it arrives; there is no page for taking it
    user = User.objects.create_user("owner", language="en")
    Membership.objects.create(user=user, party_id=story.party("m1"), role=Role.MERCHANT_OWNER)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    page = client.get(f"/merchant/payouts/{story.payout('m1').number}/").content.decode()
    assert "As a red packet in WeChat; open it within 24 hours" in page and "/take/" not in page

    attempts = PayoutAttempt.objects.filter(payout__batch=by_packet).order_by("id")
    number = packet_number("1900000001", attempts[0].end_to_end)
    till.sandbox.steer("POST", "open_packet", {"mch_billno": number})
    assert read(story) == [{"applied": 1}]
    till.step(hours=24)
    till.step(hours=2)
    assert read(story) == [{"applied": 1}]
    assert story.payouts() == text("m2 1 proposed 190.00 -\nm1 1 paid 60.00 -\nm1 2 returned 35.00 REFUND")
    assert (story.station("m1"), before - till.balance()["balance"]) == ("failed", 6000)

    [again] = story.retry(story.payout("m1").number)
    assert (again.rail, story.send(story.approve(again)).outcome) == (RAIL, "submitted")
    latest = PayoutAttempt.objects.filter(payout__batch=again).get()
    till.sandbox.steer("POST", "open_packet", {"mch_billno": packet_number("1900000001", latest.end_to_end)})
    assert (read(story), story.station("m1")) == ([{"applied": 1}], "paid")


def test_the_fund_bills_have_packets_opened_and_packets_back(
    till: Till, story: PayoutStory, tmp_path: Path
) -> None:
    first = story.now.astimezone(ZONE).date()
    [batch] = [one for one in story.propose().batches if one.rail == RAIL]
    story.send(story.approve(batch))
    opened = PayoutAttempt.objects.filter(amount_minor=6000).get()
    till.sandbox.steer("POST", "open_packet", {"mch_billno": packet_number("1900000001", opened.end_to_end)})
    story.now = till.step(days=2)
    # The bill of the first day comes before the books know how either ended, and before WeChat's own numbers are known.
    PayoutAttempt.objects.update(reference="")
    told = {"own": "wx-1", "kind": "fund", "now": till.now}
    run_bill(story, till.channel, tmp_path, day=first, **told)
    paid_in = 10_000_000  # the top-up, which is no payout of ours
    assert live() == [("missing_here", "open", 0, paid_in)]
    assert (stands(story, "1012.02"), stands(story, "1012.05")) == (paid_in - 9500, 9500)
    read(story)
    assert story.payouts() == text("m2 1 proposed 190.00 -\nm1 1 paid 60.00 -\nm1 2 returned 35.00 REFUND")
    run_bill(story, till.channel, tmp_path, day=first + timedelta(days=1), **told)
    assert (stands(story, "1012.02"), stands(story, "1012.05"), len(live())) == (paid_in - 6000, 0, 1)


def test_an_account_that_sends_packets_is_one_at_wechat_and_cuts_no_packet_too_small(
    story: PayoutStory,
) -> None:
    own = OwnAccount.objects.get(code="wx-1")
    behind = channel_behind(own)
    assert (channel_of(own), behind and behind.code) == ("wechat", "wechat")
    rail = rail_named(RAIL)
    assert isinstance(rail, RedPacketsByAccount)
    assert (rail.max_payment_minor, rail.min_payment_minor) == (6000, 100)
    assert parts(12_050, 6000, 100) == [6000, 5950, 100]
    assert parts(12_100, 6000, 100) == [6000, 6000, 100]
    assert parts(12_050, 6000) == [6000, 6000, 50]
    # Below the least as a whole it is refused, and named
    own.details |= {"max_payment_minor": 99}
    own.save()
    batch = next(one for one in story.propose().batches if one.rail == RAIL)
    sent = story.send(story.approve(batch))
    assert (
        sent.outcome == "not_taken" and "1.00 至 60.00 元" in sent.reason and "1.00 to 60.00" in sent.reason
    )


def test_a_channel_that_agreed_no_packets_sends_none(story: PayoutStory) -> None:
    batch = next(one for one in story.propose().batches if one.rail == RAIL)
    channel = PaymentChannel.objects.get()
    PaymentChannel.objects.update(settings={})
    sent = story.send(story.approve(batch))
    assert (sent.outcome, story.payout("m1").state, read(story)) == ("not_taken", "approved", [])
    # One that lacks what it needs is named, by whoever pays and by whoever reads what came
    PaymentChannel.objects.update(settings=channel.settings | {"red_packet_name": "掌" * 33})
    assert "channel wechat lacks what its rail needs: red_packet_name" in story.send(batch).reason
    _, [(account, refusal)] = inboxes_read(clock=story.clock, zone=ZONE, actor="clock")
    assert (account, refusal.code) == ("wx-1", "channel_incomplete")
