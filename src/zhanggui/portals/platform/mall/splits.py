"""Splits at channels (分账): the list, and one with its shares, what came back of them, and planning it anew."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.journeys.split_arranged import split_asked_again
from zhanggui.money.rates import format_rate
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.details import Action, Detail, Fact, Step
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
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
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.splitting import (
    channel_names,
    rule_of,
    rule_words,
    share_reason,
    splitting_choices,
)
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Cell, Form, Table, Typed, acted, document_page
from zhanggui.portals.platform.mall.listing import MallList
from zhanggui.portals.platform.mall.sub_merchants import reckoning
from zhanggui.portals.platform.mall.words import (
    RETURN_STATES,
    SHARE_STATES,
    SHARE_WAYS,
    SPLIT_KINDS,
    SPLIT_STATES,
    SUBSIDY_STATES,
    WHY_LEFT,
)
from zhanggui.portals.platform.names import PARTY_NAME, parties, party_name
from zhanggui.settlement.splits.errors import UnknownSplit
from zhanggui.settlement.splits.models import ShareState, Split, SplitKind, SplitState
from zhanggui.settlement.splits.queries import returns_of_split, split_by_number
from zhanggui.settlement.splits.rules import MILLION
from zhanggui.settlement.splits.states import SPLITS_ENDED
from zhanggui.settlement.subsidies.queries import subsidy_of
from zhanggui.vault.sealing import masked

# A split that has ended says what became of its shares: all of it, a part, or nothing arrived.
STATE = """case when s.state <> 'finished' or s.kind <> 'shares' then s.state else (select
  case when bool_and(x.state = 'closed') then 'closed' when bool_or(x.state = 'closed') then 'partly'
  else 'finished' end
  from settlement_split_share x where x.split_id = s.id) end"""
FIELDS = {
    "id": "s.id", "number": "s.number", "state": STATE, "reason": "s.reason", "currency": "s.currency",
    "paid": "s.paid_minor", "amount": "s.amount_minor", "order_no": "s.order_no", "rule": "s.rule_code",
    "channel": "h.code", "made_at": "s.made_at", "ended_at": "s.ended_at", "said": "s.said", "kind": "s.kind",
    "party_name": PARTY_NAME, "party_code": "p.code",
    "arrived": "coalesce((select sum(x.amount_minor) from settlement_split_share x"
    " where x.split_id = s.id and x.state = 'succeeded'), 0)::bigint",
    "returned": "coalesce((select sum(x.returned_minor) from settlement_split_share x where x.split_id = s.id), 0)"
    "::bigint",
}  # fmt: skip
FAILED = (SplitState.REFUSED, SplitState.LEFT, "closed")
TABLES = """
settlement_split s join payments_channel h on h.id = s.channel_id
left join parties_party p on p.id = s.merchant_id where {where}
"""


class SplitList(MallList):
    """What channels divided, and what was left to statements."""

    name = "platform.splits"
    title = gettext_lazy("Splits")
    permission = "splits.view"
    sort = "-made_at"
    tabs = StatusTabs.of("state", SPLIT_STATES)
    empty = gettext_lazy("Splits appear here once an order that was paid at a channel that splits is billed.")

    def get_source(self) -> SqlSource:
        """Splits with their merchant and channel."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS, params=language_params())

    def page_actions(self) -> list[Action]:
        """The rules by which orders are split, and what is added to sub-merchants' orders."""
        return [
            Action(_("Rules of splits"), reverse("platform:split_rules"), icon="rules"),
            Action(pgettext("subsidies", "Subsidies"), reverse("platform:subsidies"), icon="list"),
        ]

    def get_filters(self) -> Sequence[Any]:
        """By number, merchant, channel, reason and day."""
        return [
            TextFilter("q", gettext_lazy("Split or order number, merchant"),
                       starts=["number", "order_no", "party_code"], contains=["party_name"]),
            SelectFilter("channel", gettext_lazy("Channel"), splitting_choices()),
            SelectFilter("kind", pgettext_lazy("splits", "What for"), list(SPLIT_KINDS.items())),
            SelectFilter("reason", gettext_lazy("Why it was left"), list(WHY_LEFT.items())),
            DateRangeFilter("made", gettext_lazy("Made"), field="made_at"),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Of which order, how much of it, how far, and why not."""
        names = channel_names()
        return [
            LinkColumn("number", pgettext("splits", "Split"), sort="number",
                       href=lambda r: reverse("platform:split", args=[r.number])),
            StatusColumn("state", _("Status"), badges=SPLIT_STATES),
            TextColumn("kind", pgettext("splits", "What for"), value=lambda r: SPLIT_KINDS[r.kind], phone="line"),
            PartyColumn("party_name", _("Merchant")),
            TextColumn("order_no", _("Order"), code=True, phone="line"),
            MoneyColumn("paid", _("Paid for it"), currency=self.currency, total=True, sort="paid", phone=""),
            MoneyColumn("amount", _("Split up"), currency=self.currency, total=True, sort="amount", phone="amount"),
            MoneyColumn("arrived", _("Arrived"), currency=self.currency, total=True, phone=""),
            MoneyColumn("returned", _("Taken back"), currency=self.currency, total=True, phone=""),
            TextColumn("channel", _("Channel"), value=lambda r: names.get(r.channel, r.channel), phone="",
                       shown=len(names) > 1),
            TextColumn("rule", _("Rule"), value=lambda r: rule_words(r.rule), phone="", shown=False),
            TextColumn("reason", _("Why it was left"), value=lambda r: WHY_LEFT.get(r.reason, ""), phone="line"),
            DateTimeColumn("made_at", _("Made"), sort="made_at"),
            DateTimeColumn("ended_at", _("Ended"), sort="ended_at", nullable=True, phone="", shown=False),
        ]  # fmt: skip


@needs("splits.view")
def split_page(request: HttpRequest, number: str) -> HttpResponse:
    """One split with its shares."""
    try:
        row = split_by_number(number)
    except UnknownSplit:
        raise Http404(_("There is no such split.")) from None

    def again(typed: Typed) -> None:
        split_asked_again(number=number, at=timezone.now(), actor=request.user.get_username())
        forget("platform.splits")

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(
            request, "splits.act", {"again": again}, _("It is planned anew with the next run.")
        )
    if gone:
        return gone
    whole = row.kind == SplitKind.SHARES or row.shares.exists()
    tables = [_shares(row), _returns(row)] if whole else []
    if row.part.account:
        tables = [reckoning(row.part), *tables]
    return document_page(request, _detail(row), forms=_forms(request, row), tables=tables, problem=problem)


def _forms(request: HttpRequest, row: Split) -> list[Form]:
    ended = row.kind == SplitKind.SHARES and row.state in SPLITS_ENDED and row.again_at is None
    closed = row.state != SplitState.FINISHED or row.shares.filter(state="closed").exists()
    latest = not Split.objects.filter(part_id=row.part_id, kind=row.kind, sequence__gt=row.sequence).exists()
    if not (ended and closed and latest and may(request.user, "splits.act")):
        return []
    note = _(
        "What did not arrive, or was left, is looked at once more by the rules, within minutes, under a new number."
    )
    return [Form("again", _("Plan it anew"), _("Plan it anew"), [], note)]


def _detail(row: Split) -> Detail:
    names, ratio = parties({row.merchant_id}), "–"
    if row.paid_minor and row.ceiling_minor:
        ratio = format_rate(row.ceiling_minor * MILLION // row.paid_minor)
    facts = [
        Fact(pgettext("splits", "What for"), SPLIT_KINDS[row.kind]),
        Fact(_("Order"), row.order_no, href=reverse("platform:mall_order", args=[row.order_no])),
        Fact(_("Merchant"), party_name(names.get(row.merchant_id))),
        Fact(_("Channel"), channel_names()[row.channel.code]),
        Fact(_("Number at the channel"), row.channel_number or "–", copy=bool(row.channel_number)),
        Fact(_("Paid for it"), format_money(row.paid_minor, row.currency)),
        *(
            [
                Fact(_("At most"), f"{format_money(row.ceiling_minor, row.currency)} ({ratio})"),
                Fact(_("Rule"), rule_of(row), href=reverse("platform:split_rules")),
            ] if row.kind == SplitKind.SHARES else []
        ),
        Fact(pgettext("splits", "Asked"), _("%(count)s times") % {"count": row.tries}),
    ]  # fmt: skip
    if row.part.account:
        facts += _with_sub_merchant(row)
    if row.reason:
        facts.append(Fact(_("Why it was left"), WHY_LEFT[row.reason]))
    if row.again_at:
        facts.append(Fact(_("Planned anew"), timezone.localtime(row.again_at).strftime("%Y-%m-%d %H:%M")))
    if row.said:
        facts.append(Fact(_("Said"), row.said, copy=True))
    state = _state(row)
    end = "failed" if state in FAILED else "done" if row.ended_at else "now"
    return Detail(
        number=row.number, kind=pgettext("splits", "Split"), badge=SPLIT_STATES[state],
        amount=row.amount_minor, currency=row.currency, amount_label=_("Split up"), facts=facts,
        steps=[
            Step(pgettext("splits", "Written down"), "done", row.made_at),
            Step(SPLIT_STATES[state].label, end, row.ended_at),  # type: ignore[arg-type]
        ],
        breadcrumbs=[(_("Splits"), reverse("platform:splits"))],
    )  # fmt: skip


def _with_sub_merchant(row: Split) -> list[Fact]:
    """Where the buyer paid, what the channel keeps of it, and what we add."""
    part, subsidy = row.part, subsidy_of(row.part)
    facts = [
        Fact(_("Paid to the sub-merchant"), masked(part.account)),
        Fact(_("The channel's fee, as agreed"), format_money(part.fee_minor, row.currency)),
    ]
    if part.fee_off_minor:
        more = format_money(part.fee_off_minor, row.currency)
        facts.append(Fact(_("Kept beyond that, by its bills"), more))
    if part.subsidy_minor:
        state = SUBSIDY_STATES[subsidy.state].label if subsidy else SUBSIDY_STATES["recorded"].label
        promised = format_money(part.subsidy_minor, row.currency)
        facts.append(Fact(_("Subsidy promised"), f"{promised} ({state})", href=reverse("platform:subsidies")))
    return facts


def _state(row: Split) -> str:
    """As `STATE` has it."""
    if row.state != SplitState.FINISHED or row.kind != SplitKind.SHARES:
        return row.state
    closed = [one == ShareState.CLOSED for one in row.shares.values_list("state", flat=True)]
    return "closed" if all(closed) else "partly" if any(closed) else SplitState.FINISHED.value


def _shares(row: Split) -> Table:
    shares = list(row.shares.order_by("id"))
    names = parties({share.party_id for share in shares})
    return Table(
        _("Shares"),
        [(_("Party"), False), (_("Account at the channel"), False), (_("How"), False), (_("Owed"), True),
         (_("Share"), True), (_("Taken back"), True), (_("Status"), False), (_("Said"), False),
         (_("Statement"), False)],
        [
            [
                Cell(party_name(names.get(one.party_id), pgettext("question", "The platform"))),
                Cell(one.account_masked, code=True),
                Cell(SHARE_WAYS[one.way]),
                Cell(format_money(one.owed_minor, one.currency), number=True),
                Cell(format_money(one.amount_minor, one.currency), number=True),
                Cell(format_money(one.returned_minor, one.currency), number=True),
                Cell(SHARE_STATES[one.state].label), Cell(share_reason(one.reason) or "–", wrap=True),
                Cell(_("open"), reverse("platform:statement", args=[one.party_id, one.statement_id]))
                if one.statement_id else Cell("–"),
            ]
            for one in shares
        ],
        _("Nothing of this order went by the channel; its statements pay all of it."),
    )  # fmt: skip


def _returns(row: Split) -> Table:
    return Table(
        _("Taken back for refunds"),
        [(_("Number"), False), (pgettext("buyers", "Refund"), False), (_("Amount"), True), (_("Status"), False),
         (_("Said"), False), (_("Made"), False)],
        [
            [
                Cell(one.number, code=True),
                Cell(one.refund_no, reverse("platform:mall_refund", args=[one.refund_no]), code=True),
                Cell(format_money(one.amount_minor, one.currency), number=True), Cell(RETURN_STATES[one.state].label),
                Cell(share_reason(one.reason) or "–", wrap=True), Cell(one.made_at),
            ]
            for one in returns_of_split(row)
        ],
        _("No refund needed a share back."),
    )  # fmt: skip
