"""A UnionPay sandbox as a process, our channel to it, and a buyer."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.rails.sandboxes import Receiver, Sandbox, receiving, running
from zhanggui.payments.channel import ChargeAsked, ChargeOutcome, Invitation, Method, RefundAsked
from zhanggui.rails.unionpay.channel import UnionpayChannel
from zhanggui.rails.unionpay.making import make_channel

COUNT = itertools.count(1)
BEGIN = datetime.fromisoformat("2026-10-03T10:00:00+08:00")


@dataclass
class Shop:
    """The sandbox, our channel, and the time that both live by."""

    sandbox: Sandbox
    channel: UnionpayChannel
    receiver: Receiver
    now: datetime = BEGIN

    def step(self, **much: float) -> None:
        """Let time pass for both."""
        self.now += timedelta(**much)
        self.sandbox.set_clock(self.now.isoformat())

    def number(self, kind: str = "P") -> str:
        """A number that nobody used."""
        return f"{kind}{self.now:%Y%m%d%H%M%S}{next(COUNT):06d}"

    def asked(self, amount: int = 12345, **more: Any) -> ChargeAsked:
        """A charge to ask for."""
        defaults: dict[str, Any] = {
            "number": self.number(), "amount_minor": amount, "currency": "CNY", "title": "瓷碗", "method": Method.PAGE,
            "expires_at": self.now + timedelta(minutes=30), "notify_url": f"{self.receiver.address}/notify",
            "return_url": "http://127.0.0.1:9/back",
        }  # fmt: skip
        return ChargeAsked(**{**defaults, **more})

    def opened(self, invitation: Invitation) -> str:
        """A buyer's browser posts the form; the pay page that it leads to."""
        assert invitation.kind == "form"
        answer = self.sandbox.http.post(invitation.value, data=dict(invitation.fields))
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def page(self, asked: ChargeAsked) -> str:
        """The pay page of a charge."""
        return self.opened(self.channel.begin_charge(asked, now=self.now))

    def decide(self, page: str, action: str = "pay", **more: str) -> None:
        """A buyer decides on a page."""
        assert self.sandbox.http.post(page, data={"action": action} | more).status_code == 303

    def paid(self, amount: int = 12345, **more: Any) -> ChargeOutcome:
        """A charge that was paid on its page, as UnionPay sees it."""
        asked = self.asked(amount, **more)
        self.decide(self.page(asked))
        return self.channel.query_charge(asked.number, now=self.now)

    def refund(self, charge: ChargeOutcome, amount: int, number: str = "") -> RefundAsked:
        """A refund to ask for."""
        return RefundAsked(
            number=number or self.number("R"), charge_number=charge.number,
            charge_channel_number=charge.channel_number, charge_minor=charge.amount_minor, amount_minor=amount,
            currency="CNY", reason="不合适", notify_url=f"{self.receiver.address}/notify",
        )  # fmt: skip

    def delivered(self, writing: str = "true") -> bytes:
        """The newest callback, sent now; what came."""
        while not self.receiver.heard.empty():
            self.receiver.heard.get()
        [*_, last] = self.sandbox.steer("GET", "callbacks")
        self.sandbox.deliver(last["id"], writing)
        return self.receiver.next().body


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("zhanggui.rails.unionpay.sandbox", tmp_path_factory.mktemp("unionpay")) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def shop(process: Sandbox, receiver: Receiver) -> Iterator[Shop]:
    process.steer("DELETE", "faults")
    process.set_clock(BEGIN.isoformat())
    process.steer("POST", "callbacks", {"sent": False})
    receiver.status, receiver.body = 200, b"ok"
    channel = make_channel(process.client["settings"], process.client["secrets"])
    yield Shop(process, channel, receiver)
    channel.close()
