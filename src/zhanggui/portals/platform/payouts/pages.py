"""Pages of one batch and of one payout: what it says, how far it is, and the acts of those who may."""

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.approvals.queries import latest_approval
from zhanggui.journeys.payouts_proposed import payouts_proposed, payouts_retried
from zhanggui.journeys.payouts_sent import batch_sent
from zhanggui.money import Money
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.details import Action, Detail, Fact, Step
from zhanggui.portals.desk.factors import factor_problem
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import entity_names, parties, party_name
from zhanggui.portals.platform.payouts.files import file_download
from zhanggui.portals.platform.payouts.words import (
    ATTEMPT_STATES,
    BATCH_STATES,
    CAUSES,
    EFFECTS,
    OBSTACLES,
    OUTCOMES,
    PAYOUT_STATES,
    paid_for,
    reason_name,
)
from zhanggui.portals.platform.rails import rail_title
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.invoices.paying import due_for_payment
from zhanggui.settlement.payouts.models import (
    BatchState,
    Cause,
    Payout,
    PayoutBatch,
    PayoutFile,
    PayoutState,
)
from zhanggui.settlement.payouts.queries import (
    answers_of,
    batch_by_number,
    due_documents,
    later_payout,
    payout_by_number,
    steps_of,
)
from zhanggui.settlement.payouts.rules import document_number
from zhanggui.settlement.payouts.states import ENDED
from zhanggui.settlement.statements.queries import statement

LISTS = ("platform.payout_batches", "platform.payouts", "platform.statements", "platform.approvals")


def _forget() -> None:
    for name in LISTS:
        forget(name)


def _moment(request: HttpRequest) -> dict[str, Any]:
    return {
        "at": timezone.now(),
        "zone": timezone.get_default_timezone(),
        "actor": request.user.get_username(),
    }


@needs("payouts.view")
def propose_page(request: HttpRequest) -> HttpResponse:
    """What is due, what is in the way of the rest, and the button that makes batches of it."""
    now = timezone.now()
    found = [*due_for_payment(today=timezone.localdate(), now=now), *due_documents(now=now)]
    problem = ""
    if request.method == "POST":
        problem = _proposed(request)
        if not problem:
            return HttpResponseRedirect(reverse("platform:payout_batches"))
    names = parties({due.party_id for due in found})
    totals: dict[str, int] = {}
    for due in found:
        if not due.obstacle:
            totals[due.currency] = totals.get(due.currency, 0) + due.amount_minor
    context = {
        "title": _("Due for payout"), "problem": problem, "totals": totals,
        "breadcrumbs": [(_("Payout batches"), reverse("platform:payout_batches")), (_("Due for payout"), "")],
        "due": [
            (due, party_name(names.get(due.party_id)), OBSTACLES.get(due.obstacle, ""), CAUSES[due.cause],
             paid_for(due))
            for due in found
        ],
        "may_propose": bool(totals) and may(request.user, "payouts.make"),
    }  # fmt: skip
    return render(request, "platform/payouts_due.html", context, status=422 if problem else 200)


def _proposed(request: HttpRequest) -> str:
    if not may(request.user, "payouts.make"):
        return _("Your role does not include this action.")
    try:
        proposal = payouts_proposed(**_moment(request))
    except Refusal as refusal:
        return refusal_text(refusal)
    if not proposal.batches:
        return _("Nothing can be paid: each statement that is due has something in its way.")
    _forget()
    for batch in proposal.batches:
        messages.success(
            request,
            _("Batch %(number)s with %(count)s payouts waits for approval by another person.")
            % {"number": batch.number, "count": batch.payout_count},
        )
    return ""


