"""Refunds: taken, done, told of; refused when too large or the account is empty; the card that is gone."""

from dataclasses import replace

import pytest

from tests.rails.wechat_pay.till import Till
from zhanggui.payments.channel import ChannelRefused, RefundState
from zhanggui.payments.repairing import RepairAsked, RepairTo


def test_a_refund_is_taken_done_and_told_of(till: Till) -> None:
    charge = till.paid(10000)
    asked = till.refund_asked(charge, 10000, 2500, notify_url=f"{till.receiver.address}/refunds")
    taken = till.channel.refund(asked, now=till.now)
    assert (taken.state, taken.amount_minor) == (RefundState.PROCESSING, 2500)
    till.step(seconds=2)
    notice = till.read(till.receiver.next())
    done = till.channel.query_refund(asked.number, charge_number=charge[0], now=till.now)
    assert notice.refund == done
    assert (done.state, done.amount_minor, done.refunded_at) == (RefundState.SUCCEEDED, 2500, till.now)
    assert (done.account, done.channel_number[:5]) == ("1900000001", "50000")


def test_the_same_number_again_is_the_same_refund(till: Till) -> None:
    charge = till.paid(10000)
    asked = till.refund_asked(charge, 10000, 2500)
    before = till.channel.refund(asked, now=till.now)
    assert till.channel.refund(asked, now=till.now) == before
    with pytest.raises(ChannelRefused) as refused:
        till.channel.refund(replace(asked, amount_minor=2501), now=till.now)
    assert refused.value.code == "INVALID_REQUEST"


def test_refunds_never_exceed_the_charge(till: Till) -> None:
    charge = till.paid(10000)
    till.channel.refund(till.refund_asked(charge, 10000, 6000), now=till.now)
    with pytest.raises(ChannelRefused) as refused:
        till.channel.refund(till.refund_asked(charge, 10000, 4001), now=till.now)
    assert refused.value.code == "INVALID_REQUEST"
    till.channel.refund(till.refund_asked(charge, 10000, 4000), now=till.now)


def test_the_amount_of_the_charge_has_to_be_told_rightly(till: Till) -> None:
    charge = till.paid(10000)
    with pytest.raises(ChannelRefused) as refused:
        till.channel.refund(till.refund_asked(charge, 9999, 100), now=till.now)
    assert refused.value.code == "INVALID_REQUEST"


def test_an_empty_account_gives_nothing_back(till: Till) -> None:
    parts = till.parts(100, 100, 100, 100, 100, 100, 100, 100, 5000)
    shop = parts[-1].account
    asked = till.asked(5800, parts=parts, notify_url="http://127.0.0.1:9/")
    till.begin(asked)
    till.pay(asked.number)
    found = till.channel.query_charge(asked.number, now=till.now)
    till.sandbox.steer("POST", "withdraw", {"account": shop, "amount": till.balance(shop)["available"]})
    with pytest.raises(ChannelRefused) as refused:
        till.channel.refund(
            till.refund_asked((parts[-1].number, found.parts[parts[-1].number]), 5000, 5000, account=shop),
            now=till.now,
        )
    assert refused.value.code == "NOT_ENOUGH"


def test_a_closed_refund_gave_nothing_back(till: Till) -> None:
    charge = till.paid(10000)
    before = till.balance()
    till.sandbox.fault("outcome", of="refund", value="CLOSED")
    asked = till.refund_asked(charge, 10000, 10000)
    till.channel.refund(asked, now=till.now)
    assert till.balance()["balance"] == before["balance"] - 10000 + 60
    till.step(seconds=2)
    found = till.channel.query_refund(asked.number, charge_number=charge[0], now=till.now)
    assert found.state is RefundState.CLOSED
    assert till.balance() == before
    till.channel.refund(till.refund_asked(charge, 10000, 10000), now=till.now)


def test_a_card_that_is_gone_is_repaired_by_another(till: Till) -> None:
    charge = till.paid(10000)
    till.sandbox.fault("outcome", of="refund", value="ABNORMAL")
    asked = till.refund_asked(charge, 10000, 10000)
    taken = till.channel.refund(asked, now=till.now)
    till.step(seconds=2)
    found = till.channel.query_refund(asked.number, charge_number=charge[0], now=till.now)
    assert found.state is RefundState.ABNORMAL
    again = till.channel.repair_refund(
        RepairAsked(
            asked.number, taken.channel_number, RepairTo.CARD, bank="ICBC_DEBIT", card="6222020000000000001",
            holder="张三",
        ),
        now=till.now,
    )  # fmt: skip
    assert again.state is RefundState.PROCESSING
    till.step(seconds=2)
    done = till.channel.query_refund(asked.number, charge_number=charge[0], now=till.now)
    assert done.state is RefundState.SUCCEEDED
    [sent] = till.requests("/v3/refund/domestic/refunds/" + taken.channel_number)
    assert "6222020000000000001" not in sent["body"] and "张三" not in sent["body"]


def test_a_slow_bank_is_waited_for(till: Till) -> None:
    charge = till.paid(10000)
    till.sandbox.fault("slow", of="refund", seconds=3600)
    asked = till.refund_asked(charge, 10000, 100)
    till.channel.refund(asked, now=till.now)
    till.step(seconds=3600)
    assert _state(till, asked.number, charge[0]) is RefundState.PROCESSING
    till.step(seconds=2)
    assert _state(till, asked.number, charge[0]) is RefundState.SUCCEEDED


def test_fees_come_back_to_the_last_cent(till: Till) -> None:
    before = till.balance()["balance"]
    charge = till.paid(9999)
    assert till.balance()["balance"] - before == 9999 - 60
    for amount in (3333, 3333, 3333):
        till.channel.refund(till.refund_asked(charge, 9999, amount), now=till.now)
    assert till.balance()["balance"] == before


def test_an_unknown_refund_is_unknown(till: Till) -> None:
    assert _state(till, "R2026100300000000nobody", "P") is RefundState.UNKNOWN


def _state(till: Till, number: str, charge: str) -> RefundState:
    return till.channel.query_refund(number, charge_number=charge, now=till.now).state
