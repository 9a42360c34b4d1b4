"""The general billing interface seen from finance: batches, charges with their reasons, double insurance."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    MoneyColumn,
    PartyColumn,
    QuerySetSource,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.refusals import fault_text
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME, fee_choices, fee_name, line_choices, line_names
from zhanggui.portals.platform.words import CHARGE_STATES, SHADOW_KINDS
from zhanggui.settlement.intake.models import ChargeBatch, ChargePull


class BatchList(ListPage):
    """Calls of the general billing interface."""

    name = "platform.charge_batches"
    title = gettext_lazy("Charge batches")
    permission = "imports.view"
    sort = "-received_at"

    def get_source(self) -> QuerySetSource:
        """Batches."""
        return QuerySetSource(ChargeBatch.objects.all())

    def get_filters(self) -> Sequence[Any]:
        """By key, day and line."""
        return [
            TextFilter("q", _("Batch key"), contains=["key"]),
            DateRangeFilter("received", _("Received"), field="received_at"),
            SelectFilter("line", _("Business line"), line_choices, field="business_line_id", read=int),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Accepted and rejected, each leading to its rows."""
        names = line_names()

        def rows(state: str) -> Any:
            return lambda r: reverse("platform:charges") + f"?batch={r.id}&tab={state}"

        return [
            LinkColumn("key", _("Batch key"), href=rows("")),
            TextColumn(
                "line", _("Business line"), value=lambda r: names.get(r.business_line_id, ""), phone="sub"
            ),
            DateTimeColumn("received_at", _("Received"), sort="received_at"),
            TextColumn("actor", _("Sender"), value=lambda r: actor_name(r.actor), phone=""),
            IntegerColumn("accepted", _("Accepted"), total=True, sort="accepted", href=rows("accepted")),
            IntegerColumn("rejected", _("Rejected"), total=True, sort="rejected", href=rows("rejected")),
        ]


CHARGES = f"""
select c.line_id, c.party_id, c.batch_id, c.charge_no, c.party_code, c.fee_type_id, c.fee_code, c.currency,
  c.base_minor as base, c.amount_minor as amount, c.occurred_at, c.source,
  c.order_no, c.line_no, c.memo, c.state,
  c.reject_code, c.reject_message, {PARTY_NAME} as party_name
from settlement_charge c left join parties_party p on p.id = c.party_id and c.party_id > 0 where {{where}}
"""


