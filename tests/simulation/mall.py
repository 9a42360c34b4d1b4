"""A mall in which random things happen, day by day, from one seed; and what must come of it whatever happens.

The model beside it is deliberately dull: money in by order, money owed back by order. Everything else is asked of
the invariants, which are swept after every step.
"""

import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta

from tests.settlement.story import STATIONS, Story, noon, rule
from tests.sweeping import Growing
from zhanggui.ledger.chart import GATEWAY_UNSETTLED, REFUNDS_PAYABLE
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Party
from zhanggui.settlement.details.queries import DetailKey, rows_of
from zhanggui.settlement.intake.models import StagedRefund
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord
from zhanggui.settlement.intake.records import LineRecord, OrderRecord, PaymentRecord, Record, RefundRecord
from zhanggui.settlement.statements.models import Dispute, Statement

# Every day of it closes statements where the cycle is a day: longer proves nothing more, and takes its time.
LONGER_THAN_ANY_PERIOD = timedelta(days=62)
MERCHANTS = ("m1", "m2", "m3")
TIERS = {
    "kind": "graduated", "by": "cumulative_sales",
    "steps": [{"from": 0, "rate": "8%"}, {"from": 20_000, "rate": "5%"}, {"from": 60_000, "rate": "3.3%"}],
}  # fmt: skip


def rules(chance: random.Random) -> list[dict[str, object]]:
    """Fees between everybody, some on one another, rounded in every way."""
    mode = chance.choice(["half_even", "half_up", "down", "up", "floor", "ceiling"])
    return [
        rule("commission", "0%", tiers=TIERS, rounding=mode),
        rule("commission-vat", "6%", fee="commission_vat", base="fee:commission", granularity="fee"),
        rule("payment", f"0.{chance.randint(1, 9)}%", fee="payment_fee_returnable", base="paid", granularity="order",
             floor=1, rounding=mode),
        rule("delivery", "0%", fee="delivery_fee", receiver="carrier", fixed=chance.randint(1, 900), fixed_per="order"),
        rule("purchase", "61.8%", fee="hosted_promotion_fee", payer="platform", receiver="supplier", rounding=mode),
        rule("insurance", "1.1%", fee="goods_insurance_fee", receiver="other:insurer", granularity="spu"),
        rule("pickup", "0%", fee="pickup_fee", payer="supplier", receiver="carrier", fixed=77, fixed_per="unit"),
    ]  # fmt: skip


@dataclass
class Mall:
    """The mall, its day, and what was sent to it so far."""

    seed: int
    chance: random.Random = field(init=False)
    story: Story = field(init=False)
    orders: dict[str, OrderRecord] = field(default_factory=dict)
    sent: list[Record] = field(default_factory=list)
    charges: list[ChargeRecord] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    refusals: int = 0
    swept: Growing = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.swept = Growing()
        for code, kind in (
            ("sup", "supplier"),
            ("car", "carrier"),
            ("both", "carrier"),
            ("insurer", "other"),
        ):
            Party.objects.get_or_create(code=code, defaults={"kind": kind, "name": {}})
        cycle = self.chance.choice(["month:1", "week:1", "half_month", "ten_day", "document", "day"])
        self.story = Story(*rules(self.chance), merchants=" ".join(MERCHANTS), cycle=cycle, node="shipped")
        self.story.now = noon("2026-01-03")

    def live(self, steps: int) -> None:
        """Let `steps` things happen; after each the books must prove themselves."""
        acts = [act for act, weight in self.acts().items() for _ in range(weight)]
        for _ in range(steps):
            self.story.now += self.passes()
            act = self.chance.choice(acts)
            self.steps.append(f"{self.story.now:%m-%d} {act.__name__}")
            try:
                self.perform(act)
            except Refusal as refusal:
                self.refusals += 1
                self.steps[-1] += f" refused: {refusal.code}"
            self.check()
        # A mall in which everything is refused balances too, and proves nothing.
        assert self.refusals < steps / 2, f"{self.refusals} of {steps} steps were refused"

    def passes(self) -> timedelta:
        """How much time goes by before the next thing happens."""
        return timedelta(days=self.chance.choice([0, 0, 1, 1, 2, 5, 9]))

    def acts(self) -> dict[Callable[["Mall"], None], int]:
        """What may happen, and how often."""
        return WEIGHTS

    def perform(self, act: Callable[["Mall"], None]) -> None:
        """Do it."""
        act(self)

    def check(self) -> None:
        """The invariants, and the two sums that the model knows."""
        found = {name: rows for name, rows in self.swept.sweep().items() if rows}
        assert found == {}, found
        back = sum(StagedRefund.objects.filter(state="accepted").values_list("goods_minor", flat=True))
        back += sum(StagedRefund.objects.filter(state="accepted").values_list("freight_minor", flat=True))
        [row] = rows_of(
            "select coalesce(sum(d.amount) filter (where a.purpose = %s), 0)::bigint as gateway,"
            " coalesce(-sum(d.amount) filter (where a.purpose = %s), 0)::bigint as owed"
            " from ledger_delta d join ledger_account a on a.id = d.account_id",
            [GATEWAY_UNSETTLED, REFUNDS_PAYABLE],
        )
        assert row["gateway"] == self.paid_in()
        assert row["owed"] == back + self.owed_beside()

    def paid_in(self) -> int:
        """What buyers paid by what was told, minor units."""
        return sum(
            payment.amount
            for order in self.orders.values()
            for payment in order.payments
            if order.status != "created"
        )

    def owed_beside(self) -> int:
        """What buyers are owed for other reasons than a refund, minor units."""
        return 0

    def end(self) -> None:
        """Bill and close everything, confirm what can be, replay it all."""
        self.story.now += LONGER_THAN_ANY_PERIOD
        bill(self)
        close(self)
        self.check()
        assert self.story.replayed() == []
        for row in list(Statement.objects.filter(state="confirming")):
            codes = dict(Party.objects.values_list("id", "code"))
            self.story.confirm(codes[row.party_id], str(row.starts_on), id=row.id)
        self.check()
        assert not Statement.objects.filter(state="confirming").exists()


