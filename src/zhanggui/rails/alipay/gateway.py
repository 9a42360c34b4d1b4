"""Asking Alipay's gateway: requests signed, answers believed only when their signature holds."""

import functools
import json
import ssl
import urllib.parse
import weakref
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from zhanggui.money.decimals import format_plain, parse_minor
from zhanggui.money.errors import MoneyError
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.rails.alipay import signing
from zhanggui.rails.alipay.keys import Keys

ZONE = ZoneInfo("Asia/Shanghai")  # every time of Alipay's is Beijing's, without saying so
CURRENCY = "CNY"
_ANSWER_BYTES_MOST = 4 * 1024 * 1024
_BILL_BYTES_MOST = 512 * 1024 * 1024
# Codes that say neither yes nor no: the outcome has to be queried.
_UNCLEAR = frozenset({"20000"})
_UNCLEAR_SUB = ("SYSTEM_ERROR", "UNKNOW_ERROR", "unknow-error", "UNKNOWN_ERROR")


@functools.cache
def _trusted_hosts() -> ssl.SSLContext:
    """Whom TLS believes; reading it takes a while, so once."""
    return httpx.create_ssl_context()


class Gateway:
    """One application at Alipay. Calls may be made from several threads."""

    def __init__(self, *, address: str, app_id: str, keys: Keys, seconds: int) -> None:
        self.address, self.app_id, self.keys = address, app_id, keys
        self._http = httpx.Client(
            timeout=httpx.Timeout(seconds, connect=min(seconds, 5)),
            follow_redirects=False,
            verify=_trusted_hosts(),
            # A proxy is for the gateway outside, not for a sandbox on this machine.
            trust_env=address.startswith("https:"),
        )
        self.close = weakref.finalize(self, self._http.close)

    def parameters(
        self,
        method: str,
        business: Mapping[str, Any],
        *,
        now: datetime,
        common: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        """The parameters of a request, signed."""
        asked = {
            "app_id": self.app_id, "method": method, "format": "JSON", "charset": "utf-8", "sign_type": "RSA2",
            "timestamp": beijing(now), "version": "1.0", **(common or {}),
            "biz_content": json.dumps(business, ensure_ascii=False, separators=(",", ":")),
        }  # fmt: skip
        if self.keys.certified:
            asked["app_cert_sn"] = self.keys.app_number
            asked["alipay_root_cert_sn"] = self.keys.root_number
        asked = {name: value for name, value in asked.items() if value}
        asked["sign"] = signing.signature(signing.request_text(asked), self.keys.ours)
        return asked

    def link(
        self, method: str, business: Mapping[str, Any], *, now: datetime, common: Mapping[str, str]
    ) -> str:
        """An address of the gateway for the buyer's browser, signed."""
        asked = self.parameters(method, business, now=now, common=common)
        return f"{self.address}?{urllib.parse.urlencode(asked)}"

    def ask(
        self,
        method: str,
        business: Mapping[str, Any],
        *,
        now: datetime,
        common: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """What Alipay answers to a call that went well. Raises ChannelRefused, ChannelUnclear."""
        asked = self.parameters(method, business, now=now, common=common)
        body = self._body("POST", self.address, _ANSWER_BYTES_MOST, asked)
        answer = self._believed(body, f"{method.replace('.', '_')}_response")
        code, sub = str(answer.get("code", "")), str(answer.get("sub_code", ""))
        if code == "10000":
            return answer
        said = f"{answer.get('msg', '')}: {answer.get('sub_msg', '')}".strip(": ")
        if code in _UNCLEAR or any(word in sub for word in _UNCLEAR_SUB):
            raise ChannelUnclear(f"Alipay does not know the outcome of {method}: {sub or code} {said}")
        raise ChannelRefused(sub or code, said or sub or code)

    def download(self, address: str) -> bytes:
        """A file from an address that a signed answer named; the file itself bears no signature."""
        return self._body("GET", address, _BILL_BYTES_MOST, None)

    def _body(self, verb: str, address: str, most: int, form: Mapping[str, str] | None) -> bytes:
        try:
            with self._http.stream(verb, address, data=form) as answer:
                if answer.status_code != 200:
                    raise ChannelUnclear(f"Alipay answered with status {answer.status_code}")
                content = bytearray()
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > most:
                        raise ChannelUnclear(f"Alipay's answer is larger than {most} bytes")
                return bytes(content)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise ChannelUnclear(f"Alipay did not answer: {str(fault) or type(fault).__name__}") from fault

    def _believed(self, body: bytes, name: str) -> dict[str, Any]:
        """The answer, its signature verified over the very text that it is."""
        try:
            parts = signing.members(body.decode("utf-8"))
            signed = json.loads(parts.get("sign", '""'))
            text = parts[name] if name in parts else parts["error_response"]
            number = json.loads(parts.get("alipay_cert_sn", '""'))
            answer = json.loads(text, parse_float=str)
        except (ValueError, KeyError, RecursionError) as fault:
            raise ChannelUnclear(f"Alipay's answer cannot be read: {fault!r}") from fault
        if self.keys.certified and number != self.keys.their_number:
            raise ChannelUnclear(
                "Alipay signed with a certificate that we do not have; fetch alipay_certificate from the console"
            )
        if not (isinstance(signed, str) and isinstance(answer, dict)) or not signing.holds(
            text, signed, self.keys.theirs
        ):
            raise ChannelUnclear("the signature of Alipay's answer does not hold")
        return answer


def beijing(at: datetime) -> str:
    """A time as Alipay writes it."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


def moment_of(text: Any) -> datetime | None:
    """A time of Alipay's, aware; None where there is none. Raises ChannelUnclear."""
    if not text:
        return None
    try:
        return datetime.strptime(str(text)[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
    except ValueError as fault:
        raise ChannelUnclear(f"Alipay wrote the time {text!r}") from fault


def yuan(minor: int) -> str:
    """Minor units as Alipay writes amounts."""
    return format_plain(minor, CURRENCY)


def minor_of(text: Any) -> int:
    """An amount of Alipay's in minor units. Raises ChannelUnclear."""
    try:
        return parse_minor(str(text), CURRENCY)
    except MoneyError as fault:
        raise ChannelUnclear(f"Alipay wrote the amount {text!r}") from fault
