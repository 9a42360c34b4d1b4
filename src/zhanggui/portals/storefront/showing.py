"""Every page of the storefront is shown through here: the frame's own figures, and who may see it."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from zhanggui.portals.storefront.departments import departments
from zhanggui.portals.storefront.visiting import sign_in_address, visit_of


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Draw `storefront/<template>` in the mall's frame. `bare` in the context leaves menus and tabs away."""
    visit = visit_of(request)
    framed = {
        "visit": visit,
        "departments": departments(),
        "cart_count": visit.cart_count(),
        "message_count": visit.unread(),
        "sought": "",
        **(context or {}),
    }
    response = render(request, f"storefront/{template}", framed, status=status)
    response.headers["Vary"] = "Cookie"
    return response


def for_buyers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for buyers; others log in first and come back. The view gets the buyer as `request.buyer`."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        buyer = visit_of(request).buyer
        if buyer is None:
            back_to = request.get_full_path() if request.method == "GET" else "/me/"
            return HttpResponseRedirect(sign_in_address(request, back_to=back_to))
        request.buyer = buyer
        return view(request, *args, **named)

    return asked
