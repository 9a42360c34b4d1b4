"""In which month a document is filed: its own, or the next one that is not filed yet."""

from datetime import date

from zhanggui.settlement.invoices.tax_models import TaxMonth


def first_of(day: date) -> date:
    """This function will return the first day of the day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """This function will return the first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_for(entity_id: int, currency: str, day: date) -> date:
    """This function will return the first day of the month in which a document of `day` is filed: a month that
    is closed takes nothing more, its late documents go to the next open one."""
    month = first_of(day)
    closed = set(
        TaxMonth.objects.filter(entity_id=entity_id, currency=currency, month__gte=month).values_list(
            "month", flat=True
        )
    )
    while month in closed:
        month = next_month(month)
    return month
