"""Approvals: what waits for a second person, looking at it, deciding about it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.queries import approval
from zhanggui.journeys.approval_decided import approval_decided, approval_withdrawn
from zhanggui.journeys.limit_raised import KIND as LIMIT
from zhanggui.money.errors import Refusal
from zhanggui.parties.queries import platform_standing
from zhanggui.portals.desk.amounts import format_money, parse_amount
from zhanggui.portals.desk.details import Detail, Fact, Step
from zhanggui.portals.desk.factors import factor_problem, has_factor
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    ListPage,
    MoneyColumn,
    PartyColumn,
    QuerySetSource,
    SelectFilter,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.staffing import ROLE_NAMES
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.arrangements.limits import kind_name, most
from zhanggui.portals.platform.names import parties, party_name
from zhanggui.portals.platform.words import APPROVAL_KINDS, APPROVAL_STATES
from zhanggui.settlement.payouts.operations.settle_by_evidence import APPROVAL_KIND as EVIDENCE


class ApprovalList(ListPage):
    """Documents that wait for a second look, and those that had it."""

    name = "platform.approvals"
    title = gettext_lazy("Approvals")
    permission = "approvals.view"
    template = "platform/list.html"
    sort = "-made_at"
    tabs = StatusTabs.of("state", APPROVAL_STATES, default=ApprovalState.PENDING.value)

    def get_source(self) -> QuerySetSource:
        """Requests."""
        return QuerySetSource(Approval.objects.all())

    def get_filters(self) -> Sequence[Any]:
        """By document, maker, kind and day."""
        return [
            TextFilter("q", _("Document, title or maker"), starts=["subject", "maker"], contains=["title"]),
            SelectFilter("kind", _("Kind"), list(APPROVAL_KINDS.items())),
            DateRangeFilter("made", _("Put up"), field="made_at"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What, how much, who, since when."""
        return [
            LinkColumn("id", _("Request"), value=lambda r: f"#{r.id}", sort="id",
                       href=lambda r: reverse("platform:approval", args=[r.id])),
            StatusColumn("state", _("Status"), badges=APPROVAL_STATES),
            TextColumn("kind", _("Kind"), value=lambda r: APPROVAL_KINDS.get(r.kind, r.kind), sort="kind"),
            TextColumn("subject", _("Document"), code=True, sort="subject"),
            TextColumn("title", _("Title"), value=title_of, wrap=True),
            MoneyColumn("amount_minor", _("Amount"), currency=lambda r: r.currency, sort="amount_minor",
                        phone="amount"),
            PartyColumn("maker", _("Made by"), value=lambda r: actor_name(r.maker), sort="maker"),
            DateTimeColumn("made_at", _("Put up"), sort="made_at"),
            DateTimeColumn("ended_at", _("Decided"), sort="ended_at", nullable=True, phone=""),
        ]  # fmt: skip


def title_of(row: Approval) -> str:
    """What a request is about in a line; one to raise a limit is worded from what it would set."""
    if row.kind != LIMIT or not {"role", "kind", "currency", "max_minor"} <= set(row.payload):
        return row.title
    wanted, held = row.payload, row.payload.get("in_force")
    return _("%(role)s, %(kind)s: %(before)s before, %(after)s from now on") % {
        "role": ROLE_NAMES.get(wanted["role"], wanted["role"]), "kind": kind_name(wanted["kind"]),
        "before": most(held["max_minor"], held["currency"]) if held else _("Nothing"),
        "after": most(wanted["max_minor"], wanted["currency"]),
    }  # fmt: skip


def _document(row: Approval) -> str:
    """The page of the document, where the checker has to look at more than what it says."""
    if row.kind == LIMIT:
        return reverse("platform:limits")
    return reverse("platform:payout_evidence", args=[row.subject]) if row.kind == EVIDENCE else ""


def _facts(row: Approval) -> list[Fact]:
    facts = [
        Fact(_("Kind"), APPROVAL_KINDS.get(row.kind, row.kind)),
        Fact(_("Document"), row.subject, copy=True, href=_document(row)),
        Fact(_("Made by"), actor_name(row.maker)),
        Fact(_("People needed"), row.checks_needed),
        Fact(_("Digest"), bytes(row.digest).hex()[:16], copy=True),
    ]
    if row.party_id:
        name = party_name(parties([row.party_id]).get(row.party_id))
        facts.insert(2, Fact(_("Merchant"), name, href=reverse("platform:party", args=[row.party_id])))
    if row.state == ApprovalState.PENDING or row.expires_at:
        last = row.expires_at or row.made_at + settings.APPROVAL_LIFE
        facts.append(Fact(_("Runs out"), f"{timezone.localtime(last):%Y-%m-%d %H:%M}"))
    return facts


