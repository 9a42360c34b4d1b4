"""How messages of WeChat Pay's second version are written and signed: flat XML, a sign with the API key. Pure.

Signed are the filled fields at the top but `sign`, sorted, `name=value` joined by `&`, then `&key=` and the API key:
MD5 or HMAC-SHA256 of it, in capital hexadecimal letters. Lists inside (`hblist`) are not signed.
"""

import hashlib
import hmac
from collections.abc import Mapping

from lxml import etree

from zhanggui.files.safe_xml import XmlBroken, XmlUnsafe, root_of

MD5, HMAC_SHA256 = "MD5", "HMAC-SHA256"
_BYTES_MOST = 1024 * 1024


def signature(fields: Mapping[str, str], *, key: str, by: str) -> str:
    """This function will return the sign of a message, by MD5 or HMAC-SHA256."""
    named = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign" and fields[name])
    text = f"{named}&key={key}".encode()
    if by == HMAC_SHA256:
        return hmac.new(key.encode(), text, hashlib.sha256).hexdigest().upper()
    # WeChat's protocol: what protects the money is the certificate that the caller shows over TLS.
    return hashlib.md5(text, usedforsecurity=False).hexdigest().upper()


def holds(fields: Mapping[str, str], *, key: str, by: str) -> bool:
    """This function will say whether a message's `sign` was made with the key."""
    return hmac.compare_digest(fields.get("sign", "").encode(), signature(fields, key=key, by=by).encode())


def written(fields: Mapping[str, str]) -> bytes:
    """This function will return a message of the filled fields; their values are printable."""
    root = etree.Element("xml")
    for name, value in fields.items():
        if value:
            etree.SubElement(root, name).text = value
    return etree.tostring(root, encoding="utf-8")


def read(content: bytes) -> dict[str, str]:
    """This function will return the fields at the top of a message, opened safely. Raises ValueError."""
    if len(content) > _BYTES_MOST:
        raise ValueError(f"the message is larger than {_BYTES_MOST} bytes")
    try:
        root = root_of(content)
    except XmlUnsafe as fault:
        raise ValueError(f"the message {fault}") from fault
    except XmlBroken as fault:
        raise ValueError(f"the message is no XML: {fault}") from fault
    if root.tag != "xml":
        raise ValueError(f"the message begins with {root.tag!r}, not with xml")
    fields: dict[str, str] = {}
    for one in root:
        if one.tag in fields:
            raise ValueError(f"the field {one.tag} is there twice")
        if len(one) == 0:
            fields[str(one.tag)] = one.text or ""
    return fields
