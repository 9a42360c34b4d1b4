"""How UnionPay's messages are written and signed (version 5.1.0, signMethod 01). Pure.

Signed is the text of all filled fields but `signature`, sorted, `name=value` joined by `&`, values raw; and not the
text itself but its SHA-256 in small hexadecimal letters, which RSA-SHA256 then hashes once more.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_OPENS, _CLOSES = "{[", "}]"


def signed_text(fields: Mapping[str, str]) -> str:
    """What is signed of a message."""
    return "&".join(
        f"{name}={fields[name]}" for name in sorted(fields) if name != "signature" and fields[name]
    )


def signature(fields: Mapping[str, str], key: rsa.RSAPrivateKey) -> str:
    """The signature of a message, base64."""
    return base64.b64encode(key.sign(_digest(fields), padding.PKCS1v15(), hashes.SHA256())).decode("ascii")


def holds(fields: Mapping[str, str], key: rsa.RSAPublicKey) -> bool:
    """Whether a message's `signature` is that of the owner of `key`."""
    try:
        signed = base64.b64decode(fields.get("signature", ""), validate=True)
        key.verify(signed, _digest(fields), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _digest(fields: Mapping[str, str]) -> bytes:
    return hashlib.sha256(signed_text(fields).encode()).hexdigest().encode("ascii")


def read_answer(text: str) -> dict[str, str]:
    """The fields of an answer: `name=value` joined by `&`, values raw (base64 with its `+`, PEM with its line ends),
    so that an `&` between brackets belongs to a value. Raises ValueError where a name is twice or not there."""
    fields: dict[str, str] = {}
    depth, begins = 0, 0
    for at, sign in enumerate(text + "&"):
        if sign in _OPENS:
            depth += 1
        elif sign in _CLOSES and depth:
            depth -= 1
        elif sign == "&" and (depth == 0 or at == len(text)):
            name, found, value = text[begins:at].partition("=")
            if not found or not name or name in fields:
                raise ValueError(f"the field {name[:40]!r} is not there once, with a value")
            fields[name] = value
            begins = at + 1
    return fields
