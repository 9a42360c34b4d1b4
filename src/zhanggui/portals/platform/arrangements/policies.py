"""What holds from a day on, for one merchant or for everyone: deposits required (保证金要求), shares reserved
(准备金政策), how debts are dealt with (欠款政策). A new row ends the one before it; nothing is changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.journeys.debt_collected import collection_policy_set
from zhanggui.journeys.deposit_changed import requirement_set
from zhanggui.journeys.money_frozen import reserve_set
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    IntegerColumn,
    ListPage,
    MoneyColumn,
    PercentColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.arrangements.history import history_of
from zhanggui.portals.platform.guarded.documents import Field, Form, Incomplete, Typed, acted, form_page
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import (
    PARTY_NAME,
    entity_choices,
    entity_names,
    in_language,
    line_choices,
    line_names,
)
from zhanggui.settlement.collections.models import DebtAction
from zhanggui.settlement.entities.models import BusinessLine, Dimension, SettlementEntity
from zhanggui.settlement.guarantees.models import RequirementRule

EVERYONE = gettext_lazy("Every merchant")
STATES = {
    "coming": Badge(gettext_lazy("From a later day"), "blue"),
    "holding": Badge(gettext_lazy("Holds now"), "green"),
    "over": Badge(pgettext_lazy("policy", "Ended"), "grey"),
}
RULES = {
    RequirementRule.LARGEST.value: gettext_lazy("The largest applies"),
    RequirementRule.ADDED.value: gettext_lazy("Comes on top"),
}
ACTIONS = {
    DebtAction.CARRY.value: gettext_lazy("Carried to the next period"),
    DebtAction.COLLECT.value: gettext_lazy("Collected"),
}
YES = {True: gettext_lazy("Yes"), False: gettext_lazy("No")}
STATE = (
    "case when r.effective_from > %(today)s then 'coming' when r.effective_before is not null"
    " and r.effective_before <= %(today)s then 'over' else 'holding' end"
)
WHOSE = f"case when r.party_id = 0 then null else {PARTY_NAME} end"
FIELDS = {
    "id": "r.id", "state": STATE, "effective_from": "r.effective_from", "effective_before": "r.effective_before",
    "party_name": WHOSE, "party_code": "p.code",
}  # fmt: skip
MOST_CATEGORIES = 500


def _params() -> dict[str, Any]:
    return language_params() | {"today": timezone.localdate()}


def _party() -> TextColumn:
    return TextColumn("party_name", _("Merchant"), value=lambda r: r.party_name or EVERYONE, phone="title")


def _days() -> list[Column]:
    return [
        DateColumn("effective_from", _("From"), sort="effective_from"),
        DateColumn("effective_before", _("Before"), sort="effective_before", nullable=True),
    ]


def _search() -> TextFilter:
    return TextFilter("q", _("Merchant code or name"), starts=["party_code"], contains=["party_name"])


def _new(user: Any, label: Any, address: str) -> list[Action]:
    return [Action(label, reverse(address), kind="primary")] if may(user, "policies.change") else []


class RequirementList(MoneyList):
    """How much must be deposited."""

    name = "platform.requirements"
    title = gettext_lazy("Deposit requirements")
    permission = "guarantees.view"
    sort = "-effective_from"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("No deposit is required of anybody yet. Set a requirement with the button above.")

    def get_source(self) -> SqlSource:
        """Requirements."""
        select = f"""
            select r.id, r.party_id, r.rule, r.amount_minor as amount, r.effective_from, r.effective_before,
              {STATE} as state, {WHOSE} as party_name, l.currency, l.code as line, c.code as category_code,
              coalesce(nullif(c.name->>%(language)s, ''), nullif(c.name->>%(other_language)s, ''), c.code) as category
            from settlement_deposit_requirement r join settlement_business_line l on l.id = r.business_line_id
            left join parties_party p on p.id = r.party_id left join settlement_dimension c on c.id = r.category_id
            where {{where}}"""
        fields = FIELDS | {"currency": "l.currency", "amount": "r.amount_minor",
                           "business_line": "r.business_line_id", "rule": "r.rule"}  # fmt: skip
        return SqlSource(select=select, fields=fields, params=_params())

    def page_actions(self) -> list[Action]:
        """A new one."""
        return _new(self.user, _("Set a requirement"), "platform:new_requirement")

    def get_filters(self) -> Sequence[Any]:
        """By merchant, rule and business line."""
        return [
            _search(), SelectFilter("rule", _("How it counts"), list(RULES.items())),
            SelectFilter("line", _("Business line"), line_choices, field="business_line", read=int),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Of whom, for what, how much."""
        return [
            _party(),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn(
                "category", _("Category"), value=lambda r: r.category or _("Whatever is sold"), wrap=True
            ),
            TextColumn("rule", _("How it counts"), value=lambda r: RULES[r.rule]),
            MoneyColumn("amount", _("Required"), currency=self.currency, sort="amount", phone="amount"),
            *_days(),
            TextColumn("line", _("Business line"), code=True, phone=""),
        ]


