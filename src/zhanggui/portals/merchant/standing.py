"""Which shop the person is looking at, and what the role there allows. Everything else asks here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.parties.models import PartyKind
from zhanggui.parties.queries import Standing
from zhanggui.portals.desk.people import standings_of

CHOSEN = "merchant_party"

type View = Callable[..., HttpResponse]


def own_standings(user: Any) -> list[Standing]:
    """The shops the person works for."""
    return [one for one in standings_of(user) if one.party.kind != PartyKind.PLATFORM]


def shop_standings(user: Any) -> list[Standing]:
    """Those of them that are no suppliers: suppliers have a portal of their own, and use the pages of settlement."""
    return [one for one in own_standings(user) if one.party.kind != PartyKind.SUPPLIER]


def standing_at(user: Any, party_id: int) -> Standing | None:
    """What the person is at one shop now; None for a shop that is not theirs (any more)."""
    return next((one for one in own_standings(user) if one.party.id == party_id), None)


def standing_of(request: HttpRequest) -> Standing:
    """The shop being looked at: the one chosen, else the first. Raises PermissionDenied without one."""
    owned = own_standings(request.user)
    if not owned:
        raise PermissionDenied(_("You do not work for any shop here."))
    chosen = request.session.get(CHOSEN)
    return next((one for one in owned if one.party.id == chosen), owned[0])


def own_scope(request: HttpRequest) -> dict[str, int]:
    """The scope of every list: the shop's party."""
    return {"party_id": standing_of(request).party.id}


def may_here(request: HttpRequest, permission: str) -> bool:
    """Whether the role at the shop being looked at allows it; a role at another shop does not count."""
    return standing_of(request).may(permission)


def shop_page(permission: str) -> Callable[[View], View]:
    """Let a view run for people with `permission` at the shop; it gets the party's id as second argument."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            standing = standing_of(request)
            if not standing.may(permission):
                raise PermissionDenied(_("Your role at this shop does not include this page."))
            return view(request, standing.party.id, **named)

        return guarded

    return guard


@require_POST
def choose_shop(request: HttpRequest) -> HttpResponse:
    """Look at another of one's shops."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("merchant:home"))
    text = request.POST.get("party", "")
    standing = standing_at(request.user, int(text)) if text.isdecimal() and len(text) < 19 else None
    if standing is None:
        raise Http404(_("This is not one of your shops."))
    request.session[CHOSEN] = standing.party.id
    return HttpResponseRedirect(reverse("merchant:home"))
