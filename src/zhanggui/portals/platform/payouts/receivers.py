"""The page of one receiver: looking at it, verifying it, closing it, showing its number (which is written down)."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.details import Action, Detail, Fact, Step
from zhanggui.portals.desk.factors import factor_problem
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.revealing import PERMISSION, Sealed, reveal
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import parties, party_name
from zhanggui.portals.platform.payouts.words import RECEIVER_KINDS, RECEIVER_STATES
from zhanggui.settlement.payouts.models import Receiver, ReceiverState
from zhanggui.settlement.payouts.operations.close_receiver import close_receiver
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver
from zhanggui.settlement.payouts.queries import NUMBER_SEALED_AS, receiver_by_id, steps_of


@needs("receivers.view")
def receiver_page(request: HttpRequest, receiver_id: int) -> HttpResponse:
    """One receiver, and the acts of those who may."""
    row = receiver_by_id(receiver_id)
    if row is None:
        raise Http404(_("There is no such receiving account."))
    problem = ""
    if request.method == "POST":
        problem = factor_problem(request) or _acted(request, row, request.POST.get("act", ""))
        if not problem:
            return HttpResponseRedirect(request.path)
    acting = may(request.user, "receivers.change")
    context = {
        "detail": _detail(row, may(request.user, PERMISSION)), "row": row, "problem": problem,
        "verifying": acting and row.state == ReceiverState.PROPOSED,
        "closing": acting and row.state != ReceiverState.CLOSED,
        "hours": int(settings.RECEIVER_COOL_DOWN.total_seconds() // 3600),
        "events": [(one, RECEIVER_STATES.get(one.before), RECEIVER_STATES.get(one.after))
                   for one in steps_of("receiver", row.id)],
    }  # fmt: skip
    return render(request, "platform/receiver.html", context, status=422 if problem else 200)


def _detail(row: Receiver, revealing: bool) -> Detail:
    if row.receipt_id:
        whose = Fact(_("Receipt that goes back"), f"RC{row.receipt_id:08d}",
                     href=reverse("platform:receipt", args=[row.receipt_id]))  # fmt: skip
    else:
        whose = Fact(_("Merchant"), party_name(parties([row.party_id]).get(row.party_id)),
                     href=reverse("platform:party", args=[row.party_id]))  # fmt: skip
    facts = [
        whose,
        Fact(_("Holder"), row.holder), Fact(_("Account number"), row.number_masked),
        Fact(_("Kind"), RECEIVER_KINDS.get(row.kind, row.kind)), Fact(_("Currency"), row.currency),
    ]  # fmt: skip
    if row.bank:
        facts.append(Fact(_("Bank"), row.bank))
    facts += [Fact(name.upper(), value) for name, value in row.details.items()]
    if row.usable_from:
        facts.append(Fact(_("Money from"), f"{timezone.localtime(row.usable_from):%Y-%m-%d %H:%M}"))
    steps = [Step(_("Proposed"), "done", row.proposed_at, actor_name(row.proposed_by))]
    if row.verified_at:
        steps.append(Step(_("Verified"), "done", row.verified_at, actor_name(row.verified_by)))
    elif row.state == ReceiverState.PROPOSED:
        steps.append(Step(_("To verify"), "now"))
    if row.closed_at:
        steps.append(Step(RECEIVER_STATES[row.state].label, "failed", row.closed_at))
    return Detail(
        number=f"#{row.id}", kind=_("Receiving account"), badge=RECEIVER_STATES[row.state], facts=facts,
        steps=steps, actions=[
            Action(_("Show the whole number"), reverse("platform:receiver_number", args=[row.id]), drawer=True)
        ] if revealing else [],
        breadcrumbs=[(_("Receiving accounts"), reverse("platform:receivers"))],
    )  # fmt: skip


def _acted(request: HttpRequest, row: Receiver, act: str) -> str:
    """Verify or close; an empty text means it was done, anything else is the reason it was not."""
    if not may(request.user, "receivers.change"):
        return _("Your role does not include this action.")
    who: dict[str, Any] = {"at": timezone.now(), "actor": request.user.get_username()}
    reason = request.POST.get("reason", "").strip()[:500]
    try:
        with transaction.atomic():
            if act == "verify":
                verify_receiver(receiver_id=row.id, cool_down=settings.RECEIVER_COOL_DOWN, **who)
            elif act == "close" and reason:
                close_receiver(receiver_id=row.id, reason=reason, **who)
            else:
                return _("Say why; the history keeps it.")
    except Refusal as refusal:
        return refusal_text(refusal)
    forget("platform.receivers")
    messages.success(request, _("Receiving account #%(id)s is changed.") % {"id": row.id})
    return ""


@needs("receivers.view")
def receiver_number(request: HttpRequest, receiver_id: int) -> HttpResponse:
    """The whole number, for a reason that is written down, as for every sealed value."""
    row = receiver_by_id(receiver_id)
    if row is None:
        raise Http404(_("There is no such receiving account."))
    return reveal(
        request,
        Sealed(
            sealed=bytes(row.number_sealed), purpose=NUMBER_SEALED_AS, masked=row.number_masked,
            object_kind="receiver", object_id=str(row.id), party_id=row.party_id,
        ),
    )  # fmt: skip