class ReserveList(ListPage):
    """Which share of confirmed statements is reserved."""

    name = "platform.reserve_policies"
    title = gettext_lazy("Reserve policies")
    permission = "guarantees.view"
    template = "platform/list.html"
    sort = "-effective_from"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("Nothing is reserved of anybody yet. Set a policy with the button above.")

    def get_source(self) -> SqlSource:
        """Policies."""
        select = f"""
            select r.id, r.party_id, r.entity_id, r.rate_ppm, r.days, r.effective_from, r.effective_before,
              {STATE} as state, {WHOSE} as party_name
            from settlement_reserve_policy r left join parties_party p on p.id = r.party_id where {{where}}"""
        fields = FIELDS | {"entity_id": "r.entity_id", "rate_ppm": "r.rate_ppm", "days": "r.days"}
        return SqlSource(select=select, fields=fields, params=_params())

    def page_actions(self) -> list[Action]:
        """A new one."""
        return _new(self.user, _("Set a policy"), "platform:new_reserve_policy")

    def get_filters(self) -> Sequence[Any]:
        """By merchant and entity."""
        return [_search(), SelectFilter("entity", _("Entity"), entity_choices, field="entity_id", read=int)]

    def get_columns(self) -> Sequence[Column]:
        """Of whom, how much, for how long."""
        entities = entity_names()
        return [
            _party(),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("entity_id", _("Entity"), value=lambda r: entities.get(r.entity_id, "")),
            PercentColumn("rate_ppm", _("Share reserved"), sort="rate_ppm", phone="amount"),
            IntegerColumn("days", _("Days until released"), sort="days"),
            *_days(),
        ]