class ChargeList(MoneyList):
    """Details other systems billed: accepted ones are settled like ours, rejected ones say why."""

    name = "platform.charges"
    title = gettext_lazy("Imported charges")
    permission = "imports.view"
    sort = "-occurred_at"
    tabs = StatusTabs.of("state", CHARGE_STATES)

    def page_actions(self) -> Sequence[Any]:
        """The calls that brought the charges."""
        return [Action(_("Charge batches"), reverse("platform:charge_batches"), icon="import")]

    def restrict(self) -> Sequence[Any]:
        """A rejected charge may be in no currency of ours; then every currency is asked for by the batch."""
        named = any(self.params.get(name) for name in ("batch", "pull", "q"))
        return () if named else super().restrict()

    def get_source(self) -> SqlSource:
        """Charges."""
        fields = {
            "line_id": "c.line_id",
            "state": "c.state",
            "charge_no": "c.charge_no",
            "party_code": "c.party_code",
            "party_name": PARTY_NAME,
            "fee_type_id": "c.fee_type_id",
            "batch_id": "c.batch_id",
            "reject_code": "c.reject_code",
            "currency": "c.currency",
            "occurred_at": "c.occurred_at",
            "amount": "c.amount_minor",
            "business_line_id": "c.business_line_id",
            "source": "c.source",
            "order_no": "c.order_no",
        }
        return SqlSource(select=CHARGES, fields=fields, key="line_id", params=language_params())

    def get_filters(self) -> Sequence[Any]:
        """By number, merchant, fee, batch and day."""
        return [
            TextFilter(
                "q",
                _("Charge, order or merchant code"),
                starts=["charge_no"],
                exact=["order_no", "party_code"],
            ),
            DateRangeFilter("occurred", _("Time"), field="occurred_at"),
            *self.currency_filters(),
            SelectFilter("line", _("Business line"), line_choices, field="business_line_id", read=int),
            SelectFilter("fee", _("Fee type"), fee_choices, field="fee_type_id", read=int),
            SelectFilter("source", _("Way in"), [("passed", _("Pushed")), ("pulled", _("Pulled"))]),
            SelectFilter("batch", _("Batch"), _batches, field="batch_id", read=int),
            SelectFilter("pull", _("Pull of a feed"), _pulls, read=int, clause=_of_pull),
            SelectFilter("known", _("Here already"), [("no", _("Left out")), ("yes", _("Only these"))],
                         clause=lambda told: Condition(
                             "reject_code", "eq" if told == "yes" else "ne", "repeated")),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Amounts in the list's currency, or each with its own where several may show."""
        currency: Any = self.currency if self.restrict() else (lambda r: r.currency)
        return [
            LinkColumn("charge_no", _("Charge"), href=_charge_url, drawer=True),
            StatusColumn("state", _("Status"), badges=CHARGE_STATES),
            PartyColumn("party", _("Merchant"), value=lambda r: r.party_name or r.party_code),
            TextColumn(
                "fee", _("Fee type"), value=lambda r: fee_name(r.fee_type_id) if r.fee_type_id else r.fee_code
            ),
            DateTimeColumn("occurred_at", _("Time"), sort="occurred_at", phone=""),
            TextColumn("order_no", _("Order"), code=True, phone=""),
            MoneyColumn("amount", _("Amount"), currency=currency, total=True, sort="amount", phone="amount"),
            TextColumn(
                "reject_message",
                _("Why rejected, and what to do"),
                value=lambda r: fault_text(r.reject_code, r.reject_message),
                wrap=True,
            ),
            TextColumn("memo", _("Memo"), wrap=True, shown=False, phone=""),
        ]


def _batches() -> list[tuple[str, str]]:
    return [(str(one.id), one.key) for one in ChargeBatch.objects.order_by("-id")[:100]]


def _pulls() -> list[tuple[str, str]]:
    rows = ChargePull.objects.select_related("feed").order_by("-id")[:200]
    return [(str(one.id), f"{one.feed.code} #{one.id}") for one in rows]


def _of_pull(pull_id: int) -> RawSql:
    return RawSql(
        "c.batch_id in (select id from settlement_charge_batch where pull_id = %(pull_id)s)",
        {"pull_id": pull_id},
    )


def _charge_url(row: Any) -> str | None:
    """An accepted charge is a detail once it is billed."""
    if row.state != "accepted":
        return None
    return reverse("platform:detail", args=[f"{row.party_id}-{row.line_id}-0-1"])


SHADOW = f"""
select d.id, d.order_no, d.line_no, d.fee_type_id, d.kind,
  d.pushed_minor as pushed, d.computed_minor as computed,
  d.pushed_minor - d.computed_minor as difference, d.found_at, bl.currency, o.id as order_id,
  {PARTY_NAME} as party_name
from settlement_shadow_difference d
join settlement_business_line bl on bl.id = d.business_line_id
left join parties_party p on p.id = d.party_id
left join settlement_staged_order o on o.order_no = d.order_no and o.business_line_id = d.business_line_id
where {{where}}
"""


class ShadowList(MoneyList):
    """Double insurance: what was pushed and our own billing does not confirm."""

    name = "platform.shadow"
    title = gettext_lazy("Double insurance: differences")
    permission = "imports.view"
    sort = "-found_at"
    tabs = StatusTabs.of("kind", SHADOW_KINDS)
    empty = gettext_lazy(
        "Business lines under double insurance are billed twice; where both agree, nothing is listed."
    )

    def get_source(self) -> SqlSource:
        """Differences."""
        fields = {
            "id": "d.id",
            "kind": "d.kind",
            "order_no": "d.order_no",
            "fee_type_id": "d.fee_type_id",
            "currency": "bl.currency",
            "business_line_id": "d.business_line_id",
            "found_at": "d.found_at",
            "pushed": "d.pushed_minor",
            "computed": "d.computed_minor",
            "difference": "(d.pushed_minor - d.computed_minor)",
        }
        return SqlSource(select=SHADOW, fields=fields, params=language_params())

    def get_filters(self) -> Sequence[Any]:
        """By order, fee and line."""
        return [
            TextFilter("q", _("Order number"), starts=["order_no"]),
            *self.currency_filters(),
            SelectFilter("line", _("Business line"), line_choices, field="business_line_id", read=int),
            SelectFilter("fee", _("Fee type"), fee_choices, field="fee_type_id", read=int),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Both sides next to each other."""
        money = {"currency": self.currency, "total": True}
        return [
            TextColumn(
                "order_no",
                _("Order"),
                code=True,
                phone="title",
                href=lambda r: reverse("platform:order", args=[r.order_id]) if r.order_id else None,
            ),
            TextColumn("line_no", _("Line"), phone=""),
            PartyColumn("party_name", _("Merchant")),
            TextColumn("fee", _("Fee type"), value=lambda r: fee_name(r.fee_type_id)),
            StatusColumn("kind", _("Difference in"), badges=SHADOW_KINDS),
            MoneyColumn("pushed", _("Pushed"), **money, sort="pushed"),
            MoneyColumn("computed", _("Our billing"), **money, sort="computed"),
            MoneyColumn(
                "difference", _("Difference"), **money, sort="difference", signed=True, phone="amount"
            ),
            DateTimeColumn("found_at", _("Found"), sort="found_at", phone=""),
        ]
