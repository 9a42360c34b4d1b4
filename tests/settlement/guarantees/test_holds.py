"""Reserves and frozen money leave a confirmed statement and come back, each as a movement of its own."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.settlement.guarded import Guarded, settled
from tests.settlement.story import ZONE, fen, text
from tests.tampering import broken, tamper
from zhanggui.journeys.money_frozen import (
    amount_frozen,
    hold_released,
    party_frozen,
    reserve_set,
    reserves_over,
)
from zhanggui.settlement.guarantees.errors import (
    AlreadyFrozen,
    GuaranteeIncomplete,
    HoldNotOpen,
    UnknownGuarantee,
)
from zhanggui.settlement.guarantees.models import Hold
from zhanggui.settlement.guarantees.queries import free_to_pay, takings_of
from zhanggui.settlement.guarantees.rules import reserve_of
from zhanggui.settlement.statements.models import Statement

pytestmark = pytest.mark.django_db


def ready(story: Guarded, amount: str = "100.00", month: int = 1) -> None:
    """A closed month with one sale."""
    story.orders(f"""
        order    merchant goods    day
        A{month} m1       {amount} 2026-0{month}-05
    """)
    story.bill(f"2026-0{month}-28")
    story.close(str(date(2026, month + 1, 1) - timedelta(days=1)))


def freeze(story: Guarded, amount: str) -> Hold:
    return amount_frozen(
        party_id=story.party("m1"), entity=story.entity(), currency="CNY", amount_minor=fen(amount),
        reason="claim of a buyer", at=story.clock(), zone=ZONE, actor="maker",
    )  # fmt: skip


def release(story: Guarded, hold: Hold) -> Hold:
    return hold_released(hold_id=hold.id, reason="settled", at=story.clock(), zone=ZONE, actor="maker")


def reserving(story: Guarded, ppm: int = 100_000, days: int = 30) -> None:
    reserve_set(
        entity=story.entity(), rate_ppm=ppm, days=days, effective_from=date(2026, 1, 1), at=story.clock(),
        actor="maker",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("payable", "net", "ppm", "held"),
    [(100, 100, 100_000, 10), (5, 100, 100_000, 5), (99, 99, 100_000, 9), (100, 100, 0, 0), (0, 100, 100_000, 0),
     (100, -100, 100_000, 0), (100, 100, 1_000_000, 100)],
)  # fmt: skip
def test_what_is_reserved(payable: int, net: int, ppm: int, held: int) -> None:
    assert reserve_of(payable, net, ppm) == held


class TestReserve:
    def test_a_share_of_each_confirmed_statement(self) -> None:
        story = Guarded()
        reserving(story)
        ready(story)
        row = story.confirm("m1", "2026-01-01")
        assert (row.withheld_minor, row.payable_minor) == (950, 8550)
        assert story.entry(22) == text("""
            2202.03 m1 9.50
            2202.05 m1 -9.50
        """)
        assert [(one["what"], one["amount"]) for one in takings_of(row.party_id, row.id)] == [
            ("reserve", 950)
        ]
        assert free_to_pay(row.party_id, row).free_minor == 8550

    def test_it_runs_out_and_goes_back_to_the_unpaid_statement(self) -> None:
        story = Guarded()
        reserving(story)
        ready(story)
        story.confirm("m1", "2026-01-01")
        hold = Hold.objects.get()
        assert hold.release_on is not None
        before = datetime.combine(hold.release_on, datetime.min.time(), tzinfo=UTC) - timedelta(days=1)
        assert reserves_over(clock=lambda: before, zone=ZONE, actor="clock") == 0
        after = before + timedelta(days=1)
        assert reserves_over(clock=lambda: after, zone=ZONE, actor="clock") == 1
        assert reserves_over(clock=lambda: after, zone=ZONE, actor="clock") == 0
        assert story.statement("m1", "2026-01-01").payable_minor == 9500

    def test_of_a_statement_on_its_way_it_comes_with_the_open_one(self) -> None:
        story = Guarded()
        reserving(story)
        ready(story)
        row = story.confirm("m1", "2026-01-01")
        Statement.objects.filter(party_id=row.party_id, id=row.id).update(state="paid")
        release(story, Hold.objects.get())
        Statement.objects.filter(party_id=row.party_id, id=row.id).update(state="confirmed")
        assert story.entry(22, key_a=_latest(story)) == text("""
            2202.02 m1 -9.50
            2202.05 m1 9.50
        """)
        row.refresh_from_db()
        assert row.payable_minor == 8550
        assert "m1 22 reserve_release 9.50 9.50" in story.details(party="m1")
        story.close("2026-12-31")
        assert story.replayed() == []

    def test_debts_come_first(self) -> None:
        story = Guarded()
        reserving(story)
        story.collecting()
        story.owing("90.00")
        ready(story, month=2)
        row = story.confirm("m1", "2026-02-01")
        assert (row.withheld_minor, row.payable_minor) == (9500, 0)
        assert Hold.objects.get().held_minor == 500


class TestFreeze:
    def test_an_amount_is_taken_from_what_is_confirmed(self) -> None:
        story = Guarded()
        ready(story)
        row = story.confirm("m1", "2026-01-01")
        hold = freeze(story, "40.00")
        row.refresh_from_db()
        assert (hold.held_minor, row.payable_minor) == (4000, 5500)
        release(story, hold)
        row.refresh_from_db()
        assert row.payable_minor == 9500
        with pytest.raises(HoldNotOpen):
            release(story, hold)

    def test_what_is_missing_is_taken_from_the_next(self) -> None:
        story = Guarded()
        hold = freeze(story, "120.00")
        ready(story)
        story.confirm("m1", "2026-01-01")
        hold.refresh_from_db()
        assert hold.held_minor == 9500
        ready(story, month=2)
        row = story.confirm("m1", "2026-02-01")
        hold.refresh_from_db()
        assert (hold.held_minor, row.payable_minor) == (12000, 7000)
        assert row.state == "confirmed"

    def test_a_frozen_party_gets_nothing(self) -> None:
        story = Guarded()
        ready(story)
        row = story.confirm("m1", "2026-01-01")
        hold = party_frozen(party_id=row.party_id, reason="investigation", at=story.clock(), actor="maker")
        free = free_to_pay(row.party_id, row)
        assert (free.free_minor, free.blocked, free.frozen) == (0, True, (hold.number,))
        with pytest.raises(AlreadyFrozen):
            party_frozen(party_id=row.party_id, reason="again", at=story.clock(), actor="maker")
        release(story, hold)
        assert free_to_pay(row.party_id, row).free_minor == 9500

    def test_without_reason_or_amount_nothing_is_frozen(self) -> None:
        story = Guarded()
        with pytest.raises(GuaranteeIncomplete):
            freeze(story, "0.00")
        with pytest.raises(GuaranteeIncomplete):
            party_frozen(party_id=story.party("m1"), reason=" ", at=story.clock(), actor="maker")
        with pytest.raises(UnknownGuarantee):
            hold_released(hold_id=10**6, reason="r", at=story.clock(), zone=ZONE, actor="m")
        with pytest.raises(GuaranteeIncomplete):
            reserving(story, ppm=1_000_001)


def _latest(story: Guarded) -> int:
    from zhanggui.settlement.guarantees.models import HoldMovement

    return HoldMovement.objects.latest("id").id


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("update settlement_hold set held_minor = held_minor - 1", "reserved_differs_from_holds"),
        (
            "update settlement_hold_movement set amount_minor = amount_minor + 1",
            "withheld_differs_from_movements",
        ),
        (
            "update settlement_statement set withheld_minor = 1 where state = 'confirmed'",
            "confirmed_differs_from_ledger",
        ),
    ],
)
def test_the_audit_finds_who_tampers(act: str, expected: str) -> None:
    story = Guarded()
    reserving(story)
    ready(story)
    story.confirm("m1", "2026-01-01")
    settled()
    assert tamper(act) == 1
    assert expected in broken()
