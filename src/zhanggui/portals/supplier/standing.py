"""Which supplier the person works for, and what the role there allows."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from zhanggui.parties.models import PartyKind
from zhanggui.parties.queries import Standing
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.people import standings_of

CHOSEN = "merchant_party"
"""Where the pages of settlement, which suppliers and shops share, look whose they are."""

type View = Callable[..., HttpResponseBase]


def supplier_standings(user: Any) -> list[Standing]:
    """The suppliers the person works for."""
    return [one for one in standings_of(user) if one.party.kind == PartyKind.SUPPLIER]


def supplier_at(user: Any, party_id: int) -> Standing | None:
    """What the person is at one supplier now."""
    return next((one for one in supplier_standings(user) if one.party.id == party_id), None)


def supplier_of(request: HttpRequest) -> Standing:
    """The supplier being looked at: the one chosen, else the first. Raises PermissionDenied without one."""
    owned = supplier_standings(request.user)
    if not owned:
        raise PermissionDenied(_("You do not work for any supplier here."))
    chosen = request.session.get(CHOSEN)
    found = next((one for one in owned if one.party.id == chosen), owned[0])
    if found.party.id != chosen:
        request.session[CHOSEN] = found.party.id
    return found


def supplier_scope(request: HttpRequest) -> dict[str, int]:
    """The scope of every list: the supplier's party."""
    return {"party_id": supplier_of(request).party.id}


def side_at(user: Any, party_id: int) -> Side:
    """A supplier's side of orders: what it ships, without what buyers pay."""
    standing = supplier_at(user, party_id)
    return Side(
        "supplier", party_id, prices=False, may=lambda right: standing is not None and standing.may(right)
    )


def supplier_page(permission: str) -> Callable[[View], View]:
    """Let a view run for people with `permission` at the supplier; it gets the side as second argument."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **named: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            standing = supplier_of(request)
            if not standing.may(permission):
                raise PermissionDenied(_("Your role at this supplier does not include this page."))
            return view(request, side_at(request.user, standing.party.id), **named)

        return guarded

    return guard
