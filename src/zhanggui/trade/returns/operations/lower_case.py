"""The platform decides for less than was asked."""

from collections.abc import Mapping

from zhanggui.trade.returns.errors import AskedAboveLeft
from zhanggui.trade.returns.models import ReturnCase


def lower_case(*, case: ReturnCase, goods_minor: Mapping[int, int]) -> None:
    """This function will lower what a case, locked by the caller, gives for lines, by the order line's id, minor
    units. Raises AskedAboveLeft for more than was asked, or nothing at all."""
    lines = list(case.lines.select_for_update().order_by("id"))
    for line in lines:
        wanted = goods_minor.get(line.line_id, line.goods_minor)
        if not 0 <= wanted <= line.goods_minor:
            raise AskedAboveLeft(
                f"at most {line.goods_minor} was asked for this line", due_minor=line.goods_minor
            )
        line.goods_minor = wanted
    if not any(line.goods_minor + line.freight_minor for line in lines):
        raise AskedAboveLeft("nothing would be left of it; close the case instead", due_minor=0)
    for line in lines:
        line.save(update_fields=["goods_minor"])
