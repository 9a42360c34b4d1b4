"""What the platform's lists share: one currency at a time, and spans that begin where the data is."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhanggui.portals.desk.lists import Condition, ListPage, SelectFilter
from zhanggui.portals.desk.lists.filters import Filter
from zhanggui.portals.desk.lists.periods import DEFAULT_PRESETS, Preset, Span
from zhanggui.portals.platform.names import currencies
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.intake.queries import latest_order_at


class MoneyList(ListPage):
    """A list whose amounts are all in one currency, the first business line's unless the URL names another.

    `currency_field` is the field of the source; `money_filters` follow the currency filter.
    """

    currency_field = "currency"
    template = "platform/list.html"

    def known_currencies(self) -> list[str]:
        """The currencies it can be shown in, the first one unless another is asked for."""
        return currencies()

    @cached_property
    def currency(self) -> str:
        """The currency shown."""
        known = self.known_currencies()
        wanted = self.params.get("currency", "")
        return wanted if wanted in known else known[0]

    def restrict(self) -> Sequence[Any]:
        """One currency."""
        return [Condition(self.currency_field, "eq", self.currency)]

    def currency_filters(self) -> list[Filter]:
        """The choice of the currency, where there is one."""
        known = self.known_currencies()
        if len(known) < 2:
            return []
        return [
            SelectFilter(
                "currency", _("Currency"), [(code, code) for code in known], field=self.currency_field,
                default=known[0],
            )
        ]  # fmt: skip


LATEST_IN = """
select coalesce(
  (select max(o.ordered_at) from (select ordered_at, currency from settlement_staged_order
     order by ordered_at desc limit 2000) o where o.currency = %(currency)s),
  (select max(s.ends_before) - interval '1 day' from settlement_statement s
   where s.currency = %(currency)s and s.line_count > 0 and s.ends_before <= %(today)s)) as latest
"""
"""When something was last ordered in a currency: among the latest orders, else as its latest statement has it."""


def activity_presets(currency: str) -> Sequence[Preset]:
    """Spans counted from today, and from the day of the latest order in the currency of the list: demonstrations and
    moved-in histories lie years back, and a list that opens empty answers nothing."""
    today = timezone.localdate()
    found = rows_of(LATEST_IN, {"currency": currency, "today": today})[0]["latest"] or latest_order_at()
    day = timezone.localdate(found) if found else today
    return (
        Preset("recent", _("3 months to the latest order"), lambda today: _to(day, 92)),
        Preset("recent_year", _("12 months to the latest order"), lambda today: _to(day, 366)),
        *DEFAULT_PRESETS,
    )


def _to(day: date, days: int) -> Span:
    return Span(day - timedelta(days=days - 1), day + timedelta(days=1))
