"""The signature once more, written from the protocol's description alone: for UnionPay there is no second library.

"All fields that are not empty but `signature`, sorted, name=value joined by & un-encoded; h is the SHA-256 of it in
small hexadecimal letters; the signature is RSA-SHA256 (PKCS#1 v1.5) of h as text, in base64."
"""

import base64
import hashlib
import ssl
import urllib.parse

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.rails.unionpay.conftest import Shop
from zhanggui.payments.channel import ChannelRefused, ChargeState
from zhanggui.rails.unionpay.keys import keys_of
from zhanggui.rails.unionpay.numbering import sent_at
from zhanggui.rails.unionpay.signing import read_answer
from zhanggui.rails.unionpay.trust import NotTrusted, trusted_key

SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def digest(fields: dict[str, str]) -> bytes:
    """What is signed, hashed twice."""
    text = "&".join(
        name + "=" + fields[name] for name in sorted(fields) if fields[name] and name != "signature"
    )
    once = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return hashlib.sha256(once.encode("ascii")).digest()


def block(hashed: bytes, size: int) -> int:
    """PKCS#1 v1.5 by hand: 00 01 FF … FF 00, then which hash it is, then the hash."""
    tail = SHA256_PREFIX + hashed
    return int.from_bytes(b"\0\1" + b"\xff" * (size - len(tail) - 3) + b"\0" + tail)


def sign_by_hand(fields: dict[str, str], pem: str) -> str:
    """A signature out of nothing but arithmetic."""
    numbers = load_pem_private_key(pem.encode(), None).private_numbers()  # type: ignore[union-attr]
    modulus = numbers.public_numbers.n
    size = (modulus.bit_length() + 7) // 8
    return base64.b64encode(pow(block(digest(fields), size), numbers.d, modulus).to_bytes(size)).decode()


def holds_by_hand(fields: dict[str, str], certificate: str) -> bool:
    """Whether a signature holds, likewise."""
    numbers = x509.load_pem_x509_certificate(certificate.encode()).public_key().public_numbers()  # type: ignore[union-attr]
    size = (numbers.n.bit_length() + 7) // 8
    signed = int.from_bytes(base64.b64decode(fields["signature"]))
    return pow(signed, numbers.e, numbers.n) == block(digest(fields), size)


def test_ours_is_what_the_description_says(shop: Shop) -> None:
    told = shop.sandbox.client["secrets"]
    fields = dict(shop.channel.begin_charge(shop.asked(), now=shop.now).fields)
    assert fields["signature"] == sign_by_hand(fields, told["merchant_key"])
    assert fields["certId"] == str(
        x509.load_pem_x509_certificate(told["merchant_certificate"].encode()).serial_number
    )


def test_the_sandbox_believes_a_message_signed_by_hand_and_answers_one_that_holds(shop: Shop) -> None:
    told = shop.sandbox.client
    number = shop.number()
    shop.decide(shop.page(shop.asked(number=number)))
    fields = {
        "version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "txnType": "00", "txnSubType": "00",
        "bizType": "000000", "accessType": "0", "merId": told["settings"]["merchant"], "orderId": number,
        "txnTime": number[1:15],
        "certId": str(x509.load_pem_x509_certificate(told["secrets"]["merchant_certificate"].encode()).serial_number),
    }  # fmt: skip
    fields["signature"] = sign_by_hand(fields, told["secrets"]["merchant_key"])
    heard = httpx.post(f"{shop.sandbox.address}/gateway/api/queryTrans.do", data=fields, trust_env=False).text
    answer = dict(pair.split("=", 1) for pair in heard.split("&"))
    assert (answer["respCode"], answer["origRespCode"], answer["txnAmt"]) == ("00", "00", "12345")
    assert holds_by_hand(answer, answer["signPubKeyCert"])
    assert not holds_by_hand(answer | {"txnAmt": "1"}, answer["signPubKeyCert"])


def test_its_notices_hold_too(shop: Shop) -> None:
    shop.paid()
    form = dict(urllib.parse.parse_qsl(shop.delivered().decode(), strict_parsing=True))
    assert holds_by_hand(form, form["signPubKeyCert"])
    charge = shop.channel.read_notice(
        headers={}, body=urllib.parse.urlencode(form).encode(), now=shop.now
    ).charge
    assert charge is not None and charge.state is ChargeState.PAID


