"""Profit sharing: who may receive, how much, when; what fails comes back; shares taken back."""

from dataclasses import replace
from typing import Any

import pytest

from tests.rails.wechat_pay.till import Till
from zhanggui.payments.channel import ChannelRefused
from zhanggui.payments.splitting import (
    ReceiverKind,
    ShareAsked,
    ShareReturnAsked,
    ShareReturnState,
    ShareState,
    SplitAsked,
    SplitReceiver,
)

SUPPLIER = SplitReceiver(ReceiverKind.MERCHANT, "1900000101", "杭州供应链有限公司", "SUPPLIER")
DISTRIBUTOR = SplitReceiver(ReceiverKind.PERSON, "oDistributor1", "李四", "DISTRIBUTOR")


def _splittable(till: Till, amount: int = 10000) -> str:
    _, transaction = till.paid(amount, splits=True)
    for receiver in (SUPPLIER, DISTRIBUTOR):
        till.channel.add_receiver(receiver, now=till.now)
    till.step(seconds=60)
    return transaction


def _asked(
    till: Till, transaction: str, *shares: tuple[SplitReceiver, int], last: bool = False
) -> SplitAsked:
    made = [ShareAsked(receiver, amount, "订单分账") for receiver, amount in shares]
    return SplitAsked(till.number("F"), transaction, made, last)


