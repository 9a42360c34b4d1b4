"""What comes back from the tax authority about a draft."""

from dataclasses import dataclass
from datetime import date

from zhanggui.settlement.invoices.files import Attachment


@dataclass(frozen=True)
class Issued:
    """What the tax authority gave: number (and code, where invoices still have one), day, amounts if told."""

    tax_number: str
    issued_on: date
    tax_number_code: str = ""
    gross_minor: int | None = None
    tax_minor: int | None = None
    attachment: Attachment | None = None
