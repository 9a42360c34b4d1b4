"""From a record's codes to the numbers a staged line carries: parties, dimensions, rule set, terms, times."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from zhanggui.rows.times import day_number
from zhanggui.settlement.entities.models import BillingNode, BusinessLine, SettlementTerms
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.intake.dictionary import Dictionary
from zhanggui.settlement.intake.faults import Fault
from zhanggui.settlement.intake.holds import NEVER
from zhanggui.settlement.intake.records import LineRecord, OrderRecord


@dataclass(frozen=True)
class ResolvedLine:
    """A line with its numbers; `terms` and `billable_at` are frozen with it."""

    record: LineRecord
    merchant_id: int
    supplier_id: int
    carrier_id: int
    level: str
    category: str
    terms: SettlementTerms
    billable_at: datetime

    @property
    def due(self) -> int:
        """What the buyer owes for the line, minor units."""
        one = self.record
        return one.goods - one.shop_discount - one.platform_discount - one.points_discount + one.freight


@dataclass(frozen=True)
class Resolver:
    """Everything one import needs to freeze orders of its business line."""

    business_line: BusinessLine
    dictionary: Dictionary
    terms: TermsBook
    timeline: list[tuple[datetime, int]]
    zone: tzinfo

    def rule_set_id(self, ordered_at: datetime) -> int:
        """The rule set version in force when the order was placed; 0 when none was."""
        place = bisect_right(self.timeline, ordered_at, key=lambda step: step[0])
        return self.timeline[place - 1][1] if place else 0

    def resolve(self, order: OrderRecord, not_before: datetime | None) -> list[ResolvedLine] | Fault:
        """This method will return the order's lines with their numbers, or why it cannot. `not_before` is when it
        was let go, if it was ever held (`holds.not_before`)."""
        needs_rules = not self.business_line.settlement_only or self.business_line.shadow
        if order.lines and needs_rules and not self.rule_set_id(order.ordered_at):
            return (
                "no_rule_set",
                f"no rule set was in force on {order.ordered_at:%Y-%m-%d}; publish one that begins earlier",
            )
        day = day_number(order.ordered_at.astimezone(self.zone).date())
        found = []
        for line in order.lines:
            parties = {}
            for role in ("merchant", "supplier", "carrier"):
                code = getattr(line, role)
                parties[role] = self.dictionary.party(code)
                if code and not parties[role]:
                    return f"unknown_{role}", f"line {line.line_no}: there is no {role} {code!r}"
            if parties["merchant"] in (parties["supplier"], parties["carrier"]):
                return "merchant_is_supplier", f"line {line.line_no}: one party in two roles"
            terms = self.terms.find(parties["merchant"], day)
            if terms is None:
                return "no_terms", f"merchant {line.merchant!r} has no settlement terms on that day"
            merchant = self.dictionary.parties[line.merchant]
            found.append(
                ResolvedLine(
                    record=line, merchant_id=parties["merchant"], supplier_id=parties["supplier"],
                    carrier_id=parties["carrier"], level=merchant.level, category=merchant.category,
                    terms=terms, billable_at=billable_at(order, terms, not_before),
                )
            )  # fmt: skip
        return found


def billable_at(order: OrderRecord, terms: SettlementTerms, not_before: datetime | None) -> datetime:
    """This function will return when the order's lines may be billed: its node's time plus the hold days, but
    not before it was let go; the year 9999 while the node is not reached or the order is cancelled."""
    if order.status == "cancelled":
        return NEVER
    node = {
        BillingNode.PAID: order.paid_at,
        BillingNode.SHIPPED: order.shipped_at,
        BillingNode.RECEIVED: order.received_at,
        BillingNode.COMPLETED: order.completed_at,
    }[BillingNode(terms.node)]
    if node is None:
        return NEVER
    own = node + timedelta(days=terms.hold_days)
    return own if not_before is None else max(own, not_before)


def dimension_keys(order: OrderRecord) -> list[tuple[str, str]]:
    """This function will list every (kind, code) that the order mentions."""
    keys = [("channel", order.channel), ("payment_method", order.payment_method), ("region", order.region)]
    keys += [("payment_method", payment.method) for payment in order.payments]
    for line in order.lines:
        keys += [("category", line.category), ("spu", line.spu), ("sku", line.sku),
                 ("sku_type", line.sku_type)]  # fmt: skip
    return keys


def party_codes(order: OrderRecord) -> list[str]:
    """This function will list every party code that the order mentions."""
    return [code for line in order.lines for code in (line.merchant, line.supplier, line.carrier)]
