"""A fee type of one's own joins the catalogue."""

from datetime import datetime

from django.db import transaction

from zhanggui.settlement.fees.models import FeeType
from zhanggui.settlement.fees.operations.add_fee_type import add_fee_type


@transaction.atomic
def fee_type_added(
    *, code: str, zh: str, en: str, group: str, sign: int, reverse: str, granularity: str, source: str,
    counter_purpose: str, invoice: str, at: datetime, actor: str,
) -> FeeType:  # fmt: skip
    """This function will add a fee type; nothing of it but its names can change later, since details freeze it.
    Raises FeeTypeExists, FeeTypeIncomplete."""
    return add_fee_type(
        code=code, zh=zh, en=en, group=group, sign=sign, reverse=reverse, granularity=granularity, source=source,
        counter_purpose=counter_purpose, invoice=invoice, at=at, actor=actor,
    )  # fmt: skip
