"""Debts (欠款): ageing, the dunning list, one debt and what can be done about it."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhanggui.journeys.debt_collected import debt_noted, deposit_asked, write_off_requested
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact, Figure
from zhanggui.portals.desk.drawing.charts import Series
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
    RawSql,
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
from zhanggui.portals.platform.guarded.documents import Cell, Field, Form, Table, Typed, acted, document_page
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME, parties, party_name
from zhanggui.portals.platform.words import BUCKETS, DOCUMENT_STATES, LEVELS, SETTLED_BY
from zhanggui.settlement.collections.models import Debt
from zhanggui.settlement.collections.queries import (
    ageing,
    debt,
    dunning_of,
    settlements_of,
    write_offs_of,
)
from zhanggui.settlement.collections.rules import bucket_of
from zhanggui.settlement.collections.states import debt_state
from zhanggui.settlement.guarantees.queries import deposit_of
from zhanggui.settlement.statements.queries import statement

STATE = "case when d.open_minor > 0 then 'open' else 'settled' end"
SELECT = f"""
select d.statement_id as id, d.party_id, s.number, d.currency, d.amount_minor as amount, d.open_minor as open,
  d.due_on, d.level,
  case when d.open_minor > 0 then greatest(%(today)s::date - d.due_on, 0) end as days, {STATE} as state,
  {PARTY_NAME} as party_name,
  (select n.promised_on from settlement_dunning_note n where n.party_id = d.party_id
   and n.statement_id = d.statement_id and n.promised_on is not null order by n.id desc limit 1) as promised_on
from settlement_debt d join parties_party p on p.id = d.party_id
join settlement_statement s on s.party_id = d.party_id and s.id = d.statement_id where {{where}}
"""
STATES = {
    "open": Badge(gettext_lazy("To collect"), "amber"),
    "settled": Badge(gettext_lazy("Settled"), "green"),
}


class DebtList(MoneyList):
    """What merchants owe us, by age."""

    name = "platform.debts"
    title = gettext_lazy("Debts")
    permission = "collections.view"
    template = "platform/debts.html"
    sort = "due_on"
    tabs = StatusTabs.of("state", STATES, default="open")
    empty = gettext_lazy("No debt is open. The debt policies say when a statement below zero is collected.")

    def get_source(self) -> SqlSource:
        """Debts."""
        fields = {"id": "d.statement_id", "number": "s.number", "state": STATE, "currency": "d.currency",
                  "amount": "d.amount_minor", "open": "d.open_minor", "due_on": "d.due_on", "level": "d.level",
                  "party_name": PARTY_NAME, "party_code": "p.code"}  # fmt: skip
        params = language_params() | {"today": timezone.localdate()}
        return SqlSource(select=SELECT, fields=fields, params=params)

    @property
    def age_labels(self) -> list[str]:
        """The buckets as they stand under the chart."""
        return [str(label) for label in BUCKETS.values()]

    @property
    def ages(self) -> list[Series]:
        """Ageing as bars; none while nobody owes anything."""
        figures = self.figures
        if not any(one.amount for one in figures):
            return []
        return [
            Series(_("Still open"), [one.amount or 0 for one in figures], links=[one.url for one in figures])
        ]

    @cached_property
    def figures(self) -> list[Figure]:
        """Ageing, each bucket a link to its rows."""
        found = {
            row["bucket"]: row for row in ageing(timezone.localdate()) if row["currency"] == self.currency
        }
        return [
            Figure(
                label, f"{reverse('platform:debts')}?{urlencode({'age': bucket, 'currency': self.currency})}",
                amount=found.get(bucket, {}).get("open_minor", 0), currency=self.currency,
                note=ngettext("%(count)d debt", "%(count)d debts", found.get(bucket, {}).get("debts", 0))
                % {"count": found.get(bucket, {}).get("debts", 0)},
                tone="red" if bucket == "91+" and bucket in found else "",
            )
            for bucket, label in BUCKETS.items()
        ]  # fmt: skip

    def page_actions(self) -> list[Action]:
        """The dunning list, and dunning now what grew older since the night."""
        actions = [Action(_("Dunning list"), reverse("platform:dunning"))]
        if may(self.user, "collections.act"):
            actions.append(Action(_("Dun now"), reverse("platform:run_dunning"), kind="primary", post=True))
        return actions

    def get_filters(self) -> Sequence[Any]:
        """By statement, merchant, age and dunning level."""
        return [
            TextFilter(
                "q", _("Statement number, merchant code or name"), starts=["number", "party_code"],
                contains=["party_name"],
            ),
            SelectFilter("age", _("Age"), list(BUCKETS.items()), clause=_age),
            SelectFilter("level", _("Dunning level"), [(str(key), label) for key, label in LEVELS.items()], read=int),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Who owes what since when, and what was promised."""
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn("number", _("Statement"), sort="id",
                       href=lambda r: reverse("platform:debt", args=[r.party_id, r.id])),
            StatusColumn("state", _("Status"), badges=STATES),
            PartyColumn("party_name", _("Merchant")),
            MoneyColumn("open", _("Still open"), sort="open", phone="amount", **money),
            MoneyColumn("amount", _("Debt"), sort="amount", phone="", **money),
            DateColumn("due_on", _("Due by"), sort="due_on"),
            TextColumn("days", _("Days overdue"), value=lambda r: "–" if r.days is None else str(r.days)),
            TextColumn("level", _("Dunning level"), value=lambda r: LEVELS[r.level], sort="level"),
            DateColumn("promised_on", _("Promised for"), phone=""),
        ]  # fmt: skip