class TestTrust:
    def test_needs_the_whole_chain(self, shop: Shop) -> None:
        told = shop.sandbox.client["secrets"]
        theirs = (shop.sandbox.folder / "keys" / "unionpay_cert.pem").read_text()
        whole = keys_of(told)
        trusted_key(theirs, roots=whole.roots, between=whole.between, now=shop.now)
        for roots, between in ((whole.roots, ()), ((), whole.between), (whole.between, ())):
            if roots is whole.between:
                continue  # who trusts the middle one needs no root
            with pytest.raises(NotTrusted):
                trusted_key(theirs, roots=roots, between=between, now=shop.now)

    def test_ends_with_the_certificate_s_life(self, shop: Shop) -> None:
        whole = keys_of(shop.sandbox.client["secrets"])
        theirs = (shop.sandbox.folder / "keys" / "unionpay_cert.pem").read_text()
        for year in (2019, 2050):
            with pytest.raises(NotTrusted, match="not valid"):
                trusted_key(theirs, roots=whole.roots, between=whole.between, now=shop.now.replace(year=year))

    @pytest.mark.parametrize(
        "text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
    )
    def test_needs_a_certificate(self, shop: Shop, text: str) -> None:
        whole = keys_of(shop.sandbox.client["secrets"])
        with pytest.raises(NotTrusted):
            trusted_key(text, roots=whole.roots, between=whole.between, now=shop.now)


class TestAnswers:
    def test_values_are_raw(self) -> None:
        text = 'a=x+y==&b={"c":"1&2","d":["3&4"]}&e=-----BEGIN\r\n+/=\r\nEND-----&f='
        assert read_answer(text) == {
            "a": "x+y==", "b": '{"c":"1&2","d":["3&4"]}', "e": "-----BEGIN\r\n+/=\r\nEND-----", "f": "",
        }  # fmt: skip

    @pytest.mark.parametrize("text", ["", "a", "a=1&a=2", "=1", "a=1&&b=2", "<html>"])
    def test_what_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="field"):
            read_answer(text)

    def test_brackets_that_are_not_closed_harm_nobody(self) -> None:
        assert read_answer("a={1&b=2") == {"a": "{1&b=2"}


class TestNumbers:
    @pytest.mark.parametrize(("number", "found"), [
        ("P20261126174400ab12", "2026-11-26T17:44:00+08:00"), ("20261126174400", "2026-11-26T17:44:00+08:00"),
        ("R9920261126174400", "2026-11-26T17:44:00+08:00"), ("A20269926174400B20261126174401", "2026-11-26T17:44:01+08:00"),
    ])  # fmt: skip
    def test_bear_their_time(self, number: str, found: str) -> None:
        assert sent_at(number).isoformat() == found

    @pytest.mark.parametrize(
        "number", ["P1", "P2026112617440", "P20261326174400", "P_20261126174400", "订20261126174400"]
    )
    def test_or_are_refused(self, number: str) -> None:
        with pytest.raises(ChannelRefused):
            sent_at(number)


class TestKeys:
    def test_come_in_one_file_too(self, shop: Shop) -> None:
        from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

        told = shop.sandbox.client["secrets"]
        packed = pkcs12.serialize_key_and_certificates(
            b"merchant", load_pem_private_key(told["merchant_key"].encode(), None),  # type: ignore[arg-type]
            x509.load_pem_x509_certificate(told["merchant_certificate"].encode()), None, BestAvailableEncryption(b"000000"),
        )  # fmt: skip
        pfx = {"merchant_pfx": base64.b64encode(packed).decode(), "merchant_pfx_password": "000000"}
        whole = keys_of(pfx | {"root_certificate": told["root_certificate"]})
        assert whole.number == keys_of(told).number

    @pytest.mark.parametrize("missing", ["merchant_key", "merchant_certificate", "root_certificate"])
    def test_that_are_missing_are_named(self, shop: Shop, missing: str) -> None:
        told = shop.sandbox.client["secrets"]
        with pytest.raises(ValueError, match=missing):
            keys_of({name: value for name, value in told.items() if name != missing})


def test_tls_is_checked_as_everywhere(shop: Shop) -> None:
    """The sandbox is plain HTTP; the real gateway's certificate is looked at all the same."""
    context = shop.channel.gateway._http._transport._pool._ssl_context  # type: ignore[attr-defined]
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
