"""Putting a row of dated data after the ones before it: the open one ends where the new one begins."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from zhanggui.settlement.invoices.errors import OverlappingTaxData


def make_room(rows: Sequence[Any], starts: date, ends: date | None, *, what: str) -> None:
    """This function will end the open row that began before `starts`, in the caller's transaction, and refuse
    (OverlappingTaxData) where a row would still hold on a day of the new one."""
    for row in rows:
        if row.effective_before is None and row.effective_from < starts:
            type(row).objects.filter(pk=row.pk).update(effective_before=starts)
            row.effective_before = starts
        begins_inside = ends is None or row.effective_from < ends
        ends_inside = row.effective_before is None or row.effective_before > starts
        if begins_inside and ends_inside:
            raise OverlappingTaxData(
                f"{what} hold from {row.effective_from} to {row.effective_before or 'further notice'} already;"
                " start later or end before them"
            )
