"""What the party is told: the list, opening what a notice is about, and the bell. Suppliers use it too."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_POST

from zhanggui.outbox.models import Notice
from zhanggui.outbox.operations.mark_read import mark_read
from zhanggui.outbox.queries import party_notices
from zhanggui.outbox.rules import group_of, kinds_for
from zhanggui.parties.models import PartyKind
from zhanggui.parties.queries import Standing
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.bell import Bell, bell_answer, party_bell
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.notices import GROUPS, STATES, said
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import own_standings, standing_at, standing_of

FIELDS = {
    "id": "n.id", "party_id": "n.party_id", "kind": "n.kind", "topic": "split_part(n.kind, '.', 1)",
    "subject": "n.subject", "about": "n.about::text", "at": "n.at",
    "state": "case when exists (select from outbox_notice_read r where r.notice_id = n.id"
             " and r.user_id = %(person)s) then 'read' else 'unread' end",
}  # fmt: skip


class NoticeList(OwnList):
    """What the party is told, as far as the person's role goes."""

    name = "merchant.notices"
    title = gettext_lazy("Notices")
    permission = None
    sort = "-id"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("Nothing yet. New orders, after-sale, statements and payouts are told here.")

    def restrict(self) -> Sequence[Any]:
        """The party's, of kinds that the role includes."""
        standing = standing_at(self.user, self.party_id)
        kinds = kinds_for(standing.may) if standing else []
        return [
            Condition("party_id", "eq", self.party_id),
            RawSql("n.kind = any(%(kinds)s)", {"kinds": kinds}),
        ]

    def get_source(self) -> SqlSource:
        """Notices."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(
            select=f"select {selected} from outbox_notice n where {{where}}", fields=FIELDS,
            params={"person": self.user.pk},
        )  # fmt: skip

    def get_filters(self) -> Sequence[Any]:
        """By document, topic and day."""
        return [
            TextFilter("q", _("Number"), starts=["subject"]),
            SelectFilter("topic", _("Topic"), [(code, name) for code, name in GROUPS.items() if code != "refund"]),
            DateRangeFilter("at", _("Day"), field="at"),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """What, when, read or not."""
        return [
            LinkColumn("id", pgettext("notice", "What happened"), phone="title", sort="id",
                       value=lambda r: said(r.kind, r.subject, orjson.loads(r.about)),
                       href=lambda r: reverse("merchant:notice", args=[r.id])),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("topic", _("Topic"), value=lambda r: GROUPS.get(r.topic, r.topic), phone="sub"),
            DateTimeColumn("at", _("Time"), sort="at", phone="line"),
        ]  # fmt: skip

    def page_actions(self) -> Sequence[Any]:
        """Marking all as read."""
        if self.request is None:
            return []
        return [Action(_("Mark all as read"), reverse("merchant:notices_read"), post=True, icon="check")]


def _standing(request: HttpRequest) -> Standing:
    if not request.user.is_authenticated:
        raise Http404
    return standing_of(request)


def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Read one: it is marked, and the page of what it is about opens."""
    standing = _standing(request)
    party, kinds = standing.party, kinds_for(standing.may)
    with as_tenant(party.id):
        row = (
            party_notices(party_id=party.id, kinds=kinds, user_id=request.user.pk)
            .filter(id=notice_id)
            .first()
        )
    if row is None:
        raise Http404(_("There is no such notice."))
    _mark(request, standing, [row.id])
    return HttpResponseRedirect(_place(row, supplier=party.kind == PartyKind.SUPPLIER))


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all of them as read."""
    count = _mark(request, _standing(request), None)
    text = ngettext("%(count)d notice is marked as read.", "%(count)d notices are marked as read.", count)
    messages.success(request, text % {"count": count})
    return HttpResponseRedirect(reverse("merchant:notices"))


def _mark(request: HttpRequest, standing: Standing, ids: list[int] | None) -> int:
    with transaction.atomic():
        count = mark_read(
            user_id=int(request.user.pk), party_id=standing.party.id, kinds=kinds_for(standing.may), ids=ids,
            at=timezone.now(),
        )  # fmt: skip
    forget("merchant.notices")
    return count


def _place(row: Notice, *, supplier: bool) -> str:
    """Where what a notice is about is; the list itself where there is no page of it."""
    topic = group_of(row.kind)
    if topic in ("order", "parcel"):
        return reverse("supplier:mall_order" if supplier else "merchant:mall_order", args=[row.subject])
    if topic == "statement" and row.about.get("id"):
        return reverse("merchant:statement", args=[row.about["id"]])
    if topic == "contract":
        return reverse("merchant:contracts")
    pages = {
        "return": "merchant:case", "review": "merchant:review", "question": "merchant:question",
        "payout": "merchant:payout", "goods": "merchant:good", "supply": "merchant:supply_good",
    }  # fmt: skip
    if topic == "goods" and supplier:
        return reverse("supplier:supply_prices", args=[row.subject])
    return reverse(pages[topic], args=[row.subject]) if topic in pages else reverse("merchant:notices")


def own_bell(request: HttpRequest) -> Bell | None:
    """The bell of the party being looked at."""
    return party_bell(request, standing_of(request)) if own_standings(request.user) else None


def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, for pages that ask."""
    found = own_bell(request) if request.user.is_authenticated else None
    if found is None:
        raise Http404
    return bell_answer(request, found)
