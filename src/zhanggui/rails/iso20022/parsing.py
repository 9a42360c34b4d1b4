"""Open an ISO 20022 message safely, and find things in it whatever its version's namespace is."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from zhanggui.files.safe_xml import Element, XmlBroken, XmlUnsafe, root_of
from zhanggui.money.currencies import exponent_of
from zhanggui.money.errors import Refusal
from zhanggui.rails.iso20022.errors import MessageDamaged, MessageUnsafe, NotIso20022

LARGEST = 256 * 1024 * 1024
NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:((?:pain|camt|pacs)\.[0-9]{3}\.[0-9]{3}\.[0-9]{2})")
AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,5})?")


def opened(content: bytes, *, name: str = "the file") -> tuple[str, Element]:
    """The kind of a message (`pain.002.001.10` ...) and its root. Raises MessageUnsafe, NotIso20022.

    What could fetch, expand or hide something is refused (`files/safe_xml`).
    """
    if len(content) > LARGEST:
        raise MessageUnsafe(
            f"{name} has {len(content):,} bytes; at most {LARGEST:,} are read: ask the bank for smaller files"
        )
    try:
        root = root_of(content)
    except XmlUnsafe as failed:
        raise MessageUnsafe(
            f"{name} declares a document type or hides its encoding; no bank's message does"
        ) from failed
    except XmlBroken as failed:
        raise NotIso20022(f"{name} is no well-formed XML: {failed}") from failed
    found = NAMESPACE.fullmatch(etree.QName(root).namespace or "")
    if found is None or etree.QName(root).localname != "Document" or len(root) == 0:
        raise NotIso20022(f"{name} is no ISO 20022 document (no pain, camt or pacs namespace)")
    return found[1], root


def every(node: Element, path: str) -> list[Element]:
    """The elements at a path of local names (`Stmt/Ntry`), in order, whatever the namespace."""
    found = [node]
    for step in path.split("/"):
        found = [child for one in found for child in one if etree.QName(child).localname == step]
    return found


def first(node: Element, path: str) -> Element | None:
    """The first element at a path, or None."""
    found = every(node, path)
    return found[0] if found else None


def text(node: Element, path: str) -> str:
    """The text at a path, stripped; empty where there is none."""
    found = first(node, path)
    return (found.text or "").strip() if found is not None else ""


def minor_units(node: Element | None) -> tuple[int, str]:
    """The amount of an element with a `Ccy`, in minor units, and the currency. Raises MessageDamaged."""
    if node is None:
        raise MessageDamaged("an amount is missing")
    code, written = (node.get("Ccy") or "").strip(), (node.text or "").strip()
    if not AMOUNT.fullmatch(written):
        raise MessageDamaged(f"{written!r} is no amount")
    try:
        scaled = Decimal(written).scaleb(exponent_of(code))
    except (InvalidOperation, Refusal) as failed:
        raise MessageDamaged(f"{code!r} is no currency of ours") from failed
    if scaled != scaled.to_integral_value():
        raise MessageDamaged(f"{written} {code} is finer than the currency's smallest unit")
    return int(scaled), code


def day(node: Element, path: str) -> date | None:
    """The day at a path: of a `Dt`, a `DtTm`, or a plain text. Raises MessageDamaged."""
    found = first(node, path)
    if found is None:
        return None
    written = text(found, "Dt") or text(found, "DtTm") or (found.text or "").strip()
    try:
        return date.fromisoformat(written[:10])
    except ValueError as failed:
        raise MessageDamaged(f"{written!r} is no day") from failed
