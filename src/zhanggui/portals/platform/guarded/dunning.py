"""The dunning list (催收记录): levels that debts reached, calls, promises to pay and whether they were kept."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.guarded.debts import note_text
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME
from zhanggui.portals.platform.words import LEVELS

# A promise is kept when, by the end of its day, the debt had got smaller by what was promised (all of it where no
# amount was named) since it was given.
PAID = """coalesce((select sum(t.amount_minor) from settlement_debt_settlement t where t.party_id = n.party_id
  and t.statement_id = n.statement_id and t.at >= n.at
  and (t.at at time zone %(zone)s)::date <= n.promised_on), 0)"""
LEFT = """(d.amount_minor - coalesce((select sum(t.amount_minor) from settlement_debt_settlement t
  where t.party_id = n.party_id and t.statement_id = n.statement_id and t.at < n.at), 0))"""
STATE = f"""case when n.promised_on is null then 'said'
  when {PAID} >= case when n.promised_minor > 0 then n.promised_minor else {LEFT} end then 'kept'
  when n.promised_on < %(today)s then 'broken' else 'promised' end"""
STATES = {
    "said": Badge(gettext_lazy("No promise"), "grey"),
    "promised": Badge(gettext_lazy("Promised"), "blue"),
    "kept": Badge(gettext_lazy("Promise kept"), "green"),
    "broken": Badge(gettext_lazy("Promise broken"), "red"),
}
SELECT = f"""
select n.id, n.party_id, n.statement_id, s.number, n.level, n.at, n.actor, n.note, n.promised_on,
  n.promised_minor as promised, d.currency, d.open_minor as open, {STATE} as state, {PARTY_NAME} as party_name
from settlement_dunning_note n join parties_party p on p.id = n.party_id
join settlement_debt d on d.party_id = n.party_id and d.statement_id = n.statement_id
join settlement_statement s on s.party_id = n.party_id and s.id = n.statement_id where {{where}}
"""


class DunningList(MoneyList):
    """Who was reminded of what, what was promised, and whether it came."""

    name = "platform.dunning"
    title = gettext_lazy("Dunning list")
    permission = "collections.view"
    sort = "-at"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy(
        "Nobody was reminded yet. Overdue debts rise by themselves; note calls on a debt's page."
    )

    def get_source(self) -> SqlSource:
        """Steps of dunning."""
        fields = {"id": "n.id", "number": "s.number", "level": "n.level", "at": "n.at", "state": STATE,
                  "promised_on": "n.promised_on", "promised": "n.promised_minor", "currency": "d.currency",
                  "open": "d.open_minor", "note": "n.note", "party_name": PARTY_NAME,
                  "party_code": "p.code"}  # fmt: skip
        params = language_params() | {
            "today": timezone.localdate(), "zone": timezone.get_default_timezone_name(),
        }  # fmt: skip
        return SqlSource(select=SELECT, fields=fields, params=params)

    def get_filters(self) -> Sequence[Any]:
        """By statement, merchant, words, level and days."""
        return [
            TextFilter("q", _("Statement, merchant or what was said"), starts=["number", "party_code"],
                       contains=["party_name", "note"]),
            SelectFilter("level", _("Dunning level"), [(str(key), label) for key, label in LEVELS.items()], read=int),
            DateRangeFilter("at", _("Time")),
            DateRangeFilter("promised", _("Promised for"), field="promised_on", days=True),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """When, whom, what was said, what was promised."""
        return [
            LinkColumn("number", _("Statement"), sort="number",
                       href=lambda r: reverse("platform:debt", args=[r.party_id, r.statement_id])),
            StatusColumn("state", _("Status"), badges=STATES),
            PartyColumn("party_name", _("Merchant")),
            TextColumn("level", _("Level"), value=lambda r: LEVELS[r.level], sort="level"),
            TextColumn("note", _("What was said"), value=note_text, wrap=True),
            DateColumn("promised_on", _("Promised for"), sort="promised_on", nullable=True),
            MoneyColumn("promised", _("Promised amount"), currency=self.currency, sort="promised", total=True),
            MoneyColumn("open", _("Still open"), currency=self.currency, sort="open", phone="amount"),
            DateTimeColumn("at", _("Time"), sort="at", phone=""),
            TextColumn("actor", _("By"), value=lambda r: actor_name(r.actor), phone=""),
        ]  # fmt: skip
