"""A negative statement is carried or collected, and a collected debt is settled in the stated order."""

from datetime import UTC, date, datetime

import pytest

from tests.settlement.guarded import Guarded, settled
from tests.settlement.story import ZONE, fen, text
from tests.tampering import broken, tamper
from zhanggui.approvals.errors import AboveLimit, MakerIsChecker
from zhanggui.journeys.debt_collected import (
    debt_noted,
    debts_aged,
    deposit_asked,
    write_off_requested,
)
from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.settlement.collections.errors import AboveDebt, CollectionIncomplete, UnknownDebt
from zhanggui.settlement.collections.models import Debt, DunningNote, WriteOff
from zhanggui.settlement.collections.operations.settle_from_deposit import settle_from_deposit
from zhanggui.settlement.collections.queries import ageing, settlements_of
from zhanggui.settlement.collections.rules import (
    Policy,
    Share,
    bucket_names,
    bucket_of,
    carried_or_collected,
    level_of,
    shared_out,
)
from zhanggui.settlement.guarantees.errors import DepositTooSmall
from zhanggui.settlement.statements.models import Statement

pytestmark = pytest.mark.django_db

FEBRUARY = """
    order merchant goods  day
    B1    m1       100.00 2026-02-05
"""


class TestRules:
    @pytest.mark.parametrize(
        ("policy", "before", "sold", "action"),
        [
            (Policy(), 99, False, "carry"),
            (Policy("collect"), 0, True, "collect"),
            (Policy("carry", 2), 1, True, "carry"),
            (Policy("carry", 2), 2, True, "collect"),
            (Policy("carry", 0), 0, True, "collect"),
            (Policy("carry", None, True), 0, True, "carry"),
            (Policy("carry", None, True), 0, False, "collect"),
        ],
    )
    def test_carry_or_collect(self, policy: Policy, before: int, sold: bool, action: str) -> None:
        assert carried_or_collected(policy, carried_before=before, sold=sold) == action

    def test_the_oldest_debt_comes_first(self) -> None:
        assert shared_out(100, [(1, 70), (2, 50), (3, 5)]) == [Share(1, 70), Share(2, 30)]
        assert shared_out(0, [(1, 70)]) == shared_out(-5, [(1, 70)]) == []

    @pytest.mark.parametrize(
        ("day", "bucket", "level"),
        [(1, "not_due", 0), (15, "not_due", 0), (16, "1-30", 1), (30, "1-30", 2), (45, "1-30", 3),
         (46, "31-60", 3), (75, "31-60", 4), (76, "61-90", 4), (105, "61-90", 4), (106, "91+", 4)],
    )  # fmt: skip
    def test_buckets_and_levels(self, day: int, bucket: str, level: int) -> None:
        due, today = date(2026, 1, 15), date.fromordinal(date(2026, 1, 1).toordinal() + day - 1)
        assert (bucket_of(due, today), level_of(due, today)) == (bucket, level)
        assert bucket in bucket_names()


def test_without_a_policy_debts_are_carried_as_ever() -> None:
    story = Guarded()
    story.charges("""
        charge party fee            amount day
        P1     m1    breach_penalty -30.00 2026-01-10
    """)
    story.bill("2026-01-31")
    assert story.close("2026-01-31").carried == 1
    assert not Debt.objects.exists()


def test_a_debt_is_carried_so_many_times_and_then_collected() -> None:
    story = Guarded()
    story.collecting(action="carry", carry_max=1)
    story.charges("""
        charge party fee            amount day
        P1     m1    breach_penalty -30.00 2026-01-10
    """)
    story.bill("2026-01-31")
    assert story.close("2026-01-31").carried == 1
    closed = story.close("2026-02-28")
    assert (closed.carried, closed.collecting) == (0, 1)
    assert story.statements("period state net carried") == text("""
        01-01..02-01 carried -30.00 -30.00
        02-01..03-01 collecting -30.00 0.00
        03-01..04-01 open 0.00 0.00
    """)
    assert story.replayed() == []