def _steps(row: Approval) -> list[Step]:
    steps = [Step(_("Put up"), "done", row.made_at, actor_name(row.maker))]
    for decision in row.decisions.order_by("id"):
        label = _("Approved") if decision.approved else _("Rejected")
        steps.append(Step(label, "done" if decision.approved else "failed", decision.at, decision.checker))
    if row.state == ApprovalState.PENDING:
        steps.append(Step(_("Waits for a second person"), "now"))
    elif row.state in (ApprovalState.WITHDRAWN, ApprovalState.EXPIRED):
        steps.append(Step(APPROVAL_STATES[row.state].label, "failed", row.ended_at))
    return steps


def _content(payload: Any) -> list[tuple[str, Any]]:
    """What will be carried out, as (name, value); a list of documents stands as a table of its own."""
    if not isinstance(payload, Mapping):
        return [("", payload)]
    return [
        (name, "–" if value is None else value) for name, value in payload.items() if not _is_table(value)
    ]


def _tables(payload: Any) -> list[dict[str, Any]]:
    if not isinstance(payload, Mapping):
        return []
    return [
        {"name": name, "columns": list(rows[0]), "rows": [list(row.items()) for row in rows[:200]],
         "left_out": max(len(rows) - 200, 0)}
        for name, rows in payload.items() if _is_table(rows)
    ]  # fmt: skip


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _decided(request: HttpRequest, row: Approval) -> str:
    """Decide or withdraw; an empty text means it was done, anything else is the reason it was not."""
    verdict, reason = request.POST.get("decision", ""), request.POST.get("reason", "").strip()
    moment = {"at": timezone.now(), "zone": timezone.get_default_timezone()}
    if verdict not in ("approve", "reject", "withdraw"):
        return _("Choose: approve or reject.")
    if verdict == "reject" and not reason:
        return _("Say why; the maker reads it.")
    try:
        if verdict == "withdraw":
            approval_withdrawn(approval_id=row.id, maker=request.user.get_username(), reason=reason, **moment)
            return ""
        if not may(request.user, "approvals.decide"):
            return _("Your role does not include this action.")
        if verdict == "approve" and (problem := factor_problem(request)):
            return problem
        standing = platform_standing(request.user)
        approval_decided(
            approval_id=row.id, approve=verdict == "approve", checker=request.user.get_username(),
            roles=standing.roles if standing else frozenset(), reason=reason, **moment,
            proof=Proof(
                second_factor=has_factor(request.user),
                retyped_minor=parse_amount(request.POST.get("retyped", ""), row.currency),
            ),
        )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal)
    return ""


@needs("approvals.view")
def approval_page(request: HttpRequest, approval_id: int) -> HttpResponse:
    """One document: its content, who made it, and the decision by those who may."""
    row = approval(approval_id)
    if row is None:
        raise Http404(_("There is no such request."))
    problem = ""
    if request.method == "POST":
        problem = _decided(request, row)
        if not problem:
            messages.success(request, _("Request #%(id)s is decided.") % {"id": row.id})
            return HttpResponseRedirect(request.path)
    pending, mine = row.state == ApprovalState.PENDING, row.maker == request.user.get_username()
    detail = Detail(
        number=f"#{row.id}", kind=APPROVAL_KINDS.get(row.kind, row.kind), badge=APPROVAL_STATES[row.state],
        amount=row.amount_minor, currency=row.currency, amount_label=title_of(row), facts=_facts(row),
        steps=_steps(row), breadcrumbs=[(_("Approvals"), reverse("platform:approvals"))],
        notice=_("You made this document; somebody else has to decide about it.") if pending and mine else "",
    )  # fmt: skip
    context = {
        "detail": detail, "row": row, "problem": problem, "typed": request.POST,
        "content": _content(row.payload), "tables": _tables(row.payload),
        "deciding": pending and not mine and may(request.user, "approvals.decide"),
        "withdrawing": pending and mine, "reasons": row.decisions.exclude(reason="").order_by("id"),
        "retyping": not has_factor(request.user), "whole": format_money(row.amount_minor, row.currency),
    }  # fmt: skip
    return render(request, "platform/approval.html", context, status=422 if problem else 200)
