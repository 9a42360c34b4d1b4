"""The bell in the header: how many notices the person has not read. It asks anew while the page is looked at.

It asks and is not told by a stream: of a browser's six connections to us an open stream takes one in every tab.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from zhanggui.outbox.queries import unread_of_party
from zhanggui.outbox.rules import UNREAD_MOST, kinds_for
from zhanggui.parties.queries import Standing
from zhanggui.parties.tenancy import as_tenant

QUIET = "X-Desk-Quiet"
"""Sent by what a page asks by itself: it does not count as somebody being there."""


@dataclass(frozen=True)
class Bell:
    """How many are unread, the list of notices, and where the count is asked for."""

    unread: int
    url: str
    asks: str

    @property
    def count(self) -> str:
        """The number as it is shown."""
        return f"{UNREAD_MOST - 1}+" if self.unread >= UNREAD_MOST else str(self.unread)


def party_bell(request: HttpRequest, standing: Standing) -> Bell:
    """The bell of a party for a person; suppliers and shops share the pages of notices."""
    with as_tenant(standing.party.id):
        unread = unread_of_party(
            party_id=standing.party.id, kinds=kinds_for(standing.may), user_id=int(request.user.pk or 0),
            at=timezone.now(),
        )  # fmt: skip
    return Bell(unread, f"{reverse('merchant:notices')}?tab=unread", reverse("merchant:bell"))


def bell_answer(request: HttpRequest, bell: Bell) -> HttpResponse:
    """The bell alone."""
    answer = render(request, "desk/parts/bell.html", {"bell": bell})
    answer.headers["Cache-Control"] = "no-store"
    return answer
