"""Buyers (买家): the list, one buyer with the ways in, blocking, and the whole phone for a reason."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.buyers import keep_out, let_in, make_member
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    ListPage,
    QuerySetSource,
    SelectFilter,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.revealing import Sealed, reveal
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import (
    Cell,
    Field,
    Form,
    Table,
    Typed,
    acted,
    document_page,
)
from zhanggui.trade.buyers.models import Buyer, BuyerState, Identity
from zhanggui.trade.buyers.queries import buyer_by_number, has_password, identities_of
from zhanggui.trade.buyers.rules import masked_phone
from zhanggui.vault.sealing import seal

STATES = {
    BuyerState.ACTIVE.value: Badge(pgettext_lazy("buyer", "Active"), "green"),
    BuyerState.BLOCKED.value: Badge(pgettext_lazy("buyer", "Blocked"), "red"),
    BuyerState.MERGED.value: Badge(pgettext_lazy("buyer", "Merged"), "grey"),
}
PROVIDERS = {"weixin": gettext_lazy("WeChat"), "weibo": gettext_lazy("Weibo")}
PHONE = "buyer.phone"


class BuyerList(ListPage):
    """Everybody who buys."""

    name = "platform.buyers"
    title = gettext_lazy("Buyers")
    permission = "buyers.view"
    sort = "-created_at"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy(
        "Nobody has signed up yet. Buyers sign up at the mall, or log in with WeChat or Weibo."
    )

    def get_source(self) -> QuerySetSource:
        """Buyers with their identities."""
        return QuerySetSource(Buyer.objects.select_related("merged_into").prefetch_related("identities"))

    def get_filters(self) -> Sequence[Any]:
        """By number, name, log-in elsewhere and day."""
        return [
            TextFilter("q", _("Number or name"), starts=["number"], contains=["name"]),
            SelectFilter(
                "provider", _("Logs in with"), list(PROVIDERS.items()), field="identities__provider"
            ),
            DateRangeFilter("since", pgettext("buyer", "Since"), field="created_at"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Who, how to reach, how they log in."""
        return [
            LinkColumn("number", _("Number"), sort="number",
                       href=lambda row: reverse("platform:buyer", args=[row.number])),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("name", _("Name"), sort="name", phone="sub"),
            TextColumn("phone", pgettext("buyer", "Phone"), value=lambda row: masked_phone(row.phone) or "–"),
            TextColumn("identities", _("Logs in with"), value=_ways_in),
            LinkColumn("merged", _("Merged into"), value=_into,
                       href=lambda row: _page_of(row.merged_into) if row.merged_into else None),
            DateTimeColumn("created_at", pgettext("buyer", "Since"), sort="created_at"),
        ]  # fmt: skip


def _ways_in(row: Buyer) -> str:
    found = {one.provider for one in row.identities.all()}
    return " · ".join(str(name) for provider, name in PROVIDERS.items() if provider in found) or "–"


def _into(row: Buyer) -> str:
    return row.merged_into.number if row.merged_into else ""


def _page_of(buyer: Buyer) -> str:
    return reverse("platform:buyer", args=[buyer.number])


def _found(number: str) -> Buyer:
    try:
        return buyer_by_number(number)
    except Refusal as unknown:
        raise Http404(_("There is no such buyer.")) from unknown


