"""Transfers to people: confirmed on a page, expired, cancelled, limited; and payouts that go that way."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.rails.wechat_pay.till import Till
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.rails.wechat_pay.making import make_wallets
from zhanggui.rails.wechat_pay.transfers import TransferAsked, TransferState
from zhanggui.rails.wechat_pay.wallets import WechatWallets
from zhanggui.settlement.payouts.errors import AnswerFileUnreadable
from zhanggui.settlement.payouts.rail import Answer, Instruction, Message, NotTaken, Outcome, Side

REPORTS = {"岗位类型": "分销员", "报酬说明": "九月佣金"}


def _asked(till: Till, amount: int = 5000, **more: object) -> TransferAsked:
    told: dict[str, object] = {
        "number": till.number("T"), "amount_minor": amount, "openid": "oDistributor1", "remark": "九月佣金",
        "scene": "1005", "reports": REPORTS, "name": "李四",
    }  # fmt: skip
    return TransferAsked(**(told | more))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def money(till: Till) -> None:
    till.sandbox.steer("POST", "top_up", {"amount": 10_000_000})


class TestTransfers:
    def test_a_person_confirms_on_the_page(self, till: Till) -> None:
        asked, before = _asked(till), till.balance()["balance"]
        waits = till.channel.transfers.transfer(asked, now=till.now)
        assert (waits.state, waits.said) == (TransferState.WAITING, "WAIT_USER_CONFIRM")
        page = f"{till.sandbox.address}/transfer/{waits.package_info}"
        assert "¥50.00" in httpx.get(page, trust_env=False).text
        assert "已收款" in httpx.post(page, data={"act": "confirm"}, trust_env=False).text
        done = till.channel.transfers.query_transfer(asked.number, now=till.now)
        assert (done.state, done.amount_minor, done.at) == (TransferState.SUCCEEDED, 5000, till.now)
        assert done.channel_number == waits.channel_number
        assert before - till.balance()["balance"] == 5000

    def test_the_same_again_is_the_same_and_opens_the_same_page(self, till: Till) -> None:
        asked, before = _asked(till), till.balance()["balance"]
        first = till.channel.transfers.transfer(asked, now=till.now)
        assert till.channel.transfers.transfer(asked, now=till.now) == first
        assert before - till.balance()["balance"] == 5000
        with pytest.raises(ChannelUnclear):
            till.channel.transfers.transfer(replace(asked, amount_minor=5001), now=till.now)

    def test_a_day_later_nobody_confirmed_it(self, till: Till) -> None:
        asked, before = _asked(till), till.balance()["balance"]
        till.channel.transfers.transfer(asked, now=till.now)
        till.step(hours=24)
        done = till.channel.transfers.query_transfer(asked.number, now=till.now)
        assert (done.state, done.reason) == (TransferState.FAILED, "OVERDUE_CLOSE")
        assert till.balance()["balance"] == before

    def test_it_is_taken_back_before_it_is_confirmed(self, till: Till) -> None:
        asked = _asked(till)
        till.channel.transfers.transfer(asked, now=till.now)
        assert till.channel.transfers.cancel_transfer(asked.number, now=till.now).said == "CANCELLED"
        refused = till.sandbox.http.post("/sandbox/confirm", json={"out_bill_no": asked.number})
        assert refused.status_code == 400

    def test_it_may_fail_when_it_is_confirmed(self, till: Till) -> None:
        till.sandbox.fault("outcome", of="transfer", value="ACCOUNT_FROZEN")
        asked = _asked(till)
        till.channel.transfers.transfer(asked, now=till.now)
        till.sandbox.steer("POST", "confirm", {"out_bill_no": asked.number})
        done = till.channel.transfers.query_transfer(asked.number, now=till.now)
        assert (done.state, done.reason) == (TransferState.FAILED, "ACCOUNT_FROZEN")

    @pytest.mark.parametrize(
        ("amount", "more", "code"),
        [
            (2_000_001, {}, "INVALID_REQUEST"),
            (200_000, {"name": ""}, "PARAM_ERROR"),
            (5000, {"reports": {}}, "PARAM_ERROR"),
            (5000, {"number": "T-1"}, "PARAM_ERROR"),
        ],
    )
    def test_it_is_refused(self, till: Till, amount: int, more: Mapping[str, object], code: str) -> None:
        with pytest.raises(ChannelRefused) as refused:
            till.channel.transfers.transfer(_asked(till, amount, **more), now=till.now)
        assert refused.value.code == code

    def test_a_name_is_left_out_where_it_may_not_stand(self, till: Till) -> None:
        assert till.channel.transfers.transfer(_asked(till, 29), now=till.now).state is TransferState.WAITING

    def test_an_account_without_money_pays_nobody(self, till: Till) -> None:
        till.sandbox.steer("POST", "withdraw", {"amount": till.balance()["available"]})
        with pytest.raises(ChannelRefused) as refused:
            till.channel.transfers.transfer(_asked(till), now=till.now)
        assert refused.value.code == "NOT_ENOUGH"

    def test_a_lost_answer_is_asked_for(self, till: Till) -> None:
        asked = _asked(till)
        till.sandbox.fault("lost", path="/v3/fund-app")
        with pytest.raises(ChannelUnclear):
            till.channel.transfers.transfer(asked, now=till.now)
        assert (
            till.channel.transfers.query_transfer(asked.number, now=till.now).state is TransferState.WAITING
        )


class TestPayouts:
    @pytest.fixture
    def rail(self, till: Till, tmp_path: Path) -> Iterator[WechatWallets]:
        client = till.sandbox.client
        agreed = {"transfer_scene": "1005", "transfer_reports": json.dumps(REPORTS)}
        rail = make_wallets(
            client["settings"] | agreed, client["secrets"], folder=tmp_path, clock=lambda: till.now
        )
        yield rail
        rail.close()

    def _message(self, till: Till, *payments: tuple[str, int]) -> Message:
        day = till.now.date()
        instructions = [
            Instruction(
                f"PO{till.now:%y%m%d}{till.number('')[-8:]}-1", amount, "CNY", Side("李四", openid, "wallet"), "九月佣金"
            ) for openid, amount in payments
        ]  # fmt: skip
        return Message(till.number("PB"), "WX", till.now, day, Side("掌柜", "1900000001"), instructions)

    def _submit(self, rail: WechatWallets, message: Message) -> list[str]:
        rail.submit(account_code="WX", number=message.number, written=rail.written(message))
        return [one.end_to_end for one in message.instructions]

    def _arrived(self, rail: WechatWallets) -> list[Answer]:
        answers = []
        for name, content in rail.arrived(account_code="WX"):
            answers += rail.read(name=name, content=content).answers
            rail.put_aside(account_code="WX", name=name)
        return answers

    def test_the_last_word_comes_once_the_person_confirmed(self, till: Till, rail: WechatWallets) -> None:
        first, second = self._submit(rail, self._message(till, ("oA", 5000), ("oB", 7000)))
        assert self._arrived(rail) == []
        assert [one.outcome for one in rail.query(account_code="WX", number="", end_to_ends=[first])] == [
            Outcome.SUBMITTED
        ]
        confirming = rail.confirmation(account_code="WX", end_to_end=first)
        assert confirming is not None
        httpx.post(f"{till.sandbox.address}/transfer/{confirming.package_info}", trust_env=False)
        [answer] = self._arrived(rail)
        assert (answer.end_to_end, answer.outcome, answer.amount_minor) == (first, Outcome.EXECUTED, 5000)
        assert rail.confirmation(account_code="WX", end_to_end=first) is None
        till.step(hours=24)
        [answer] = self._arrived(rail)
        assert (answer.end_to_end, answer.outcome, answer.reason_code) == (
            second, Outcome.REJECTED, "OVERDUE_CLOSE",
        )  # fmt: skip
        assert self._arrived(rail) == []

    def test_submitted_again_it_is_the_same(self, till: Till, rail: WechatWallets) -> None:
        message, before = self._message(till, ("oA", 5000)), till.balance()["balance"]
        self._submit(rail, message)
        self._submit(rail, message)
        assert before - till.balance()["balance"] == 5000

    def test_what_is_refused_wholly_was_not_taken(self, till: Till, rail: WechatWallets) -> None:
        till.sandbox.steer("POST", "withdraw", {"amount": till.balance()["available"]})
        message = self._message(till, ("oA", 5000), ("oB", 7000))
        with pytest.raises(NotTaken, match="NOT_ENOUGH"):
            self._submit(rail, message)
        assert self._arrived(rail) == []

    def test_what_is_refused_beside_others_is_rejected_for_ever(
        self, till: Till, rail: WechatWallets
    ) -> None:
        message = self._message(till, ("oA", 5000), ("oB", 3_000_000))
        _, second = self._submit(rail, message)
        [answer] = self._arrived(rail)
        assert (answer.end_to_end, answer.outcome, answer.reason_code) == (
            second, Outcome.REJECTED, "INVALID_REQUEST",
        )  # fmt: skip
        self._submit(rail, message)
        [queried] = rail.query(account_code="WX", number="", end_to_ends=[second])
        assert queried.outcome is Outcome.REJECTED
        posts = [
            one
            for one in till.requests("/v3/fund-app")
            if one["method"] == "POST" and '"openid":"oB"' in one["body"]
        ]
        assert len(posts) == 1

    def test_what_nobody_knows_is_asked_after(self, till: Till, rail: WechatWallets) -> None:
        message = self._message(till, ("oA", 5000))
        till.sandbox.fault("broken", path="/v3/fund-app", method="POST")
        with pytest.raises(ChannelUnclear):
            self._submit(rail, message)
        [end_to_end] = [one.end_to_end for one in message.instructions]
        [answer] = rail.query(account_code="WX", number=message.number, end_to_ends=[end_to_end])
        assert answer.outcome is Outcome.NOT_KNOWN
        self._submit(rail, message)
        [answer] = rail.query(account_code="WX", number=message.number, end_to_ends=[end_to_end])
        assert answer.outcome is Outcome.SUBMITTED

    def test_a_file_of_somebody_else_is_no_answer(self, till: Till, rail: WechatWallets) -> None:
        [end_to_end] = self._submit(rail, self._message(till, ("oA", 5000)))
        till.sandbox.steer("POST", "confirm", {"out_bill_no": end_to_end.replace("-", "T")})
        [(name, content)] = rail.arrived(account_code="WX")
        for altered in (content.replace(b"5000", b"5001"), b"{}", b"nothing"):
            with pytest.raises(AnswerFileUnreadable):
                rail.read(name=name, content=altered)

    def test_other_currencies_do_not_go_this_way(self, till: Till, rail: WechatWallets) -> None:
        message = self._message(till, ("oA", 5000))
        dollars = replace(message, instructions=[replace(message.instructions[0], currency="USD")])
        with pytest.raises(NotTaken, match="CNY"):
            self._submit(rail, dollars)
        assert rail.pays == {"wallet"}
