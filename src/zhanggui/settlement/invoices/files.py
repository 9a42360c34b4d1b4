"""Keeping the file of an invoice, once it is what it says."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from zhanggui.files.checking import MEGABYTE, Taken, check_content
from zhanggui.files.kinds import Kind
from zhanggui.settlement.invoices.errors import InvoiceFileRefused
from zhanggui.settlement.invoices.models import InvoiceFile
from zhanggui.settlement.invoices.rules.files import number_inside

INVOICE_FILES = Taken(
    {".pdf": frozenset({Kind.PDF}), ".xml": frozenset({Kind.XML}), ".ofd": frozenset({Kind.OFD})},
    most_bytes=5 * MEGABYTE, most_unpacked=100 * MEGABYTE,
)  # fmt: skip


@dataclass(frozen=True)
class Attachment:
    """A file as somebody handed it over."""

    name: str
    content: bytes


def keep_file(party_id: int, attachment: Attachment, *, number: str, at: datetime) -> bytes:
    """This function will keep the file of invoice `number` and return its SHA-256. Raises HandedFileRefused
    when it is no PDF, XML or OFD, is not what its name says or is too large, and InvoiceFileRefused when its XML
    names another invoice."""
    name, content = attachment.name[-200:], attachment.content
    kind = check_content(content, name=name, taken=INVOICE_FILES).removeprefix(".")
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
