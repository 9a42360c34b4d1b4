"""Numbers that the tax authority gives."""

import re

from zhanggui.settlement.invoices.errors import InvoiceNumberTaken

_NUMBER = re.compile(r"^[0-9A-Za-z-]{4,40}$")
_CODE = re.compile(r"^[0-9A-Za-z-]{0,20}$")


def check_number(number: str, code: str = "") -> tuple[str, str]:
    """This function will return number and code without spaces around. Raises InvoiceNumberTaken for what cannot
    be a number: it would never be found again."""
    number, code = number.strip(), code.strip()
    if not _NUMBER.match(number) or not _CODE.match(code):
        raise InvoiceNumberTaken(
            f"{number!r} is no invoice number; write its 4 to 40 digits or letters as printed", number=number
        )
    return number, code
