"""People and roles: everybody who can log in, and what they may do."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.parties.models import Party, PartyKind, User
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.staffing import PeopleList, Staffing, new_person_page, person_page
from zhanggui.portals.platform.access import needs
from zhanggui.trade.buyers.queries import people_of_offices

MOST_PARTIES = 500


class PlatformPeople(PeopleList):
    """Everybody."""

    name = "platform.people"
    permission = "security.change"

    def people(self) -> Any:
        """People of the platform and of every shop."""
        return people_of_offices()

    def person_href(self, user: User) -> str:
        """The person's page."""
        return reverse("platform:person", args=[user.pk])

    def page_actions(self) -> list[Action]:
        """Add somebody."""
        if not may(self.user, "security.change"):
            return []
        return [Action(_("New person"), reverse("platform:new_person"), kind="primary")]


def _staffing() -> Staffing:
    parties = Party.objects.filter(active=True).order_by("-kind", "code")
    platform = [party for party in parties if party.kind == PartyKind.PLATFORM]
    return Staffing(
        parties=[*platform, *(party for party in parties if party.kind != PartyKind.PLATFORM)][:MOST_PARTIES],
        list_url=reverse("platform:people"), list_label=_("People and roles"), whole=True,
        person_url=lambda user: reverse("platform:person", args=[user.pk]),
    )  # fmt: skip


@needs("security.change")
def one_person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person."""
    user = User.objects.filter(id=user_id).first()
    if user is None:
        raise Http404(_("There is no such person."))
    return person_page(request, user, _staffing())


@needs("security.change")
def new_person(request: HttpRequest) -> HttpResponse:
    """Somebody new."""
    return new_person_page(request, _staffing())
