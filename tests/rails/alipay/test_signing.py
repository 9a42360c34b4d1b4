"""What is signed of an answer is its very text; and an adapter is what payments ask for."""

import inspect
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from zhanggui.payments.channel import Channel
from zhanggui.payments.splitting import SplittingChannel
from zhanggui.rails.alipay import signing
from zhanggui.rails.alipay.channel import AlipayChannel
from zhanggui.rails.alipay.keys import keys_of
from zhanggui.rails.alipay.making import make_channel
from zhanggui.rails.unionpay.channel import UnionpayChannel

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class TestMembers:
    @settings(max_examples=40)
    @given(st.dictionaries(st.text(), JSON, max_size=4), st.sampled_from([None, 1]), st.booleans())
    def test_every_member_is_found_as_it_stands(
        self, document: dict, indent: int | None, ascii_only: bool
    ) -> None:
        body = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
        found = signing.members(body)
        assert {name: json.loads(text) for name, text in found.items()} == document
        assert all(text in body for text in found.values())

    def test_a_name_inside_a_text_is_no_member(self) -> None:
        inside = r'"{\"a_response\":{\"code\":\"10000\"}}"'
        body = f'{{"note":{inside}, "a_response" : {{"code" : "4\\u0030004", "x":"}}{{"}} ,"sign":"s"}}'
        assert signing.members(body)["a_response"] == '{"code" : "4\\u0030004", "x":"}{"}'

    @pytest.mark.parametrize(
        "body", ['{"a":1,"a":2}', "[]", "", "{", '{"a":1', '{"a" 1}', '{"a":1 "b":2}', "success", '{1:2}'],
    )  # fmt: skip
    def test_anything_else_is_refused(self, body: str) -> None:
        with pytest.raises(ValueError, match=r"answer|Expecting"):
            signing.members(body)


class TestSignatures:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def test_empty_values_and_the_signature_do_not_count(self) -> None:
        assert signing.request_text({"b": "2", "sign": "x", "a": "1", "c": ""}) == "a=1&b=2"

    @pytest.mark.parametrize("signed", ["", "!", "AAAA", "é", "A" * 344])
    def test_nonsense_does_not_hold(self, signed: str) -> None:
        assert not signing.holds("text", signed, self.key.public_key())

    def test_only_the_same_text_holds(self) -> None:
        signed = signing.signature("文", self.key)
        assert signing.holds("文", signed, self.key.public_key())
        assert not signing.holds("文 ", signed, self.key.public_key())


class TestSettings:
    def test_what_is_missing_is_named(self) -> None:
        for given_ones, word in (({}, "app_id"), ({"app_id": "1"}, "seller_id")):
            with pytest.raises(ValueError, match=word):
                make_channel(given_ones, {})
        with pytest.raises(ValueError, match="royalty_mode"):
            make_channel({"app_id": "1", "seller_id": "2", "royalty_mode": "later"}, {})
        with pytest.raises(ValueError, match="app_private_key"):
            keys_of({})

    def test_a_half_of_certificate_mode_is_refused(self) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        pem = TestSignatures.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        bare = "".join(pem.splitlines()[1:-1])  # as Alipay's own tool writes keys
        with pytest.raises(ValueError, match="alipay_certificate, alipay_root_certificate"):
            keys_of({"app_private_key": bare, "app_certificate": "x"})
        with pytest.raises(ValueError, match="alipay_public_key"):
            keys_of({"app_private_key": bare})


@pytest.mark.parametrize(("adapter", "protocol"), [
    (AlipayChannel, Channel), (AlipayChannel, SplittingChannel), (UnionpayChannel, Channel),
])  # fmt: skip
def test_an_adapter_is_what_payments_ask_for(adapter: type, protocol: type) -> None:
    asked = {
        name: one
        for name, one in vars(protocol).items()
        if inspect.isfunction(one) and not name.startswith("_")
    }
    assert asked
    for name, one in asked.items():
        ours = inspect.signature(getattr(adapter, name)).parameters
        assert {key: value.kind for key, value in ours.items()} == {
            key: value.kind for key, value in inspect.signature(one).parameters.items()
        }, name
