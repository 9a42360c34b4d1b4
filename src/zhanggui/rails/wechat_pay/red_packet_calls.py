"""Cash red packets (现金红包): one is sent to a person, and asked after, over TLS with the merchant's certificate.

WeChat takes one number once: asked for again it is the same packet. Only a code that WeChat documents as final says
no; whatever else comes back is unclear, and is asked after under the same number.
"""

import secrets
import ssl
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.rails.wechat_pay.red_packet_messages import HMAC_SHA256, holds, read, signature, written
from zhanggui.rails.wechat_pay.values import BEIJING

SEND, ASK = "/mmpaymkttransfers/sendredpack", "/mmpaymkttransfers/gethbinfo"
_BYTES_MOST = 1024 * 1024
# What WeChat documents as a no after which nothing was sent under this number.
FINAL = frozenset({
    "NO_AUTH", "SENDNUM_LIMIT", "CA_ERROR", "ILLEGAL_APPID", "SIGN_ERROR", "XML_ERROR", "PARAM_ERROR",
    "OPENID_ERROR", "NOTENOUGH", "MONEY_LIMIT", "SEND_FAILED", "SENDAMOUNT_LIMIT", "RCVDAMOUNT_LIMIT",
    "MSGAPPID_ERROR",
})  # fmt: skip
_NOT_FOUND = "NOT_FOUND"


class PacketState(StrEnum):
    """What WeChat says of a red packet; `unknown`: it has none under that number."""

    SENDING = "SENDING"
    SENT = "SENT"  # it waits for the person
    FAILED = "FAILED"
    RECEIVED = "RECEIVED"
    GOING_BACK = "RFUND_ING"
    BACK = "REFUND"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PacketAsked:
    """A red packet to send: our number (28 characters), cents, the person's openid under our appid."""

    number: str
    amount_minor: int
    openid: str
    remark: str


@dataclass(frozen=True)
class PacketFound:
    """What WeChat says of a red packet: cents, its own number, why it failed, when it came to that."""

    state: PacketState
    amount_minor: int = 0
    channel_number: str = ""
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Look:
    """What a person sees of a packet: who sends it, the wish, the occasion; `scene` (PRODUCT_1 ...) where the mall
    has agreed one with WeChat, which amounts below 1.00 and above 200.00 need."""

    sender: str
    wish: str
    occasion: str
    scene: str = ""


