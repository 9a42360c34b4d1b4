"""What stands behind the shop's debts: its deposit, what is held, what it owes and what happens next,
and how debts were settled."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Figure
from zhanggui.portals.desk.written import reason_text
from zhanggui.portals.merchant.standing import shop_page
from zhanggui.settlement.collections.models import Debt, SettledBy
from zhanggui.settlement.collections.queries import open_debts, policy_for, settled_lately
from zhanggui.settlement.guarantees.models import Hold
from zhanggui.settlement.guarantees.queries import deposits_of, movements_of, open_holds
from zhanggui.settlement.statements.models import Statement

HOLDS = {
    "reserve": gettext_lazy("Rolling reserve"),
    "amount": gettext_lazy("Frozen amount"),
    "party": gettext_lazy("All payments are stopped"),
}
MOVES = {
    "receipt": gettext_lazy("You paid in at the bank"),
    "statement": gettext_lazy("Paid in from a statement"),
    "deduction": gettext_lazy("Deducted"),
    "debt": gettext_lazy("Settled a debt"),
    "refund": gettext_lazy("Given back to you"),
}
SETTLED = {
    SettledBy.SET_OFF.value: gettext_lazy("Set off against goods money"),
    SettledBy.DEPOSIT.value: gettext_lazy("Taken from your deposit"),
    SettledBy.RECEIPT.value: gettext_lazy("You paid at the bank"),
    SettledBy.WRITE_OFF.value: gettext_lazy("We gave it up"),
}
TAKEN_BACK = gettext_lazy("Your payment was taken for something else")
OVERDUE, DUE = Badge(gettext_lazy("Overdue"), "red"), Badge(gettext_lazy("Not due yet"), "grey")
LATEST_MOVES = 20
LATEST_STEPS = 50


@dataclass(frozen=True)
class Owed:
    """A debt as the shop sees it."""

    number: str
    url: str
    amount: str
    open: str
    due_on: Any
    badge: Badge
    following: str


@dataclass(frozen=True)
class Settled:
    """A step by which a debt got smaller, as the shop sees it; larger again where a payment was taken back."""

    at: Any
    number: str
    url: str
    by: str
    paid_by: str
    paid_by_url: str
    amount: str
    currency: str


@shop_page("own_guarantees.view")
def guarantees(request: HttpRequest, party_id: int) -> HttpResponse:
    """The deposit, the holds and the debts of the shop, read as its tenant."""
    with as_tenant(party_id):
        deposits = deposits_of(party_id)
        moves = [
            (timezone.localtime(one.at), MOVES[one.kind],
             format_money(one.amount_minor, deposit.currency, signed=True), reason_text(one.reason), deposit.currency)
            for deposit in deposits for one in movements_of(deposit.id)[:LATEST_MOVES]
        ]  # fmt: skip
        holds = [_held(row) for row in open_holds(party_id)]
        debts = [_owed(row) for row in open_debts(party_id)]
        settled = _settled(party_id)
    context = {
        "title": _("Deposit, holds and debts"), "moves": moves, "holds": holds, "debts": debts,
        "settled": settled,
        "figures": [
            Figure(
                _("Deposit"), reverse("merchant:guarantees") + "#deposit", amount=row.held_minor,
                currency=row.currency, tone="amber" if row.short_minor else "",
                note=_deposit_note(row),
            )
            for row in deposits
        ],
    }  # fmt: skip
    return render(request, "merchant/guarantees.html", context)


def _deposit_note(row: Any) -> str:
    if not row.short_minor:
        return _("required %(amount)s") % {"amount": format_money(row.required_minor, row.currency)}
    short = format_money(row.short_minor, row.currency)
    if row.top_up_by:
        return _("%(amount)s short; pay in by %(day)s") % {
            "amount": short,
            "day": f"{row.top_up_by:%Y-%m-%d}",
        }
    return _("%(amount)s short") % {"amount": short}


def _held(row: Hold) -> tuple[str, Any, str, str, str, str]:
    until = f"{row.release_on:%Y-%m-%d}" if row.release_on else _("until we release it")
    amount = "" if row.kind == "party" else format_money(row.held_minor, row.currency)
    return row.number, HOLDS[row.kind], amount, row.currency, until, reason_text(row.reason)


def _owed(row: Debt) -> Owed:
    statement = Statement.objects.get(party_id=row.party_id, id=row.statement_id)
    overdue = row.due_on < timezone.localdate()
    return Owed(
        number=statement.number, url=reverse("merchant:statement", args=[statement.id]),
        amount=format_money(row.amount_minor, row.currency), open=format_money(row.open_minor, row.currency),
        due_on=row.due_on, badge=OVERDUE if overdue else DUE, following=_following(row),
    )  # fmt: skip


def _settled(party_id: int) -> list[Settled]:
    """The latest steps over all debts, those that are paid too, with the statement whose money paid where one did."""
    steps = settled_lately(party_id, LATEST_STEPS)
    named = {one.statement_id for one in steps} | {
        one.document_id for one in steps if one.by == SettledBy.SET_OFF
    }
    known = {row.id: row for row in Statement.objects.filter(party_id=party_id, id__in=named)}
    found = []
    for one in steps:
        source, payer = known[one.statement_id], known.get(one.document_id)
        payer = payer if one.by == SettledBy.SET_OFF else None
        found.append(Settled(
            at=timezone.localtime(one.at), number=source.number,
            url=reverse("merchant:statement", args=[source.id]),
            by=str(SETTLED[one.by] if one.amount_minor > 0 else TAKEN_BACK),
            paid_by=payer.number if payer else "",
            paid_by_url=reverse("merchant:statement", args=[payer.id]) if payer else "",
            amount=format_money(one.amount_minor, source.currency, signed=True), currency=source.currency,
        ))  # fmt: skip
    return found


def _following(row: Debt) -> str:
    """What happens next, as the policy of today says."""
    policy = policy_for(row.party_id, row.entity_id, timezone.localdate())
    steps = []
    if policy is None or policy.set_off:
        steps.append(_("Your next confirmed statement pays it first."))
    if policy is not None and policy.deposit_agreed:
        steps.append(_("Your deposit may be used for it, as agreed."))
    steps.append(_("Or pay it at our bank and name the statement."))
    return " ".join(steps)
