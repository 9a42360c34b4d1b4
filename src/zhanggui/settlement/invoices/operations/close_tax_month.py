"""Close a tax month: it is filed, later documents go to the next one."""

from datetime import date, datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.invoices.errors import TaxMonthClosed
from zhanggui.settlement.invoices.locks import hold_invoices_of
from zhanggui.settlement.invoices.models import Invoice, ReceivedInvoice
from zhanggui.settlement.invoices.queries import last_day, tax_report
from zhanggui.settlement.invoices.tax_models import TaxMonth, Withholding


def close_tax_month(
    *, entity_id: int, currency: str, month: date, today: date, at: datetime, actor: str
) -> TaxMonth:
    """This function will close a month (its first day) of one entity and currency in the caller's transaction,
    keeping its figures. Raises TaxMonthClosed when it is closed, not over, or an earlier one is still open."""
    hold_invoices_of(0)
    if month.day != 1 or last_day(month) >= today:
        raise TaxMonthClosed(
            f"month {month:%Y-%m} is not over; file it from {last_day(month)} on", month=f"{month}"
        )
    same = {"entity_id": entity_id, "currency": currency}
    if TaxMonth.objects.filter(**same, month__gte=month).exists():
        raise TaxMonthClosed(
            f"month {month:%Y-%m} is closed already; later documents go to the next", month=f"{month}"
        )
    closed = set(TaxMonth.objects.filter(**same).values_list("month", flat=True))
    earlier = {
        one
        for table in (Invoice, ReceivedInvoice, Withholding)
        for one in table.objects.filter(**same, tax_month__lt=month).values_list("tax_month", flat=True)
        if one is not None
    } - closed
    if earlier:
        raise TaxMonthClosed(
            f"month {min(earlier):%Y-%m} has documents and is still open; close it first",
            month=f"{min(earlier)}",
        )
    figures = tax_report(entity_id=entity_id, currency=currency, month=month)
    row = TaxMonth.objects.create(**same, month=month, closed_at=at, closed_by=actor, figures=figures)
    record_change(
        at=at, actor=actor, action="tax_month.closed", object_kind="tax_month",
        object_id=f"{entity_id}/{month:%Y-%m}", after={"currency": currency, "figures": figures},
    )  # fmt: skip
    return row
