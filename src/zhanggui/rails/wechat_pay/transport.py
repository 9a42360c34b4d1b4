"""Asking WeChat Pay: requests signed, answers verified, patience bounded, and a "no" told from "nobody knows"."""

import json
import time
import weakref
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.rails.wechat_pay.certificates import PlatformKeys
from zhanggui.rails.wechat_pay.signing import authorization, holds, signed_text, veiled

WINDOW = timedelta(minutes=5)
ANSWER_MOST = 4 * 1024 * 1024
BILL_MOST = 1024 * 1024 * 1024
ASK_AGAIN = frozenset(
    {"SYSTEM_ERROR", "FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED", "BANK_ERROR", "STATEMENT_CREATING"}
)
"""Codes that say "not now": they promise nothing about what became of the request."""

type Document = dict[str, Any]


class Transport:
    """One merchant number's way to WeChat Pay. Raises ChannelRefused and ChannelUnclear, nothing else.

    Only an answer that WeChat signed can say no. Whatever else comes back, silence above all, is unclear.
    """

    def __init__(
        self, *, base_url: str, mchid: str, serial_no: str, private_key: RSAPrivateKey, api_v3_key: str,
        keys: PlatformKeys, seconds: int, proxy: str = "",
    ) -> None:  # fmt: skip
        self.mchid = mchid
        self.private_key = private_key
        self.api_v3_key = api_v3_key
        self.keys = keys
        self._serial_no = serial_no
        self._seconds = seconds
        self._client = httpx.Client(
            base_url=base_url, timeout=httpx.Timeout(seconds, connect=min(5, seconds)), follow_redirects=False,
            trust_env=False, proxy=proxy or None, limits=httpx.Limits(keepalive_expiry=2),
        )  # fmt: skip
        # An adapter that is made anew after its settings changed takes its connections along.
        self.close = weakref.finalize(self, self._client.close)

    def get(self, target: str, *, now: datetime) -> Document:
        """The document at an address."""
        return self._asked("GET", target, None, now)

    def post(self, target: str, document: Document | None, *, now: datetime) -> Document:
        """What is answered to a document; an empty one for 204."""
        return self._asked("POST", target, document, now)

    def veil(self, text: str, *, now: datetime) -> str:
        """A name or number that only WeChat may read."""
        found = self.keys.to_write_with()
        if found is None:
            self.refresh_certificates(now=now)
            found = self.keys.to_write_with()
        if found is None:
            raise ChannelUnclear("WeChat Pay listed no certificate that is valid now")
        return veiled(found[1], text)

    def refresh_certificates(self, *, now: datetime) -> None:
        """Fetch the platform certificates. What the APIv3 key opens came from WeChat; so the list needs no signature
        that we could not check before we have it."""
        status, headers, body = self._sent("GET", "/v3/certificates", "", now)
        del headers
        try:
            listed = json.loads(body)
            if status != 200:
                raise ValueError(f"{status} {listed.get('code', '')}")
            self.keys.take_in(listed, api_v3_key=self.api_v3_key, now=now)
        except (ValueError, KeyError, TypeError, AttributeError) as broken:
            raise ChannelUnclear(f"WeChat Pay's certificates cannot be read: {broken}") from broken

    def download(self, address: str, *, now: datetime) -> bytes:
        """The bytes at an address that WeChat named in an answer. Nobody signs them; the answer has their hash."""
        parts = urlsplit(address)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        status, _, body = self._sent("GET", target, "", now, most=BILL_MOST)
        if status != 200:
            raise ChannelUnclear(f"the file was not given out ({status}); ask for it again")
        return body

    def _asked(self, method: str, target: str, document: Document | None, now: datetime) -> Document:
        body = "" if document is None else json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        status, headers, answer = self._sent(method, target, body, now)
        signed = self._is_signed(headers, answer, now)
        told = _told(answer)
        if 200 <= status < 300:
            if not signed:
                raise ChannelUnclear(
                    f"the answer to {method} {target} bears no valid signature of WeChat Pay's"
                )
            if told is None:
                raise ChannelUnclear(f"the answer to {method} {target} is no JSON object")
            return told
        code, message = str((told or {}).get("code", "")), str((told or {}).get("message", ""))
        if 400 <= status < 500 and signed and code and code not in ASK_AGAIN and status != 429:
            raise ChannelRefused(code, message)
        raise ChannelUnclear(f"{method} {target} was answered {status} {code} {message}".rstrip())

    def _sent(
        self, method: str, target: str, body: str, now: datetime, *, most: int = ANSWER_MOST
    ) -> tuple[int, Mapping[str, str], bytes]:
        headers = {
            "accept": "application/json", "user-agent": "zhanggui", "accept-encoding": "identity",
            "authorization": authorization(
                self.private_key, mchid=self.mchid, serial_no=self._serial_no, method=method, target=target,
                body=body, now=now,
            ),
        }  # fmt: skip
        if body:
            headers["content-type"] = "application/json"
        writing = self.keys.to_write_with()
        if writing is not None:
            headers["wechatpay-serial"] = writing[0]
        until = time.monotonic() + self._seconds * (1 if most == ANSWER_MOST else 20)
        try:
            with self._client.stream(method, target, headers=headers, content=body.encode()) as answered:
                return answered.status_code, answered.headers, _within(answered, most, until)
        except httpx.HTTPError as failed:
            raise ChannelUnclear(f"{method} {target}: {type(failed).__name__} {failed}".rstrip()) from failed

    def _is_signed(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        serial, stamp = headers.get("wechatpay-serial", ""), headers.get("wechatpay-timestamp", "")
        if not serial or not stamp.isdigit() or abs(int(stamp) - now.timestamp()) > WINDOW.total_seconds():
            return False
        if self.keys.key(serial) is None and not self.keys.public_key_mode:
            self.refresh_certificates(now=now)
        key = self.keys.key(serial)
        text = signed_text(stamp, headers.get("wechatpay-nonce", ""), body.decode("utf-8", "replace"))
        return key is not None and holds(key, text, headers.get("wechatpay-signature", ""))


def _told(body: bytes) -> Document | None:
    if not body:
        return {}
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _within(answered: httpx.Response, most: int, until: float) -> bytes:
    """The body, as long as it is not too long and does not take too long."""
    body = bytearray()
    for piece in answered.iter_raw():
        body += piece
        if len(body) > most:
            raise httpx.ReadError(f"the answer is longer than {most} bytes")
        if time.monotonic() > until:
            raise httpx.ReadTimeout("the answer never ends")
    return bytes(body)
