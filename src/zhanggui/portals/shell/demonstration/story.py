"""The acts of the demonstration, in order. Each is done once: an audit record marks it, in the same
transaction where doing it again would count twice.

The clock is the story's: what happens in October 2011 is dated so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from zhanggui.audit.models import AuditRecord
from zhanggui.audit.operations.record_change import record_change
from zhanggui.clockwork.sweep_invariants import sweep_and_record
from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.order_held import order_held, order_released
from zhanggui.journeys.orders_received import orders_received
from zhanggui.journeys.period_ended import period_ended
from zhanggui.journeys.statement_confirmed import statements_confirmed
from zhanggui.portals.shell.demonstration import (
    guarding,
    invoicing,
    paying,
    people_decide,
    reconciling,
    watching,
)
from zhanggui.portals.shell.demonstration.deliveries import deliveries, tea_market_orders
from zhanggui.portals.shell.demonstration.mall.acts import FIRST_MONTH_ACTS, MALL_ACTS
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import end_of, zone
from zhanggui.portals.shell.presets import preset
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.intake.models import HoldReason
from zhanggui.settlement.statements.models import Statement, StatementState

ACTOR = "zhanggui demo"
MALL, TEA = "online-retail", "tea-market"


@dataclass(frozen=True)
class Act:
    """One act: its name, the moment of the story at which it happens (counted from the day on which it is played
    where a function says it; None: then), and what it does.

    `at_once`: to be done in one transaction with its mark, since a second time would not be harmless.
    """

    name: str
    at: datetime | Callable[[], datetime] | None
    do: Callable[[datetime], None]
    at_once: bool = False


def play(progress: Callable[[], None]) -> int:
    """Do every act not done yet and return how many that were. Raises BadArguments in a home of others."""
    _refuse_foreign_books()
    done = set(AuditRecord.objects.filter(object_kind="demo").values_list("object_id", flat=True))
    played = 0
    for act in ACTS:
        if act.name not in done:
            at = act.at() if callable(act.at) else act.at or datetime.now(UTC)
            if act.at_once:
                with transaction.atomic():
                    act.do(at)
                    _mark(act, at)
            else:
                act.do(at)
                _mark(act, at)
            played += 1
        progress()
    if played:
        sweep_and_record(at=datetime.now(UTC), actor=ACTOR)
    return played


def _mark(act: Act, at: datetime) -> None:
    record_change(at=at, actor=ACTOR, action="demo.played", object_kind="demo", object_id=act.name)


def _refuse_foreign_books() -> None:
    begun = AuditRecord.objects.filter(object_kind="demo").exists()
    others = list(BusinessLine.objects.values_list("code", flat=True))
    if others and not begun:
        raise BadArguments(
            f"this home holds business lines already ({', '.join(others)}); the demonstration wants an"
            " empty one: name a new folder in ZHANGGUI_HOME"
        )


def _begin(at: datetime) -> None:
    for name in (MALL, TEA):
        found = preset(name)
        assert found is not None
        business_line_opened(preset=found, at=at, actor=ACTOR)


def _month(month: str, last_day: date) -> Callable[[datetime], None]:
    """Take in a month's delivery, bill what is due by its last day, close what ended."""

    def act(at: datetime) -> None:
        line = business_line(MALL)
        orders_received(
            business_line=line, source=deliveries()[month], clock=lambda: at, zone=zone(), actor=ACTOR
        )
        _bill(line, end_of(last_day), at)
        _close(last_day, at)

    return act


def _last_month(at: datetime) -> None:
    """December stays open: what is due is billed, nothing is closed."""
    mall = business_line(MALL)
    orders_received(
        business_line=mall, source=deliveries()["2011-12"], clock=lambda: at, zone=zone(), actor=ACTOR
    )
    _bill(mall, at, at)
    _bill(business_line(TEA), at, at)


def _bill(line: BusinessLine, as_of: datetime, at: datetime) -> None:
    goods_billable(business_line=line, as_of=as_of, clock=lambda: at, zone=zone(), actor=ACTOR)


def _close(last_day: date, at: datetime) -> None:
    period_ended(through=last_day, clock=lambda: at, zone=zone(), actor=ACTOR)


def _tea_market(at: datetime) -> None:
    line = business_line(TEA)
    held = {"business_line": line, "actor": "finance"}
    order_held(
        order_no="T-1002", hold_no="CS-1", reason=HoldReason.COMPLAINT, note="parcel late", at=at, **held
    )
    order_held(
        order_no="T-1003", hold_no="RC-1", reason=HoldReason.RISK, note="one address, many", at=at, **held
    )
    orders_received(
        business_line=line, source=tea_market_orders(), clock=lambda: at, zone=zone(), actor=ACTOR
    )
    order_released(hold_no="CS-1", note="arrived, the buyer is content", at=at, **held)
    _bill(line, at, at)


