"""An order is held (风控, 客诉) and released: what it owes waits."""

from datetime import datetime

from django.db import transaction

from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import HoldReason, OrderHold
from zhanggui.settlement.intake.operations.hold_order import hold_order
from zhanggui.settlement.intake.operations.release_order import release_order
from zhanggui.settlement.statements.locks import hold_for_closing


@transaction.atomic
def order_held(
    *, business_line: BusinessLine, order_no: str, hold_no: str, reason: HoldReason, at: datetime, actor: str,
    note: str = "",
) -> OrderHold:  # fmt: skip
    """This function will hold an order, after whatever is being billed this moment. Raises HoldIncomplete,
    HoldNumberTaken, OrderBilled."""
    hold_for_closing()
    return hold_order(
        business_line=business_line, order_no=order_no, hold_no=hold_no, reason=reason, note=note, at=at,
        actor=actor,
    )  # fmt: skip


@transaction.atomic
def order_released(
    *, business_line: BusinessLine, hold_no: str, at: datetime, actor: str, note: str = ""
) -> OrderHold:
    """This function will release a hold on an order. Raises UnknownHold, HoldIncomplete."""
    return release_order(business_line=business_line, hold_no=hold_no, note=note, at=at, actor=actor)
