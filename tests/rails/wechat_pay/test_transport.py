"""What is certain and what is not: silence, lost and broken answers, wrong signatures, wrong keys; certificates."""

import gc
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.rails.wechat_pay.till import Till
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, ChargeState
from zhanggui.rails.wechat_pay.channel import WechatPay
from zhanggui.rails.wechat_pay.making import make_channel

_made: list[WechatPay] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while _made:
        _made.pop().close()


def _other(
    till: Till, *, without: tuple[str, ...] = (), secrets: dict[str, str] | None = None, **settings: str
) -> WechatPay:
    """Our client made with other settings."""
    client = till.sandbox.client
    kept = {name: value for name, value in client["settings"].items() if name not in without}
    _made.append(make_channel(kept | settings, client["secrets"] | (secrets or {})))
    return _made[-1]


def test_a_channel_that_is_set_up_anew_takes_its_connections_along(till: Till) -> None:
    before = _other(till)
    _made.clear()
    assert before.query_charge("nobody", now=till.now).state is ChargeState.UNKNOWN
    connections = before.close
    del before
    gc.collect()
    assert not connections.alive


class TestNobodyKnows:
    def test_a_lost_answer_was_done(self, till: Till) -> None:
        asked = till.asked()
        till.sandbox.fault("lost", path="/v3/pay/transactions/native")
        with pytest.raises(ChannelUnclear):
            till.begin(asked)
        assert till.channel.query_charge(asked.number, now=till.now).state is ChargeState.WAITING
        assert till.begin(asked).value

    def test_a_broken_one_was_not(self, till: Till) -> None:
        asked = till.asked()
        till.sandbox.fault("broken", path="/v3/pay/transactions/native")
        with pytest.raises(ChannelUnclear, match="SYSTEM_ERROR"):
            till.begin(asked)
        assert till.channel.query_charge(asked.number, now=till.now).state is ChargeState.UNKNOWN

    @pytest.mark.parametrize("kind", ["wrong_signature", "unsigned"])
    def test_an_answer_that_wechat_did_not_sign_says_nothing(self, till: Till, kind: str) -> None:
        charge = till.paid(10000)
        refund = till.refund_asked(charge, 10000, 100)
        till.sandbox.fault(kind, path="/v3/refund")
        with pytest.raises(ChannelUnclear, match="signature"):
            till.channel.refund(refund, now=till.now)
        assert (
            till.channel.query_refund(refund.number, charge_number=charge[0], now=till.now).amount_minor
            == 100
        )

    @pytest.mark.parametrize("kind", ["wrong_signature", "unsigned"])
    def test_a_no_that_wechat_did_not_sign_is_no_no(self, till: Till, kind: str) -> None:
        charge = till.paid(10000)
        till.sandbox.fault(kind, path="/v3/refund")
        with pytest.raises(ChannelUnclear):
            till.channel.refund(till.refund_asked(charge, 10000, 10001), now=till.now)

    def test_silence_is_waited_for_only_so_long(self, till: Till) -> None:
        hasty = _other(till, seconds="1")
        asked = till.asked()
        till.sandbox.fault("silent", path="/v3/pay/transactions/native")
        with pytest.raises(ChannelUnclear, match="ReadTimeout"):
            hasty.begin_charge(asked, now=till.now)
        assert till.channel.query_charge(asked.number, now=till.now).state is ChargeState.UNKNOWN
        till.sandbox.steer("DELETE", "held")

    def test_an_answer_that_comes_late_is_an_answer(self, till: Till) -> None:
        till.sandbox.fault("silent", path="/v3/pay/transactions/native")
        found: list[str] = []
        asking = threading.Thread(target=lambda: found.append(till.begin(till.asked()).kind))
        asking.start()
        while not till.sandbox.steer("GET", "held")["held"]:
            assert asking.is_alive()
        till.sandbox.steer("DELETE", "held")
        asking.join(20)
        assert found == ["qr"]

    def test_nobody_listens(self, till: Till) -> None:
        nowhere = _other(till, base_url="http://127.0.0.1:9")
        with pytest.raises(ChannelUnclear, match="ConnectError"):
            nowhere.query_charge("P1", now=till.now)

    def test_a_clock_that_is_wrong_is_not_believed(self, till: Till) -> None:
        ahead = till.now.replace(year=till.now.year + 3)
        with pytest.raises(ChannelUnclear, match="SIGN_ERROR"):
            till.channel.query_charge("P1", now=ahead)


class TestKeys:
    def test_a_stranger_is_not_heard(self, till: Till) -> None:
        key = generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        with pytest.raises(ChannelUnclear, match="401 SIGN_ERROR"):
            _other(till, secrets={"private_key": pem}).begin_charge(till.asked(), now=till.now)

    def test_certificates_are_fetched_where_there_is_no_public_key(self, till: Till) -> None:
        old = _other(till, without=("public_key_id", "public_key"))
        asked = till.asked()
        assert old.begin_charge(asked, now=till.now).kind == "qr"
        till.pay(asked.number)
        received = till.receiver.next()
        assert not received.headers["wechatpay-serial"].startswith("PUB_KEY_ID_")
        notice = old.read_notice(headers=received.headers, body=received.body, now=till.now)
        assert notice.charge is not None and notice.charge.number == asked.number

    def test_certificates_of_another_apiv3_key_are_not_believed(self, till: Till) -> None:
        other = _other(till, without=("public_key_id", "public_key"), secrets={"api_v3_key": "x" * 32})
        with pytest.raises(ChannelUnclear, match="certificates cannot be read"):
            other.query_charge("P1", now=till.now)

    def test_another_merchants_public_key_verifies_nothing(self, till: Till) -> None:
        key = generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        with pytest.raises(ChannelUnclear, match="signature"):
            _other(till, public_key=pem).begin_charge(till.asked(), now=till.now)


class TestMaking:
    @pytest.mark.parametrize("name", ["mchid", "appid", "serial_no"])
    def test_settings_have_to_be_there(self, till: Till, name: str) -> None:
        with pytest.raises(ValueError, match=name):
            _other(till, without=(name,))

    @pytest.mark.parametrize(
        ("secrets", "said"),
        [
            ({"private_key": ""}, "private_key"),
            ({"api_v3_key": "short"}, "32 characters"),
            ({"private_key": "x"}, "PEM"),
        ],
    )
    def test_secrets_have_to_be_right(self, till: Till, secrets: dict[str, str], said: str) -> None:
        with pytest.raises(ValueError, match=said):
            _other(till, secrets=secrets)

    def test_a_public_key_has_its_number(self, till: Till) -> None:
        with pytest.raises(ValueError, match="go together"):
            _other(till, without=("public_key",))


def test_what_the_gateway_refuses_bears_its_own_words(till: Till) -> None:
    with pytest.raises(ChannelRefused) as refused:
        till.begin(replace(till.asked(), notify_url="nowhere"))
    assert (refused.value.code, "notify_url" in refused.value.message) == ("PARAM_ERROR", True)
