"""Opening a shop, or supplying (商家入驻): the form for whoever wants to, and the page that says what became of it.

Nobody needs an account: the address of the second page is the secret.
"""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.journeys.application_decided import application_submitted, invitation_used
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.throttling import address_of
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.portals.storefront.departments import departments
from zhanggui.portals.storefront.showing import show
from zhanggui.trade.applications.errors import ApplicationWrong, UnknownApplication
from zhanggui.trade.applications.models import Application, ApplicationState
from zhanggui.trade.applications.queries import application_by_secret, first_password_wanted
from zhanggui.trade.applications.rules import LICENCE_FILES, Asked

KINDS = {
    "merchant": pgettext_lazy("application", "Open a shop: sell to buyers"),
    "supplier": pgettext_lazy("application", "Supply: shops list my goods, I ship them"),
}
ENTITY_KINDS = {
    "company": pgettext_lazy("application", "Company"),
    "sole_trader": pgettext_lazy("application", "Sole trader"),
    "cooperative": pgettext_lazy("application", "Cooperative"),
}
STATES = {
    "waiting": pgettext_lazy("application", "We are looking at it"),
    "accepted": pgettext_lazy("application", "Accepted"),
    "rejected": pgettext_lazy("application", "Not accepted"),
}
WRONG = {
    "name": gettext_lazy("Write the name as the licence has it."),
    "credit_code": gettext_lazy("The social credit code is not right: check its 18 signs."),
    "contact": gettext_lazy("Write who we can ask."),
    "phone": gettext_lazy("The telephone number is not right; write it like 13800001111."),
    "email": gettext_lazy("The e-mail address is not right."),
    "categories": gettext_lazy("Choose what you want to sell."),
    "about": gettext_lazy("What you tell of yourself is too long."),
}
TEXTS = ("kind", "entity_kind", "name", "credit_code", "contact", "phone", "email", "about")


def apply(request: HttpRequest) -> HttpResponse:
    """The form; sent, it leads to the page that says what becomes of it."""
    typed: dict[str, Any] = {
        name: request.POST.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip() for name in TEXTS
    }
    wanted, said, status = request.POST.getlist("categories")[:50], "", 200
    if request.method == "POST":
        try:
            secret = _submitted(request, typed, wanted)
        except Refusal as refusal:
            field = refusal.details.get("field", "") if isinstance(refusal, ApplicationWrong) else ""
            said, status = str(WRONG.get(field) or refusal_text(refusal)), max(refusal.http_status, 422)
        else:
            messages.success(
                request, _("We have your application. Keep the address of this page: it is the key.")
            )
            return HttpResponseRedirect(reverse("storefront:application", args=[secret]))
    context = {
        "title": _("Open a shop"), "typed": typed, "wanted": wanted, "said": said, "kinds": KINDS.items(),
        "entity_kinds": ENTITY_KINDS.items(), "choices": departments(), "accept": LICENCE_FILES.accept,
    }  # fmt: skip
    return show(request, "apply.html", context, status=status)


def _submitted(request: HttpRequest, typed: dict[str, Any], wanted: list[str]) -> str:
    file = request.FILES.get("licence")
    if file is None:
        raise ApplicationWrong(
            _("Choose a picture of the licence, JPEG or PNG of at most 5 MB."), field="licence"
        )
    texts = typed | {"credit_code": typed["credit_code"].upper().replace(" ", "")}
    asked = Asked(
        categories=tuple(dict.fromkeys(wanted)), licence_name=PurePath(file.name or "").name,
        licence=content_of(file, LICENCE_FILES), **texts,
    )  # fmt: skip
    _row, secret = application_submitted(asked=asked, address=address_of(request), at=timezone.now())
    return secret


def application(request: HttpRequest, secret: str) -> HttpResponse:
    """What became of an application; accepted, its sender chooses the log-in's first password here, once."""
    try:
        row = application_by_secret(secret)
    except UnknownApplication:
        raise Http404 from None
    said = ""
    if request.method == "POST":
        try:
            if request.POST.get("password", "") != request.POST.get("again", ""):
                raise ApplicationWrong(_("The two passwords are not the same."), field="password")
            invitation_used(secret=secret, password=request.POST.get("password", ""), at=timezone.now())
        except Refusal as refusal:
            said = refusal.message if isinstance(refusal, ApplicationWrong) else refusal_text(refusal)
        else:
            messages.success(request, _("The password is set. Log in with it."))
            return HttpResponseRedirect(request.path)
    answer = show(request, "application.html", _told(row) | {"said": said}, status=422 if said else 200)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = (
        "same-origin"  # the address is the secret; without any, no form would work
    )
    return answer


def _told(row: Application) -> dict[str, Any]:
    names = {one.code: one.name for one in departments()}
    return {
        "title": _("Application %(number)s") % {"number": row.number}, "row": row, "state": STATES[row.state],
        "kind": KINDS[row.kind], "entity_kind": ENTITY_KINDS[row.entity_kind],
        "wanted": [(code, names.get(code)) for code in row.categories],
        "accepted": row.state == ApplicationState.ACCEPTED, "invited": first_password_wanted(row),
    }  # fmt: skip
