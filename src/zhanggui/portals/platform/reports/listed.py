"""Reports between two days: sales, commission, payments, trial balance, journal. Each can be exported."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    PercentColumn,
    SqlSource,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.ledger.journal import booked_presets
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import fee_name, purpose_name
from zhanggui.portals.platform.words import SOURCES
from zhanggui.rows.replica import reads_on_replica
from zhanggui.settlement.monitoring.queries import reports

LABELS = {
    "merchant": gettext_lazy("Merchant"), "orders": gettext_lazy("Orders"), "details": gettext_lazy("Details"),
    "sales": gettext_lazy("Sales"), "fees": gettext_lazy("Commission and fees"), "refunds": gettext_lazy("Refunds"),
    "other": gettext_lazy("Corrections"), "net": gettext_lazy("Net"), "fee": gettext_lazy("Fee type"),
    "base": gettext_lazy("Base"), "charged": gettext_lazy("Charged"), "returned": gettext_lazy("Given back"),
    "rate_ppm": gettext_lazy("Rate in effect"), "number": gettext_lazy("Payout"),
    "statement": gettext_lazy("Statement"), "state": gettext_lazy("Status"), "made_at": gettext_lazy("Made"),
    "paid_at": gettext_lazy("Paid"), "amount": gettext_lazy("Amount"), "entity": gettext_lazy("Entity"),
    "account": gettext_lazy("Account"), "opening": gettext_lazy("Opening"), "debit": gettext_lazy("Debit"),
    "credit": gettext_lazy("Credit"), "closing": gettext_lazy("Closing"), "booked": gettext_lazy("Booked"),
    "entry": gettext_lazy("Entry"), "leg": gettext_lazy("Leg"), "source": gettext_lazy("Source"),
    "owner": gettext_lazy("Owner"),
}  # fmt: skip
TITLES = {
    "sales": gettext_lazy("Sales by merchant"), "commission": gettext_lazy("Commission by merchant and fee"),
    "payments": gettext_lazy("Payments made"), "trial-balance": gettext_lazy("Trial balance by period"),
    "journal": gettext_lazy("Journal for auditors"),
}  # fmt: skip
MEANINGS = {
    "sales": gettext_lazy("What each merchant sold, was charged and gave back between two days."),
    "commission": gettext_lazy("Base, charge and rate in effect of every fee, for the tax file."),
    "payments": gettext_lazy("Every payout with its statement and the day it was paid."),
    "trial-balance": gettext_lazy("Opening, debit, credit and closing of every account of the chart."),
    "journal": gettext_lazy("Every leg of every entry, in order, with its account and owner."),
}
COUNTS = {"orders", "details", "leg"}


class ReportList(MoneyList):
    """What the reports share: days, currency, columns by their names."""

    permission = "reports.view"
    report: ClassVar[reports.Report]

    @classmethod
    def as_view(cls, **more: Any) -> Any:
        """The view, read beside the database where there is a replica."""
        return reads_on_replica(super().as_view(**more))

    @property
    def breadcrumbs(self) -> Sequence[tuple[Any, str]]:  # type: ignore[override]
        """Up to the reports."""
        return [(_("Reports"), reverse("platform:reports")), (TITLES[self.report.code], "")]

    @cached_property
    def days(self) -> DateRangeFilter:
        """The days of the report."""
        return DateRangeFilter(
            "days", _("Days"), default="recent", presets=lambda: booked_presets(self.currency), max_days=1100
        )  # fmt: skip

    @cached_property
    def span(self) -> tuple[date, date]:
        """First and last day."""
        found = self.days.span(self.params, self.today)
        if found is None:
            return self.today - timedelta(days=30), self.today
        return found.start, found.before - timedelta(days=1)

    def restrict(self) -> Sequence[Any]:
        """The report is in one currency already."""
        return ()

    def get_source(self) -> SqlSource:
        """The report's own SELECT."""
        first, last = self.span
        fields = {name: f"r.{name}" for name in ("id", *self.report.columns)}
        return SqlSource(
            select=self.report.select, fields=fields,
            params=reports.report_params(
                currency=self.currency, first=first, last=last, zone=timezone.get_default_timezone()
            ),
        )  # fmt: skip

    def get_filters(self) -> Sequence[Any]:
        """Days, currency, and the first column as text."""
        text = next((name for name in ("merchant", "account") if name in self.report.columns), "")
        return [
            _Span(self.days),
            TextFilter("q", LABELS[text], starts=[text]),
            *_unbound(self.currency_filters()),
        ]

    def get_columns(self) -> Sequence[Column]:
        """A column per name."""
        return [self._column(name) for name in self.report.columns]

    def _column(self, name: str) -> Column:
        label = LABELS[name]
        if name in self.report.money:
            last = name == self.report.money[-1]
            return MoneyColumn(name, label, currency=self.currency, total=True, sort=name,
                               phone="amount" if last else "line")  # fmt: skip
        if name in COUNTS:
            return IntegerColumn(name, label, sort=name, total=name != "leg", phone="line")
        if name == "rate_ppm":
            return PercentColumn(name, label, sort=name, nullable=True, phone="line")
        if name in ("made_at", "paid_at"):
            return DateTimeColumn(name, label, sort=name, nullable=True, phone="line")
        if name == "booked":
            return DateColumn(name, label, sort=name, phone="badge")
        if name == "entry":
            return LinkColumn(
                name, label, href=lambda r: reverse("platform:entry", args=[r.entry]), sort=name
            )
        said = {
            "account": lambda r: f"{r.account} {purpose_name(r.account)}",
            "source": lambda r: str(SOURCES.get(r.source, r.source)),
            "fee": lambda r: fee_name(r.fee_type_id),
        }
        phone: Any = "title" if name == self.report.columns[0] else "line"
        return TextColumn(name, label, value=said.get(name), sort=name, phone=phone)