def test_a_debt_is_carried_only_while_the_party_sells() -> None:
    story = Guarded()
    story.collecting(action="carry", while_selling=True)
    story.orders("""
        order merchant goods day
        A1    m1       10.00 2026-01-05
    """)
    story.charges("""
        charge party fee            amount day
        P1     m1    breach_penalty -30.00 2026-01-10
    """)
    story.bill("2026-01-31")
    assert story.close("2026-01-31").carried == 1
    assert story.close("2026-02-28").collecting == 1


class TestCollecting:
    def test_the_debt_becomes_a_receivable(self) -> None:
        story = Guarded()
        story.collecting(due_days=10)
        debt = story.owing("30.00")
        assert story.entry(18) == text("""
            1122 m1 30.00
            2202.02 m1 -30.00
        """)
        assert (debt.amount_minor, debt.open_minor) == (3000, 3000)
        assert story.statement("m1", "2026-01-01").state == "collecting"
        assert story.replayed() == []

    def test_the_next_goods_money_pays_it(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")
        story.orders(FEBRUARY)
        story.bill("2026-02-28")
        story.close("2026-02-28")
        paid = story.confirm("m1", "2026-02-01")
        assert (paid.state, paid.payable_minor, paid.withheld_minor) == ("confirmed", 6500, 3000)
        assert story.entry(19) == text("""
            1122 m1 -30.00
            2202.03 m1 30.00
        """)
        debt.refresh_from_db()
        assert debt.open_minor == 0
        assert story.statement("m1", "2026-01-01").state == "collected"
        assert [(row.by, row.amount_minor) for row in settlements_of(debt.party_id, debt.statement_id)] == [
            ("set_off", 3000)
        ]

    def test_a_debt_above_the_goods_money_leaves_nothing_to_pay(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("300.00")
        story.orders(FEBRUARY)
        story.bill("2026-02-28")
        story.close("2026-02-28")
        paid = story.confirm("m1", "2026-02-01")
        assert (paid.state, paid.payable_minor) == ("zero", 0)
        debt.refresh_from_db()
        assert debt.open_minor == 20500

    def test_a_policy_may_forbid_the_set_off(self) -> None:
        story = Guarded()
        story.collecting(set_off=False)
        story.owing("30.00")
        story.orders(FEBRUARY)
        story.bill("2026-02-28")
        story.close("2026-02-28")
        assert story.confirm("m1", "2026-02-01").payable_minor == 9500

    def test_what_disputes_leave_below_zero_is_collected_too(self) -> None:
        story = Guarded()
        story.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
        """)
        story.charges("""
            charge party fee            amount day
            P1     m1    breach_penalty -60.00 2026-01-10
        """)
        story.bill("2026-01-31")
        story.close("2026-01-31")
        story.collecting()
        story.dispute(story.detail("m1", "A1", "goods_amount"))
        row = story.statement("m1", "2026-01-01")
        statement_confirmed(
            party_id=row.party_id, statement_id=row.id, at=story.clock(), zone=ZONE, actor="s"
        )
        debt = Debt.objects.get()
        assert debt.amount_minor == 6500


class TestDeposit:
    def test_by_agreement_the_deposit_pays_at_once(self) -> None:
        story = Guarded()
        story.collecting(deposit_agreed=True)
        debt = story.owing("30.00")
        story.claim(story.receipt("50.00"), "50.00")
        asked = deposit_asked(
            party_id=debt.party_id, statement_id=debt.statement_id, amount_minor=3000, reason="as agreed",
            at=story.clock(), zone=ZONE, actor="maker",
        )  # fmt: skip
        assert asked is None
        assert story.entry(21) == text("""
            1122 m1 -30.00
            2241.01 m1 30.00
        """)
        assert story.statement("m1", "2026-01-01").state == "collected"

    def test_otherwise_another_person_approves(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")
        story.claim(story.receipt("50.00"), "50.00")
        asked = deposit_asked(
            party_id=debt.party_id, statement_id=debt.statement_id, amount_minor=1000, reason="overdue",
            at=story.clock(), zone=ZONE, actor="maker",
        )  # fmt: skip
        assert asked is not None
        debt.refresh_from_db()
        assert debt.open_minor == 3000
        with pytest.raises(MakerIsChecker):
            story.decide("deposit_deduction", checker="maker")
        story.decide("deposit_deduction")
        debt.refresh_from_db()
        assert debt.open_minor == 2000

    def test_more_than_the_deposit_or_the_debt_is_refused(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")
        shared = {"party_id": debt.party_id, "statement_id": debt.statement_id, "at": story.clock(),
                  "zone": ZONE, "actor": "maker", "reason": "r"}  # fmt: skip
        with pytest.raises(AboveDebt):
            deposit_asked(amount_minor=3001, **shared)
        with pytest.raises(DepositTooSmall):
            deposit_asked(amount_minor=1, **shared)
        with pytest.raises(CollectionIncomplete):
            deposit_asked(amount_minor=0, **shared)
        with pytest.raises(UnknownDebt):
            settle_from_deposit(amount_minor=1, **(shared | {"statement_id": 10**6}))


class TestWriteOff:
    def test_an_approved_one_is_a_loss(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")
        self.ask(story, debt, 3000)
        debt.refresh_from_db()
        assert (debt.open_minor, debt.pledged_minor) == (3000, 3000)
        with pytest.raises(AboveDebt):
            story.claim(story.receipt("50.00"), "1.00", debt=debt)
        story.decide("write_off")
        assert story.entry(20) == text("""
            1122 m1 -30.00
            6711 - 30.00
        """)
        assert story.statement("m1", "2026-01-01").state == "written_off"

    def test_a_rejected_one_touches_nothing(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")
        self.ask(story, debt, 3000)
        story.decide("write_off", approve=False)
        debt.refresh_from_db()
        assert (debt.open_minor, debt.pledged_minor) == (3000, 0)
        assert WriteOff.objects.get().state == "rejected"

    def test_a_limit_below_the_amount_refuses_and_keeps_it_waiting(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")
        self.ask(story, debt, 3000)
        with pytest.raises(AboveLimit):
            story.decide("write_off", roles=frozenset({"platform_finance"}))
        assert WriteOff.objects.get().state == "pending"

    @staticmethod
    def ask(story: Guarded, debt: Debt, amount: int) -> WriteOff:
        return write_off_requested(
            party_id=debt.party_id, statement_id=debt.statement_id, amount_minor=amount, reason="shop closed",
            at=story.clock(), maker="maker",
        )  # fmt: skip


class TestDunning:
    def test_levels_rise_with_age_once(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")

        def aged(day: str) -> list[int]:
            at = datetime.fromisoformat(day).replace(tzinfo=UTC)
            return [note.level for note in debts_aged(clock=lambda: at, zone=ZONE, actor="clock")]

        assert aged(f"{debt.due_on}T04:00") == []
        due = debt.due_on.toordinal()
        assert aged(f"{date.fromordinal(due + 1)}T04:00") == [1]
        assert aged(f"{date.fromordinal(due + 1)}T05:00") == []
        assert aged(f"{date.fromordinal(due + 61)}T05:00") == [4]
        assert [(row["bucket"], row["open_minor"]) for row in ageing(date.fromordinal(due + 61))] == [
            ("61-90", 3000)
        ]

    def test_the_query_ages_as_the_rule_does(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")
        for days in (-1, 0, 1, 30, 31, 60, 61, 90, 91, 400):
            today = date.fromordinal(debt.due_on.toordinal() + days)
            assert ageing(today)[0]["bucket"] == bucket_of(debt.due_on, today)

    def test_a_promise_is_kept_as_a_note(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")
        debt_noted(
            party_id=debt.party_id, statement_id=debt.statement_id, note="will pay on Friday", at=story.clock(),
            actor="maker", promised_on=date(2026, 2, 20), promised_minor=fen("30.00"),
        )  # fmt: skip
        assert DunningNote.objects.get().promised_minor == 3000
        with pytest.raises(CollectionIncomplete):
            debt_noted(
                party_id=debt.party_id, statement_id=debt.statement_id, note=" ", at=story.clock(), actor="m"
            )


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("update settlement_debt set open_minor = open_minor - 1", "receivable_differs_from_debt"),
        (
            "update settlement_statement set state = 'collected' where state = 'collecting'",
            "debt_in_the_wrong_station",
        ),
    ],
)
def test_the_audit_finds_who_tampers(act: str, expected: str) -> None:
    story = Guarded()
    story.collecting()
    story.owing("30.00")
    settled()
    assert tamper(act) == 1
    assert expected in broken()
    assert Statement.objects.exists()
