"""Keeping the file of an invoice, once it is what it says."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from zhanggui.settlement.invoices.errors import InvoiceFileRefused
from zhanggui.settlement.invoices.models import InvoiceFile
from zhanggui.settlement.invoices.rules.files import MOST_BYTES, kind_of, number_inside


@dataclass(frozen=True)
class Attachment:
    """A file as somebody handed it over."""

    name: str
    content: bytes


def keep_file(party_id: int, attachment: Attachment, *, number: str, at: datetime) -> bytes:
    """This function will keep the file of invoice `number` and return its SHA-256. Raises InvoiceFileRefused when
    it is no PDF, XML or OFD, is not what its name says, is too large, or its XML names another invoice."""
    name, content = attachment.name[-200:], attachment.content
    if not content or len(content) > MOST_BYTES:
        raise InvoiceFileRefused(
            f"{name} has {len(content)} bytes; an invoice's file has 1 to {MOST_BYTES}", name=name
        )
    kind, ending = kind_of(content), name.rpartition(".")[2].lower()
    if kind is None or kind != ending:
        raise InvoiceFileRefused(
            f"{name} is not what it says: its content is {kind or 'no PDF, XML or OFD'}; send the file as the tax"
            " authority gave it",
            name=name, kind=kind or "",
        )  # fmt: skip
    inside = number_inside(content) if kind == "xml" else ""
    if inside and inside != number:
        raise InvoiceFileRefused(
            f"{name} is invoice {inside}, not {number}; send the file of this invoice",
            name=name,
            number=inside,
        )
    digest = hashlib.sha256(content).digest()
    if not InvoiceFile.objects.filter(party_id=party_id, hash=digest).exists():
        InvoiceFile.objects.create(
            party_id=party_id, hash=digest, name=name, kind=kind, content=content, added_at=at
        )
    return digest