def _confirm(through: date) -> Callable[[datetime], None]:
    """Confirm what ended by a day, but for statements with an open dispute."""

    def act(at: datetime) -> None:
        waiting = Statement.objects.filter(
            state=StatementState.CONFIRMING, open_disputes=0, ends_before__lte=through + timedelta(days=1)
        )
        statements_confirmed(
            keys=list(waiting.order_by("id").values_list("party_id", "id")), clock=lambda: at, zone=zone(),
            actor="finance", reason="checked with the merchants",
        )  # fmt: skip

    return act


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone())


def _acts() -> tuple[Act, ...]:
    september, october, november = date(2011, 9, 30), date(2011, 10, 31), date(2011, 11, 30)
    return (
        Act("open two business lines", _at("2011-09-01T08:00"), _begin),
        Act("september", _at("2011-10-01T02:00"), _month("2011-09", september)),
        Act("policies of debts, reserves, deposits", _at("2011-10-02T10:00"), guarding.set_policies, True),
        Act("receivers of the shops", _at("2011-10-03T10:00"), paying.open_accounts, True),
        Act("an account at the channel", _at("2011-10-03T11:00"), reconciling.open_channel, True),
        Act("bills of september", _at("2011-10-03T12:00"), reconciling.bills_of(2011, 9), True),
        Act("tax data", _at("2011-10-03T11:00"), invoicing.tell_tax_data, True),
        Act("confirm september", _at("2011-10-08T10:00"), _confirm(september)),
        Act("draft invoices of september", _at("2011-10-09T09:30"), invoicing.draft),
        Act("pay september", _at("2011-10-10T10:00"), paying.pay),
        Act("invoices of september come back", _at("2011-10-12T15:00"), invoicing.issue_september, True),
        Act("pay again what failed", _at("2011-10-14T10:00"), paying.pay_again),
        Act("a shop changes its invoice mode", _at("2011-10-28T15:00"), people_decide.change_mode, True),
        Act("october", _at("2011-11-01T02:00"), _month("2011-10", october)),
        Act("ask for deposits", _at("2011-11-02T09:00"), guarding.ask_for_deposits, True),
        Act("bills of october", _at("2011-11-02T09:00"), reconciling.bills_of(2011, 10), True),
        Act("settle a difference", _at("2011-11-02T16:00"), reconciling.settle_one, True),
        Act("dispute three details", _at("2011-11-03T11:00"), people_decide.dispute, True),
        Act("settle two disputes", _at("2011-11-04T16:00"), people_decide.settle, True),
        Act("receivers of new shops", _at("2011-11-05T10:00"), paying.receivers_of_new_shops, True),
        Act("a deposit is topped up", _at("2011-11-06T11:00"), guarding.top_up, True),
        Act("confirm october", _at("2011-11-08T10:00"), _confirm(october)),
        Act("freeze money", _at("2011-11-08T12:00"), guarding.freeze, True),
        Act("a reserve runs out", _at("2011-11-09T01:00"), guarding.release_reserves),
        Act("draft invoices of october", _at("2011-11-09T09:30"), invoicing.draft),
        Act("pay october", _at("2011-11-10T10:00"), paying.pay),
        Act("a red letter", _at("2011-11-10T16:00"), invoicing.issue_red_letter, True),
        Act("protect a price", _at("2011-11-12T09:00"), people_decide.protect_price, True),
        Act("release money", _at("2011-11-12T10:00"), guarding.release, True),
        Act("a payment comes back", _at("2011-11-14T10:00"), paying.come_back),
        Act("push charges", _at("2011-11-15T18:00"), people_decide.push_charges, True),
        Act("correct a detail", _at("2011-11-16T14:00"), people_decide.correct, True),
        Act("adjust by approval", _at("2011-11-16T15:00"), guarding.adjust, True),
        Act("claim a part of a receipt", _at("2011-11-18T11:00"), guarding.receive, True),
        Act("tea market", _at("2011-11-20T02:00"), _tea_market),
        Act("november", _at("2011-12-01T02:00"), _month("2011-11", november)),
        Act("bills of november", _at("2011-12-01T09:00"), reconciling.bills_of(2011, 11), True),
        Act("debts grow old", _at("2011-12-02T01:00"), guarding.age),
        Act("give rebates", _at("2011-12-02T02:00"), guarding.give_rebates),
        Act("a shop invoices its goods", _at("2011-12-05T10:00"), invoicing.shop_invoices_its_goods, True),
        Act("set off a debt", _at("2011-12-08T10:00"), guarding.set_off, True),
        Act("december", _at("2011-12-20T02:00"), _last_month),
        Act("bill the tea market twice", _at("2011-12-20T09:00"), people_decide.push_shadow, True),
        Act("publish anomaly rules", _at("2011-12-20T10:00"), watching.publish_rules, True),
        Act("evaluate the autumn", _at("2011-12-20T10:05"), watching.evaluate),
        Act("handle two alerts", _at("2011-12-20T11:00"), watching.handle, True),
        *(Act(name, when, do, at_once) for name, when, do, at_once in FIRST_MONTH_ACTS),
        *(Act(name, None, do, at_once) for name, do, at_once in MALL_ACTS),
    )


ACTS = _acts()