def _refused(till: Till, act: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(ChannelRefused) as refused:
        act(*arguments, now=till.now, **named)
    return refused.value.code


def test_shares_arrive_and_the_rest_stays(till: Till) -> None:
    transaction = _splittable(till)
    supplier = till.balance("1900000101")["balance"]
    asked = _asked(till, transaction, (SUPPLIER, 2000), (DISTRIBUTOR, 500))
    taken = till.channel.split(asked, now=till.now)
    assert not taken.finished and {share.state for share in taken.shares} == {ShareState.PENDING}
    till.step(seconds=2)
    done = till.channel.query_split(asked.number, charge_channel_number=transaction, now=till.now)
    assert done.finished and done.channel_number == taken.channel_number
    assert [(one.account, one.amount_minor, one.state, one.finished_at) for one in done.shares] == [
        ("1900000101", 2000, ShareState.SUCCEEDED, till.now), ("oDistributor1", 500, ShareState.SUCCEEDED, till.now),
    ]  # fmt: skip
    assert till.balance("1900000101")["balance"] - supplier == 2000
    assert till.channel.left_to_split(transaction, now=till.now) == 500


def test_the_same_number_again_is_the_same_split(till: Till) -> None:
    transaction = _splittable(till)
    asked = _asked(till, transaction, (DISTRIBUTOR, 500))
    till.channel.split(asked, now=till.now)
    till.channel.split(asked, now=till.now)
    assert till.channel.left_to_split(transaction, now=till.now) == 2500
    other = replace(asked, shares=[ShareAsked(DISTRIBUTOR, 501, "订单分账")])
    assert _refused(till, till.channel.split, other) == "INVALID_REQUEST"


def test_names_go_unreadable(till: Till) -> None:
    _splittable(till)
    bodies = [one["body"] for one in till.requests("/v3/profitsharing/receivers/add")]
    assert len(bodies) == 2 and not any("李四" in body or "供应链" in body for body in bodies)


def test_the_last_one_frees_what_is_left(till: Till) -> None:
    transaction = _splittable(till)
    before = till.balance()
    till.channel.split(_asked(till, transaction, (SUPPLIER, 1000), last=True), now=till.now)
    till.step(seconds=2)
    assert till.channel.left_to_split(transaction, now=till.now) == 0
    assert till.balance()["available"] - before["available"] == 10000 - 60 - 1000
    assert _refused(till, till.channel.split, _asked(till, transaction, (SUPPLIER, 1))) == "NOT_ENOUGH"


def test_what_is_left_is_freed_on_demand_without_being_a_share(till: Till) -> None:
    transaction = _splittable(till)
    number = till.number("F")
    till.channel.unfreeze(number, charge_channel_number=transaction, now=till.now)
    till.step(seconds=2)
    done = till.channel.query_split(number, charge_channel_number=transaction, now=till.now)
    assert done.finished and list(done.shares) == []
    assert till.channel.left_to_split(transaction, now=till.now) == 0


def test_a_share_that_fails_comes_back(till: Till) -> None:
    transaction = _splittable(till)
    till.sandbox.fault("outcome", of="split", value="RECEIVER_HIGH_RISK")
    asked = _asked(till, transaction, (SUPPLIER, 2000), (DISTRIBUTOR, 500))
    till.channel.split(asked, now=till.now)
    till.step(seconds=2)
    done = till.channel.query_split(asked.number, charge_channel_number=transaction, now=till.now)
    assert [(one.state, one.reason) for one in done.shares] == [
        (ShareState.CLOSED, "RECEIVER_HIGH_RISK"), (ShareState.SUCCEEDED, ""),
    ]  # fmt: skip
    assert till.channel.left_to_split(transaction, now=till.now) == 2500


class TestRefuses:
    def test_more_than_thirty_of_a_hundred(self, till: Till) -> None:
        transaction = _splittable(till)
        assert _refused(till, till.channel.split, _asked(till, transaction, (SUPPLIER, 3001))) == "RULE_LIMIT"
        till.channel.split(_asked(till, transaction, (SUPPLIER, 3000)), now=till.now)
        assert till.channel.highest_ratio_ppm(now=till.now) == till.channel.limits.ratio_ppm == 300_000

    def test_more_than_is_left_after_refunds_and_the_fee(self, till: Till) -> None:
        number, transaction = till.paid(10000, splits=True)
        till.channel.add_receiver(SUPPLIER, now=till.now)
        till.channel.refund(till.refund_asked((number, transaction), 10000, 8000), now=till.now)
        till.step(seconds=60)
        assert _refused(till, till.channel.split, _asked(till, transaction, (SUPPLIER, 1989))) == "NOT_ENOUGH"
        till.channel.split(_asked(till, transaction, (SUPPLIER, 1988)), now=till.now)

    def test_whoever_was_not_added(self, till: Till) -> None:
        transaction = _splittable(till)
        stranger = SplitReceiver(ReceiverKind.PERSON, "oStranger")
        assert _refused(till, till.channel.split, _asked(till, transaction, (stranger, 1))) == "NO_AUTH"

    def test_the_first_minute(self, till: Till) -> None:
        _, transaction = till.paid(splits=True)
        till.channel.add_receiver(SUPPLIER, now=till.now)
        till.step(seconds=59)
        asked = _asked(till, transaction, (SUPPLIER, 1))
        assert _refused(till, till.channel.split, asked) == "INVALID_REQUEST"
        till.step(seconds=1)
        till.channel.split(asked, now=till.now)

    def test_after_thirty_days(self, till: Till) -> None:
        transaction = _splittable(till)
        frozen = till.balance()
        assert frozen["balance"] > frozen["available"]
        till.step(days=30)
        assert till.channel.left_to_split(transaction, now=till.now) == 0
        assert _refused(till, till.channel.split, _asked(till, transaction, (SUPPLIER, 1))) == "NOT_ENOUGH"

    def test_a_charge_that_was_not_to_be_split(self, till: Till) -> None:
        _, transaction = till.paid()
        till.step(seconds=60)
        assert (
            _refused(till, till.channel.split, _asked(till, transaction, (SUPPLIER, 1))) == "INVALID_REQUEST"
        )

    def test_more_than_fifty_receivers(self, till: Till) -> None:
        transaction = _splittable(till)
        asked = _asked(till, transaction, *[(SUPPLIER, 1)] * 51)
        assert _refused(till, till.channel.split, asked) == "PARAM_ERROR"

    def test_more_than_fifty_times(self, till: Till) -> None:
        transaction = _splittable(till)
        for _ in range(50):
            till.channel.split(_asked(till, transaction, (DISTRIBUTOR, 1)), now=till.now)
        assert _refused(till, till.channel.split, _asked(till, transaction, (DISTRIBUTOR, 1))) == "RULE_LIMIT"

    def test_numbers_that_it_never_saw(self, till: Till) -> None:
        query = till.channel.query_split
        assert _refused(till, query, "Fnobody", charge_channel_number="42") == "RESOURCE_NOT_EXISTS"
        assert _refused(till, till.channel.query_return, "Gnobody", split_number="F") == "RESOURCE_NOT_EXISTS"
        assert _refused(till, till.channel.left_to_split, "42") == "RESOURCE_NOT_EXISTS"


class TestTakingBack:
    def _shared(self, till: Till) -> tuple[str, str]:
        transaction = _splittable(till)
        asked = _asked(till, transaction, (SUPPLIER, 2000), (DISTRIBUTOR, 500))
        till.channel.split(asked, now=till.now)
        till.step(seconds=2)
        return transaction, asked.number

    def test_a_merchants_share_comes_back(self, till: Till) -> None:
        transaction, split = self._shared(till)
        back = ShareReturnAsked(till.number("G"), split, "1900000101", 1200, "退货")
        assert till.channel.return_share(back, now=till.now).state is ShareReturnState.SUCCEEDED
        assert till.channel.return_share(back, now=till.now).state is ShareReturnState.SUCCEEDED
        assert till.channel.left_to_split(transaction, now=till.now) == 1700
        more = ShareReturnAsked(till.number("G"), split, "1900000101", 801, "退货")
        assert _refused(till, till.channel.return_share, more) == "INVALID_REQUEST"

    def test_a_persons_does_not(self, till: Till) -> None:
        _, split = self._shared(till)
        back = ShareReturnAsked(till.number("G"), split, "oDistributor1", 100, "退货")
        assert _refused(till, till.channel.return_share, back) == "INVALID_REQUEST"
        assert ReceiverKind.PERSON not in till.channel.limits.returns_to

    def test_it_may_take_a_while(self, till: Till) -> None:
        _, split = self._shared(till)
        till.sandbox.fault("slow", of="return", seconds=5)
        back = ShareReturnAsked(till.number("G"), split, "1900000101", 100, "退货")
        assert till.channel.return_share(back, now=till.now).state is ShareReturnState.PROCESSING
        till.step(seconds=5)
        found = till.channel.query_return(back.number, split_number=split, now=till.now)
        assert found.state is ShareReturnState.SUCCEEDED

    @pytest.mark.parametrize(
        ("reason", "state"),
        [("BALANCE_NOT_ENOUGH", ShareReturnState.FAILED), ("TIME_OUT_CLOSED", ShareReturnState.TIMED_OUT)],
    )
    def test_it_may_fail(self, till: Till, reason: str, state: ShareReturnState) -> None:
        _, split = self._shared(till)
        till.sandbox.fault("outcome", of="return", value=reason)
        back = ShareReturnAsked(till.number("G"), split, "1900000101", 100, "退货")
        found = till.channel.return_share(back, now=till.now)
        assert (found.state, found.reason) == (state, reason)
        assert till.channel.return_share(
            replace(back, number=till.number("G")), now=till.now
        ).state is ShareReturnState.SUCCEEDED  # fmt: skip

    def test_whoever_spent_it_cannot_give_it_back(self, till: Till) -> None:
        _, split = self._shared(till)
        left = till.balance("1900000101")["available"]
        till.sandbox.steer("POST", "withdraw", {"account": "1900000101", "amount": left})
        back = ShareReturnAsked(till.number("G"), split, "1900000101", 100, "退货")
        assert till.channel.return_share(back, now=till.now).reason == "BALANCE_NOT_ENOUGH"
