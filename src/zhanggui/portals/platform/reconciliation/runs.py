"""Reconciliation runs: the list, and one run with both sides' sums and its differences by kind."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.details import Detail, Fact, Proof
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    QuerySetSource,
    SelectFilter,
    TextColumn,
)
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.reconciliation.bills import account_choices, leg_choices
from zhanggui.portals.platform.reconciliation.words import KINDS, LEGS
from zhanggui.settlement.reconciliation.models import ReconciliationRun
from zhanggui.settlement.reconciliation.queries import rows_placed_by


class RunList(MoneyList):
    """What was held against what, and what came of it."""

    name = "platform.reconciliation_runs"
    title = gettext_lazy("Reconciliation runs")
    permission = "reconciliation.view"
    sort = "-id"
    empty = gettext_lazy("No bill has come in yet. Take in the first one under channel bills.")

    def get_source(self) -> QuerySetSource:
        """Runs."""
        return QuerySetSource(ReconciliationRun.objects.select_related("own_account", "bill"))

    def get_filters(self) -> Sequence[Any]:
        """By account, leg, bill and day."""
        return [
            SelectFilter("account", _("Own account"), account_choices, field="own_account_id", read=int),
            SelectFilter("leg", _("What against what"), leg_choices, field="leg", read=int),
            *self.currency_filters(),
            DateRangeFilter("day", _("Day"), field="starts_on", days=True),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Counts and sums of both sides, matched, differing."""
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn("id", _("Run"), value=lambda r: f"#{r.id}", sort="id",
                       href=lambda r: reverse("platform:reconciliation_run", args=[r.id])),
            DateColumn("starts_on", _("Day"), sort="starts_on"),
            TextColumn("account", _("Own account"), value=lambda r: r.own_account.code, phone="sub"),
            TextColumn("leg", _("What against what"), value=lambda r: LEGS[r.leg]),
            IntegerColumn("our_count", _("Ours"), total=True),
            MoneyColumn("our_minor", _("Our sum"), **money),
            IntegerColumn("their_count", _("Theirs"), total=True),
            MoneyColumn("their_minor", _("Their sum"), **money),
            IntegerColumn("matched_count", _("Matched"), total=True, phone="amount"),
            IntegerColumn("suspended_count", _("Suspended"), total=True, phone=""),
            IntegerColumn("differing_count", _("Differing"), total=True, phone="line",
                          href=lambda r: reverse("platform:differences") + f"?tab=all&run={r.id}"),
            TextColumn("kinds", _("Differences by kind"), value=lambda r: kinds_told(r.kinds), phone="line"),
            DateTimeColumn("finished_at", _("Finished"), sort="finished_at", phone=""),
            TextColumn("actor", _("By"), value=lambda r: actor_name(r.actor), phone=""),
        ]  # fmt: skip


def kinds_told(kinds: dict[str, int]) -> str:
    """Differences by kind, in words."""
    return " · ".join(f"{KINDS.get(kind, kind)} {count:,}" for kind, count in sorted(kinds.items()))


def _proof(row: ReconciliationRun, differences: str) -> Proof | None:
    """Counted anew: every row of theirs that the run looked at is matched or in a difference."""
    placed = rows_placed_by(row)
    if placed is None:
        return None
    told = _("%(matched)s matched, %(found)s differences: every row is in one place")
    if placed != row.their_count:
        told = _("Some rows are in no place or in two: run the self-check")
    figures = {"matched": f"{row.matched_count:,}", "found": f"{sum(row.kinds.values()):,}"}
    return Proof(placed == row.their_count, told % figures, differences)


@needs("reconciliation.view")
def run_page(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: both sides, and that every row of theirs is in one place."""
    row = ReconciliationRun.objects.select_related("own_account", "bill").filter(id=run_id).first()
    if row is None:
        raise Http404(_("There is no such run."))
    differences = reverse("platform:differences") + f"?tab=all&run={row.id}"
    facts = [
        Fact(_("Own account"), row.own_account.code), Fact(_("What against what"), str(LEGS[row.leg])),
        Fact(_("Bill"), f"#{row.bill_id} {row.bill.source_name}", href=reverse("platform:bill", args=[row.bill_id])),
        Fact(_("Days"), f"{row.starts_on} – {row.ends_before}"),
        Fact(_("Started"), f"{timezone.localtime(row.started_at):%Y-%m-%d %H:%M:%S}"),
        Fact(_("Finished"), f"{timezone.localtime(row.finished_at):%Y-%m-%d %H:%M:%S}"),
        Fact(_("By"), actor_name(row.actor) or "–"),
    ]  # fmt: skip
    proof = _proof(row, differences)
    detail = Detail(
        number=f"#{row.id}", kind=_("Reconciliation run"), amount=row.matched_minor, currency=row.currency,
        amount_label=_("Matched"), facts=facts, proof=proof,
        breadcrumbs=[(_("Reconciliation runs"), reverse("platform:reconciliation_runs"))],
    )  # fmt: skip
    kinds = [
        (KINDS.get(kind, kind), count, f"{differences}&kind={kind}")
        for kind, count in sorted(row.kinds.items())
    ]
    return render(request, "platform/reconciliation_run.html", {"detail": detail, "row": row, "kinds": kinds})