class CollectionPolicyList(ListPage):
    """How debts are dealt with."""

    name = "platform.collection_policies"
    title = gettext_lazy("Debt policies")
    permission = "collections.view"
    template = "platform/list.html"
    sort = "-effective_from"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("Without a policy, debts are always carried on. Set one with the button above.")

    def get_source(self) -> SqlSource:
        """Policies."""
        select = f"""
            select r.id, r.party_id, r.entity_id, r.action, r.carry_max, r.while_selling, r.due_days, r.set_off,
              r.deposit_agreed, r.effective_from, r.effective_before, {STATE} as state, {WHOSE} as party_name
            from settlement_collection_policy r left join parties_party p on p.id = r.party_id where {{where}}"""
        fields = FIELDS | {"entity_id": "r.entity_id", "action": "r.action", "due_days": "r.due_days"}
        return SqlSource(select=select, fields=fields, params=_params())

    def page_actions(self) -> list[Action]:
        """A new one."""
        return _new(self.user, _("Set a policy"), "platform:new_collection_policy")

    def get_filters(self) -> Sequence[Any]:
        """By merchant, what is done and entity."""
        return [
            _search(), SelectFilter("action", _("What becomes of a debt"), list(ACTIONS.items())),
            SelectFilter("entity", _("Entity"), entity_choices, field="entity_id", read=int),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Of whom, what, after how long."""
        entities = entity_names()
        return [
            _party(),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("entity_id", _("Entity"), value=lambda r: entities.get(r.entity_id, ""), phone=""),
            TextColumn("action", _("What becomes of a debt"), value=lambda r: ACTIONS[r.action]),
            IntegerColumn("carry_max", _("Carried at most, times")),
            TextColumn("while_selling", _("Only while the merchant sells"), value=lambda r: YES[r.while_selling]),
            IntegerColumn("due_days", _("Days until overdue"), sort="due_days"),
            TextColumn("set_off", _("Set off against goods money"), value=lambda r: YES[r.set_off]),
            TextColumn("deposit_agreed", _("Deposit pays without approval"),
                       value=lambda r: YES[r.deposit_agreed]),
            *_days(),
        ]  # fmt: skip


def _party_box() -> Field:
    return Field("party", _("Merchant code; empty: every merchant without one of their own"), required=False)


def _from_box() -> Field:
    return Field("from", _("From this day on"), "day", value=f"{timezone.localdate():%Y-%m-%d}")


def _entities() -> list[tuple[str, str]]:
    return [(row.code, in_language(row.name, row.code)) for row in SettlementEntity.objects.order_by("code")]


def _page(
    request: HttpRequest, title: Any, acts: Mapping[str, Any], form: Form, *, back: str, kind: str
) -> HttpResponse:
    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "policies.change", acts, _("It holds from that day on."))
    return gone or form_page(
        request,
        title,
        forms=[form.typed(request.POST)],
        problem=problem,
        back=reverse(back),
        tables=[history_of(kind)],
    )


@needs("policies.change")
def new_requirement(request: HttpRequest) -> HttpResponse:
    """Set how much must be deposited."""

    def make(typed: Typed) -> str:
        line = typed.of(BusinessLine.objects, "line")
        category = typed.text("category", required=False)
        if category and not Dimension.objects.filter(kind="category", id__in=_ids(category)).exists():
            raise Incomplete(_("Choose one of what is offered."))
        requirement_set(
            business_line=line, category_id=int(category or 0), amount_minor=typed.amount("amount", line.currency),
            effective_from=typed.a_day("from"), party_id=typed.party_or_all(), rule=typed.text("rule"),
            at=timezone.now(), actor=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:requirements")

    lines = [
        (row.code, f"{line_names()[row.id]} ({row.currency})") for row in BusinessLine.objects.order_by("id")
    ]
    found = Dimension.objects.filter(kind="category").order_by("code")[:MOST_CATEGORIES]
    categories = [
        ("", _("Whatever is sold")),
        *((str(row.id), in_language(row.name, row.code)) for row in found),
    ]
    form = Form(
        "make", _("What must be deposited"), _("Set it"),
        [
            Field("line", _("Business line"), "select", lines),
            Field("category", _("Category"), "select", categories, required=False),
            _party_box(), Field("rule", _("How it counts"), "select", list(RULES.items())),
            Field("amount", _("Amount"), "amount"), _from_box(),
        ],
        _("A merchant must have the largest of what applies to its categories, and what comes on top. The job that"
          " asks for deposits works it out daily."),
    )  # fmt: skip
    return _page(
        request,
        _("Set a requirement"),
        {"make": make},
        form,
        back="platform:requirements",
        kind="deposit_requirement",
    )


def _ids(text: str) -> list[int]:
    return [int(text)] if text.isascii() and text.isdigit() and len(text) < 10 else []


@needs("policies.change")
def new_reserve_policy(request: HttpRequest) -> HttpResponse:
    """Set which share is reserved."""

    def make(typed: Typed) -> str:
        reserve_set(
            entity=typed.of(SettlementEntity.objects, "entity"), rate_ppm=typed.rate("rate"),
            days=typed.number("days") or 0, effective_from=typed.a_day("from"), party_id=typed.party_or_all(),
            at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:reserve_policies")

    form = Form(
        "make", _("What is reserved"), _("Set it"),
        [
            Field("entity", _("Entity"), "select", _entities()), _party_box(),
            Field("rate", _("Share of what is confirmed, such as 10%; 0% ends it")),
            Field("days", _("Days until it is released"), value="30"), _from_box(),
        ],
        _("Statements that are confirmed from then on follow it; what is reserved already stays until its day."),
    )  # fmt: skip
    return _page(
        request,
        _("Set a policy"),
        {"make": make},
        form,
        back="platform:reserve_policies",
        kind="reserve_policy",
    )


@needs("policies.change")
def new_collection_policy(request: HttpRequest) -> HttpResponse:
    """Set how debts are dealt with."""

    def make(typed: Typed) -> str:
        collection_policy_set(
            entity=typed.of(SettlementEntity.objects, "entity"), action=typed.text("action"),
            effective_from=typed.a_day("from"), party_id=typed.party_or_all(),
            carry_max=typed.number("carry_max", required=False), due_days=typed.number("due_days") or 0,
            while_selling=typed.text("while_selling") == "yes", set_off=typed.text("set_off") == "yes",
            deposit_agreed=typed.text("deposit_agreed") == "yes", at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:collection_policies")

    yes, no = ("yes", YES[True]), ("no", YES[False])
    form = Form(
        "make", _("How debts are dealt with"), _("Set it"),
        [
            Field("entity", _("Entity"), "select", _entities()), _party_box(),
            Field("action", _("What becomes of a debt"), "select", list(ACTIONS.items())),
            Field("carry_max", _("Carried at most so many times in a row; empty: without end"), required=False),
            Field("while_selling", _("Carried only while the merchant sells"), "select", [no, yes]),
            Field("due_days", _("Days from closing until it is overdue"), value="15"),
            Field("set_off", _("Set off against goods money of later statements"), "select", [yes, no]),
            Field("deposit_agreed", _("The deposit pays without further approval, as agreed"), "select", [no, yes]),
            _from_box(),
        ],
        _("Statements that close from then on follow it."),
    )  # fmt: skip
    return _page(
        request,
        _("Set a policy"),
        {"make": make},
        form,
        back="platform:collection_policies",
        kind="collection_policy",
    )
