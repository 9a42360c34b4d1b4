"""Reads over after-sale cases."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Sum

from zhanggui.trade.orders.models import Order, OrderLine
from zhanggui.trade.orders.queries import given_units
from zhanggui.trade.returns.errors import CaseIncomplete, UnknownCase
from zhanggui.trade.returns.models import ReturnCase, ReturnKind, ReturnLine, ReturnState
from zhanggui.trade.returns.states import ENDED, MOVES_NEXT

WAITS_FOR_MONEY = (*ENDED, ReturnState.REFUNDING)
"""What these cases ask for is either given back already (its slip counts it) or never will be."""
GIVES_UNITS_BACK = (ReturnKind.REFUND_ONLY, ReturnKind.RETURN_REFUND)


def case_of_buyer(case_no: str, buyer_ids: list[int]) -> ReturnCase:
    """This function will return a case of one of these buyers (one person). Raises UnknownCase, for another's too."""
    found = ReturnCase.objects.select_related("order").filter(case_no=case_no, buyer_id__in=buyer_ids).first()
    if found is None:
        raise UnknownCase(f"you have no after-sale case {case_no!r}", case_no=case_no)
    return found


def asked_of(order: Order) -> dict[int, tuple[int, int, int]]:
    """This function will return what open cases ask of each line of an order, by its id: units, goods, freight."""
    rows = (
        ReturnLine.objects.filter(case__order=order)
        .exclude(case__state__in=WAITS_FOR_MONEY)
        .values("line_id")
        .annotate(units=Sum("quantity"), goods=Sum("goods_minor"), freight=Sum("freight_minor"))
    )
    return {row["line_id"]: (row["units"], row["goods"], row["freight"]) for row in rows}


def units_asked_to_be_paid(order: Order) -> dict[int, int]:
    """This function will return units of each line for which open cases ask all that was paid, by its id: not those
    that are exchanged, nor those whose price is protected, since their money stays with the line."""
    rows = (
        ReturnLine.objects.filter(case__order=order, case__kind__in=GIVES_UNITS_BACK)
        .exclude(case__state__in=WAITS_FOR_MONEY)
        .values("line_id")
        .annotate(units=Sum("quantity"))
    )
    return {row["line_id"]: row["units"] for row in rows}


def withdrawn_units(order_numbers: Collection[str]) -> dict[int, int]:
    """This function will return units by line that are not to be shipped (again): the buyer was given the money back
    for them, or asks for it and was not refused. A line without any is left out."""
    lines = list(
        OrderLine.objects.filter(order__order_no__in=order_numbers).order_by().values_list("id", flat=True)
    )
    asked = (
        ReturnLine.objects.filter(line_id__in=lines, case__kind__in=GIVES_UNITS_BACK)
        .exclude(case__state__in=(*WAITS_FOR_MONEY, ReturnState.REFUSED))
        .values("line_id")
        .annotate(units=Sum("quantity"))
        .order_by()
    )
    units = {line_id: given for line_id, given in given_units(lines).items() if given}
    for row in asked:
        units[row["line_id"]] = units.get(row["line_id"], 0) + row["units"]
    return units


def cases_to_decide() -> int:
    """This function will count the cases that wait for the platform's decision."""
    return ReturnCase.objects.filter(state=ReturnState.ARBITRATION).count()


def cases_overdue(at: datetime, *, most: int) -> list[str]:
    """This function will return the numbers of open cases for which somebody was waited too long."""
    return list(
        ReturnCase.objects.filter(ended_at=None, answer_by__lte=at)
        .order_by("answer_by")
        .values_list("case_no", flat=True)[:most]
    )


def by_order_line(case_no: str, amounts: Mapping[str, int]) -> dict[int, int]:
    """This function will return amounts named by numbers of order lines by the lines' ids. Raises UnknownCase,
    CaseIncomplete for a line of which the case asks nothing."""
    if not ReturnCase.objects.filter(case_no=case_no).exists():
        raise UnknownCase(f"there is no after-sale case {case_no!r}", case_no=case_no)
    rows = ReturnLine.objects.filter(case__case_no=case_no)
    lines = dict(rows.values_list("line__line_no", "line_id"))
    unknown = next((line_no for line_no in amounts if line_no not in lines), None)
    if unknown is not None:
        raise CaseIncomplete(f"case {case_no} asks nothing of line {unknown}", line_no=unknown)
    return {lines[line_no]: minor for line_no, minor in amounts.items()}


def cases_to_answer_before(until: datetime, *, most: int) -> list[ReturnCase]:
    """This function will return open cases whose merchant moves next and has time no longer than `until`."""
    turns = [state for state, side in MOVES_NEXT.items() if side == "merchant"]
    rows = ReturnCase.objects.filter(ended_at=None, state__in=turns, answer_by__lte=until)
    return list(rows.order_by("answer_by")[:most])
