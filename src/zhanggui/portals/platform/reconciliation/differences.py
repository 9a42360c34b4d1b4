"""Differences: the list with ageing, and one with both sides, the suggested way, notes and evidence."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhanggui.journeys.difference_settled import (
    difference_assigned,
    difference_noted,
    resolution_proposed,
)
from zhanggui.money.errors import Refusal
from zhanggui.parties.queries import colleagues_who_may
from zhanggui.portals.desk.details import Detail, Fact, Step
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    QuerySetSource,
    SelectFilter,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import purpose_name
from zhanggui.portals.platform.reconciliation.bills import account_choices, leg_choices
from zhanggui.portals.platform.reconciliation.words import KINDS, LEGS, STATES, WAYS
from zhanggui.settlement.payouts.evidence_files import EVIDENCE_FILES
from zhanggui.settlement.reconciliation.kinds import DifferenceKind, Leg
from zhanggui.settlement.reconciliation.models import Difference, DifferenceNote
from zhanggui.settlement.reconciliation.operations.note_difference import SETTLES
from zhanggui.settlement.reconciliation.proposals import fitting_ways, proposal
from zhanggui.settlement.reconciliation.queries import sides_of


class DifferenceList(MoneyList):
    """What does not agree, oldest first."""

    name = "platform.differences"
    title = gettext_lazy("Differences")
    permission = "reconciliation.view"
    sort = "day"
    tabs = StatusTabs.of("state", STATES, default="open")
    empty = gettext_lazy("Nothing differs. Take in the next bill under channel bills.")

    def get_source(self) -> QuerySetSource:
        """Differences."""
        return QuerySetSource(Difference.objects.select_related("own_account"))

    def get_filters(self) -> Sequence[Any]:
        """By number, account, kind, run, day and person."""
        return [
            TextFilter("q", _("Order or channel number"), starts=["reference"]),
            SelectFilter("account", _("Own account"), account_choices, field="own_account_id", read=int),
            SelectFilter("leg", _("What against what"), leg_choices, field="leg", read=int),
            SelectFilter("kind", _("Kind"), list(KINDS.items())),
            TextFilter("assigned", _("Assigned to"), exact=["assigned_to"]),
            TextFilter("run", _("Run"), exact=["run_id"]),
            *self.currency_filters(),
            DateRangeFilter("day", _("Day"), field="day", days=True),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Both sides, and for how long."""
        today = timezone.localdate()
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn("id", pgettext("reconciliation", "Difference"), value=lambda r: f"#{r.id}", sort="id",
                       href=lambda r: reverse("platform:difference", args=[r.id])),
            StatusColumn("state", _("Status"), badges=STATES),
            DateColumn("day", _("Day"), sort="day"),
            IntegerColumn("age", _("Days old"), value=lambda r: (today - r.day).days, phone=""),
            TextColumn("account", _("Own account"), value=lambda r: r.own_account.code, phone=""),
            TextColumn("leg", _("What against what"), value=lambda r: LEGS[r.leg], phone=""),
            TextColumn("kind", _("Kind"), value=lambda r: KINDS[r.kind], sort="kind", phone="sub"),
            TextColumn("reference", _("Reference number"), code=True, sort="reference"),
            MoneyColumn("our_minor", _("Ours"), phone="line", **money),
            MoneyColumn("their_minor", _("Theirs"), phone="amount", **money),
            TextColumn("assigned_to", _("Assigned to"), sort="assigned_to", phone=""),
            TextColumn("resolution", _("How settled"), value=lambda r: WAYS.get(r.resolution, ""), phone=""),
        ]  # fmt: skip


def _acted(request: HttpRequest, row: Difference) -> str:
    """Note, assign or settle; an empty text means it was done."""
    act, actor, now = request.POST.get("act", ""), request.user.get_username(), timezone.now()
    by: dict[str, Any] = {"difference_id": row.id, "at": now, "actor": actor}
    try:
        if act == "note":
            file = request.FILES.get("evidence")
            difference_noted(
                text=request.POST.get("text", ""), evidence=content_of(file, EVIDENCE_FILES) if file else b"",
                evidence_name=file.name if file else "", **by,
            )  # fmt: skip
        elif act == "assign":
            difference_assigned(to=request.POST.get("to", ""), **by)
        elif act == "settle":
            resolution_proposed(way=request.POST.get("way", ""), reason=request.POST.get("reason", ""), **by)
        else:
            return _("Choose what to do.")
    except Refusal as refusal:
        return refusal_text(refusal)
    return ""