def order(mall: Mall) -> None:
    """One to three new orders, in any state, with any discounts."""
    chance = mall.chance
    fresh: list[Record] = []
    for _ in range(chance.randint(1, 3)):
        number = f"A{len(mall.orders)}"
        at = mall.story.now - timedelta(hours=chance.randint(0, 60))
        record = OrderRecord(
            row=1,
            order_no=number,
            ordered_at=max(at, noon("2026-01-02")),
            status="created",
            payments_listed=True,
        )
        for place in range(chance.choice([1, 1, 2, 3, 5])):
            record.lines.append(_line(chance, place + 1))
        due = sum(_due(line) for line in record.lines)
        odd = chance.choice([0, 0, 0, 1, -1, 137]) if due else 0
        record.payments = [PaymentRecord(1, "card", max(due + odd, 1))] if due else []
        mall.orders[number] = record
        _reach(mall, record, chance.choice(STATIONS))
        fresh.append(told(record))
    mall.sent += fresh
    mall.story.receive(*deepcopy(fresh))


def told(record: OrderRecord) -> OrderRecord:
    """The order as the mall tells it now: before it is paid, without payments."""
    copied = deepcopy(record)
    if record.status == "created":
        copied.payments = []
    return copied


def _line(chance: random.Random, place: int) -> LineRecord:
    goods = chance.choice([1, 2, 3, chance.randint(1, 50), chance.randint(1, 50_000)])
    parts = sorted(chance.randint(0, goods) for _ in range(3)) if chance.random() < 0.5 else [0, 0, 0]
    supplier, carrier = chance.choice(
        [("", ""), ("sup", "car"), ("sup", "both"), ("both", "both"), ("", "car")]
    )
    return LineRecord(
        line_no=str(place), merchant=chance.choice(MERCHANTS), sku=f"s{chance.randint(1, 3)}",
        spu=f"p{chance.randint(1, 2)}", quantity=chance.randint(1, 4), goods=goods, shop_discount=parts[0],
        platform_discount=parts[1] - parts[0], points_discount=parts[2] - parts[1],
        freight=chance.choice([0, 0, 1, chance.randint(0, 1500)]), supplier=supplier, carrier=carrier,
    )  # fmt: skip


def _due(line: LineRecord) -> int:
    return line.goods - line.shop_discount - line.platform_discount - line.points_discount + line.freight


def _reach(mall: Mall, record: OrderRecord, status: str) -> None:
    record.status = status
    for name in STATIONS[1 : STATIONS.index(status) + 1]:
        if getattr(record, f"{name}_at") is None:
            setattr(record, f"{name}_at", mall.story.now)


def advance(mall: Mall) -> None:
    """An order goes on to a later state, perhaps past some."""
    waiting = [one for one in mall.orders.values() if one.status in STATIONS[:-1]]
    if waiting:
        record = mall.chance.choice(waiting)
        _reach(mall, record, mall.chance.choice(STATIONS[STATIONS.index(record.status) + 1 :]))
        mall.sent.append(told(record))
        mall.story.receive(told(record))


def cancel(mall: Mall) -> None:
    """An order is cancelled, whatever state it is in; an unpaid one never was paid."""
    living = [one for one in mall.orders.values() if one.status in STATIONS]
    if living:
        record = mall.chance.choice(living)
        if record.status == "created":
            record.payments = []
        record.status = "cancelled"
        mall.sent.append(told(record))
        mall.story.receive(told(record))


def refund(mall: Mall) -> None:
    """Refunds of random lines: a part, the rest, too much, of an order never heard of."""
    chance = mall.chance
    fresh: list[Record] = []
    for _ in range(chance.randint(1, 3)):
        known = list(mall.orders.values())
        if not known:
            return
        target = chance.choice(known)
        line = chance.choice(target.lines)
        goods = _due(line) - line.freight
        fresh.append(RefundRecord(
            row=1, refund_no=f"R{len(mall.sent) + len(fresh)}", line_no=line.line_no,
            order_no=target.order_no if chance.random() < 0.95 else "ghost",
            quantity=chance.choice([0, 0, 1]), goods=chance.choice([goods, goods, 1, goods + 1, chance.randint(0, goods)]),
            freight=chance.choice([0, 0, line.freight]), refunded_at=mall.story.now,
            kind=chance.choice(["return", "return", "price_protection", "goodwill"]),
        ))  # fmt: skip
    if chance.random() < 0.1:
        fresh.append(RefundRecord(
            row=1, refund_no=f"U{len(mall.sent)}", order_no="", line_no="", quantity=1, goods=chance.randint(1, 999),
            refunded_at=mall.story.now, kind="unmatched", merchant=chance.choice(MERCHANTS),
        ))  # fmt: skip
    mall.sent += fresh
    mall.story.receive(*deepcopy(fresh))


