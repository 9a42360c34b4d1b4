"""One sandbox of WeChat Pay for a run of the tests; every test gets days of its own."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.rails.sandboxes import Receiver, Sandbox, receiving, running
from tests.rails.wechat_pay.till import Till
from zhanggui.rails.wechat_pay.channel import WechatPay
from zhanggui.rails.wechat_pay.making import make_channel

_days = itertools.count(0, 3)


@pytest.fixture(scope="session")
def wechat_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("zhanggui.rails.wechat_pay.sandbox", tmp_path_factory.mktemp("wechat")) as sandbox:
        yield sandbox


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture(scope="session")
def channel(wechat_process: Sandbox) -> Iterator[WechatPay]:
    client = wechat_process.client
    made = make_channel(client["settings"], client["secrets"])
    yield made
    made.close()


@pytest.fixture
def till(wechat_process: Sandbox, channel: WechatPay, receiver: Receiver) -> Till:
    wechat_process.steer("DELETE", "faults")
    wechat_process.steer("DELETE", "requests")
    wechat_process.steer("DELETE", "callbacks")
    now = datetime.fromisoformat("2026-10-03T10:00:00+08:00") + timedelta(days=next(_days))
    wechat_process.set_clock(now.isoformat())
    return Till(wechat_process, receiver, now, channel)
