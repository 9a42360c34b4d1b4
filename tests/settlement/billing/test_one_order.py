"""One order alone is billed in two round trips, to the very bytes that many are."""

import threading
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction

from tests.settlement.story import COMMISSION, ZONE, Story, noon, rule
from zhanggui.parties.models import Party
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.billing.knowledge import keep_knowledge
from zhanggui.settlement.billing.operations import bill_lines as act
from zhanggui.settlement.billing.operations import bill_order as alone
from zhanggui.settlement.billing.operations.settle_blocks import Settled
from zhanggui.settlement.entities.models import Dimension
from zhanggui.settlement.fees.models import FeeType
from zhanggui.settlement.intake.models import StagedOrder

RULES = (
    COMMISSION,
    rule("glass", "7%", when={"category": ["glass"]}, priority=10),
    rule("purchase", "60%", fee="hosted_promotion_fee", payer="platform", receiver="supplier"),
    rule("delivery", "0%", fee="delivery_fee", receiver="carrier", fixed=800, fixed_per="order",
         granularity="order"),
    rule("pickup", "0%", fee="pickup_fee", payer="supplier", receiver="carrier", fixed=300),
    rule("insured", "1%", fee="goods_insurance_fee", receiver="other:insurer", when={"category": ["glass"]}),
    rule("points", "0.5%", fee="points_fee", when={"merchant": ["m1"]}),
)  # fmt: skip
ORDERS = """
    order line merchant goods  shop freight supplier carrier category day
    A1    1    m1       100.00 0    0       sup      car     glass    2026-01-05
    A2    1    m1        50.01 1.00 3.00    -        -       wood     2026-01-06
    A3    1    m1       100.00 0    0       sup      sup     glass    2026-01-07
    A3    2    m1        33.33 0    0       -        car     wood     2026-01-08
    A3    3    m2        20.00 5.00 2.00    sup      car     -        2026-01-07
    A4    1    m2         0.00 0    0       -        -       wood     2026-01-09
    A5    1    m1        70.00 0    0       sup      insurer glass    2026-01-09
"""
WRITTEN = {
    "lines": "select b.*, p.fee_types, p.rules, p.base_of, p.digest from settlement_billed_line b"
             " join settlement_detail_pattern p on p.id = b.pattern_id order by b.party_id, b.line_id",
    "entries": "select * from ledger_entry order by book_id, source, key_a, key_b",
    "deltas": "select * from ledger_delta order by party_id, account_id, booked_date, batch_id",
    "batches": "select id, entries, digest from ledger_batch order by id",
    "statements": "select party_id, id, starts_on, state, billed_account_id from settlement_statement order by id",
    "accounts": "select * from ledger_account order by id",
}  # fmt: skip


def mall(*rules: dict[str, Any], **terms: Any) -> Story:
    for code, kind in (("sup", "supplier"), ("car", "carrier"), ("insurer", "other")):
        Party.objects.get_or_create(code=code, defaults={"kind": kind, "name": {}})
    return Story(*(rules or RULES), free="goods_insurance_fee points_fee", **terms)


def number(order: str) -> int:
    return int(StagedOrder.objects.get(order_no=order).id)


def bill(story: Story, order: int) -> Settled:
    with transaction.atomic():
        return act.bill_lines(
            business_line=story.line, first_order=order, last_order=order, as_of=noon("2026-12-31"),
            at=noon("2027-01-01"), zone=ZONE,
        )  # fmt: skip


def surely_alone(**asked: Any) -> Settled:
    settled = alone.bill_order(**asked)
    assert settled is not None, "it went the way of many"
    return settled


def written() -> dict[str, Any]:
    return {name: rows_of(query) for name, query in WRITTEN.items()}


