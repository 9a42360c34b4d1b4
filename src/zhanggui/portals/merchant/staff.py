"""The shop's own people: its owner adds them, gives and takes roles."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.parties.models import Membership, Party, User
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.staffing import PeopleList, Staffing, new_person_page, person_page
from zhanggui.portals.merchant.standing import shop_page


class ShopPeople(PeopleList):
    """People with a role at the shop."""

    name = "merchant.staff"
    permission = "own_staff.change"

    def people(self) -> Any:
        """People of this shop alone."""
        members = Membership.objects.filter(party_id=self.scope["party_id"])
        return User.objects.filter(id__in=members.values("user_id"))

    def shown_memberships(self, user: User) -> list[Membership]:
        """What somebody does at other shops is not this one's business."""
        return [one for one in user.memberships.all() if one.party_id == self.scope["party_id"]]

    def person_href(self, user: User) -> str:
        """The person's page."""
        return reverse("merchant:person", args=[user.pk])

    def page_actions(self) -> list[Action]:
        """Add somebody."""
        return [Action(_("New person"), reverse("merchant:new_person"), kind="primary")]


def _staffing(party_id: int) -> Staffing:
    return Staffing(
        parties=[Party.objects.get(id=party_id)], list_url=reverse("merchant:staff"), whole=False,
        list_label=_("People and roles"), person_url=lambda user: reverse("merchant:person", args=[user.pk]),
    )  # fmt: skip


@shop_page("own_staff.change")
def one_person(request: HttpRequest, party_id: int, user_id: int) -> HttpResponse:
    """One person of the shop."""
    user = User.objects.filter(id=user_id, memberships__party_id=party_id).first()
    if user is None:
        raise Http404(_("There is no such person."))
    return person_page(request, user, _staffing(party_id))


@shop_page("own_staff.change")
def new_person(request: HttpRequest, party_id: int) -> HttpResponse:
    """Somebody new at the shop."""
    return new_person_page(request, _staffing(party_id))
