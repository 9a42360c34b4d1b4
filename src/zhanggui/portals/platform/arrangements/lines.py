"""Business lines (业务线): those there are, opening one, and the terms of whoever has none of its own."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.journeys.terms_changed import terms_changed
from zhanggui.money.currencies import CURRENCIES
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.languages import chinese
from zhanggui.portals.desk.lists import (
    Column,
    LinkColumn,
    ListPage,
    QuerySetSource,
    SelectFilter,
    StatusColumn,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.arrangements.history import history_of
from zhanggui.portals.platform.guarded.documents import (
    Cell,
    Field,
    Form,
    Incomplete,
    Table,
    Typed,
    acted,
    document_page,
    form_page,
)
from zhanggui.portals.platform.names import currencies, in_language
from zhanggui.portals.platform.rule_sets.publishing import Unreadable, read_document, written
from zhanggui.portals.platform.words import MODES, NODES, cycle_name
from zhanggui.settlement.entities.models import (
    BillingNode,
    BusinessLine,
    InvoiceMode,
    SettlementEntity,
    SettlementTerms,
)

KINDS = {
    "billed": Badge(gettext_lazy("Billed here"), "green"),
    "settled": Badge(gettext_lazy("Settled only"), "blue"),
    "twice": Badge(gettext_lazy("Billed twice"), "amber"),
}
MEANINGS = {
    "billed": gettext_lazy(
        "Its orders are billed by our rules; charges of other systems are settled beside."
    ),
    "settled": gettext_lazy("It bills itself and sends its details; here they are settled."),
    "twice": gettext_lazy(
        "Its orders are billed by our rules, and the details it sends are held against them."
    ),
}
NEW_ENTITY = "*"
# What a line may begin with: one commission. Its code and currency are those of the line where it names none.
FIRST_RULES: dict[str, Any] = {
    "schema": "zhanggui.rule-set/1", "rounding": "half_even", "free": [],
    "rules": [{
        "code": "commission", "fee": "commission", "priority": 0, "when": {}, "payer": "merchant",
        "receiver": "platform", "granularity": "sku",
        "formula": {"base": "goods_paid", "rate": "5%", "rounding": "half_up"},
    }],
}  # fmt: skip
OPEN, CHANGE = "rules.publish", "parties.change"


def kind_of(row: BusinessLine) -> str:
    """How a line is billed: a key of KINDS."""
    return "twice" if row.shadow else "settled" if row.settlement_only else "billed"


class LineList(ListPage):
    """Business lines."""

    name = "platform.lines"
    title = gettext_lazy("Business lines")
    permission = "parties.view"
    sort = "code"
    empty = gettext_lazy(
        "Orders and charges come in for a business line. Open the first one with the button above."
    )

    def get_source(self) -> QuerySetSource:
        """Lines."""
        return QuerySetSource(BusinessLine.objects.all())

    def page_actions(self) -> list[Action]:
        """Open one."""
        if not (may(self.user, OPEN) and may(self.user, CHANGE)):
            return []
        return [Action(_("Open a business line"), reverse("platform:new_line"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By code, name and currency."""
        return [
            TextFilter("q", _("Code or name"), contains=["code", "name__zh", "name__en"]),
            SelectFilter("currency", _("Currency"), [(code, code) for code in currencies()]),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What it is, and what holds for whoever has no terms of its own."""
        now = {row.business_line_id: row for row in _defaults_now()}

        def cycle(row: BusinessLine) -> str:
            return cycle_name(now[row.id].cycle) if row.id in now else "–"

        def entity(row: BusinessLine) -> str:
            found = now.get(row.id)
            return in_language(found.entity.name, found.entity.code) if found else "–"

        return [
            LinkColumn("name", _("Business line"), value=lambda r: in_language(r.name, r.code),
                       href=lambda r: reverse("platform:line", args=[r.code])),
            StatusColumn("kind", _("How it is billed"), badges=KINDS, value=kind_of),
            TextColumn("code", _("Code"), sort="code", code=True, phone=""),
            TextColumn("currency", _("Currency"), sort="currency", phone="sub"),
            TextColumn("entity", _("Entity"), value=entity),
            TextColumn("cycle", _("Default cycle"), value=cycle),
            TextColumn("rule_set_code", _("Rules"), code=True,
                       href=lambda r: reverse("platform:rule_sets") + f"?code={r.rule_set_code}"),
        ]  # fmt: skip


def _defaults_now() -> list[SettlementTerms]:
    today = timezone.localdate()
    rows = SettlementTerms.objects.filter(party_id=0, effective_from__lte=today).exclude(
        effective_before__lte=today
    )
    return list(rows.select_related("entity"))


def _entities() -> list[tuple[str, str]]:
    return [(row.code, in_language(row.name, row.code)) for row in SettlementEntity.objects.order_by("code")]


def _terms_boxes(now: SettlementTerms | None) -> list[Field]:
    """The boxes of terms, holding those that hold now, or what is usual."""
    held = now or SettlementTerms()
    return [
        Field("from", _("From this day on"), "day", value=f"{timezone.localdate():%Y-%m-%d}"),
        Field("mode", _("Mode"), "select", [(str(one), label) for one, label in MODES.items()],
              value=str(int(held.invoice_mode))),
        Field("node", _("Billable at"), "select", [(str(one), label) for one, label in NODES.items()],
              value=str(int(held.node))),
        Field("hold_days", _("Hold days"), value=str(held.hold_days)),
        Field("cycle", _("Cycle, such as `month:1`, `week:1`, `half_month`, `ten_day`, `day`, `document`"),
              value=held.cycle),
        Field("due_rule", _("Due, such as `D+7`, `T+3w`, `weekday:3`, `month_day:15`"), value=held.due_rule),
        Field("calendar", _("Working-day calendar, such as `CN`, `weekdays`"), value=held.calendar),
        Field("auto_confirm_days", _("Days to object"), value=str(held.auto_confirm_days)),
    ]  # fmt: skip


def _typed_terms(typed: Typed) -> dict[str, Any]:
    return {
        "effective_from": typed.a_day("from"), "hold_days": typed.number("hold_days") or 0,
        "invoice_mode": InvoiceMode(int(typed.one_of("mode", [str(one) for one in MODES]))),
        "node": BillingNode(int(typed.one_of("node", [str(one) for one in NODES]))),
        "cycle": typed.text("cycle"), "due_rule": typed.text("due_rule"), "calendar": typed.text("calendar"),
        "auto_confirm_days": typed.number("auto_confirm_days") or 0,
    }  # fmt: skip


def _preset(typed: Typed) -> dict[str, Any]:
    """The document of the line, as the command and the API take it."""
    code, currency = typed.text("code"), typed.one_of("currency", list(CURRENCIES))
    try:
        rules = read_document(typed.text("rules"))
    except Unreadable as failure:
        raise Incomplete(str(failure)) from failure
    terms = _typed_terms(typed)
    start = terms.pop("effective_from").isoformat()
    entity = typed.text("entity")
    known = SettlementEntity.objects.filter(code=entity).first()
    names = known.name if known else {"zh": typed.text("entity_zh"), "en": typed.text("entity_en")}
    kind = typed.one_of("kind", list(KINDS))
    return {
        "code": code, "currency": currency, "settlement_only": kind == "settled", "shadow": kind == "twice",
        "name": {language: typed.text(language, required=False) for language in ("zh", "en")},
        "entity": {"code": known.code if known else typed.text("entity_code"), "name": names},
        "terms": terms | {
            "effective_from": start, "node": terms["node"].name.lower(),
            "invoice_mode": terms["invoice_mode"].name.lower(),
        },
        "rule_set": {"code": code, "currency": currency, "effective_from": start} | rules,
    }  # fmt: skip


@needs(CHANGE)
def new_line(request: HttpRequest) -> HttpResponse:
    """Open a business line, with its entity, default terms and first rules: all of it or nothing."""

    def make(typed: Typed) -> str:
        row = business_line_opened(
            preset=_preset(typed), at=timezone.now(), actor=request.user.get_username(), anew=True
        )
        return reverse("platform:line", args=[row.code])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, OPEN, {"make": make}, _("The business line is open."))
    if gone:
        return gone
    names = {code: one.name_zh if chinese() else one.name_en for code, one in CURRENCIES.items()}
    new = _("A new one, named below")
    note = _("Terms hold for whoever has none of its own. Rules and terms can be followed by others later; orders"
             " keep those they came in under.")  # fmt: skip
    form = Form(
        "make", _("Business line"), _("Open it"),
        [
            Field("code", _("Code; orders and charges name the line by it, and it never changes")),
            Field("kind", _("How it is billed; this never changes"), "select",
                  [(one, badge.label) for one, badge in KINDS.items()]),
            Field("zh", _("Name in Chinese"), required=False),
            Field("en", _("Name in English; one of the two is needed"), required=False),
            Field("currency", _("Currency; it never changes"), "select",
                  [(code, f"{code} {name}") for code, name in names.items()], value="CNY"),
            Field("entity", _("Entity that settles"), "select", [*_entities(), (NEW_ENTITY, new)]),
            Field("entity_code", _("Code of a new entity"), required=False),
            Field("entity_zh", _("Its name in Chinese"), required=False),
            Field("entity_en", _("Its name in English"), required=False),
            *_terms_boxes(None),
            Field("rules", _("Its first rules, as the page Billing rules publishes them"), "document",
                  value=written(FIRST_RULES)),
        ],
        " ".join([*(f"{KINDS[one].label}{_(': ')}{MEANINGS[one]}" for one in KINDS), str(note)]),
    ).typed(request.POST)  # fmt: skip
    return form_page(
        request, _("Open a business line"), forms=[form], problem=problem, back=reverse("platform:lines")
    )


@needs("parties.view")
def line_page(request: HttpRequest, code: str) -> HttpResponse:
    """One business line: what it is, its default terms over time, and new ones from a day on."""
    row = BusinessLine.objects.filter(code=code).first()
    if row is None:
        raise Http404(_("There is no such business line."))
    line = row

    def change(typed: Typed) -> None:
        terms_changed(
            party_id=0, business_line=line, entity=typed.of(SettlementEntity.objects, "entity"),
            at=timezone.now(), actor=request.user.get_username(), **_typed_terms(typed),
        )  # fmt: skip

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, CHANGE, {"terms": change}, _("It holds from that day on."))
    if gone:
        return gone
    rows = list(SettlementTerms.objects.filter(party_id=0, business_line=row).select_related("entity"))
    rows.sort(key=lambda one: one.effective_from, reverse=True)
    return document_page(
        request, _detail(row), forms=_forms(request, rows), problem=problem,
        tables=[_terms_table(rows), history_of("business_line", code)],
    )  # fmt: skip


def _forms(request: HttpRequest, rows: Sequence[SettlementTerms]) -> list[Form]:
    if not may(request.user, CHANGE):
        return []
    latest = rows[0] if rows else None
    boxes = _terms_boxes(latest)
    entity = Field("entity", _("Entity that settles"), "select", _entities(),
                   value=latest.entity.code if latest else "")  # fmt: skip
    form = Form(
        "terms", _("Change the default terms"), _("Set terms"), [boxes[0], entity, *boxes[1:]],
        _("New terms hold for what comes in from the day on. Lines that are already here keep the terms frozen on"
          " them; who has terms of its own keeps those."),
    )  # fmt: skip
    return [form.typed(request.POST) if request.method == "POST" else form]


def _terms_table(rows: Sequence[SettlementTerms]) -> Table:
    today = timezone.localdate()

    def cells(one: SettlementTerms) -> list[Cell]:
        over = one.effective_before is not None and one.effective_before <= today
        coming = one.effective_from > today
        holds = _("From a later day") if coming else pgettext("policy", "Ended") if over else _("Holds now")
        before = f"{one.effective_before:%Y-%m-%d}" if one.effective_before else "–"
        return [
            Cell(f"{one.effective_from:%Y-%m-%d}"), Cell(before), Cell(holds),
            Cell(in_language(one.entity.name, one.entity.code)), Cell(MODES.get(one.invoice_mode)),
            Cell(NODES.get(one.node)), Cell(str(one.hold_days), number=True), Cell(cycle_name(one.cycle)),
            Cell(f"{one.due_rule} {one.calendar}", code=True), Cell(str(one.auto_confirm_days), number=True),
        ]  # fmt: skip

    columns = [
        (_("From"), False), (_("Before"), False), (_("Status"), False), (_("Entity"), False), (_("Mode"), False),
        (_("Billable at"), False), (_("Hold days"), True), (_("Cycle"), False), (_("Due"), False),
        (_("Days to object"), True),
    ]  # fmt: skip
    return Table(
        _("Default terms"), columns, [cells(one) for one in rows], _("No terms yet. Set them below.")
    )


def _detail(row: BusinessLine) -> Detail:
    kind = kind_of(row)
    facts = [
        Fact(_("Code"), row.code, copy=True), Fact(_("Currency"), row.currency),
        Fact(_("How it is billed"), MEANINGS[kind]),
        Fact(_("Rules"), row.rule_set_code, href=reverse("platform:rule_sets") + f"?code={row.rule_set_code}"),
        Fact(_("Terms of single merchants"), _("Merchants"), href=reverse("platform:parties")),
    ]  # fmt: skip
    return Detail(
        number=in_language(row.name, row.code), kind=_("Business line"), badge=KINDS[kind], facts=facts,
        breadcrumbs=[(_("Business lines"), reverse("platform:lines"))],
    )  # fmt: skip