class _Span:
    """The days as a field of the form; the SELECT reads them, so the list adds no condition."""

    def __init__(self, days: DateRangeFilter) -> None:
        self._days, self.name, self.label = days, days.name, days.label
        self.html, self.problem, self.parameters = days.html, days.problem, days.parameters

    def clauses(self, _params: Any, _today: date) -> list[Any]:
        """None."""
        return []


def _unbound(filters: Sequence[Any]) -> list[Any]:
    """The currency as a field of the form, without a condition."""
    from dataclasses import replace

    from zhanggui.portals.desk.lists import RawSql

    return [replace(one, clause=lambda _value: RawSql("true")) for one in filters]


class SalesReport(ReportList):
    """销售统计."""

    name = "platform.report_sales"
    title = TITLES["sales"]
    report = reports.SALES
    sort = "merchant"


class CommissionReport(ReportList):
    """佣金计算."""

    name = "platform.report_commission"
    title = TITLES["commission"]
    report = reports.COMMISSION
    sort = "merchant"


class PaymentReport(ReportList):
    """付款记录."""

    name = "platform.report_payments"
    title = TITLES["payments"]
    report = reports.PAYMENTS
    sort = "number"


class TrialBalanceReport(ReportList):
    """试算平衡表."""

    name = "platform.report_trial_balance"
    title = TITLES["trial-balance"]
    report = reports.TRIAL_BALANCE
    sort = "account"


class JournalReport(ReportList):
    """序时账."""

    name = "platform.report_journal"
    title = TITLES["journal"]
    report = reports.JOURNAL
    sort = "booked"


@needs("reports.view")
def reports_page(request: HttpRequest) -> HttpResponse:
    """All reports."""
    rows = [
        (reverse(f"platform:report_{code.replace('-', '_')}"), TITLES[code], MEANINGS[code])
        for code in TITLES
    ]
    return render(request, "platform/reports.html", {"title": _("Reports"), "rows": rows})
