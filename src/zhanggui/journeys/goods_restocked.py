"""Goods a buyer sent back are looked at: what can be sold again is put into stock."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from zhanggui.trade.catalogue.locks import lock_stocks
from zhanggui.trade.catalogue.models import StockMovement, StockMovementKind
from zhanggui.trade.catalogue.operations.take_back_stock import take_back_stock
from zhanggui.trade.catalogue.rules.stock import StockMove
from zhanggui.trade.orders.models import Order
from zhanggui.trade.returns.errors import CaseIncomplete, CaseNotInState, UnknownCase
from zhanggui.trade.returns.locks import hold_case
from zhanggui.trade.returns.models import ReturnCase, ReturnState


@transaction.atomic
def goods_restocked(
    *, case_no: str, merchant_id: int, units: Mapping[str, int], at: datetime, actor: str
) -> int:
    """This function will put so many units by order line of what came back with a case into the stock they left from,
    and return how many. The movement of stock names the case, so the same again changes nothing, and another quantity
    is refused. Raises UnknownCase (for another's too), CaseNotInState, CaseIncomplete, MovementDiffers."""
    case, order = hold_case(case_no)
    if case.merchant_id != merchant_id:
        raise UnknownCase(f"there is no after-sale case {case_no!r}", case_no=case_no)
    if not _is_back(case):
        raise CaseNotInState(
            f"the goods of case {case_no} are not back; put them into stock when they are", state=case.state
        )
    if not _own_stock(order):
        raise CaseNotInState(
            f"the goods of case {case_no} are in no stock of yours; their supplier takes them in", state=case.state
        )  # fmt: skip
    lines = {line.line.line_no: line for line in case.lines.select_related("line__sku").order_by("id")}
    for line_no, wanted in units.items():
        if line_no not in lines:
            raise CaseIncomplete(f"case {case_no} asks nothing of line {line_no}", line_no=line_no)
        if not 0 <= wanted <= lines[line_no].quantity:
            raise CaseIncomplete(
                f"of line {line_no} {lines[line_no].quantity} came back, so {wanted} cannot be put into stock",
                line_no=line_no,
            )
    moves = [
        StockMove(lines[line_no].line.sku_id, order.warehouse_id or 0, wanted, case_no)
        for line_no, wanted in units.items()
        if wanted
    ]
    if not moves:
        raise CaseIncomplete("say how many of which line can be sold again")
    take_back_stock(moves=moves, at=at, actor=actor)
    return sum(move.quantity for move in moves)


def hold_stock_of(case: ReturnCase, order: Order) -> None:
    """This function will lock the stock that goods of a case left from, for who gives money back before they are put
    there: stock is locked before money."""
    if _own_stock(order):
        skus = set(case.lines.values_list("line__sku_id", flat=True))
        lock_stocks(sorted((sku_id, order.warehouse_id or 0) for sku_id in skus))


def can_be_restocked(case: ReturnCase, order: Order) -> bool:
    """Whether goods of a case may be put into stock now: they are back, have a stock, and were not put there yet."""
    done = StockMovement.objects.filter(kind=StockMovementKind.RETURNED, reference=case.case_no)
    return _own_stock(order) and _is_back(case) and not done.exists()


def _own_stock(order: Order) -> bool:
    return not order.supplier_id and order.warehouse_id is not None


def _is_back(case: ReturnCase) -> bool:
    return case.steps.filter(kind=ReturnState.GOODS_BACK).exists()