class RedPackets:
    """One merchant's red packets. Raises ChannelRefused and ChannelUnclear, nothing else."""

    def __init__(
        self, *, base_url: str, mchid: str, appid: str, api_key: str, sign_by: str, look: Look, tls: ssl.SSLContext,
        seconds: int,
    ) -> None:  # fmt: skip
        self.mchid, self.look = mchid, look
        self._appid, self._key, self._by = appid, api_key, sign_by
        self._http = httpx.Client(
            base_url=base_url, timeout=httpx.Timeout(seconds, connect=min(5, seconds)), follow_redirects=False,
            trust_env=False, verify=tls, limits=httpx.Limits(keepalive_expiry=2),
        )  # fmt: skip
        self.close = weakref.finalize(self, self._http.close)

    def send(self, asked: PacketAsked) -> None:
        """Send a red packet; sent again under its number it is the same one. Raises ChannelRefused where WeChat
        certainly sent none."""
        said = self._asked(SEND, {
            "mch_billno": asked.number, "mch_id": self.mchid, "wxappid": self._appid, "send_name": self.look.sender,
            "re_openid": asked.openid, "total_amount": str(asked.amount_minor), "total_num": "1",
            "wishing": self.look.wish, "client_ip": "127.0.0.1", "act_name": self.look.occasion,
            "remark": asked.remark, "scene_id": self.look.scene,
        })  # fmt: skip
        if not _is_well(said):
            code, words = _no(said)
            if code in FINAL:
                raise ChannelRefused(code, words)
            raise ChannelUnclear(f"WeChat does not say whether {asked.number} was sent: {code} {words}")
        if (said.get("mch_billno"), said.get("total_amount")) != (asked.number, str(asked.amount_minor)):
            raise ChannelUnclear(f"asked for {asked.number}, WeChat answered of {said.get('mch_billno')!r}")

    def find(self, number: str) -> PacketFound:
        """What WeChat says of a red packet, of the last thirty days."""
        said = self._asked(
            ASK, {"mch_billno": number, "mch_id": self.mchid, "appid": self._appid, "bill_type": "MCHT"}
        )
        if not _is_well(said):
            code, words = _no(said)
            if code == _NOT_FOUND:
                return PacketFound(PacketState.UNKNOWN)
            raise ChannelUnclear(f"WeChat does not say what became of {number}: {code} {words}")
        amount = said.get("total_amount", "")
        if said.get("mch_billno") != number or not (amount.isascii() and amount.isdigit()):
            raise ChannelUnclear(f"asked for {number}, WeChat answered of {said.get('mch_billno')!r}")
        try:
            state = PacketState(said.get("status", ""))
            told = said.get("refund_time") or said.get("send_time") or ""
            at = datetime.strptime(told, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING) if told else None
        except ValueError as fault:
            raise ChannelUnclear(f"WeChat says of {number} what is not known here: {fault}") from fault
        return PacketFound(state, int(amount), said.get("detail_id", ""), said.get("reason", ""), at)

    def _asked(self, path: str, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields of an answer. WeChat leaves its sign away in places: then TLS alone says who speaks, and it is
        believed for that; a sign that is there must hold."""
        whole = {
            name: "".join(sign for sign in value if sign.isprintable()) for name, value in fields.items()
        } | {"nonce_str": secrets.token_hex(16)}
        if self._by == HMAC_SHA256:
            whole["sign_type"] = HMAC_SHA256
        body = written(whole | {"sign": signature(whole, key=self._key, by=self._by)})
        try:
            with self._http.stream(
                "POST", path, content=body, headers={"content-type": "text/xml"}
            ) as answer:
                content = bytearray()
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > _BYTES_MOST:
                        raise ChannelUnclear(f"WeChat's answer is larger than {_BYTES_MOST} bytes")
                if answer.status_code != 200:
                    raise ChannelUnclear(f"WeChat answered with status {answer.status_code}")
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as fault:
            raise ChannelUnclear(f"WeChat did not answer: {str(fault) or type(fault).__name__}") from fault
        try:
            said = read(bytes(content))
        except ValueError as fault:
            raise ChannelUnclear(f"WeChat's answer cannot be read: {fault}") from fault
        if "sign" in said and not holds(said, key=self._key, by=self._by):
            raise ChannelUnclear("WeChat's answer is not believed: its sign does not hold")
        return said


def merchant_tls(*, key: RSAPrivateKey, certificate: str, root: str = "") -> ssl.SSLContext:
    """This function will return the TLS in which the merchant shows its certificate (PEM), to a server whose
    certificate comes from `root` (PEM; without it from whom this machine believes). Raises ValueError."""
    if x509.load_pem_x509_certificate(certificate.encode()).public_key() != key.public_key():
        raise ValueError("merchant_certificate is not of private_key")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if root else httpx.create_ssl_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if root:
        made.load_verify_locations(cadata=root)
    password = secrets.token_bytes(32)
    hidden = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    # TLS reads keys from files alone: for a moment there is one, which nobody can open.
    with tempfile.NamedTemporaryFile(prefix="zhanggui-") as file:
        file.write(hidden + certificate.encode())
        file.flush()
        made.load_cert_chain(file.name, password=password)
    return made


def _is_well(said: Mapping[str, str]) -> bool:
    return (said.get("return_code"), said.get("result_code")) == ("SUCCESS", "SUCCESS")


def _no(said: Mapping[str, str]) -> tuple[str, str]:
    return said.get("err_code", ""), said.get("err_code_des") or said.get("return_msg", "")
