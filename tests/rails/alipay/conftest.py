"""An Alipay sandbox as a process, our channel to it, and a buyer."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.rails.sandboxes import Receiver, Sandbox, receiving, running
from zhanggui.payments.channel import ChargeAsked, Method, RefundAsked
from zhanggui.rails.alipay.channel import AlipayChannel
from zhanggui.rails.alipay.making import make_channel

COUNT = itertools.count(1)
BEGIN = datetime.fromisoformat("2026-10-03T10:00:00+08:00")


@dataclass
class Shop:
    """The sandbox, our channel, and the time that both live by."""

    sandbox: Sandbox
    channel: AlipayChannel
    receiver: Receiver
    now: datetime = BEGIN

    def step(self, **much: float) -> None:
        """Let time pass for both."""
        self.now += timedelta(**much)
        self.sandbox.set_clock(self.now.isoformat())

    def number(self) -> str:
        """A number that nobody used."""
        return f"P{self.now:%Y%m%d%H%M%S}{next(COUNT):06d}"

    def asked(self, method: Method = Method.PAGE, amount: int = 12345, **more: Any) -> ChargeAsked:
        """A charge to ask for."""
        defaults: dict[str, Any] = {
            "number": self.number(), "amount_minor": amount, "currency": "CNY", "title": "瓷碗 a/b=c&d", "method": method,
            "expires_at": self.now + timedelta(minutes=30), "notify_url": f"{self.receiver.address}/notify",
            "return_url": "http://127.0.0.1:9/back?order=1",
        }  # fmt: skip
        return ChargeAsked(**{**defaults, **more})

    def opened(self, address: str) -> str:
        """A buyer opens an address of the gateway; the pay page that it leads to."""
        answer = self.sandbox.http.get(address)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def pay(self, page: str, **more: str) -> httpx.Response:
        """A buyer pays on a page."""
        return self.sandbox.http.post(page, data={"action": "pay"} | more)

    def paid(self, amount: int = 12345, **more: Any) -> ChargeAsked:
        """A charge that was paid on its page."""
        asked = self.asked(amount=amount, **more)
        self.pay(self.opened(self.channel.begin_charge(asked, now=self.now).value))
        return asked

    def refund(self, asked: ChargeAsked, amount: int, number: str = "", **more: Any) -> RefundAsked:
        """A refund to ask for."""
        return RefundAsked(
            number=number or f"R{self.number()[1:]}", charge_number=asked.number, charge_channel_number="",
            charge_minor=asked.amount_minor, amount_minor=amount, currency="CNY", reason="不合适", **more,
        )  # fmt: skip


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("zhanggui.rails.alipay.sandbox", tmp_path_factory.mktemp("alipay")) as sandbox:
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
    receiver.status, receiver.body = 200, b"success"
    told = process.client
    channel = make_channel(told["settings"], told["secrets"])
    yield Shop(process, channel, receiver)
    channel.close()


@pytest.fixture
def key_mode(shop: Shop) -> Iterator[AlipayChannel]:
    """A channel to the application without certificates."""
    told = shop.sandbox.client["key_mode"]
    channel = make_channel(told["settings"], told["secrets"])
    yield channel
    channel.close()
