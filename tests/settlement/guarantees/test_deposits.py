"""Deposits are demanded by category, topped up, deducted from and given back, and never fall below zero."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.settlement.guarded import Guarded, settled
from tests.settlement.story import ZONE, fen, text
from tests.tampering import broken, tamper
from zhanggui.journeys.deposit_changed import (
    deposit_order_requested,
    deposit_topped_up,
    deposits_demanded,
    requirement_set,
)
from zhanggui.settlement.details.errors import NothingToCorrect
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.entities.models import Dimension, OwnAccount
from zhanggui.settlement.guarantees.errors import DepositTooSmall, GuaranteeIncomplete, NoStatementYet
from zhanggui.settlement.guarantees.models import Deposit, DepositMovement, DepositOrder
from zhanggui.settlement.guarantees.rules import Requirement, required_deposit

pytestmark = pytest.mark.django_db

SALES = """
    order merchant goods  day        category
    A1    m1       100.00 2026-01-05 tea
    A2    m1       100.00 2026-01-06 pots
    A3    m2       100.00 2026-01-06 tea
"""


class TestRule:
    def test_the_largest_and_what_is_added(self) -> None:
        rows = [
            Requirement(0, 0, "largest", 100), Requirement(0, 1, "largest", 300),
            Requirement(0, 2, "largest", 200), Requirement(0, 3, "added", 50), Requirement(0, 0, "added", 7),
        ]  # fmt: skip
        assert required_deposit(rows, party_id=9, categories=[]) == 107
        assert required_deposit(rows, party_id=9, categories=[1, 2, 3]) == 357

    def test_a_row_of_the_party_goes_before_everyones(self) -> None:
        rows = [
            Requirement(9, 1, "largest", 10),
            Requirement(0, 1, "largest", 300),
            Requirement(8, 1, "largest", 5),
        ]
        assert required_deposit(rows, party_id=9, categories=[1]) == 10
        assert required_deposit(rows, party_id=7, categories=[1]) == 300


def demand(story: Guarded, day: str) -> list[Deposit]:
    at = datetime.fromisoformat(f"{day}T04:00").replace(tzinfo=UTC)
    return deposits_demanded(clock=lambda: at, zone=ZONE, actor="clock")


def require(
    story: Guarded, category: str, amount: str, starts: str = "2026-01-01", rule: str = "largest"
) -> None:
    found = Dimension.objects.filter(kind="category", code=category).first()
    requirement_set(
        business_line=story.line, category_id=found.id if found else 0, amount_minor=fen(amount),
        effective_from=date.fromisoformat(starts), at=story.clock(), actor="story", rule=rule,
    )  # fmt: skip


def order(story: Guarded, use: str, amount: str, **more: Any) -> DepositOrder:
    return deposit_order_requested(
        deposit_id=Deposit.objects.get(party_id=story.party("m1")).id, use=use, amount_minor=fen(amount),
        reason="late deliveries", at=story.clock(), maker="maker", **more,
    )  # fmt: skip


class TestDemand:
    def test_by_category_and_again_when_it_grows(self) -> None:
        story = Guarded()
        story.orders(SALES)
        require(story, "tea", "500.00")
        require(story, "pots", "800.00")
        assert [(row.party_id, row.demanded_minor) for row in demand(story, "2026-02-01")] == [
            (story.party("m1"), 80000), (story.party("m2"), 50000)
        ]  # fmt: skip
        row = Deposit.objects.get(party_id=story.party("m1"))
        assert (row.short_minor, row.top_up_by) == (80000, date(2026, 2, 16))
        assert demand(story, "2026-02-02") == []
        require(story, "pots", "900.00", starts="2026-03-01")
        assert [row.demanded_minor for row in demand(story, "2026-03-01")] == [90000]

    def test_a_top_up_ends_it(self) -> None:
        story = Guarded()
        story.orders(SALES)
        require(story, "tea", "500.00")
        demand(story, "2026-02-01")
        story.claim(story.receipt("600.00"), "500.00")
        row = Deposit.objects.get(party_id=story.party("m1"))
        assert (row.held_minor, row.demanded_minor, row.top_up_by) == (50000, 0, None)

    def test_where_nothing_is_required_nothing_is_asked(self) -> None:
        story = Guarded()
        story.orders(SALES)
        assert demand(story, "2026-02-01") == []
        assert not Deposit.objects.exists()


class TestMovements:
    def test_paid_in_from_the_open_statement(self) -> None:
        story = Guarded()
        story.orders(SALES)
        story.bill("2026-01-31")
        deposit_topped_up(
            party_id=story.party("m1"), entity_id=story.entity().id, currency="CNY", amount_minor=5000,
            reason="in instalments", at=story.clock(), zone=ZONE, actor="maker",
        )  # fmt: skip
        assert story.entry(21) == text("""
            2202.02 m1 50.00
            2241.01 m1 -50.00
        """)
        story.close("2026-12-31")
        assert story.replayed() == []

    def test_its_detail_is_corrected_by_no_other_detail(self) -> None:
        """Seed 590698125 of the simulated office: the account and the deposit's movements came apart."""
        story = Guarded()
        story.orders(SALES)
        story.bill("2026-01-31")
        deposit_topped_up(
            party_id=story.party("m1"), entity_id=story.entity().id, currency="CNY", amount_minor=5000,
            reason="in instalments", at=story.clock(), zone=ZONE, actor="maker",
        )  # fmt: skip
        line = DepositMovement.objects.get().line_id
        with pytest.raises(NothingToCorrect, match="document of its own"):
            story.correct(DetailKey(story.party("m1"), line, 0, 1), "-1.00")
        assert Deposit.objects.get().held_minor == 5000

    def test_without_a_statement_the_bank_is_the_way(self) -> None:
        story = Guarded()
        with pytest.raises(NoStatementYet):
            deposit_topped_up(
                party_id=story.party("m1"), entity_id=story.entity().id, currency="CNY", amount_minor=1,
                reason="r", at=story.clock(), zone=ZONE, actor="maker",
            )  # fmt: skip

    @pytest.mark.parametrize(
        ("use", "account"), [("penalty", "6301"), ("buyers", "2241.04"), ("bank", "2241.10")]
    )
    def test_an_approved_order_takes_from_it(self, use: str, account: str) -> None:
        story = Guarded()
        story.claim(story.receipt("50.00"), "50.00")
        order(story, use, "20.00", own_account=story.bank() if use == "bank" else None)
        assert Deposit.objects.get().pledged_minor == 2000
        story.decide("deposit_deduction")
        row = Deposit.objects.get()
        assert (row.held_minor, row.pledged_minor) == (3000, 0)
        owner = (
            "m1" if use == "bank" else "-"
        )  # what a bank gives back is the party's until a payout takes it
        assert f"{account} {owner} -20.00" in story.entry(21)

    def test_given_back_with_the_next_statement(self) -> None:
        story = Guarded()
        story.orders(SALES)
        story.bill("2026-01-31")
        story.claim(story.receipt("50.00"), "50.00")
        order(story, "statement", "50.00")
        story.decide("deposit_deduction")
        assert story.entry(21) == text("""
            2202.02 m1 -50.00
            2241.01 m1 50.00
        """)
        assert Deposit.objects.get().held_minor == 0

    def test_a_rejected_order_frees_its_pledge(self) -> None:
        story = Guarded()
        story.claim(story.receipt("50.00"), "50.00")
        order(story, "penalty", "50.00")
        with pytest.raises(DepositTooSmall):
            order(story, "penalty", "0.01")
        story.decide("deposit_deduction", approve=False)
        row = Deposit.objects.get()
        assert (row.held_minor, row.pledged_minor) == (5000, 0)

    def test_incomplete_orders_are_refused(self) -> None:
        story = Guarded()
        story.claim(story.receipt("50.00"), "50.00")
        other = OwnAccount.objects.create(
            code="usd", name={}, kind="bank", entity=story.entity(), currency="USD", rail="bank_file"
        )
        for use, amount, more in (("penalty", "0.00", {}), ("gift", "1.00", {}), ("bank", "1.00", {}),
                                  ("bank", "1.00", {"own_account": other})):  # fmt: skip
            with pytest.raises(GuaranteeIncomplete):
                order(story, use, amount, **more)


def test_the_database_keeps_it_above_zero() -> None:
    story = Guarded()
    story.claim(story.receipt("50.00"), "50.00")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update settlement_deposit set held_minor = -1")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update settlement_deposit_movement set amount_minor = 1")


def test_other_systems_cannot_move_it_by_a_charge() -> None:
    story = Guarded()
    batch = story.charges("""
        charge party fee            amount day
        P1     m1    deposit_pay_in -30.00 2026-01-10
        P2     m1    reserve_hold   -30.00 2026-01-10
    """)
    assert (batch.accepted, batch.rejected) == (0, 2)


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("update settlement_deposit set held_minor = held_minor + 1", "deposit_differs_from_ledger"),
        ("update settlement_deposit_movement set amount_minor = 7", "deposit_differs_from_ledger"),
        ("update settlement_deposit set pledged_minor = 1", "pledged_differs_from_orders"),
    ],
)
def test_the_audit_finds_who_tampers(act: str, expected: str) -> None:
    story = Guarded()
    story.claim(story.receipt("50.00"), "50.00")
    settled()
    assert tamper(act) == 1
    assert expected in broken()
