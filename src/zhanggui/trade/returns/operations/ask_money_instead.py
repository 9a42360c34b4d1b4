"""An exchange becomes a refund: the goods are back, and nobody sends others."""

from zhanggui.trade.orders.models import Order
from zhanggui.trade.orders.operations.give_back import left_of
from zhanggui.trade.returns.models import ReturnCase
from zhanggui.trade.returns.queries import asked_of, units_asked_to_be_paid
from zhanggui.trade.returns.rules import FAULT_OF_SHOP, goods_for_units


def ask_money_instead(*, case: ReturnCase, order: Order) -> None:
    """This function will have the lines of an exchange ask for what was paid for their units, as a refund does, case
    and order locked by the caller: beside what other open cases ask, and with the freight where the fault is the
    shop's and nothing of the line is left."""
    left, asked, to_be_paid = left_of(order), asked_of(order), units_asked_to_be_paid(order)
    for line in case.lines.select_for_update().order_by("id"):
        rest, (_, goods, freight) = left[line.line_id], asked[line.line_id]
        sharing = rest.quantity - to_be_paid.get(line.line_id, 0)
        line.goods_minor = goods_for_units(
            minor_left=rest.goods_minor - goods, units_left=sharing, wanted=line.quantity
        )
        if case.reason in FAULT_OF_SHOP and line.quantity == sharing:
            line.freight_minor = rest.freight_minor - freight
        line.save(update_fields=["goods_minor", "freight_minor"])
