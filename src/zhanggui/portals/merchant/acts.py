"""What a shop does: confirm a statement, object to a detail. Found as the tenant, done by a journey."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.journeys.detail_disputed import detail_disputed
from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.merchant.explaining import own_detail
from zhanggui.portals.merchant.standing import shop_page
from zhanggui.portals.merchant.statement import CONFIRMING, Shown, read_statement
from zhanggui.portals.merchant.statements import statement_url
from zhanggui.portals.merchant.words import STATES, fee_name
from zhanggui.settlement.statements.errors import AlreadyDisputed, StatementNotConfirming
from zhanggui.settlement.statements.models import StatementState

CONFIRMED = StatementState.CONFIRMED.value
REASON_MAX = 500


@shop_page("own_statements.confirm")
def confirm(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """Look at the amount a second time, then confirm. Sent twice, it is confirmed once."""
    shown = read_statement(party_id, statement_id)
    problem = ""
    if request.method == "POST":
        if shown.row.state == CONFIRMED:
            messages.info(request, _("%(number)s is confirmed already.") % {"number": shown.row.number})
            return HttpResponseRedirect(statement_url(shown.row))
        problem = _confirm(request, shown)
        if not problem:
            return HttpResponseRedirect(statement_url(shown.row))
    if shown.row.state != CONFIRMING and not problem:
        problem = _("This statement is not waiting to be confirmed.")
    context = {
        "title": _("Confirm %(number)s") % {"number": shown.row.number}, "shown": shown, "problem": problem,
        "may_confirm": shown.row.state == CONFIRMING, "back": statement_url(shown.row),
        "breadcrumbs": [(_("Statements"), reverse("merchant:statements")),
                        (shown.row.number, statement_url(shown.row)), (_("Confirm"), "")],
    }  # fmt: skip
    return render(request, "merchant/confirm.html", context, status=409 if problem else 200)


def _confirm(request: HttpRequest, shown: Shown) -> str:
    """Confirm at the amount seen; the sentence of what keeps it from being confirmed, empty when done."""
    row = shown.row
    if request.POST.get("seen") != str(shown.payable):
        return _("The amount has changed since you looked. Check it once more.")
    try:
        confirmed = statement_confirmed(
            party_id=row.party_id, statement_id=row.id, at=timezone.now(),
            zone=timezone.get_default_timezone(), actor=request.user.get_username(),
        )  # fmt: skip
    except StatementNotConfirming:
        return _("This statement is not waiting to be confirmed.")
    except Refusal as refusal:
        return refusal_text(refusal)
    forget("merchant.statements")
    messages.success(request, _("%(number)s: %(state)s, %(amount)s %(currency)s.") % {
        "number": row.number, "state": STATES[confirmed.state].label, "currency": row.currency,
        "amount": format_money(shown.payable, row.currency)})  # fmt: skip
    return ""


@shop_page("own_disputes.open")
def dispute(request: HttpRequest, party_id: int, detail: str) -> HttpResponse:
    """Say what is wrong with one detail; it moves to the next statement until the platform has looked."""
    key, row, _rows = own_detail(party_id, detail)
    shown = read_statement(party_id, row["statement_id"])
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    problem = ""
    if request.method == "POST":
        if not reason or len(reason) > REASON_MAX:
            problem = _("Say in 1 to %(most)d characters what is wrong.") % {"most": REASON_MAX}
        else:
            problem = _dispute(request, key, reason)
        if not problem:
            return HttpResponseRedirect(f"{statement_url(shown.row)}?tab=disputes")
    context: dict[str, Any] = {
        "title": _("Object to an amount"), "row": row, "fee": fee_name(row["fee_type_id"]), "shown": shown,
        "problem": problem, "reason": reason, "most": REASON_MAX, "back": statement_url(shown.row),
        "may_object": shown.row.state == CONFIRMING,
        "breadcrumbs": [(_("Statements"), reverse("merchant:statements")),
                        (shown.row.number, statement_url(shown.row)), (_("Raise an objection"), "")],
    }  # fmt: skip
    return render(request, "merchant/dispute.html", context, status=422 if problem else 200)


def _dispute(request: HttpRequest, key: Any, reason: str) -> str:
    try:
        detail_disputed(key=key, reason=reason, at=timezone.now(), actor=request.user.get_username())
    except AlreadyDisputed:
        return _("You have objected to this amount already.")
    except StatementNotConfirming:
        return _("Only amounts on a statement that waits to be confirmed can be objected to.")
    except Refusal as refusal:
        return refusal_text(refusal)
    for name in ("merchant.statements", "merchant.details", "merchant.statement_lines", "merchant.flow"):
        forget(name)
    messages.success(
        request,
        _("We have your objection. The amount moved to your next statement; the rest can be confirmed."),
    )
    return ""
