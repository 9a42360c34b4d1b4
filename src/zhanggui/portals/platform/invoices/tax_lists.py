"""Lists of dated tax data with what held before: names and numbers, rates and codes, withheld tax; filed months."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
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
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.arrangements.policies import STATE, STATES
from zhanggui.portals.platform.invoices.words import TAXPAYERS
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME, entity_choices, entity_names, fee_choices, fee_name
from zhanggui.settlement.invoices.completeness import missing_of

EVERY_ENTITY = gettext_lazy("Every entity")
EVERY_PARTY = gettext_lazy("Every merchant")
WHOSE = f"case when r.party_id = 0 then null else {PARTY_NAME} end"
DIRECTIONS = {1: Badge(gettext_lazy("Output"), "blue"), 2: Badge(gettext_lazy("Input"), "grey")}
DATED = {
    "id": "r.id", "state": STATE, "entity_id": "r.entity_id", "effective_from": "r.effective_from",
    "effective_before": "r.effective_before",
}  # fmt: skip
OF_PARTY = DATED | {"party_name": WHOSE, "party_code": "p.code"}
PROFILES = f"""
select r.id, r.party_id, r.entity_id, r.taxpayer, r.title, r.tax_number, r.address, r.phone, r.bank_name,
  r.bank_account_masked, r.effective_from, r.effective_before, {STATE} as state, {WHOSE} as party_name
from settlement_tax_profile r left join parties_party p on p.id = r.party_id where {{where}}
"""
TREATMENTS = f"""
select r.id, r.party_id, r.entity_id, r.direction, r.fee_type_id, r.rate_ppm, r.tax_code, r.effective_from,
  coalesce(nullif(r.item->>%(language)s, ''), nullif(r.item->>%(other_language)s, ''), '–') as item,
  r.effective_before, {STATE} as state, {WHOSE} as party_name
from settlement_tax_treatment r left join parties_party p on p.id = r.party_id where {{where}}
"""
TABLES = f"""
select r.id, r.entity_id, r.currency, r.allowance_minor as allowance, r.allowance_ppm, r.effective_from,
  r.effective_before, {STATE} as state, jsonb_array_length(r.brackets) as brackets,
  (r.brackets->-1->>'rate_ppm')::int as top_ppm
from settlement_withholding_table r where {{where}}
"""
FILED = """(select coalesce(sum((x->>'tax')::bigint), 0)::bigint from jsonb_array_elements(m.figures) x
 where x->>'kind' in ('{0}', '{0}_red'))"""
MONTHS = f"""
select m.id, m.entity_id, m.currency, m.month, m.closed_at, m.closed_by, {FILED.format("output")} as output,
  {FILED.format("input")} as input, {FILED.format("withheld")} as withheld, e.code as entity_code