@needs("payouts.view")
def batch_page(request: HttpRequest, number: str) -> HttpResponse:
    """One batch with its payouts and files; sending it once it is approved."""
    row = batch_by_number(number)
    if row is None:
        raise Http404(_("There is no such batch."))
    problem = ""
    if request.method == "POST":
        if "file" in request.POST:
            problem, response = file_download(request, row)
            if response is not None:
                return response
        else:
            problem = factor_problem(request) or _sent(request, row)
        if not problem:
            return HttpResponseRedirect(request.path)
    payouts = list(row.payouts.order_by("id"))
    names = parties({one.party_id for one in payouts})
    approval = latest_approval("payout_batch", row.number)
    context = {
        "detail": _batch_detail(row), "row": row, "problem": problem, "approval": approval,
        "payouts": [
            (one, party_name(names.get(one.party_id), one.receiver_holder), PAYOUT_STATES[one.state])
            for one in payouts
        ],
        "states": _by_state(row), "files": PayoutFile.objects.filter(batch_id=row.id, direction="out").order_by("id"),
        "taking_out": may(request.user, "payouts.make"),
        "sending": row.state == BatchState.APPROVED and may(request.user, "payouts.make"),
        "events": [
            (one, BATCH_STATES.get(one.before), BATCH_STATES.get(one.after)) for one in steps_of("batch", row.id)
        ],
    }  # fmt: skip
    return render(request, "platform/payout_batch.html", context, status=422 if problem else 200)


def _by_state(row: PayoutBatch) -> list[tuple[Any, int, int]]:
    found = row.payouts.values("state").annotate(count=models.Count("id"), total=models.Sum("amount_minor"))
    return [(PAYOUT_STATES[one["state"]], one["count"], one["total"]) for one in found.order_by("state")]


def _batch_detail(row: PayoutBatch) -> Detail:
    own = OwnAccount.objects.get(id=row.own_account_id)
    steps = [Step(_("Made"), "done", row.made_at, actor_name(row.made_by))]
    if row.state == BatchState.CANCELLED:
        steps.append(Step(_("Cancelled"), "failed", row.done_at))
    else:
        for label, at, by in (
            (_("Approved"), row.approved_at, actor_name(row.approved_by)),
            (_("Sent"), row.sent_at, ""),
            (_("Done"), row.done_at, ""),
        ):
            waits = at is None and steps[-1].state == "done"
            steps.append(Step(label, "done" if at else "now" if waits else "todo", at, by))
    return Detail(
        number=row.number, kind=_("Payout batch"), badge=BATCH_STATES[row.state], amount=row.total_minor,
        currency=row.currency, amount_label=_("Total"), steps=steps,
        breadcrumbs=[(_("Payout batches"), reverse("platform:payout_batches"))],
        facts=[
            Fact(_("From account"), f"{own.code} {own.number_masked}"),
            Fact(_("Entity"), entity_names().get(row.entity_id, "")),
            Fact(_("Payouts"), row.payout_count),
            Fact(_("Rail"), rail_title(row.rail)),
            Fact(_("Made by"), actor_name(row.made_by)),
        ],
    )  # fmt: skip


def _sent(request: HttpRequest, row: PayoutBatch) -> str:
    if not may(request.user, "payouts.make"):
        return _("Your role does not include this action.")
    try:
        done = batch_sent(
            number=row.number, clock=timezone.now, zone=timezone.get_default_timezone(),
            actor=request.user.get_username(),
        )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal)
    _forget()
    if done.outcome == "submitted":
        messages.success(request, _("%(count)s payouts are handed over to the bank.") % {"count": done.sent})
    elif done.outcome == "unknown":
        messages.warning(
            request,
            _("Nobody knows whether the bank got it. It is asked after by itself; it is not sent again."),
        )
    elif done.outcome == "not_taken":
        messages.warning(request, _("The bank did not take it. Nothing was paid; send it again later."))
    if done.refused:
        messages.warning(
            request, _("%(count)s payouts were not sent; their pages say why.") % {"count": done.refused}
        )
    return ""


@needs("payouts.view")
def payout_page(request: HttpRequest, number: str) -> HttpResponse:
    """One payout: attempts, answers, history; paying again what failed or came back."""
    row = payout_by_number(number)
    if row is None:
        raise Http404(_("There is no such payout."))
    later = later_payout(row)
    problem = ""
    if request.method == "POST":
        problem = _retried(request, row)
        if not problem:
            return HttpResponseRedirect(request.path)
    context = {
        "detail": _payout_detail(row, later), "row": row, "problem": problem,
        "retrying": row.state in ENDED and later is None and may(request.user, "payouts.make"),
        "attempts": [(one, ATTEMPT_STATES[one.state], reason_name(one.reason_code))
                     for one in row.attempts.order_by("attempt")],
        "answers": [(one, EFFECTS[one.effect], OUTCOMES.get(one.outcome, one.outcome), reason_name(one.reason_code))
                    for one in answers_of(row.id)],
        "events": [(one, PAYOUT_STATES.get(one.before), PAYOUT_STATES.get(one.after))
                   for one in steps_of("payout", row.id)],
    }  # fmt: skip
    return render(request, "platform/payout.html", context, status=422 if problem else 200)