@needs("reconciliation.view")
def difference_page(request: HttpRequest, difference_id: int) -> HttpResponse:
    """One difference: both sides next to each other, and what may be done about it."""
    row = Difference.objects.select_related("own_account", "run").filter(id=difference_id).first()
    if row is None:
        raise Http404(_("There is no such difference."))
    acting, problem = may(request.user, "reconciliation.act"), ""
    if request.method == "POST":
        problem = _acted(request, row) if acting else _("Your role does not include this action.")
        if not problem:
            messages.success(request, _("Difference #%(id)s: done.") % {"id": row.id})
            return HttpResponseRedirect(request.path)
    sides = sides_of(row)
    context = {
        "detail": _detail(row), "row": row, "problem": problem, "typed": request.POST,
        "sides": _both(sides, row), "acting": acting, "notes": row.notes.order_by("id"),
        "colleagues": _colleagues(row) if acting else [],
        "came_to_bank": row.leg == Leg.BANK and row.kind == DifferenceKind.MISSING_HERE and row.their_minor > 0,
        "ways": _ways(row) if acting and row.state in ("open", "suspended") and not row.proposed else [],
        "proposed_way": WAYS.get(row.proposed.get("way", ""), ""),
        "accept": EVIDENCE_FILES.accept,
        "approval_url": reverse("platform:approval", args=[row.proposed["approval"]]) if row.proposed else "",
    }  # fmt: skip
    return render(request, "platform/difference.html", context, status=422 if problem else 200)


def _colleagues(row: Difference) -> list[str]:
    """Whom it can be given to; whoever has it now stays on the list even if they may no longer."""
    return sorted({*colleagues_who_may(SETTLES), *([row.assigned_to] if row.assigned_to else [])})


def _detail(row: Difference) -> Detail:
    facts = [
        Fact(_("Own account"), row.own_account.code), Fact(_("What against what"), str(LEGS[row.leg])),
        Fact(_("Kind"), str(KINDS[row.kind])), Fact(_("Day"), f"{row.day}"),
        Fact(_("Days old"), (timezone.localdate() - row.day).days),
        Fact(_("Run"), f"#{row.run_id}", href=reverse("platform:reconciliation_run", args=[row.run_id])),
        Fact(_("Assigned to"), row.assigned_to or "–"),
    ]  # fmt: skip
    steps = [Step(_("Found"), "done", row.found_at)]
    if row.state in ("open", "suspended"):
        label = _("Waits for approval") if row.proposed else str(STATES[row.state].label)
        steps.append(Step(label, "now"))
    else:
        steps.append(Step(str(STATES[row.state].label), "done", row.resolved_at, actor_name(row.resolved_by)))
    return Detail(
        number=f"#{row.id}", kind=pgettext("reconciliation", "Difference"),
        badge=STATES[row.state], amount=row.their_minor - row.our_minor,
        currency=row.currency, amount_label=_("Theirs less ours"), facts=facts, steps=steps,
        breadcrumbs=[(_("Differences"), reverse("platform:differences"))],
    )  # fmt: skip


def _both(sides: dict[str, dict[str, Any]], row: Difference) -> list[tuple[str, Any, Any, str]]:
    """Rows of the table of both sides: label, ours, theirs, how to show it."""
    ours, theirs = sides["ours"], sides["theirs"]
    listed: list[tuple[str, Any, Any, str]] = [
        (_("Amount"), row.our_minor if row.our_kind else None, row.their_minor if row.row_number else None, "money"),
        (_("Channel fee"), row.our_fee_milli // 1000 if row.our_kind else None,
         row.their_fee_milli // 1000 if row.row_number else None, "money"),
    ]  # fmt: skip
    labels = {
        "occurred_at": _("Time"), "order_no": _("Order"), "payout_number": _("Payout"), "refund_no": _("Refund"),
        "own_number": _("Our number"),
        "own_refund_number": _("Our refund number"), "channel_number": _("Channel number"),
        "channel_refund_number": _("Channel refund number"), "flow_number": _("Flow number"),
        "reference": _("Reference"), "source_name": _("Source"), "row_number": _("Row number"), "title": _("About"),
        "memo": _("Remark"), "reason": _("Reason"),
    }  # fmt: skip
    for name, label in labels.items():
        if ours.get(name) or theirs.get(name):
            kind = "moment" if name == "occurred_at" else "text"
            listed.append((label, ours.get(name), theirs.get(name), kind))
    return listed


def _ways(row: Difference) -> list[dict[str, Any]]:
    """Ways of settling, the suggested one first, each with what it would post."""
    found = []
    for way in fitting_ways(row):
        legs = [
            (f"{key.purpose} {purpose_name(key.purpose)}", amount) for key, amount in proposal(row, way).legs
        ]
        found.append({"way": way, "label": WAYS[way], "legs": legs})
    return found


@needs("reconciliation.view")
def evidence(request: HttpRequest, note_id: int) -> HttpResponse:
    """The file that was kept with a note."""
    note = DifferenceNote.objects.filter(id=note_id).exclude(evidence_name="").first()
    if note is None:
        raise Http404(_("There is no such file."))
    answer = HttpResponse(bytes(note.evidence), content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, note.evidence_name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
