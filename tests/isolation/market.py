"""A small market for portal tests: three shops with orders in May and June 2026, May closed, June open.

Tea house and kiln share order S-1; the third shop has a rule of its own. Times are in Asia/Shanghai.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.orders_received import batch_received
from zhanggui.journeys.period_ended import period_ended
from zhanggui.parties.models import Membership, Party, Role, User
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.records import LineRecord, OrderRecord, PartyRecord, Record
from zhanggui.settlement.statements.models import Statement, StatementState

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 20, 10, 0, tzinfo=ZONE)
PASSWORD = "a long enough pass phrase"


def clock() -> datetime:
    """The time at which everything in the market happens."""
    return NOW


def rule(code: str, fee: str, rate: str, **more: Any) -> dict[str, Any]:
    """A rule of the market: the merchant pays the platform a share of what was paid."""
    formula = {"base": "goods_paid", "rate": rate, "rounding": "half_up"} | more.pop("formula", {})
    return {
        "code": code, "fee": fee, "priority": 0, "when": {}, "payer": "merchant", "receiver": "platform",
        "granularity": "sku", "formula": formula, **more,
    }  # fmt: skip


def preset() -> dict[str, Any]:
    """The market's business line, terms and rules."""
    return {
        "code": "market",
        "name": {"zh": "集市", "en": "Market"},
        "currency": "CNY",
        "entity": {"code": "ZG-CN", "name": {"zh": "掌柜结算", "en": "Zhanggui Settlement"}},
        "terms": {
            "effective_from": "2026-01-01", "node": "paid", "invoice_mode": "output", "hold_days": 0,
            "cycle": "month:1", "due_rule": "D+7", "calendar": "CN", "auto_confirm_days": 90,
        },
        "rule_set": {
            "schema": "zhanggui.rule-set/1", "code": "market", "currency": "CNY",
            "effective_from": "2026-01-01", "rounding": "half_even", "take_cap_ppm": 1000000, "free": [],
            "rules": [
                rule("commission", "commission", "5%"),
                rule("commission-glass", "commission", "3%", priority=10, when={"merchant": ["glass"]}),
                rule("tech", "tech_service_fee", "0.6%", formula={"floor": 5}),
            ],
        },
    }  # fmt: skip


def order(number: str, day: str, lines: Sequence[tuple[str, str, int, int]]) -> OrderRecord:
    """A paid order; lines are (merchant, SKU, quantity, goods in fen)."""
    at = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=ZONE)
    return OrderRecord(
        row=0, order_no=number, ordered_at=at, status="paid", paid_at=at, payment_method="wechat",
        lines=[
            LineRecord(line_no=str(place), merchant=merchant, sku=sku, quantity=quantity, goods=goods,
                       freight=300, title=f"Goods {sku}")
            for place, (merchant, sku, quantity, goods) in enumerate(lines, start=1)
        ],
    )  # fmt: skip


RECORDS: list[Record] = [
    PartyRecord("tea", "merchant", {"zh": "茶铺", "en": "Tea house"}),
    PartyRecord("kiln", "merchant", {"zh": "窑口", "en": "The kiln"}),
    PartyRecord("glass", "merchant", {"zh": "玻璃坊", "en": "Glass works"}),
    order("S-1", "2026-05-03", [("tea", "TEA-1", 2, 17600), ("kiln", "CUP-1", 1, 4900)]),
    order("S-2", "2026-05-09", [("tea", "TEA-2", 1, 999)]),
    order("S-3", "2026-05-20", [("kiln", "CUP-2", 3, 14700)]),
    order("S-4", "2026-05-21", [("glass", "VASE", 1, 88000)]),
    order("S-5", "2026-06-02", [("tea", "TEA-1", 1, 8800)]),
    order("S-6", "2026-06-03", [("kiln", "CUP-1", 2, 9800)]),
]


@dataclass(frozen=True)
class Market:
    """What tests ask for."""

    line: BusinessLine

    def party(self, code: str) -> Party:
        """A shop by its code."""
        return Party.objects.get(code=code)

    def statement(self, code: str, state: str = StatementState.CONFIRMING) -> Statement:
        """The shop's first statement in this state."""
        return Statement.objects.filter(party_id=self.party(code).id, state=state).order_by("starts_on")[0]

    def person(self, code: str, role: Role) -> User:
        """Somebody with this role at this shop."""
        user, made = User.objects.get_or_create(username=f"{code}-{role}")
        if made:
            user.set_password(PASSWORD)
            user.save()
        Membership.objects.get_or_create(user=user, party=self.party(code), role=role)
        return user


def open_market() -> Market:
    """Take in, bill and close; needs a database test."""
    line = business_line_opened(preset=preset(), at=NOW, actor="tests")
    batch_received(
        business_line=line,
        key="market",
        records=RECORDS,
        body=b"market",
        clock=clock,
        zone=ZONE,
        actor="tests",
    )
    goods_billable(business_line=line, as_of=NOW, clock=clock, zone=ZONE, actor="tests")
    period_ended(through=date(2026, 5, 31), clock=clock, zone=ZONE, actor="tests")
    return Market(line)