from settlement_tax_month m join settlement_entity e on e.id = m.entity_id where {{where}}
"""


def _params() -> dict[str, Any]:
    return language_params() | {"today": timezone.localdate()}


def _days() -> list[Column]:
    return [
        DateColumn("effective_from", _("From"), sort="effective_from"),
        DateColumn("effective_before", _("Before"), sort="effective_before", nullable=True),
    ]


def _entity(**given: Any) -> TextColumn:
    names = entity_names()
    return TextColumn(
        "entity_id",
        _("Entity"),
        value=lambda r: names.get(r.entity_id, EVERY_ENTITY),
        sort="entity_id",
        **given,
    )


def _entities() -> SelectFilter:
    return SelectFilter("entity", _("Entity"), lambda: [("0", EVERY_ENTITY), *entity_choices()],
                        field="entity_id", read=int)  # fmt: skip


class TaxProfileList(ListPage):
    """What stands on invoices about merchants and entities, row by row from a day on."""

    name = "platform.tax_profiles"
    title = gettext_lazy("Names, tax numbers, banks")
    permission = "invoices.view"
    template = "platform/list.html"
    sort = "-effective_from"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("No tax data yet. Add those of each entity and merchant under Tax data.")

    def get_source(self) -> SqlSource:
        """Tax data."""
        fields = OF_PARTY | {"title": "r.title", "tax_number": "r.tax_number", "taxpayer": "r.taxpayer"}
        return SqlSource(select=PROFILES, fields=fields, params=_params())

    def page_actions(self) -> list[Action]:
        """Those of an entity."""
        if not may(self.user, "invoices.act"):
            return []
        return [
            Action(_("Tax data of an entity"), reverse("platform:set_tax_profile", args=[0]), kind="primary")
        ]

    def get_filters(self) -> Sequence[Any]:
        """By name, number, merchant, kind and entity."""
        return [
            TextFilter("q", _("Name, tax number or merchant"), starts=["tax_number", "party_code"],
                       contains=["title", "party_name"]),
            SelectFilter("taxpayer", _("Kind of taxpayer"), list(TAXPAYERS.items())), _entities(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Whose, what, whether it is enough."""
        return [
            LinkColumn("title", _("Name on invoices"), sort="title", href=_profile_url),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("party_name", _("Merchant"), value=lambda r: r.party_name or _("The entity itself"),
                       sort="party_name"),
            _entity(phone=""),
            TextColumn("taxpayer", _("Kind"), value=lambda r: TAXPAYERS[r.taxpayer], sort="taxpayer"),
            TextColumn("tax_number", _("Tax number"), code=True, sort="tax_number"),
            TextColumn("address", _("Address"), wrap=True, shown=False, phone=""),
            TextColumn("phone", _("Phone"), shown=False, phone=""),
            TextColumn("bank_name", _("Bank"), phone=""),
            TextColumn("bank_account_masked", _("Bank account"), code=True, phone=""),
            TextColumn("missing", _("Complete"), value=_complete),
            *_days(),
        ]  # fmt: skip


def _profile_url(row: Any) -> str:
    return reverse("platform:set_tax_profile", args=[row.party_id])


def _complete(row: Any) -> Any:
    return _("Incomplete") if missing_of(row, as_seller=not row.party_id) else _("Complete")


