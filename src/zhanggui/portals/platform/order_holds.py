"""Orders on hold (风控, 客诉): the list, holding one, one hold and its release."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.journeys.order_held import order_held, order_released
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact, Step
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    ListPage,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.written import actor_name, reason_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Field, Form, Typed, acted, document_page, form_page
from zhanggui.portals.platform.names import line_choices, line_names
from zhanggui.portals.platform.words import ORDER_HOLD_REASONS
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import HoldReason, OrderHold, StagedOrder

STATE = "case when h.released_at is null then 'open' else 'released' end"
FIELDS = {
    "id": "h.id", "state": STATE, "hold_no": "h.hold_no", "order_no": "h.order_no", "reason": "h.reason",
    "business_line_id": "h.business_line_id", "opened_at": "h.opened_at", "released_at": "h.released_at",
    "opened_by": "h.opened_by", "note": "h.note", "order_id": "o.id", "lines": "o.line_count",
}  # fmt: skip
TABLES = """
settlement_order_hold h left join settlement_staged_order o
on o.business_line_id = h.business_line_id and o.order_no = h.order_no where {where}
"""
STATES = {
    "open": Badge(pgettext_lazy("order hold", "Held"), "amber"),
    "released": Badge(pgettext_lazy("order hold", "Released"), "grey"),
}


class OrderHoldList(ListPage):
    """Orders that are not billed for now, and why."""

    name = "platform.order_holds"
    title = gettext_lazy("Orders on hold")
    permission = "orders.view"
    sort = "-opened_at"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy(
        "No order is on hold. Risk control and customer service hold orders here or over the API."
    )

    def get_source(self) -> SqlSource:
        """Holds with their order, if it is here."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS)

    def page_actions(self) -> list[Action]:
        """Hold one."""
        if not may(self.user, "orders.hold"):
            return []
        return [Action(_("Hold an order"), reverse("platform:hold_order"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By number, reason, line and day."""
        return [
            TextFilter("q", _("Order number or number of the hold"), starts=["order_no", "hold_no"]),
            SelectFilter("reason", _("Reason"), list(ORDER_HOLD_REASONS.items())),
            SelectFilter("line", _("Business line"), line_choices, field="business_line_id", read=int),
            DateRangeFilter("opened", _("Held since"), field="opened_at"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Which order, why, since when."""
        names = line_names()
        return [
            LinkColumn("hold_no", _("Number"), sort="hold_no",
                       href=lambda r: reverse("platform:order_hold", args=[r.id])),
            StatusColumn("state", _("Status"), badges=STATES),
            LinkColumn("order_no", _("Order"), sort="order_no", phone="sub",
                       href=lambda r: reverse("platform:order", args=[r.order_id]) if r.order_id else None),
            TextColumn("line", _("Business line"), value=lambda r: names.get(r.business_line_id, "")),
            TextColumn("reason", _("Reason"), value=lambda r: ORDER_HOLD_REASONS[r.reason]),
            TextColumn("note", pgettext("order hold", "Note"), value=lambda r: reason_text(r.note), wrap=True),
            DateTimeColumn("opened_at", _("Held since"), sort="opened_at"),
            TextColumn("opened_by", _("By"), value=lambda r: actor_name(r.opened_by), phone=""),
            DateTimeColumn("released_at", pgettext("order hold", "Released"), sort="released_at", nullable=True),
        ]  # fmt: skip


@needs("orders.hold")
def hold_page(request: HttpRequest) -> HttpResponse:
    """Hold an order, here or still to come."""

    def make(typed: Typed) -> str:
        row = order_held(
            business_line=typed.of(BusinessLine.objects, "line"), order_no=typed.text("order"),
            hold_no=typed.text("hold_no", required=False),
            reason=HoldReason(typed.one_of("reason", HoldReason.values)), at=timezone.now(),
            actor=request.user.get_username(), note=typed.text("note", required=False),
        )  # fmt: skip
        return reverse("platform:order_hold", args=[row.id])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "orders.hold", {"make": make}, _("The order is on hold."))
    if gone:
        return gone
    names = line_names()
    lines = [(row.code, names[row.id]) for row in BusinessLine.objects.order_by("id")]
    form = Form(
        "make", _("The order"), _("Hold it"),
        [
            Field("line", _("Business line"), "select", lines, request.GET.get("line", "")),
            Field("order", _("Order number"), value=request.GET.get("order", "")),
            Field("reason", _("Reason; the merchant sees it"), "select", list(ORDER_HOLD_REASONS.items())),
            Field("note", _("Note; only we see it"), required=False),
            Field("hold_no", _("Number of the hold; empty gives it one"), required=False),
        ],
        _("Lines that are not billed yet wait until the order is released; what is billed stays billed."),
    ).typed(request.POST)  # fmt: skip
    return form_page(
        request, _("Hold an order"), forms=[form], problem=problem, back=reverse("platform:order_holds")
    )


@needs("orders.view")
def order_hold_page(request: HttpRequest, hold_id: int) -> HttpResponse:
    """One hold, and releasing it."""
    row = OrderHold.objects.filter(id=hold_id).first()
    if row is None:
        raise Http404(_("There is no such hold."))
    line = BusinessLine.objects.get(id=row.business_line_id)

    def release(typed: Typed) -> None:
        order_released(
            business_line=line, hold_no=row.hold_no, at=timezone.now(), actor=request.user.get_username(),
            note=typed.text("note", required=False),
        )  # fmt: skip

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(
            request, "orders.hold", {"release": release}, pgettext("order hold", "Released.")
        )
    if gone:
        return gone
    forms = []
    if row.released_at is None and may(request.user, "orders.hold"):
        note = Field("note", _("Note; only we see it"), required=False)
        later = _("Its lines are billed from now on, or from their own day if that is later.")
        forms.append(
            Form(
                "release", pgettext("order hold", "Release"), pgettext("order hold", "Release"), [note], later
            )
        )
    return document_page(request, _detail(row, line), forms=forms, problem=problem)


def _detail(row: OrderHold, line: BusinessLine) -> Detail:
    order = StagedOrder.objects.filter(order_no=row.order_no, business_line_id=line.id).first()
    facts = [
        Fact(_("Order"), row.order_no, href=reverse("platform:order", args=[order.id]) if order else ""),
        Fact(_("Business line"), line_names()[line.id]),
        Fact(_("Reason"), ORDER_HOLD_REASONS[row.reason]),
        Fact(pgettext("order hold", "Note"), reason_text(row.note) or "–"),
    ]
    if order is None:
        facts.append(Fact(_("Status of the order"), _("It has not come in yet")))
    if row.release_note:
        facts.append(Fact(_("Note on the release"), reason_text(row.release_note)))
    return Detail(
        number=row.hold_no,
        kind=_("Order on hold"),
        badge=STATES["released" if row.released_at else "open"],
        facts=facts,
        steps=[
            Step(pgettext("order hold", "Held"), "done", row.opened_at, actor_name(row.opened_by)),
            Step(
                pgettext("order hold", "Released"), "done" if row.released_at else "todo", row.released_at,
                actor_name(row.released_by) if row.released_by else "",
            ),
        ],
        breadcrumbs=[(_("Orders on hold"), reverse("platform:order_holds"))],
    )  # fmt: skip
