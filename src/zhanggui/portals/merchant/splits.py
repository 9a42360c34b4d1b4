"""Splits as whoever gets a share sees them (分账): own shares, orders of the shop left to statements; one of them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhanggui.parties.models import PartyKind
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.details import Detail, Fact, Step
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    MoneyRangeFilter,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.splitting import channel_names, rule_words, share_reason
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import may_here, shop_page, standing_at
from zhanggui.portals.merchant.words import LEFT, SHARE_RETURNS, SHARES, WHY_BY_STATEMENT
from zhanggui.settlement.splits.models import ShareReturn, ShareState, Split, SplitShare
from zhanggui.settlement.statements.queries import statement

# The database shows a merchant the splits of its orders, and everybody no shares but their own: what a supplier gets
# of an order is between the supplier and the platform, and so is what the buyer paid for it.
ROWS = """(
select h.split_number as number, h.party_id, h.order_no, h.channel_code as channel, h.currency,
  s.paid_minor as paid, h.amount_minor as amount, h.returned_minor as returned, h.state, h.reason,
  h.account_masked as account, h.statement_id, h.made_at, h.ended_at
from settlement_split_share h left join settlement_split s on s.id = h.split_id
union all
select s.number, s.merchant_id, s.order_no, s.channel_code, s.currency, s.paid_minor, 0, 0, 'left', s.reason, '', 0,
  s.made_at, s.ended_at
from settlement_split s where s.state = 'left' and s.kind = 'shares') x
left join settlement_statement t on t.party_id = x.party_id and t.id = x.statement_id
"""
FIELDS = {
    "id": "x.number", "number": "x.number", "party_id": "x.party_id", "order_no": "x.order_no",
    "channel": "x.channel", "currency": "x.currency", "paid": "coalesce(x.paid, 0)", "amount": "x.amount",
    "returned": "x.returned", "state": "x.state", "reason": "x.reason", "account": "x.account",
    "statement_id": "x.statement_id", "statement": "coalesce(t.number, '')", "made_at": "x.made_at",
    "ended_at": "x.ended_at",
}  # fmt: skip


class OwnSplits(OwnList):
    """What channels paid to the party of each order, and what they left to statements."""

    name = "merchant.splits"
    title = pgettext_lazy("splits", "Splits")
    permission = "own_payouts.view"
    sort = "-made_at"
    tabs = StatusTabs.of("state", SHARES)
    empty = _(
        "Your first share follows the first order that is billed after the platform has agreed with a payment"
        " channel that it pays you. Until then your statements pay everything."
    )

    def get_source(self) -> SqlSource:
        """Own shares, and the orders left to statements."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {ROWS} where {{where}}", fields=FIELDS)

    @cached_property
    def channels(self) -> dict[str, str]:
        """Names of channels by code."""
        return channel_names()

    def get_filters(self) -> Sequence[Any]:
        """By number, order, channel, day and amount."""
        return [
            TextFilter(
                "q", _("Split, order or statement number"), starts=["number", "order_no", "statement"]
            ),
            SelectFilter("channel", _("Channel"), list(self.channels.items())),
            DateRangeFilter("made", pgettext_lazy("splits", "Made"), field="made_at"),
            DateRangeFilter("ended", pgettext_lazy("splits", "Arrived"), field="ended_at"),
            MoneyRangeFilter("amount", pgettext_lazy("splits", "Share"), currency=self.currency),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Of which order, how much, how far."""
        money: dict[str, Any] = {"currency": self.currency, "total": True}
        # Suppliers and carriers are not told what buyers paid.
        paid = (
            [MoneyColumn("paid", _("Paid for the order"), sort="paid", phone="", **money)]
            if self.is_shop
            else []
        )
        return [
            LinkColumn("number", pgettext("splits", "Split"), sort="number",
                       href=lambda r: reverse("merchant:split", args=[r.number])),
            StatusColumn("state", _("Status"), badges=SHARES),
            TextColumn("order_no", _("Order"), code=True, sort="order_no", phone="sub"),
            TextColumn("channel", _("Channel"), value=lambda r: self.channels.get(r.channel, r.channel)),
            *paid,
            MoneyColumn("amount", pgettext("splits", "Share"), sort="amount", phone="amount", **money),
            MoneyColumn("returned", pgettext("splits", "Given back"), sort="returned", phone="", **money),
            TextColumn("statement", _("Statement"), code=True, phone="", href=_statement_url),
            TextColumn("reason", _("Why not"), value=why_not, phone="line"),
            DateTimeColumn("made_at", pgettext("splits", "Made"), sort="made_at"),
            DateTimeColumn("ended_at", _("Ended"), sort="ended_at", nullable=True, phone="", shown=False),
        ]  # fmt: skip

    @property
    def is_shop(self) -> bool:
        """Whether the party sells: its own orders are split."""
        standing = standing_at(self.user, self.party_id)
        return standing is not None and standing.party.kind == PartyKind.MERCHANT


def why_not(row: Any) -> str:
    """Why a share did not arrive, or was not made."""
    if row.state == LEFT:
        return str(WHY_BY_STATEMENT.get(row.reason, row.reason))
    return share_reason(row.reason)


def _statement_url(row: Any) -> str | None:
    return reverse("merchant:statement", args=[row.statement_id]) if row.statement_id else None


@shop_page("own_payouts.view")
def own_split(request: HttpRequest, party_id: int, number: str) -> HttpResponse:
    """One split: the own share of it, how far it is, what came back."""
    with as_tenant(party_id):
        share = SplitShare.objects.filter(party_id=party_id, split_number=number).first()
        split = Split.objects.filter(merchant_id=party_id, number=number).first()
        returns = list(ShareReturn.objects.filter(share_id=share.id).order_by("id")) if share else []
        held = statement(party_id, share.statement_id) if share else None
    if share is None and (split is None or split.state != LEFT):
        raise Http404(gettext("There is no such split."))
    found: SplitShare | Split = share or split  # type: ignore[assignment]
    state = share.state if share else LEFT
    facts = [
        _order_fact(request, found.order_no, own=split is not None),
        Fact(gettext("Channel"), channel_names().get(found.channel_code, found.channel_code)),
    ]
    if split is not None:
        facts += [
            Fact(gettext("Paid for the order"), format_money(split.paid_minor, split.currency)),
            Fact(pgettext("splits", "Rule"), rule_words(split.rule_code) or "–"),
        ]
    if share is not None:
        facts += [
            Fact(gettext("Account at the channel"), share.account_masked),
            Fact(gettext("Owed of the order then"), format_money(share.owed_minor, share.currency)),
        ]
    if held is not None:
        facts.append(
            Fact(gettext("Statement"), held.number, href=reverse("merchant:statement", args=[held.id]))
        )
    if found.reason:
        facts.append(Fact(gettext("Why not"), why_not(found)))
    detail = Detail(
        number=number, kind=pgettext("splits", "Split"), badge=SHARES[state],
        amount=share.amount_minor if share else 0, currency=found.currency,
        amount_label=pgettext("splits", "Share"), facts=facts, steps=_steps(found, share, returns),
        breadcrumbs=[(pgettext("splits", "Splits"), reverse("merchant:splits"))], notice=_notice(state),
    )  # fmt: skip
    return render(request, "merchant/payout.html", {"detail": detail})


def _order_fact(request: HttpRequest, order_no: str, *, own: bool) -> Fact:
    if own and may_here(request, "own_orders.view"):
        return Fact(gettext("Order"), order_no, href=reverse("merchant:mall_order", args=[order_no]))
    return Fact(gettext("Order"), order_no, copy=True)


def _steps(found: SplitShare | Split, share: SplitShare | None, returns: Sequence[ShareReturn]) -> list[Step]:
    steps = [Step(pgettext("splits", "Made"), "done", found.made_at)]
    if share is None:
        return [*steps, Step(SHARES[LEFT].label, "done", found.ended_at)]
    if share.state == ShareState.PENDING:
        return [*steps, Step(SHARES[ShareState.SUCCEEDED].label, "now")]
    end = "done" if share.state == ShareState.SUCCEEDED else "failed"
    steps.append(Step(SHARES[share.state].label, end, share.ended_at))  # type: ignore[arg-type]
    for one in returns:
        amount = format_money(one.amount_minor, one.currency)
        tone = {"succeeded": "done", "failed": "failed"}.get(one.state, "now")
        label = f"{SHARE_RETURNS[one.state]} {amount} · {one.refund_no}"
        steps.append(Step(label, tone, one.ended_at or one.made_at))  # type: ignore[arg-type]
    return steps


def _notice(state: str) -> str:
    if state == ShareState.CLOSED:
        return gettext("It did not arrive, so the amount is on your statement again; nothing is lost.")
    if state == LEFT:
        return gettext("Nothing of this order went by the channel: your statement pays all of it.")
    return ""