class TaxTreatmentList(ListPage):
    """At which rate and under which code fees are invoiced, row by row from a day on."""

    name = "platform.tax_treatments"
    title = gettext_lazy("Rates and codes")
    permission = "invoices.view"
    template = "platform/list.html"
    sort = "-effective_from"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("Fees without VAT of their own cannot be invoiced before. Set a treatment above.")

    def get_source(self) -> SqlSource:
        """Treatments."""
        fields = OF_PARTY | {"direction": "r.direction", "fee": "r.fee_type_id", "rate": "r.rate_ppm",
                             "tax_code": "r.tax_code"}  # fmt: skip
        return SqlSource(select=TREATMENTS, fields=fields, params=_params())

    def page_actions(self) -> list[Action]:
        """A new one."""
        if not may(self.user, "invoices.act"):
            return []
        return [Action(_("Set a tax treatment"), reverse("platform:set_tax_treatment"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By code, merchant, direction, fee and entity."""
        return [
            TextFilter("q", _("Tax code or merchant"), starts=["tax_code", "party_code"], contains=["party_name"]),
            SelectFilter("direction", _("Direction"), [(str(key), one.label) for key, one in DIRECTIONS.items()],
                         read=int),
            SelectFilter("fee", _("Fee type"), lambda: [("0", _("Everything else")), *fee_choices()], read=int),
            _entities(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Of what, how much, under which code."""
        return [
            TextColumn("fee_type_id", _("Fee type"), sort="fee", phone="title",
                       value=lambda r: fee_name(r.fee_type_id) if r.fee_type_id else _("Everything else")),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("direction", _("Direction"), value=lambda r: DIRECTIONS[r.direction].label, sort="direction"),
            TextColumn("party_name", _("Merchant"), value=lambda r: r.party_name or EVERY_PARTY, sort="party_name"),
            _entity(),
            PercentColumn("rate_ppm", _("Tax rate"), sort="rate", phone="amount"),
            TextColumn("tax_code", _("Tax code"), code=True, sort="tax_code"),
            TextColumn("item", _("Item"), wrap=True, phone=""),
            *_days(),
        ]  # fmt: skip


class WithholdingList(ListPage):
    """By which brackets tax is withheld from individuals, from a day on."""

    name = "platform.withholding_tables"
    title = gettext_lazy("Tax withheld from individuals")
    permission = "invoices.view"
    template = "platform/list.html"
    sort = "-effective_from"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("No tax is withheld from anybody until a table is set.")

    def get_source(self) -> SqlSource:
        """Tables."""
        fields = DATED | {
            "currency": "r.currency",
            "allowance": "r.allowance_minor",
            "share": "r.allowance_ppm",
        }
        return SqlSource(select=TABLES, fields=fields, params=_params())

    def page_actions(self) -> list[Action]:
        """A new one."""
        if not may(self.user, "invoices.act"):
            return []
        return [Action(_("Set a table"), reverse("platform:new_withholding_table"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By entity."""
        return [_entities()]

    def get_columns(self) -> Sequence[Column]:
        """In which currency, what is left untaxed, how high it goes."""
        return [
            LinkColumn("id", _("Table"), sort="id", value=lambda r: f"{r.currency} {r.effective_from}",
                       href=lambda r: reverse("platform:withholding_table", args=[r.id])),
            StatusColumn("state", _("Status"), badges=STATES),
            _entity(),
            MoneyColumn("allowance", _("Allowance"), currency=lambda r: r.currency, sort="allowance", phone="amount"),
            PercentColumn("allowance_ppm", _("or share of the income"), sort="share"),
            IntegerColumn("brackets", _("Brackets")),
            PercentColumn("top_ppm", _("Highest rate")),
            *_days(),
        ]  # fmt: skip


class TaxMonthList(MoneyList):
    """Months that are filed and closed, with their tax as it was filed."""

    name = "platform.tax_months"
    title = gettext_lazy("Closed tax months")
    permission = "invoices.view"
    sort = "-month"
    empty = gettext_lazy("No month is closed yet. File one from the tax report, then close it there.")

    def get_source(self) -> SqlSource:
        """Closed months."""
        fields = {"id": "m.id", "entity_id": "m.entity_id", "currency": "m.currency", "month": "m.month",
                  "closed_at": "m.closed_at", "closed_by": "m.closed_by", "output": FILED.format("output"),
                  "input": FILED.format("input"), "withheld": FILED.format("withheld")}  # fmt: skip
        return SqlSource(select=MONTHS, fields=fields)

    def get_filters(self) -> Sequence[Any]:
        """By entity and month."""
        return [
            SelectFilter("entity", _("Entity"), entity_choices, field="entity_id", read=int),
            DateRangeFilter("month", _("Month filed in"), field="month", days=True), *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Which month of whom, how much tax, who closed it."""
        money, names = {"currency": self.currency, "total": True}, entity_names()
        return [
            LinkColumn("month", _("Month"), sort="month", value=lambda r: f"{r.month:%Y-%m}", href=_report_url),
            TextColumn("entity_id", _("Entity"), value=lambda r: names.get(r.entity_id, ""), sort="entity_id"),
            MoneyColumn("output", _("Output tax"), sort="output", phone="amount", **money),
            MoneyColumn("input", _("Input tax"), sort="input", **money),
            MoneyColumn("withheld", _("Tax withheld"), sort="withheld", **money),
            DateTimeColumn("closed_at", _("Closed"), sort="closed_at"),
            TextColumn("closed_by", _("By"), value=lambda r: actor_name(r.closed_by), phone=""),
        ]  # fmt: skip


def _report_url(row: Any) -> str:
    return (
        reverse("platform:tax_report")
        + f"?entity={row.entity_code}&currency={row.currency}&month={row.month:%Y-%m}"
    )
