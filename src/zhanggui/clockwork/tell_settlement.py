"""Tell the settlement centre what happened in the mall."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from zhanggui.journeys.freight_told import freight_told
from zhanggui.journeys.mall_told import MOST, Told, mall_told
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.trade.parameters.queries import text


def tell_settlement(*, clock: Callable[[], datetime], zone: tzinfo) -> Told:
    """This function will tell everything there is to tell, batch by batch, to the business line that the mall's
    parameter names; without that line there is nobody to tell, and everything waits."""
    line = BusinessLine.objects.filter(code=text("business_line")).first()
    total = Told(0, 0, 0)
    while line is not None:
        told = mall_told(business_line=line, clock=clock, zone=zone)
        total = Told(total.orders + told.orders, total.refunds + told.refunds, total.rejected + told.rejected)
        if told.orders + told.refunds + told.rejected < MOST:
            break
    while line is not None and freight_told(business_line=line, clock=clock, zone=zone).parcels == MOST:
        pass
    return total
