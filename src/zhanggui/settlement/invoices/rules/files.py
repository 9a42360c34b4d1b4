"""What an XML invoice says its number is."""

import re

_NUMBER = re.compile(rb"<(?:\w+:)?(?:EIid|EInvoiceNumber|InvoiceNumber|Fphm)>\s*([^<\s]+)\s*<", re.IGNORECASE)


def number_inside(content: bytes) -> str:
    """This function will return the invoice number that an XML invoice carries, empty where it names none."""
    found = _NUMBER.search(content)
    return found[1].decode("utf-8", "replace") if found else ""