def _age(value: str) -> RawSql:
    first, last = {"not_due": (-100_000, 0), "1-30": (1, 30), "31-60": (31, 60), "61-90": (61, 90)}.get(
        value, (91, 1_000_000)
    )
    return RawSql(
        "%(as_of)s::date - d.due_on between %(first)s and %(last)s",
        {"as_of": timezone.localdate(), "first": first, "last": last},
    )


@needs("collections.view")
def debt_page(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """One debt: how it was settled, its dunning, and what can be done."""
    row = debt(party_id, statement_id)
    if row is None:
        raise Http404(_("This statement is not being collected."))
    key, who = {"party_id": party_id, "statement_id": statement_id}, request.user.get_username()

    def note(typed: Typed) -> None:
        promised = typed.text("promised", required=False)
        debt_noted(
            **key, note=typed.text("note"), at=timezone.now(), actor=who,
            promised_on=typed.day("promised_on", required=False),
            promised_minor=typed.amount("promised", row.currency) if promised else 0,
        )  # fmt: skip

    def from_deposit(typed: Typed) -> None:
        deposit_asked(
            **key, amount_minor=typed.amount("amount", row.currency), reason=typed.text("reason"),
            at=timezone.now(), zone=timezone.get_default_timezone(), actor=who,
        )  # fmt: skip

    def write_off(typed: Typed) -> None:
        write_off_requested(
            **key, amount_minor=typed.amount("amount", row.currency), reason=typed.text("reason"),
            evidence=typed.text("evidence", required=False), at=timezone.now(), maker=who,
        )  # fmt: skip

    problem, gone = "", None
    if request.method == "POST":
        acts = {"note": note, "from_deposit": from_deposit, "write_off": write_off}
        problem, gone = acted(request, "collections.act", acts, _("Done."))
    if gone:
        return gone
    forms = _forms(row) if row.open_minor and may(request.user, "collections.act") else []
    return document_page(request, _detail(row), forms=forms, tables=_tables(row), problem=problem)


def _forms(row: Debt) -> list[Form]:
    rest = format_money(row.open_minor - row.pledged_minor, row.currency).replace(",", "")
    deposit = deposit_of(row.party_id, row.entity_id, row.currency)
    amount, reason = Field("amount", _("Amount"), "amount", value=rest), Field("reason", _("Reason"), "long")
    forms = [
        Form("note", _("Note a call or a promise"), _("Note"),
             [Field("note", _("What was said"), "long"),
              Field("promised_on", _("Promised for"), "day", required=False),
              Field("promised", _("Promised amount"), "amount", required=False)]),
    ]  # fmt: skip
    if deposit and deposit.free_minor:
        free = format_money(deposit.free_minor, row.currency)
        forms.append(
            Form("from_deposit", _("Settle it from the deposit"), _("Settle"), [amount, reason],
                 _("%(amount)s of the deposit is free. Another person approves it, unless the agreement allows it.")
                 % {"amount": free})
        )  # fmt: skip
    forms.append(
        Form("write_off", _("Give it up"), _("Ask for approval"),
             [amount, reason, Field("evidence", _("Evidence: where the proof is"), "long", required=False)],
             _("A loss of ours; another person approves it."), True)
    )  # fmt: skip
    return forms


def _tables(row: Debt) -> list[Table]:
    settled = [
        [Cell(f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}"), Cell(SETTLED_BY[one.by]),
         Cell(format_money(one.amount_minor, row.currency), number=True), Cell(actor_name(one.actor))]
        for one in settlements_of(row.party_id, row.statement_id)
    ]  # fmt: skip
    dunned = [
        [Cell(f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}"), Cell(LEVELS[one.level]), Cell(note_text(one)),
         Cell(f"{one.promised_on:%Y-%m-%d}" if one.promised_on else ""),
         Cell(format_money(one.promised_minor, row.currency) if one.promised_minor else "", number=True),
         Cell(actor_name(one.actor))]
        for one in dunning_of(row.party_id, row.statement_id)
    ]  # fmt: skip
    given_up = [
        [Cell(one.number, reverse("platform:approval", args=[one.approval_id])),
         Cell(format_money(one.amount_minor, row.currency), number=True), Cell(DOCUMENT_STATES[one.state].label),
         Cell(reason_text(one.reason)), Cell(actor_name(one.made_by))]
        for one in write_offs_of(row.party_id, row.statement_id)
    ]  # fmt: skip
    when, amount, who = (_("Time"), False), (_("Amount"), True), (_("By"), False)
    tables = [
        Table(_("Steps of settling"), [when, (_("By what"), False), amount, who], settled,
              _("Nothing was settled yet. The next goods money is set off first.")),
        Table(_("Dunning"), [when, (_("Level"), False), (_("What was said"), False), (_("Promised for"), False),
                             (_("Promised amount"), True), who], dunned, _("Nobody has reminded of it yet.")),
    ]  # fmt: skip
    if given_up:
        columns = [(_("Number"), False), amount, (_("Status"), False), (_("Reason"), False), who]
        tables.append(Table(_("Write-offs"), columns, given_up))
    return tables


def note_text(one: Any) -> str:
    """What was said; of a level that was raised by itself, how long the debt was overdue."""
    overdue = re.fullmatch(r"\+(\d+) d", one.note)
    if overdue is None:
        return reason_text(one.note)
    days = int(overdue[1])
    return ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}


def _detail(row: Debt) -> Detail:
    source = statement(row.party_id, row.statement_id)
    number, today = source.number if source else str(row.statement_id), timezone.localdate()
    return Detail(
        number=number, kind=_("Debt"), badge=STATES[debt_state(row)], amount=row.open_minor, currency=row.currency,
        amount_label=_("Still open"), breadcrumbs=[(_("Debts"), reverse("platform:debts"))],
        facts=[
            Fact(_("Merchant"), party_name(parties([row.party_id]).get(row.party_id)),
                 href=reverse("platform:party", args=[row.party_id])),
            Fact(_("Statement"), number, href=reverse("platform:statement", args=[row.party_id, row.statement_id])),
            Fact(_("Debt"), format_money(row.amount_minor, row.currency)),
            Fact(_("Waiting for approval"), format_money(row.pledged_minor, row.currency)),
            Fact(_("Due by"), f"{row.due_on:%Y-%m-%d}"), Fact(_("Age"), BUCKETS[bucket_of(row.due_on, today)]),
            Fact(_("Dunning level"), LEVELS[row.level]),
        ],
    )  # fmt: skip
