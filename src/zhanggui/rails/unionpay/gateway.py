"""Asking UnionPay's gateway: forms out, raw fields back, believed only when certificate and signature hold."""

import functools
import ssl
import weakref
from collections.abc import Mapping
from datetime import datetime

import httpx

from zhanggui.payments.channel import ChannelUnclear
from zhanggui.rails.unionpay import signing
from zhanggui.rails.unionpay.keys import Keys
from zhanggui.rails.unionpay.trust import NotTrusted, trusted_key

FRONT, BACK = "/gateway/api/frontTransReq.do", "/gateway/api/backTransReq.do"
QUERY, APP, BATCH = "/gateway/api/queryTrans.do", "/gateway/api/appTransReq.do", "/gateway/api/batchTrans.do"
_BYTES_MOST = 128 * 1024 * 1024


@functools.cache
def _trusted_hosts() -> ssl.SSLContext:
    """Whom TLS believes; reading it takes a while, so once."""
    return httpx.create_ssl_context()


class Gateway:
    """One merchant at UnionPay. Calls may be made from several threads."""

    def __init__(self, *, address: str, files: str, merchant: str, keys: Keys, seconds: int) -> None:
        self.address, self.files = address.rstrip("/"), files
        self.merchant, self.keys = merchant, keys
        self._http = httpx.Client(
            timeout=httpx.Timeout(seconds, connect=min(seconds, 5)),
            follow_redirects=False,
            verify=_trusted_hosts(),
            # A proxy is for the gateway outside, not for a sandbox on this machine.
            trust_env=address.startswith("https:"),
        )
        self.close = weakref.finalize(self, self._http.close)

    def message(self, fields: Mapping[str, str]) -> dict[str, str]:
        """A message of ours, signed."""
        whole = {
            "version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "accessType": "0", "merId": self.merchant,
            "certId": self.keys.number, **fields,
        }  # fmt: skip
        whole = {name: value for name, value in whole.items() if value}
        return whole | {"signature": signing.signature(whole, self.keys.ours)}

    def ask(self, address: str, fields: Mapping[str, str], *, now: datetime) -> dict[str, str]:
        """What UnionPay answers, whatever its respCode. Raises ChannelUnclear."""
        try:
            with self._http.stream("POST", address, data=self.message(fields)) as answer:
                if answer.status_code != 200:
                    raise ChannelUnclear(f"UnionPay answered with status {answer.status_code}")
                content = bytearray()
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > _BYTES_MOST:
                        raise ChannelUnclear(f"UnionPay's answer is larger than {_BYTES_MOST} bytes")
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise ChannelUnclear(f"UnionPay did not answer: {str(fault) or type(fault).__name__}") from fault
        try:
            found = signing.read_answer(content.decode("utf-8"))
        except ValueError as fault:
            raise ChannelUnclear(f"UnionPay's answer cannot be read: {fault}") from fault
        if fault_found := self.distrust(found, now=now):
            raise ChannelUnclear(f"UnionPay's answer is not believed: {fault_found}")
        if found.get("merId") != self.merchant:
            raise ChannelUnclear(f"UnionPay answered about merchant {found.get('merId')!r}")
        return found

    def distrust(self, fields: Mapping[str, str], *, now: datetime) -> str:
        """Why a message is not UnionPay's; empty when it is."""
        if (fields.get("version"), fields.get("signMethod")) != ("5.1.0", "01"):
            return f"version {fields.get('version')!r} with signMethod {fields.get('signMethod')!r}"
        try:
            key = trusted_key(
                fields.get("signPubKeyCert", ""), roots=self.keys.roots, between=self.keys.between, now=now
            )
        except NotTrusted as fault:
            return str(fault)
        return "" if signing.holds(fields, key) else "the signature does not hold"
