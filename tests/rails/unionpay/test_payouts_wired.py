"""Payouts to cards from a confirmed statement to the books, with the acts that people already have."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.rails.bills_run import live, run_bill, stands
from tests.rails.sandboxes import Sandbox
from tests.settlement.payouts.story import ZONE, PayoutStory, two_confirmed
from tests.settlement.story import text
from zhanggui.config.card_payouts import CardsByAccount
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.journeys.payouts_proposed import payouts_proposed
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.wired import sealed_secrets
from zhanggui.rails.unionpay.making import make_channel
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.payouts.models import PayoutAttempt
from zhanggui.settlement.payouts.rail import rail_named, register_rail
from zhanggui.settlement.payouts.rules import bundles

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(process: Sandbox, tmp_path: Path) -> Iterator[PayoutStory]:
    """m1 and m2 have cards; the mall has nothing but an account at UnionPay."""
    process.steer("DELETE", "faults")
    told = two_confirmed()
    OwnAccount.objects.update(active=False)
    process.set_clock(told.clock().isoformat())
    client = process.client
    PaymentChannel.objects.create(
        code="unionpay", name={"en": "UnionPay"}, rail="unionpay", currency="CNY", account="777290058110097",
        settings=client["settings"] | {"batch_payout": "yes"}, secrets_sealed=sealed_secrets(client["secrets"]),
    )  # fmt: skip
    open_own_account(
        code="up-1", name={"en": "UnionPay"}, kind=OwnAccountKind.CHANNEL, currency="CNY", rail="unionpay",
        entity=SettlementEntity.objects.get(code="e1"), number="", holder="", at=told.clock(), actor="story",
        details={"channel": "unionpay", "merchant_number": "777290058110097"},
    )  # fmt: skip
    wired = rail_named("unionpay")
    assert isinstance(wired, CardsByAccount)
    register_rail("unionpay", CardsByAccount(tmp_path, clock=told.clock))
    yield told
    register_rail("unionpay", wired)


def read(story: PayoutStory) -> list[dict[str, int]]:
    done, refused = inboxes_read(clock=story.clock, zone=ZONE, actor="clock")
    assert refused == []
    return [one.effects for one in done]


def test_a_lost_answer_is_asked_after_and_each_statement_is_paid_once_or_fails(
    process: Sandbox, story: PayoutStory
) -> None:
    process.fault("lost", path="/gateway/api/batchTrans.do")
    process.fault("outcome", of="payout", value="64")
    batch = story.approve(story.batch())
    assert (batch.rail, story.send(batch).outcome) == ("unionpay", "unknown")
    assert story.ask() == 1
    assert {*PayoutAttempt.objects.values_list("state", flat=True)} == {"submitted"}
    assert read(story) == []
    story.now += timedelta(hours=1)
    process.set_clock(story.clock().isoformat())
    assert read(story) == [{"applied": 2}]
    assert story.payouts() == text("m1 1 failed 95.00 64\nm2 1 paid 190.00 -")
    assert (story.station("m1"), story.station("m2"), read(story)) == ("failed", "paid", [])

    # What failed is paid anew, under another number, once somebody has proposed and another approved it
    [again] = story.retry(story.payout("m1").number)
    assert story.send(story.approve(again)).outcome == "submitted"
    story.now += timedelta(hours=1)
    process.set_clock(story.clock().isoformat())
    assert (read(story), story.station("m1")) == ([{"applied": 1}], "paid")


def test_the_clearing_days_file_has_what_was_paid_after_eleven(
    process: Sandbox, story: PayoutStory, tmp_path: Path
) -> None:
    OwnAccount.objects.filter(code="up-1").update(
        details={"channel": "unionpay", "merchant_number": "777290058110097", "cut_hour": 23}
    )
    story.now = story.now.replace(day=20, hour=14, minute=30)
    process.set_clock(story.clock().isoformat())
    day = story.now.astimezone(ZONE).date() + timedelta(days=1)
    process.fault("outcome", of="payout", value="64")
    story.send(story.approve(story.batch()))
    story.now += timedelta(hours=1, minutes=1)
    process.set_clock(story.clock().isoformat())
    assert read(story) == [{"applied": 2}]
    assert (stands(story, "1012.02"), stands(story, "1012.05")) == (0, -19000)
    story.now += timedelta(days=2)
    process.set_clock(story.clock().isoformat())
    channel = make_channel(process.client["settings"], process.client["secrets"])
    bill = run_bill(story, channel, tmp_path, own="up-1", kind="trade", day=day, now=story.now)
    channel.close()
    assert (bill.rows, bill.out_minor, live()) == (1, -19000, [])
    assert (stands(story, "1012.02"), stands(story, "1012.05")) == (-19000, 0)


def test_killed_between_the_record_and_the_call_it_goes_out_once(
    process: Sandbox, story: PayoutStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = story.approve(story.batch())

    class Killed(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise Killed

    process.steer("DELETE", "requests")
    with monkeypatch.context() as patched:
        patched.setattr(rail_named("unionpay"), "submit", kill)
        with pytest.raises(Killed):
            story.send(batch)
    assert {*PayoutAttempt.objects.values_list("state", flat=True)} == {"recorded"}
    assert story.ask() == 1
    assert story.ask() == 0
    assert {*PayoutAttempt.objects.values_list("state", flat=True)} == {"submitted"}
    assert len(process.steer("GET", "requests", path="/gateway/api/batchTrans.do")) == 1


def test_a_channel_that_agreed_nothing_pays_nobody(story: PayoutStory) -> None:
    batch = story.approve(story.batch())
    PaymentChannel.objects.update(settings={})
    assert (story.send(batch).outcome, story.payout("m1").state, read(story)) == ("not_taken", "approved", [])


def test_more_than_a_rail_takes_at_once_goes_in_several_batches(
    story: PayoutStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bundles([("a", 2), ("b", 1), ("c", 3), ("d", 5), ("e", 1)], most=3) == [
        ["a", "b"], ["c"], ["d"], ["e"],
    ]  # fmt: skip
    monkeypatch.setattr(CardsByAccount, "max_payments", 1)
    made = payouts_proposed(at=story.clock(), zone=ZONE, actor="cashier").batches
    assert [one.total_minor for one in made] == [9500, 19000]
