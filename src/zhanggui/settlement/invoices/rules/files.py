"""What kind of file somebody handed us, by its content, and what an XML invoice says its number is."""

import re

MOST_BYTES = 5 * 1024 * 1024
KINDS = ("pdf", "xml", "ofd")
_NUMBER = re.compile(rb"<(?:\w+:)?(?:EIid|EInvoiceNumber|InvoiceNumber|Fphm)>\s*([^<\s]+)\s*<", re.IGNORECASE)


def kind_of(content: bytes) -> str | None:
    """This function will say whether content is a whole PDF, an XML document or an OFD (a zip); None = neither."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]:
        return "pdf"
    if content.startswith(b"PK\x03\x04") and b"OFD.xml" in content:
        return "ofd"
    head = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    # a document type could pull in other files: no tax authority's invoice has one
    if head.startswith(b"<") and head.rstrip().endswith(b">") and b"<!DOCTYPE" not in head[:4096]:
        return "xml"
    return None


def number_inside(content: bytes) -> str:
    """This function will return the invoice number that an XML invoice carries, empty where it names none."""
    found = _NUMBER.search(content)
    return found[1].decode("utf-8", "replace") if found else ""
