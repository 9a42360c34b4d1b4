"""What-if: a document rated over all past orders of a business line, with winners and losers. Nothing is billed."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhanggui.clockwork.carry_out_comparison import carry_out_comparison
from zhanggui.clockwork.tasks import queue_comparison
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    MoneyColumn,
    QuerySetSource,
    SelectFilter,
    StatusColumn,
    StatusTabs,
    TextColumn,
)
from zhanggui.portals.desk.refusals import fault_text, refusal_text
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import fee_name, line_choices, line_names, parties, party_name
from zhanggui.portals.platform.rule_sets.publishing import Unreadable, document_text, read_document, written
from zhanggui.portals.platform.words import RUN_STATES
from zhanggui.settlement.billing.comparisons import fees_compared, merchants_compared
from zhanggui.settlement.billing.models import Comparison, ComparisonState
from zhanggui.settlement.billing.operations.request_comparison import request_comparison
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import StagedLine

# Histories of at most so many lines are rated while one waits.
MOST_INLINE = 5_000
MOST_SHOWN = 100
WAITING = (ComparisonState.QUEUED, ComparisonState.RUNNING)


class ComparisonList(ListPage):
    """Every what-if that was asked for, with what it came to."""

    name = "platform.comparisons"
    title = gettext_lazy("What-if")
    permission = "rules.view"
    sort = "-requested_at"
    tabs = StatusTabs.of("state", RUN_STATES)
    empty = gettext_lazy(
        "Nothing compared yet. Choose Compare a document, and see who would win and who would lose."
    )

    def get_source(self) -> QuerySetSource:
        """Comparisons."""
        return QuerySetSource(Comparison.objects.defer("document"))

    def get_filters(self) -> Sequence[Any]:
        """By line and day."""
        return [
            SelectFilter("line", _("Business line"), line_choices, field="business_line_id", read=int),
            DateRangeFilter("requested", _("Requested"), field="requested_at"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What was asked, how far it is, what came out."""
        names = line_names()

        def currency(row: Comparison) -> str:
            return row.currency

        return [
            LinkColumn(
                "id", _("What-if"), href=comparison_url, sort="id", value=lambda r: f"#{r.id} {r.set_code}"
            ),
            TextColumn(
                "line", _("Business line"), value=lambda r: names.get(r.business_line_id, ""), phone="sub"
            ),
            StatusColumn("state", _("Status"), badges=RUN_STATES),
            IntegerColumn("lines", _("Lines rated"), sort="lines", total=True, phone=""),
            MoneyColumn("now_minor", _("Billed"), currency=currency, phone=""),
            MoneyColumn("then_minor", _("By this document"), currency=currency, phone=""),
            MoneyColumn(
                "difference", _("Difference for merchants"), currency=currency, signed=True, phone="amount",
                value=lambda r: r.then_minor - r.now_minor,
            ),
            IntegerColumn("gaining", _("Merchants who gain"), sort="gaining"),
            IntegerColumn("losing", _("Merchants who lose"), sort="losing"),
            DateTimeColumn("requested_at", _("Requested"), sort="requested_at"),
            TextColumn("actor", _("By"), value=lambda r: actor_name(r.actor), phone=""),
        ]  # fmt: skip

    def page_actions(self) -> Sequence[Any]:
        """A new one."""
        return [Action(_("Compare a document"), reverse("platform:new_comparison"), "primary", icon="flask")]


def comparison_url(row: Comparison) -> str:
    """The page of a comparison."""
    return reverse("platform:comparison", args=[row.id])


@needs("rules.view")
def new_comparison(request: HttpRequest) -> HttpResponse:
    """Paste or upload a document and choose the business line."""
    context: dict[str, Any] = {
        "title": _("Compare a document"), "lines": line_choices(), "line": request.POST.get("line", ""),
        "breadcrumbs": [(_("What-if"), reverse("platform:what_if")), (_("Compare a document"), "")],
    }  # fmt: skip
    try:
        context["document"] = document_text(request)
        if request.method == "POST":
            return HttpResponseRedirect(comparison_url(_asked(request, context["document"])))
    except Unreadable as failure:
        context["problem"] = str(failure)
    except Refusal as refusal:
        context["problem"] = refusal_text(refusal)
    return render(
        request, "platform/new_comparison.html", context, status=422 if "problem" in context else 200
    )


def _asked(request: HttpRequest, text: str) -> Comparison:
    """The comparison: its job is in the same transaction; a short history is rated at once."""
    chosen = request.POST.get("line", "")
    line = BusinessLine.objects.filter(id=int(chosen) if chosen.isdigit() else 0).first()
    if line is None:
        raise Unreadable(_("Choose the business line whose orders are to be rated."))
    document = read_document(text)
    # Counting stops there: how many more there are is of no interest.
    short = StagedLine.objects.filter(business_line_id=line.id)[: MOST_INLINE + 1].count() <= MOST_INLINE
    with transaction.atomic():
        row = request_comparison(
            document=document, business_line=line, at=timezone.now(), actor=request.user.get_username()
        )
        if not short:
            queue_comparison(row.id)
    return carry_out_comparison(row.id, clock=timezone.now) if short else row


def _comparison(comparison_id: int) -> Comparison:
    row = Comparison.objects.filter(id=comparison_id).first()
    if row is None:
        raise Http404(_("There is no such comparison."))
    return row


@needs("rules.view")
def comparison_page(request: HttpRequest, comparison_id: int) -> HttpResponse:
    """Progress while it runs; then who wins and who loses, by fee and by merchant."""
    row = _comparison(comparison_id)
    context: dict[str, Any] = {
        "title": f"#{row.id} {row.set_code}", "row": row, "badge": RUN_STATES[row.state],
        "waiting": row.state in WAITING, "line": line_names().get(row.business_line_id, ""),
        "problem": fault_text(row.reject_code, row.reject_message) if row.state == "failed" else "",
        "breadcrumbs": [(_("What-if"), reverse("platform:what_if")), (f"#{row.id} {row.set_code}", "")],
    }  # fmt: skip
    if row.state == ComparisonState.DONE:
        context |= _result(row)
    polled = "comparison-state" in request.headers.get("HX-Target", "")
    template = "platform/comparison.html"
    return render(request, f"{template}#state" if polled else template, context)


def _result(row: Comparison) -> dict[str, Any]:
    merchants = merchants_compared(row.id, MOST_SHOWN)
    known = parties(one["id"] for one in merchants)
    changed = row.gaining + row.losing
    return {
        "same": row.merchants - changed, "difference": row.then_minor - row.now_minor,
        "merchants": [(party_name(known.get(one["id"]), str(one["id"])), one) for one in merchants],
        "left_out": changed - len(merchants),
        "fees": [(fee_name(one["id"]), one) for one in fees_compared(row.id)],
        "document": written(row.document),
    }  # fmt: skip


@needs("rules.view")
@require_POST
def repeat_comparison(request: HttpRequest, comparison_id: int) -> HttpResponse:
    """Try a failed comparison again, as a job."""
    with transaction.atomic():
        row = Comparison.objects.select_for_update().filter(id=comparison_id).first()
        if row is None:
            raise Http404(_("There is no such comparison."))
        if row.state == ComparisonState.FAILED:
            row.state = ComparisonState.QUEUED
            row.save(update_fields=["state"])
            queue_comparison(row.id)
    return HttpResponseRedirect(comparison_url(row))