def repeat(mall: Mall) -> None:
    """What was sent before comes again, in another order, in another file."""
    if mall.sent:
        again = mall.chance.sample(mall.sent, min(len(mall.sent), 12))
        mall.story.receive(*deepcopy(again))


def charge(mall: Mall) -> None:
    """Others push details, good ones, bad ones, old ones again."""
    chance = mall.chance
    batch = [
        ChargeRecord(
            charge_no=f"C{len(mall.charges) + place}", party=chance.choice([*MERCHANTS, "sup", "ghost"]),
            fee=chance.choice(["storage_fee", "breach_penalty", "goodwill", "ghost_fee"]),
            currency=chance.choice(["CNY"] * 9 + ["USD"]), amount=chance.choice([0, 1, -1, chance.randint(-90_000, 20_000)]),
            occurred_at=mall.story.now - timedelta(days=chance.randint(0, 40)),
        )
        for place in range(chance.randint(1, 4))
    ]  # fmt: skip
    mall.charges += batch
    if chance.random() < 0.3:
        batch.append(chance.choice(mall.charges))
    from zhanggui.journeys.charges_received import charges_received

    mall.story.keys += 1
    charges_received(
        business_line=mall.story.line,
        key=f"k{mall.story.keys}",
        records=batch,
        at=mall.story.clock(),
        actor="sim",
    )


def bill(mall: Mall) -> None:
    mall.story.bill(f"{mall.story.now:%Y-%m-%dT%H:%M:%S}", chunk_size=mall.chance.choice([1, 3, None]))


def close(mall: Mall) -> None:
    through = mall.story.now - timedelta(days=mall.chance.choice([1, 1, 9]))
    mall.story.close(f"{through:%Y-%m-%d}", chunk=mall.chance.choice([1, 4, 1000]))


def confirm(mall: Mall) -> None:
    rows = list(Statement.objects.filter(state="confirming").order_by("id"))
    codes = dict(Party.objects.values_list("id", "code"))
    for row in mall.chance.sample(rows, min(len(rows), 3)):
        mall.story.confirm(codes[row.party_id], str(row.starts_on), id=row.id)


def _some_detail(mall: Mall, condition: str) -> DetailKey | None:
    rows = rows_of(
        "select d.party_id, d.line_id, d.event_id, d.position from settlement_detail d"
        " join settlement_statement s on s.party_id = d.party_id and s.id = d.statement_id"
        f" where {condition} order by 1, 2, 3, 4",
        [],
    )
    if not rows:
        return None
    row = mall.chance.choice(rows)
    return DetailKey(row["party_id"], row["line_id"], row["event_id"], row["position"])


def dispute(mall: Mall) -> None:
    key = _some_detail(mall, "s.state = 'confirming'")
    if key:
        mall.story.dispute(key)


def resolve(mall: Mall) -> None:
    waiting = list(Dispute.objects.filter(state="open").order_by("id"))
    if waiting:
        one = mall.chance.choice(waiting)
        part = mall.chance.choice([None, 1, -1, -one.amount_minor // 2])
        mall.story.resolve(one, upheld=mall.chance.random() < 0.6, amount=part)


def correct(mall: Mall) -> None:
    key = _some_detail(mall, "true")
    if key:
        mall.story.correct(
            key, f"{mall.chance.choice([1, -1, 5000, -5000])}.{mall.chance.randint(0, 99):02d}"
        )


def change_terms(mall: Mall) -> None:
    chance = mall.chance
    mall.story.terms(
        chance.choice([*MERCHANTS, "sup", "car", ""]), f"{mall.story.now:%Y-%m-%d}", entity=chance.choice(["e1", "e1", "e2"]),
        invoice_mode=chance.choice(["output", "input", "none"]), cycle=chance.choice(["month:1", "week:3", "day", "document"]),
        node=chance.choice(["paid", "shipped", "received", "completed"]), hold_days=chance.choice([0, 0, 3]),
        due_rule=chance.choice(["D+7", "D+0"]),
    )  # fmt: skip


def publish(mall: Mall) -> None:
    mall.story.publish(*rules(mall.chance), starts=f"{mall.story.now:%Y-%m-%d}")


WEIGHTS: dict[Callable[[Mall], None], int] = {
    order: 8, advance: 8, cancel: 2, refund: 7, repeat: 2, charge: 2, bill: 6, close: 4, confirm: 3, dispute: 3,
    resolve: 2, correct: 2, change_terms: 1, publish: 1,
}  # fmt: skip