@pytest.mark.django_db
class TestTheSameBytes:
    def test_as_many_orders_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Parties in several roles, orders of several merchants, fees by order, lines with nothing on them, terms
        of a supplier's own; with statements there already, since their numbers come in another order."""
        story = mall()
        story.terms("sup", "2026-01-02", cycle="week:1", invoice_mode="input")
        story.orders(ORDERS)
        story.orders(ORDERS.replace("A", "B"))
        assert story.rejects() == []
        for order in ("B1", "B2", "B3", "B4", "B5"):
            bill(story, number(order))
        one_by_one, many = {}, {}
        for found, way in ((one_by_one, surely_alone), (many, lambda **asked: None)):
            monkeypatch.setattr(act, "bill_order", way)
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("select setval('ledger_batch_id_seq', 1000)")
                found["settled"] = [bill(story, number(order)) for order in ("A1", "A2", "A3", "A4", "A5")]
                found |= written()
                transaction.set_rollback(True)
        assert one_by_one["settled"] == many["settled"] != [Settled(0, 0, 0)] * 5
        assert one_by_one == many

    @pytest.mark.parametrize("cycle", ["day", "document"])
    def test_statements_that_are_missing_or_closed(self, cycle: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A party's statement of the order's day was closed: the order goes to the next one."""
        story = mall(COMMISSION, cycle=cycle)
        story.orders("order merchant goods day\nA1 m1 10.00 2026-01-05\nA2 m1 20.00 2026-01-05")
        bill(story, number("A1"))
        story.close("2026-01-06")
        found = []
        for way in (surely_alone, lambda **asked: None):
            monkeypatch.setattr(act, "bill_order", way)
            with transaction.atomic():
                bill(story, number("A2"))
                found.append(story.statements("party period state goods net"))
                transaction.set_rollback(True)
        assert found[0] == found[1]

    def test_twice_bills_once_and_before_its_time_nothing(self) -> None:
        story = mall()
        story.orders(ORDERS)
        assert bill(story, number("A1")).lines == 4
        assert bill(story, number("A1")) == Settled(0, 0, 0)
        with transaction.atomic():
            early = alone.bill_order(business_line=story.line, order_id=number("A2"), as_of=noon("2026-01-01"),
                                     at=story.clock(), zone=ZONE)  # fmt: skip
        assert early == Settled(0, 0, 0)

    def test_what_was_sold_before_is_counted_in_turn(self) -> None:
        tiers = {"by": "cumulative_sales", "kind": "slab",
                 "steps": [{"from": 0, "rate": "5%"}, {"from": 10000, "rate": "2%"}]}  # fmt: skip
        story = mall(rule("commission", "0%", tiers=tiers))
        story.orders("order merchant goods day\nA1 m1 100.00 2026-01-05\nA2 m1 100.00 2026-01-06")
        for order in ("A1", "A2"):
            bill(story, number(order))
        assert story.balances().splitlines()[-1] == "6001.01 - -7.00"


class Elsewhere:
    """Another connection, as another process has it."""

    def __enter__(self) -> psycopg.Connection[Any]:
        parameters = connection.get_connection_params() | {"autocommit": False}
        parameters.pop("cursor_factory", None)
        parameters.pop("context", None)
        self.connection = psycopg.connect(**parameters)
        self.connection.execute("set lock_timeout = '5s'")
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()


MANY = "\n".join(["order merchant goods category day"] + [f"A{n} m1 100.00 cup 2026-01-05" for n in range(9)])


@pytest.mark.django_db(transaction=True)
def test_a_change_elsewhere_is_never_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when changes commit in another order than they were made, and when they never do."""
    kept: list[Any] = []
    monkeypatch.setattr(alone, "keep_knowledge", lambda *known: (kept.append(known), keep_knowledge(*known)))
    monkeypatch.setattr(act, "bill_order", surely_alone)
    story = mall(COMMISSION, RULES[1])
    story.orders(MANY)
    glass = Dimension.objects.get_or_create(kind="category", code="glass")[0].id
    cup = Dimension.objects.get(kind="category", code="cup").id

    def commission(order: str) -> int:
        bill(story, number(order))
        fee = FeeType.objects.get(code="commission").id
        [row] = rows_of("select amount from settlement_detail where order_id = %s and fee_type_id = %s",
                        [number(order), fee])  # fmt: skip
        return -int(row["amount"])

    assert (commission("A0"), commission("A1")) == (500, 500)
    assert len(kept) == 1
    with Elsewhere() as other, Elsewhere() as third:
        other.execute("update settlement_dimension set parent_id = %s where id = %s", [glass, cup])
        assert commission("A2") == 500  # not committed yet
        third.execute("update settlement_terms set due_rule = 'D+9' where party_id = 0")
        third.commit()  # drawn later, committed earlier: what is kept is read again here
        assert commission("A3") == 500
        other.commit()
        assert commission("A4") == 700
        other.execute("update settlement_dimension set parent_id = 0 where id = %s", [cup])
        other.rollback()
        assert commission("A5") == 700
    with transaction.atomic():  # our own change is seen here, and nobody keeps it when it is undone
        Dimension.objects.filter(id=cup).update(parent_id=0)
        assert commission("A6") == 500
        transaction.set_rollback(True)
    assert (commission("A6"), commission("A7")) == (700, 700)
    with Elsewhere() as other:
        other.execute("update settlement_fee_type set counter_purpose = '6001.07' where code = 'commission'")
        other.commit()
        bill(story, number("A8"))
        other.execute("update settlement_fee_type set counter_purpose = '6001.01' where code = 'commission'")
        other.commit()
    assert "6001.07 - -7.00" in story.balances()
    assert len(kept) == 4


@pytest.mark.django_db(transaction=True)
def test_orders_of_the_same_accounts_wait_for_nobody() -> None:
    """While one order's transaction is open others of the same merchant are billed and committed; then eight
    connections at once bill what is left, none in the way of another."""
    story = mall()
    orders = [f"A{n} m1 100.00 sup car glass 2026-01-05" for n in range(34)]
    story.orders("\n".join(["order merchant goods supplier carrier category day", *orders]))
    numbers = [number(f"A{n}") for n in range(34)]
    bill(story, numbers[0])
    failed: list[BaseException] = []
    left = iter(numbers[2:])
    taking = threading.Lock()

    def work(most: int) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("set lock_timeout = '2s'")
            for _ in range(most):
                with taking:
                    order = next(left, None)
                if order is not None:
                    bill(story, order)
        except BaseException as fault:
            failed.append(fault)
        finally:
            connections.close_all()

    def at_once(threads: int, most: int) -> None:
        working = [threading.Thread(target=work, args=(most,)) for _ in range(threads)]
        for one in working:
            one.start()
        for one in working:
            one.join(timeout=60)
        assert failed == []

    with transaction.atomic():
        bill(story, numbers[1])
        at_once(1, 4)
        assert len(rows_of("select distinct order_id from settlement_billed_line")) == 6
    at_once(8, 4)
    assert len(rows_of("select distinct order_id from settlement_billed_line")) == 34
