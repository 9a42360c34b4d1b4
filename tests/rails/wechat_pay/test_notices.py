"""Notices: believed when they are WeChat's and of now, and not otherwise; sent again until taken."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.rails.wechat_pay.till import Till
from zhanggui.payments.channel import ChargeState, NoticeForged, NoticeStale
from zhanggui.rails.wechat_pay.certificates import PlatformKeys
from zhanggui.rails.wechat_pay.notices import Opened, notice_of, open_notice
from zhanggui.rails.wechat_pay.signing import sealed, sign, signed_text

NOW = datetime.fromisoformat("2026-10-03T10:00:00+08:00")
API_V3_KEY = "0123456789abcdef0123456789abcdef"
KEY_ID = "PUB_KEY_ID_0116210000000001"


def _key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


OURS, STRANGER = _key(), _key()
KEYS = PlatformKeys(
    public_key_id=KEY_ID,
    public_key_pem=OURS.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
)
PAID = {
    "mchid": "1900000001", "appid": "wx1", "out_trade_no": "P20261003100000ab12", "transaction_id": "4200001",
    "trade_state": "SUCCESS", "success_time": "2026-10-03T09:59:58+08:00", "payer": {"openid": "oBuyer"},
    "amount": {"total": 8800, "payer_total": 8800, "currency": "CNY", "payer_currency": "CNY"},
}  # fmt: skip


def written(
    *, key: RSAPrivateKey = OURS, at: datetime = NOW, serial: str = KEY_ID, api_v3_key: str = API_V3_KEY,
    resource: Mapping[str, object] = PAID, event: str = "TRANSACTION.SUCCESS",
) -> tuple[dict[str, str], bytes]:  # fmt: skip
    """A notice written by hand."""
    nonce, hidden_nonce, stamp = secrets.token_hex(16), secrets.token_hex(6), str(int(at.timestamp()))
    hidden = sealed(
        api_v3_key, json.dumps(resource).encode(), nonce=hidden_nonce, associated_data="transaction"
    )
    body = json.dumps({
        "id": "EV-2026100310000001", "create_time": at.isoformat(), "resource_type": "encrypt-resource",
        "event_type": event, "summary": "支付成功", "resource": {
            "original_type": "transaction", "algorithm": "AEAD_AES_256_GCM", "ciphertext": hidden,
            "associated_data": "transaction", "nonce": hidden_nonce,
        },
    }).encode()  # fmt: skip
    return {
        "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": serial,
        "Wechatpay-Signature": sign(key, signed_text(stamp, nonce, body.decode())),
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }, body  # fmt: skip


def opened(headers: Mapping[str, str], body: bytes, *, now: datetime = NOW) -> Opened:
    return open_notice(headers=headers, body=body, keys=KEYS, api_v3_key=API_V3_KEY, now=now)


class TestByHand:
    def test_a_true_one_says_what_was_paid(self) -> None:
        found = notice_of(opened(*written()), account="1900000001")
        assert found.id == "EV-2026100310000001"
        assert found.charge is not None
        assert (found.charge.state, found.charge.amount_minor) == (ChargeState.PAID, 8800)
        assert (found.charge.channel_number, found.charge.payer) == ("4200001", "oBuyer")

    def test_header_names_may_be_written_in_any_case(self) -> None:
        headers, body = written()
        assert opened({name.upper(): value for name, value in headers.items()}, body).id

    def test_a_strangers_signature_is_forged(self) -> None:
        with pytest.raises(NoticeForged, match="does not hold"):
            opened(*written(key=STRANGER))

    def test_an_unknown_serial_is_forged(self) -> None:
        with pytest.raises(NoticeForged, match="no key"):
            opened(*written(serial="ABCDEF0123"))

    def test_a_probe_is_forged(self) -> None:
        headers, body = written()
        headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"][19:]
        with pytest.raises(NoticeForged, match="tries"):
            opened(headers, body)

    @pytest.mark.parametrize("name", ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature"])
    def test_one_altered_in_its_headers_is_forged(self, name: str) -> None:
        headers, body = written()
        headers[name] = headers[name][:-4] + "1111"
        with pytest.raises(NoticeForged):
            opened(headers, body)

    def test_one_altered_in_its_body_is_forged(self) -> None:
        headers, body = written()
        with pytest.raises(NoticeForged):
            opened(headers, body.replace(b"EV-", b"EW-"))

    def test_one_without_a_signature_is_forged(self) -> None:
        with pytest.raises(NoticeForged):
            opened({}, written()[1])

    @pytest.mark.parametrize("ago", [timedelta(days=365), timedelta(minutes=6), timedelta(minutes=-6)])
    def test_one_of_another_time_is_stale(self, ago: timedelta) -> None:
        with pytest.raises(NoticeStale):
            opened(*written(at=NOW - ago))

    @pytest.mark.parametrize("ago", [timedelta(minutes=4), timedelta(minutes=-4)])
    def test_clocks_may_differ_a_little(self, ago: timedelta) -> None:
        assert opened(*written(at=NOW - ago)).event == "TRANSACTION.SUCCESS"

    def test_one_hidden_by_another_key_is_forged(self) -> None:
        with pytest.raises(NoticeForged, match="APIv3"):
            opened(*written(api_v3_key="f" * 32))

    def test_the_same_one_again_has_the_same_number(self) -> None:
        notice = written()
        assert opened(*notice).id == opened(*notice).id

    def test_one_about_something_else_bears_its_number_alone(self) -> None:
        found = notice_of(opened(*written(event="MCHTRANSFER.BILL.FINISHED", resource={})), account="1")
        assert (found.charge, found.refund) == (None, None)


class TestFromTheSandbox:
    def test_it_is_sent_again_until_it_is_taken(self, till: Till) -> None:
        till.receiver.answers = [(500, b""), (500, b"")]
        asked = till.asked()
        till.begin(asked)
        till.pay(asked.number)
        ids = [till.read(till.receiver.next()).id]
        for _ in range(2):
            till.step(seconds=15)
            ids.append(till.read(till.receiver.next()).id)
        assert len(set(ids)) == 1

    @pytest.mark.parametrize(
        ("writing", "refusal"),
        [
            ("forged", NoticeForged),
            ("probe", NoticeForged),
            ("altered", NoticeForged),
            ("stale", NoticeStale),
        ],
    )
    def test_what_is_not_true_is_not_believed(
        self, till: Till, writing: str, refusal: type[Exception]
    ) -> None:
        till.sandbox.fault("callback_never", of="charge")
        asked = till.asked()
        till.begin(asked)
        till.pay(asked.number)
        held = till.sandbox.steer("GET", "callbacks")[-1]["id"]
        till.sandbox.deliver(held, writing)
        with pytest.raises(refusal):
            till.read(till.receiver.next())
        [true] = till.sandbox.deliver(held)
        assert true["taken"]
        assert till.read(till.receiver.next()).charge.number == asked.number

    def test_faults_come_before_the_true_one(self, till: Till) -> None:
        for kind in ("callback_forged", "callback_probe", "callback_twice"):
            till.sandbox.fault(kind, of="charge")
        asked = till.asked()
        till.begin(asked)
        till.pay(asked.number)
        for _ in range(2):
            with pytest.raises(NoticeForged):
                till.read(till.receiver.next())
        first, second = till.read(till.receiver.next()), till.read(till.receiver.next())
        assert first.id == second.id

    def test_ours_is_the_answer_that_it_takes(self, till: Till) -> None:
        taken, not_taken = till.channel.answer_notice(taken=True), till.channel.answer_notice(taken=False)
        assert (taken.status, taken.body) == (204, b"")
        assert not_taken.status == 500 and json.loads(not_taken.body)["code"] == "FAIL"