@needs("buyers.view")
def buyer_page(request: HttpRequest, number: str) -> HttpResponse:
    """One buyer, and keeping the person out or letting in again."""
    buyer = _found(number)

    def changed(how: Any) -> Any:
        def act(typed: Typed) -> None:
            how(
                buyer=buyer, reason=typed.text("reason"), at=timezone.now(), actor=request.user.get_username()
            )
            forget("platform.buyers")

        return act

    def level(typed: Typed) -> None:
        make_member(
            buyer=buyer, level=typed.text("level", required=False), at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip
        forget("platform.buyers")

    problem, gone = "", None
    if request.method == "POST":
        acts = {"block": changed(keep_out), "unblock": changed(let_in), "level": level}
        problem, gone = acted(request, "buyers.change", acts, _("The buyer is changed."))
    if gone:
        return gone
    return document_page(
        request, _detail(request, buyer), forms=_forms(request, buyer), tables=[_identities(buyer)],
        problem=problem,
    )  # fmt: skip


def _forms(request: HttpRequest, buyer: Buyer) -> list[Form]:
    if not may(request.user, "buyers.change"):
        return []
    reason = [Field("reason", _("Why; the activity log keeps it"))]
    if buyer.state == BuyerState.ACTIVE:
        note = _(
            "The person is logged out everywhere and can neither log in nor buy. Orders go on as they are."
        )
        member = Form(
            "level", _("Member level"), _("Set it"),
            [Field("level", _("Code of the level; empty for none"), value=buyer.level_code, required=False)],
            _("Whoever has a level buys at member prices from now on."),
        )  # fmt: skip
        return [member, Form("block", _("Block"), _("Block"), reason, note, danger=True)]
    if buyer.state == BuyerState.BLOCKED:
        return [Form("unblock", _("Let in again"), _("Let in again"), reason)]
    return []


def _detail(request: HttpRequest, buyer: Buyer) -> Detail:
    merged = list(Buyer.objects.filter(merged_into=buyer).order_by("id"))
    facts = [
        Fact(_("Name"), buyer.name),
        Fact(_("User name"), buyer.user.get_username()),
        Fact(pgettext("buyer", "Phone"), masked_phone(buyer.phone) or "–"),
        Fact(_("Member level"), buyer.level_code or "–"),
        Fact(_("Name and password"), _("Chosen") if has_password(buyer) else _("None")),
        Fact(pgettext("buyer", "Since"), timezone.localtime(buyer.created_at).strftime("%Y-%m-%d %H:%M")),
    ]
    if buyer.merged_into:
        facts.append(Fact(_("Merged into"), buyer.merged_into.number, href=_page_of(buyer.merged_into)))
    facts += [Fact(_("Merged into this one"), one.number, href=_page_of(one)) for one in merged]
    actions = []
    if buyer.phone and may(request.user, "buyers.change"):
        shown = reverse("platform:buyer_phone", args=[buyer.number])
        actions.append(Action(_("Show the whole phone"), shown, drawer=True))
    return Detail(
        number=buyer.number, kind=_("Buyer"), badge=STATES[buyer.state], facts=facts, actions=actions,
        breadcrumbs=[(_("Buyers"), reverse("platform:buyers"))],
    )  # fmt: skip


def _identities(buyer: Buyer) -> Table:
    return Table(
        _("Log-ins elsewhere"),
        [
            (_("With"), False),
            (_("Nickname"), False),
            (_("Our app there"), False),
            (pgettext("buyer", "Since"), False),
        ],
        [_identity_row(one) for one in identities_of(buyer)],
        _("None: the person logs in with name and password."),
    )


def _identity_row(row: Identity) -> list[Cell]:
    day = timezone.localtime(row.created_at).strftime("%Y-%m-%d")
    return [Cell(PROVIDERS.get(row.provider, row.provider)), Cell(row.nickname or "–"), Cell(row.app, code=True),
            Cell(day)]  # fmt: skip


@needs("buyers.view")
def buyer_phone(request: HttpRequest, number: str) -> HttpResponse:
    """The whole phone, for a reason that is written down."""
    buyer = _found(number)
    if not buyer.phone:
        raise Http404(_("This buyer left no phone."))
    value = Sealed(
        sealed=seal(buyer.phone, purpose=PHONE), purpose=PHONE, masked=masked_phone(buyer.phone),
        object_kind="buyer", object_id=buyer.number,
    )  # fmt: skip
    return reveal(request, value, permission="buyers.change")
