"""Making a promotion by a form and closing it by a button, for the platform and for shops alike."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.forms import Field, Unusable
from zhanggui.portals.desk.promoting.forms import refilled
from zhanggui.portals.desk.refusals import refusal_text


def who(request: HttpRequest) -> dict[str, Any]:
    """Who acts, and when."""
    return {"at": timezone.now(), "actor": request.user.get_username()}


def making(
    request: HttpRequest, *, template: str, title: Any, fields: list[Field], back: str, label: Any, button: Any,
    intro: Any, make: Callable[[], object],
) -> HttpResponse:  # fmt: skip
    """A form that makes one thing and goes back to the list, or says what is wrong."""
    problem = ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                make()
        except Unusable as unusable:
            problem = str(unusable)
        except Refusal as refusal:
            problem = refusal_text(refusal)
        else:
            messages.success(request, _("Done."))
            return HttpResponseRedirect(reverse(back))
        fields = refilled(request, fields)
    context = {
        "title": title, "fields": fields, "button": button, "back": reverse(back), "problem": problem,
        "intro": intro, "breadcrumbs": [(label, reverse(back)), (title, "")],
    }  # fmt: skip
    return render(request, template, context, status=422 if problem else 200)


def closing(request: HttpRequest, back: str, close: Callable[[], object]) -> HttpResponse:
    """Close one and go back to the list, which says whether it worked."""
    try:
        with transaction.atomic():
            close()
        messages.success(request, pgettext("promotion", "Closed."))
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return HttpResponseRedirect(reverse(back))
