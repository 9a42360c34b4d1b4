"""The list of statements, and confirming many of them."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    AnyOf,
    BulkAction,
    Condition,
    DateColumn,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    MoneyRangeFilter,
    PartyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME, entity_choices, entity_names, line_choices
from zhanggui.portals.platform.words import MODES, STATEMENT_STATES, cycle_name
from zhanggui.settlement.statements.kept import OPEN_STATEMENTS_SQL, open_statements_params

ONE_DAY = timedelta(days=1)
PARTS = ("goods", "fees", "refunds", "other", "net", "carried")
PLAIN = {
    "id": "s.id",
    "party_id": "s.party_id",
    "number": "s.number",
    "party_code": "p.code",
    "state": "s.state",
    "starts_on": "s.starts_on",
    "ends_before": "s.ends_before",
    "last_day": "(s.ends_before - 1)",
    "due_on": "s.due_on",
    "currency": "s.currency",
    "entity_id": "s.entity_id",
    "mode": "s.mode",
    "cycle": "s.cycle",
    "confirmed_at": "s.confirmed_at",
    "open_disputes": "s.open_disputes",
    "party_name": PARTY_NAME,
}
# The lines of an open statement speak for it; they are only added up where open statements are shown.
LIVE = f"left join {OPEN_STATEMENTS_SQL} l on l.party_id = s.party_id and l.statement_id = s.id"


def _figures(live: bool) -> dict[str, str]:
    own = {name: f"s.{name}_minor" for name in PARTS} | {"lines": "s.line_count", "details": "s.detail_count"}
    if not live:
        return own
    return {
        name: column
        if name == "carried"
        else f"case when s.state = 'open' then coalesce(l.{name}, 0) else {column} end"
        for name, column in own.items()
    }


def statement_source(*, live: bool) -> SqlSource:
    """Statements with their party; with `live`, open ones show what their lines come to now."""
    fields = PLAIN | _figures(live)
    selected = ", ".join(f"{sql} as {name}" for name, sql in fields.items())
    tables = f"settlement_statement s join parties_party p on p.id = s.party_id {LIVE if live else ''}"
    return SqlSource(
        select=f"select {selected}, s.confirmed_by from {tables} where {{where}}",
        totals=f"select count(*), {{sums}} from {tables} where {{where}}",
        fields=fields,
        params=language_params() | (open_statements_params() if live else {}),
    )


def confirm(user: Any, row: Any) -> None:
    """Confirm one chosen statement."""
    statement_confirmed(
        party_id=row.party_id,
        statement_id=row.id,
        at=timezone.now(),
        zone=timezone.get_default_timezone(),
        actor=user.get_username(),
    )


def statement_url(row: Any) -> str:
    """The page of a statement."""
    return reverse("platform:statement", args=[row.party_id, row.id])


def lines_url(row: Any) -> str:
    """The lines of a statement."""
    return reverse("platform:statement_lines", args=[row.party_id, row.id])


class StatementList(MoneyList):
    """What every party is owed, period by period."""

    name = "platform.statements"
    title = _("Statements")
    permission = "statements.view"
    sort = "-period"
    tabs = StatusTabs.of("state", STATEMENT_STATES)
    empty = _("Statements open by themselves with the first billed line of a period.")
    actions = (
        BulkAction(
            "confirm",
            _("Confirm statements"),
            confirm,
            row_label=lambda row: row.number,
            row_href=statement_url,
            amount="net",
            permission="statements.confirm",
            note=_(
                "Confirming makes the net payable. It cannot be undone; later mistakes are corrected on the"
                " next statement."
            ),
        ),
    )

    @cached_property
    def shows_open(self) -> bool:
        """Whether open statements may be among the rows."""
        return self.params.get("tab", "") in ("", "open")

    def get_source(self) -> SqlSource:
        """Statements; live figures only where they are needed."""
        return statement_source(live=self.shows_open)

    def get_filters(self) -> Sequence[Any]:
        """Filters, the currency only where there are several."""
        return [
            TextFilter(
                "q",
                _("Statement number, merchant code or name"),
                clause=lambda text: AnyOf(
                    [
                        Condition("number", "starts", text),
                        Condition("party_code", "starts", text),
                        Condition("party_name", "contains", text),
                    ]
                ),
            ),
            DateRangeFilter("ends", _("Period ends"), field="last_day", days=True),
            *self.currency_filters(),
            SelectFilter("entity", _("Entity"), entity_choices, field="entity_id", read=int),
            SelectFilter("mode", _("Mode"), list(MODES.items()), field="mode", read=int),
            SelectFilter("line", _("Business line"), line_choices, read=int, clause=_of_line),
            SelectFilter(
                "closed",
                _("Closed"),
                [("1", _("Closed ones only"))],
                clause=lambda _value: Condition("state", "ne", "open"),
            ),
            SelectFilter(
                "disputed",
                _("Disputes"),
                [("1", _("With open disputes"))],
                clause=lambda _value: Condition("open_disputes", "gt", 0),
            ),
            MoneyRangeFilter("net", _("Net"), currency=self.currency),
        ]

    def get_columns(self) -> Sequence[Any]:
        """Columns in the currency of the list."""
        entities = entity_names()
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn("number", _("Statement"), href=statement_url, sort="number"),
            PartyColumn(
                "party_name",
                _("Merchant"),
                sort="party_name",
                href=lambda r: reverse("platform:party", args=[r.party_id]),
            ),
            TextColumn("period", _("Period"), value=period_text, sort="starts_on", phone="line"),
            StatusColumn("state", _("Status"), badges=STATEMENT_STATES),
            MoneyColumn("goods", _("Goods"), **money, sort="goods", phone=""),
            MoneyColumn("fees", _("Commission and fees"), **money, sort="fees"),
            MoneyColumn("refunds", _("Refunds"), **money, phone=""),
            MoneyColumn(
                "other",
                _("Other"),
                **money,
                phone="",
                note=_("Corrections, imported charges, balances carried and disputes"),
            ),
            MoneyColumn("net", _("Net"), **money, sort="net", phone="amount"),
            IntegerColumn("lines", _("Billed lines"), total=True, href=lines_url, phone=""),
            TextColumn("entity", _("Entity"), value=lambda r: entities.get(r.entity_id, ""), phone=""),
            TextColumn("mode", _("Mode"), value=lambda r: MODES.get(r.mode), phone="", shown=False),
            MoneyColumn("carried", _("Moved on"), **money, shown=False, phone=""),
            IntegerColumn("details", _("Detail count"), total=True, shown=False, phone=""),
            TextColumn("cycle", _("Cycle"), value=lambda r: cycle_name(r.cycle), shown=False, phone=""),
            DateColumn("due_on", _("Due"), sort="due_on", shown=False, phone=""),
            TextColumn("confirmed_by", _("Confirmed by"), phone=""),
            DateTimeColumn(
                "confirmed_at", _("Confirmed at"), sort="confirmed_at", nullable=True, shown=False, phone=""
            ),
        ]


def _of_line(number: int) -> RawSql:
    return RawSql(
        "(s.party_id, s.id) in (select bl.party_id, bl.statement_id from settlement_billed_line bl"
        " where bl.business_line_id = %(of_line)s)",
        {"of_line": number},
    )


def period_text(row: Any) -> str:
    """First and last day of a period."""
    return f"{row.starts_on} ~ {row.ends_before - ONE_DAY}"