def _payout_detail(row: Payout, later: Payout | None) -> Detail:
    if row.cause == Cause.STATEMENT:
        held = statement(row.party_id, row.statement_id)
        document = held.number if held else ""
    else:
        document = document_number(row.cause, row.document_id)
    owner = parties([row.party_id]).get(row.party_id)
    facts = [
        *([Fact(_("Merchant"), party_name(owner), href=reverse("platform:party", args=[owner.id]))] if owner else []),
        Fact(CAUSES[row.cause], document, href=paid_for(row) or ""),
        Fact(_("Receiving account"), f"{row.receiver_masked} · {row.receiver_holder}",
             href=reverse("platform:receiver", args=[row.receiver_id])),
        Fact(_("Batch"), row.batch.number, href=reverse("platform:payout_batch", args=[row.batch.number])),
    ]  # fmt: skip
    if (
        row.part > 1
        or Payout.objects.filter(
            batch_id=row.batch_id,
            cause=row.cause,
            statement_id=row.statement_id,
            document_id=row.document_id,
            party_id=row.party_id,
        ).count()
        > 1
    ):
        facts.append(Fact(_("Part"), row.part))
    for label, amount in ((_("Not executed"), row.short_minor), (_("Came back of it"), row.returned_minor)):
        if amount:
            facts.append(Fact(label, Money(amount, row.currency).grouped()))
    if row.reason_code or row.reason:
        facts.append(Fact(_("Reason"), reason_name(row.reason_code) or row.reason))
    before = Payout.objects.filter(id=row.retry_of_id).first() if row.retry_of_id else None
    for label, other in ((_("In the place of"), before), (_("Paid again by"), later)):
        if other is not None:
            facts.append(Fact(label, other.number, href=reverse("platform:payout", args=[other.number])))
    return Detail(
        number=row.number, kind=_("Payout"), badge=PAYOUT_STATES[row.state], amount=row.amount_minor,
        currency=row.currency, amount_label=_("Amount"), facts=facts, steps=payout_steps(row),
        breadcrumbs=[(_("Payouts"), reverse("platform:payouts"))],
        actions=[Action(_("Evidence"), reverse("platform:payout_evidence", args=[row.number]))]
        if row.sent_at else [],
        notice=_notice(row, later),
    )  # fmt: skip


def _notice(row: Payout, later: Payout | None) -> str:
    """What is to be done about a payout that did not arrive, or not wholly."""
    if row.state in ENDED and later is None:
        return _("The money is not gone. Pay it once more when the receiving account is right.")
    again = row.amount_minor - row.standing_minor
    if row.state == PayoutState.PAID and again:
        return _("%(amount)s of it is owed again and is proposed with what is due.") % {
            "amount": Money(again, row.currency).grouped()
        }
    return ""


def payout_steps(row: Payout) -> list[Step]:
    """The life of a payout as far as it came, and the way that is left."""
    steps = [Step(_("Proposed"), "done", row.made_at)]
    for label, at in (
        (_("Approved"), row.approved_at),
        (_("Sent"), row.sent_at),
        (_("Executed"), row.paid_at),
    ):
        if at is not None:
            steps.append(Step(label, "done", at))
        elif row.state not in (*ENDED, PayoutState.CANCELLED):
            steps.append(Step(label, "now" if steps[-1].state == "done" else "todo"))
    if row.ended_at is not None:
        steps.append(Step(PAYOUT_STATES[row.state].label, "failed", row.ended_at))
    return steps


def _retried(request: HttpRequest, row: Payout) -> str:
    if not may(request.user, "payouts.make"):
        return _("Your role does not include this action.")
    try:
        [batch] = payouts_retried(numbers=[row.number], **_moment(request))
    except Refusal as refusal:
        return refusal_text(refusal)
    _forget()
    messages.success(
        request,
        _("A new payout is in batch %(number)s and waits for approval by another person.")
        % {"number": batch.number},
    )
    return ""
