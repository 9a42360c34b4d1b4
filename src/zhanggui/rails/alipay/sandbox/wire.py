"""What goes over the wire: signatures, answers, amounts and times as the gateway writes them. Its own, not ours."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from zhanggui.rails.sandbox_server.messages import Answered
from zhanggui.rails.sandbox_server.store import Document

ZONE = ZoneInfo("Asia/Shanghai")
# Marks an answer that is to be signed, with the name of its member; never sent.
SIGNS = "x-signs"
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?")
_ISSUER = (
    NameOID.COMMON_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.ORGANIZATION_NAME,
    NameOID.COUNTRY_NAME,
)


class Refused(Exception):
    """The gateway says no. `code` is its first code, `sub` its second."""

    def __init__(self, sub: str, said: str, *, code: str = "40004") -> None:
        super().__init__(said)
        self.sub, self.said, self.code = sub, said, code


def sorted_text(values: Mapping[str, str]) -> str:
    """Values by name, joined."""
    return "&".join("=".join(pair) for pair in sorted(values.items()))


def sign(text: str, key: rsa.RSAPrivateKey) -> str:
    """A signature, base64."""
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def verifies(text: str, signed: str, key: rsa.RSAPublicKey) -> bool:
    """Whether the signature holds."""
    try:
        key.verify(base64.b64decode(signed), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def number_of(certificate: x509.Certificate) -> str:
    """What a certificate is called at Alipay."""
    values = [str(certificate.issuer.get_attributes_for_oid(oid)[0].value) for oid in _ISSUER]
    issuer = ",".join(f"{name}={value}" for name, value in zip(("CN", "OU", "O", "C"), values, strict=True))
    return hashlib.md5(f"{issuer}{certificate.serial_number}".encode(), usedforsecurity=False).hexdigest()


def answer(
    method: str, document: Document, *, code: str = "10000", sub: str = "", said: str = ""
) -> Answered:
    """An answer, to be signed by `sealed`."""
    head = {
        "code": code,
        "msg": {"10000": "Success", "40004": "Business Failed"}.get(code, "Invalid Arguments"),
    }
    if sub:
        head |= {"sub_code": sub, "sub_msg": said}
    body = json.dumps(head | document, ensure_ascii=False, separators=(",", ":"))
    name = f"{method.replace('.', '_')}_response" if method else "error_response"
    return Answered(200, body.encode(), {"content-type": "text/html;charset=utf-8", SIGNS: name})


def yuan(cents: int) -> str:
    """Cents as the gateway writes amounts."""
    return f"{cents // 100}.{cents % 100:02d}"


def cents(value: Any) -> int:
    """An amount in yuan, of a text or a JSON number. Raises Refused."""
    text = str(value)
    if not _AMOUNT.fullmatch(text):
        raise Refused("ACQ.INVALID_PARAMETER", f"amount {text!r} is invalid")
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def written(at: str | datetime | None) -> str:
    """A time as the gateway writes it."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}" if moment else ""


def read_time(text: str) -> datetime:
    """A time that the gateway was told. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
