"""The shop's settlement, a row for each month, week or day: what was sold, charged and given back, what that comes
to, and what was paid meanwhile. Every figure leads to the rows it adds up."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.drawing.charts import Series
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    MoneyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    TextColumn,
)
from zhanggui.portals.desk.lists.conditions import Clause
from zhanggui.portals.desk.lists.filters import Filter
from zhanggui.portals.desk.lists.periods import DEFAULT_PRESETS, Preset, Span
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.words import DETAIL_PARTS, group_names
from zhanggui.settlement.intake.models import StagedLine
from zhanggui.settlement.monitoring.queries import reports
from zhanggui.settlement.monitoring.queries.analytics import MOST_DAYS, STEPS

STEP_NAMES = {
    "month": gettext_lazy("By month"), "week": gettext_lazy("By week"), "day": gettext_lazy("By day"),
}  # fmt: skip
WITHIN = RawSql("true")
"""The SELECT itself keeps to the days, the step and the currency."""


class DaysOfReport(DateRangeFilter):
    """The days of the report, which its SELECT reads."""

    def clauses(self, params: Any, today: date) -> list[Clause]:
        """None of its own."""
        return []


class SettlementReport(OwnList):
    """结算报表."""

    name = "merchant.report"
    title = gettext_lazy("Settlement report")
    permission = "own_funds.view"
    template = "merchant/report.html"
    sort = "-period"
    page_size: ClassVar[int] = 50
    empty = gettext_lazy("Nothing was billed or paid in these days. Choose other days.")

    def intro(self) -> str:
        """What the figures are."""
        return str(
            _(
                "Sales, fees, refunds and corrections come to the net. Paid to you is what the bank paid in those"
                " days, whichever statement it was for. Every figure leads to its rows."
            )
        )

    def restrict(self) -> Sequence[Any]:
        """The shop and the currency are in the SELECT already."""
        return ()

    @cached_property
    def newest(self) -> date:
        """The day of the shop's latest order: spans are counted from it, for histories that lie back."""
        with self.reading():
            rows = StagedLine.objects.filter(merchant_id=self.party_id).order_by("-ordered_at")
            found = rows.values_list("ordered_at").first()
        return timezone.localdate(found[0]) if found else self.today

    def presets(self) -> Sequence[Preset]:
        """A year to the latest order, and the usual ones."""

        def year(_today: date) -> Span:
            return Span(
                self.newest.replace(day=1) - timedelta(days=335), max(self.newest, self.today) + timedelta(1)
            )

        return (Preset("year", _("12 months to the latest order"), year), *DEFAULT_PRESETS)

    @cached_property
    def days(self) -> DaysOfReport:
        """The days of the report."""
        return DaysOfReport("days", _("Days"), default="year", presets=self.presets, max_days=MOST_DAYS)

    @cached_property
    def span(self) -> tuple[date, date]:
        """First and last day."""
        found = self.days.span(self.params, self.today)
        if found is None:
            return self.today - timedelta(days=30), self.today
        return found.start, found.before - timedelta(days=1)

    @property
    def step(self) -> str:
        """Months, weeks or days."""
        wanted = self.params.get("step", "")
        return wanted if wanted in STEPS else "month"

    def get_source(self) -> SqlSource:
        """The report's own SELECT."""
        first, last = self.span
        return SqlSource(
            select=reports.SETTLEMENT.select,
            fields={name: f"r.{name}" for name in ("id", *reports.SETTLEMENT.columns)},
            params=reports.report_params(
                currency=self.currency, first=first, last=last, zone=timezone.get_default_timezone(), step=self.step,
                party_id=self.party_id,
            ),
        )  # fmt: skip

    def get_filters(self) -> Sequence[Any]:
        """Days, steps, currency."""
        steps = [(code, str(label)) for code, label in STEP_NAMES.items()]
        found: list[Filter] = [
            self.days,
            SelectFilter("step", _("Summed"), steps, default="month", clause=lambda _value: WITHIN),
        ]
        if len(self.currencies) > 1:
            choices = [(code, code) for code in self.currencies]
            found.append(
                SelectFilter("currency", _("Currency"), choices, default=choices[0][0], clause=lambda _value: WITHIN)
            )  # fmt: skip
        return found

    def get_columns(self) -> Sequence[Column]:
        """The period, the parts, their sum, what was paid."""
        groups = group_names()
        parts = [
            self._money(name, DETAIL_PARTS.get(name) or groups[name.removeprefix("fees_")], self._details)
            for name in reports.SETTLED
        ]
        return [
            TextColumn("period", _("Period"), value=self.period_of, sort="id", phone="title"),
            *parts,
            self._money("net", _("Net"), self._details, phone="amount"),
            self._money("paid", _("Paid to you"), self._payouts),
        ]

    def _money(self, name: str, label: Any, rows: Any, phone: Any = "line") -> MoneyColumn:
        return MoneyColumn(
            name, label, currency=self.currency, total=True, sort=name, phone=phone,
            href=lambda row: rows(name, row),
        )  # fmt: skip

    @cached_property
    def shown_columns(self) -> list[Column]:
        """Without the groups of fees that nothing was charged of in these days."""
        rows, sums = self.slice.rows, self.totals.sums
        return [
            one
            for one in super().shown_columns
            if not one.key.startswith("fees_")
            or sums.get(one.key)
            or any(getattr(row, one.key) for row in rows)
        ]

    def period_of(self, row: Any) -> str:
        """A month by its name, else the days."""
        if self.step == "month":
            return f"{row.first:%Y-%m}"
        return f"{row.first}" if row.first == row.last else f"{row.first} ~ {row.last}"

    def _details(self, name: str, row: Any) -> str:
        query = {"occurred": "custom", "occurred_from": f"{row.first}", "occurred_to": f"{row.last}",
                 "currency": self.currency}  # fmt: skip
        if name.startswith("fees_"):
            query |= {"part": "fees", "group": name.removeprefix("fees_")}
        elif name != "net":
            query["part"] = name
        return f"{reverse('merchant:details')}?{urlencode(query)}"

    def _payouts(self, _name: str, row: Any) -> str:
        query = {"tab": "paid", "paid": "custom", "paid_from": f"{row.first}", "paid_to": f"{row.last}",
                 "currency": self.currency}  # fmt: skip
        return f"{reverse('merchant:payouts')}?{urlencode(query)}"

    @cached_property
    def _drawn(self) -> list[Any]:
        return sorted(self.slice.rows, key=lambda row: row.first)

    @property
    def chart_labels(self) -> list[str]:
        """The periods on the page, the oldest first."""
        return [f"{row.first:%Y-%m}" if self.step == "month" else f"{row.first:%m-%d}" for row in self._drawn]

    @property
    def chart_series(self) -> list[Series]:
        """Net beside what was paid."""
        return [
            Series(label, [getattr(row, name) for row in self._drawn], links=[to(name, row) for row in self._drawn])
            for name, label, to in (("net", _("Net"), self._details), ("paid", _("Paid to you"), self._payouts))
        ]  # fmt: skip
