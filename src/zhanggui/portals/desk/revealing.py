"""Showing a sealed value: to whom may see it, after a fresh second factor, for a reason, and written down first.

A portal's view finds its row and calls `reveal`; everything else, the form too, is drawn here:

    @needs("receivers.view")
    def reveal_number(request, receiver_id):
        row = get_object_or_404(Receiver, id=receiver_id)
        return reveal(request, Sealed(
            sealed=bytes(row.number_sealed), purpose=NUMBER_SEALED_AS, masked=row.number_masked,
            object_kind="receiver", object_id=str(row.id), party_id=row.party_id,
        ))

Lists, commands and the API give masked values only.
"""

from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.drawers import render_drawer
from zhanggui.portals.desk.factors import factor_problem
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.vault.sealing import unseal

PERMISSION = "receivers.reveal"
SHOWN_SECONDS = 60
REASON_MOST = 200


@dataclass(frozen=True)
class Sealed:
    """One sealed value, its mask, and what it belongs to, for the audit log."""

    sealed: bytes
    purpose: str
    masked: str
    object_kind: str
    object_id: str
    party_id: int = 0


def reveal(request: HttpRequest, value: Sealed, *, permission: str = PERMISSION) -> HttpResponse:
    """The form that asks why, and after it the value, for a minute. Raises PermissionDenied."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not may(request.user, permission):
        raise PermissionDenied(_("Your role does not include seeing whole numbers."))
    problem, plain = "", ""
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if request.method == "POST":
        if not reason or len(reason) > REASON_MOST:
            problem = _("Say in 1 to %(most)d characters what you need it for.") % {"most": REASON_MOST}
        else:
            problem = factor_problem(request)
        if not problem:
            plain, problem = _opened(request, value, reason)
    context = {
        "value": value, "plain": plain, "problem": problem, "reason": reason, "seconds": SHOWN_SECONDS,
        "most": REASON_MOST,
    }  # fmt: skip
    response = render_drawer(
        request, "desk/reveal.html", context, title=_("Whole number"), status=422 if problem else 200
    )
    if plain:
        # Without scripts the page leaves by itself; nothing on the way keeps it.
        response.headers["Refresh"] = f"{SHOWN_SECONDS}; url={request.path}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _opened(request: HttpRequest, value: Sealed, reason: str) -> tuple[str, str]:
    """The value, written down before it is shown; or what keeps it closed."""
    try:
        plain = unseal(value.sealed, purpose=value.purpose)
    except Refusal as refusal:
        return "", refusal_text(refusal)
    with transaction.atomic():
        record_change(
            at=timezone.now(), actor=request.user.get_username(), action="number.revealed",
            object_kind=value.object_kind, object_id=value.object_id, party_id=value.party_id,
            after={"shown": value.masked, "reason": reason},
        )  # fmt: skip
    return plain, ""
