"""Numbers of invoices: those that the tax authority gives, and our own, which have no gaps."""

import re
from datetime import date

from zhanggui.settlement.invoices.errors import InvoiceNumberTaken
from zhanggui.settlement.invoices.locks import hold_numbers
from zhanggui.settlement.invoices.models import Invoice
from zhanggui.settlement.invoices.tax_models import Direction

LETTERS = {(Direction.OUTPUT, "blue"): "OI", (Direction.OUTPUT, "red"): "OR",
           (Direction.INPUT, "blue"): "II", (Direction.INPUT, "red"): "IR"}  # fmt: skip

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


def next_number(direction: int, kind: str, ends_before: date) -> str:
    """This function will return the next number of ours for an invoice of a statement that ends before a day, in
    the caller's transaction, which writes that invoice: two letters, year and month, and a number without gaps."""
    hold_numbers()
    prefix = f"{LETTERS[Direction(direction), kind]}{ends_before:%y%m}"
    latest = Invoice.objects.filter(number__startswith=prefix).order_by("-number").first()
    return f"{prefix}{int(latest.number.removeprefix(prefix)) + 1 if latest else 1:08d}"
