"""Statements open, fill, close and follow one another."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from tests.settlement.story import Story, fen, text
from tests.tampering import broken, tamper
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.statements.errors import CutOffInTheFuture
from zhanggui.settlement.statements.models import Statement, StatementEvent
from zhanggui.settlement.statements.states import TRANSITIONS, allowed

pytestmark = pytest.mark.django_db

SALES = """
    order merchant goods  day
    A1    m1       100.00 2026-01-05
    A2    m1       100.00 2026-01-31T23:59
    A3    m1       100.00 2026-02-01T00:00
"""
ONE = """
    order merchant goods  day
    A1    m1       100.00 2026-01-05
"""


class TestPlacing:
    def test_a_day_ends_at_midnight_of_the_business_zone(self) -> None:
        story = Story()
        story.orders(SALES)
        story.bill()
        assert story.statements("period lines net") == "01-01..02-01 2 190.00\n02-01..03-01 1 95.00"

    @pytest.mark.parametrize(
        ("cycle", "period"),
        [
            ("day", "01-05..01-06"), ("week:1", "01-05..01-12"), ("ten_day", "01-01..01-11"),
            ("half_month", "01-01..01-16"), ("month:1", "01-01..02-01"), ("month:31", "12-31..01-31"),
            ("days:14@2026-01-05", "01-05..01-19"), ("document", "01-05..01-06"),
        ],
    )  # fmt: skip
    def test_every_cycle_has_its_period(self, cycle: str, period: str) -> None:
        story = Story(cycle=cycle)
        story.orders(ONE)
        story.bill()
        assert story.statements("period cycle net") == f"{period} {cycle} 95.00"

    def test_what_comes_late_goes_to_the_open_one(self) -> None:
        story = Story()
        story.orders(ONE)
        story.bill()
        story.close("2026-02-28")
        story.orders("""
            order merchant goods  day
            B1    m1       200.00 2026-01-20
            B2    m2       200.00 2026-01-20
        """)
        story.bill()
        assert story.statements("party period state net") == text("""
            m1 01-01..02-01 confirming 95.00
            m1 02-01..03-01 open 190.00
            m2 01-01..02-01 open 190.00
        """)

    def test_each_mode_entity_and_cycle_has_a_series_of_its_own(self) -> None:
        story = Story()
        story.terms("m1", "2026-01-10", invoice_mode="input")
        story.terms("m1", "2026-01-15", invoice_mode="input", entity="e2")
        story.terms("m1", "2026-01-20", cycle="week:1")
        story.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
            A2    m1       100.00 2026-01-12
            A3    m1       100.00 2026-01-16
            A4    m1       100.00 2026-01-22
        """)
        story.bill()
        assert story.statements("period mode entity cycle net") == text("""
            01-01..02-01 output e1 month:1 95.00
            01-01..02-01 input e1 month:1 95.00
            01-01..02-01 input e2 month:1 95.00
            01-19..01-26 output e1 week:1 95.00
        """)

    def test_a_document_has_its_own_statement_and_what_follows_it_another(self) -> None:
        """A refund on the very day whose statement is closed already does not go back into it."""
        story = Story(cycle="document")
        story.orders(ONE + "A2    m1       50.00 2026-01-05")
        story.bill()
        assert story.statements("lines net") == "1 95.00\n1 47.50"
        story.close("2026-01-05")
        story.refunds("""
            refund order goods day
            R1     A1    40.00 2026-01-05
        """)
        story.bill()
        story.correct(story.detail("m1", "A1", "commission"), "1.00")
        assert story.statements("state net").splitlines()[:3] == [
            "confirming 95.00",
            "confirming 47.50",
            "open -38.00",
        ]
        story.close("2026-01-05")
        assert broken() == set()

    def test_due_days_are_those_of_each_partys_own_terms(self) -> None:
        """Also on the statements that closing and corrections make, and also where a neighbour has others."""
        story = Story(due_rule="D+7", calendar="weekdays")
        story.terms("m2", "2026-01-02", due_rule="D+20", auto_confirm_days=3, calendar="weekdays")
        story.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
            A1    m2       100.00 2026-01-05
        """)
        story.bill()
        story.close("2026-01-31")
        story.close("2026-02-28")
        days = {
            (row.party_id, row.starts_on): (
                (row.due_on - row.ends_before).days,
                (row.auto_confirm_on - row.ends_before).days,
            )
            for row in Statement.objects.all()
        }
        one, other = story.party("m1"), story.party("m2")
        assert len(days) == 6
        for (party, _), found in days.items():
            assert found == {one: days[one, date(2026, 1, 1)], other: days[other, date(2026, 1, 1)]}[party]
        assert days[one, date(2026, 1, 1)] != days[other, date(2026, 1, 1)]

    def test_a_correction_opens_the_next_statement_on_the_partys_own_terms(self) -> None:
        story = Story(due_rule="D+20", calendar="weekdays")
        story.orders(ONE)
        story.bill()
        story.close("2026-01-31")
        story.correct(story.detail("m1", "A1", "commission"), "1.00")
        gaps = {(row.due_on - row.ends_before).days for row in Statement.objects.all()}
        assert len(gaps) == 1


class TestClosing:
    def test_writes_the_figures_once_and_records_the_step(self) -> None:
        story = Story()
        story.orders(ONE)
        story.bill()
        closed = story.close("2026-01-31")
        assert (closed.closed, closed.confirming, closed.zero, closed.carried) == (1, 1, 0, 0)
        row = story.statement("m1", "2026-01-01")
        assert (row.goods_minor, row.fees_minor, row.net_minor, row.line_count, row.detail_count) == (
            10000,
            -500,
            9500,
            1,
            2,
        )
        assert (row.chain_position, len(bytes(row.hash))) == (1, 32)
        event = StatementEvent.objects.get()
        assert (event.before, event.after, event.actor) == ("open", "confirming", "story")

    def test_twice_finds_nothing_the_second_time(self) -> None:
        story = Story()
        story.orders(SALES)
        story.bill()
        assert story.close("2026-01-31").closed == 1
        before = story.statements()
        assert story.close("2026-01-31").closed == 0
        assert story.statements() == before

    def test_refuses_a_day_that_is_not_over(self) -> None:
        story = Story()
        with pytest.raises(CutOffInTheFuture):
            story.close("2027-01-01")
        assert story.close("2026-12-31").closed == 0

    def test_leaves_what_has_not_ended(self) -> None:
        story = Story()
        story.orders(ONE)
        story.bill()
        assert story.close("2026-01-30").closed == 0

    @pytest.mark.parametrize("chunk", [1, 2, 1000])
    def test_goes_month_by_month_whatever_the_chunk(self, chunk: int) -> None:
        story = Story()
        story.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
            A2    m2       100.00 2026-01-05
            A3    m1       100.00 2026-02-05
            A4    m2       100.00 2026-03-05
        """)
        story.bill()
        assert story.close("2026-03-31", chunk=chunk).closed == 4
        assert [
            row.chain_position
            for row in Statement.objects.exclude(state="open").order_by("starts_on", "party_id")
        ] == [1, 1, 2, 2]

    def test_an_empty_or_balanced_one_closes_itself(self) -> None:
        story = Story()
        story.orders(ONE)
        story.bill()
        story.close("2026-01-31")
        story.orders("""
            order merchant goods day
            B1    m1       20.00 2026-03-05
        """)
        story.charges("""
            charge party fee            amount day
            C1     m1    breach_penalty -19.00 2026-03-09
        """)
        story.bill()
        closed = story.close("2026-03-31")
        assert (closed.zero, closed.confirming) == (2, 0)
        assert story.statements("period state lines net") == text("""
            01-01..02-01 confirming 1 95.00
            02-01..03-01 zero 0 0.00
            03-01..04-01 zero 2 0.00
            04-01..05-01 open 0 0.00
        """)

    def test_the_chain_runs_over_all_series_of_a_party(self) -> None:
        story = Story()
        story.terms("m1", "2026-01-10", cycle="week:1")
        story.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
            A2    m1       100.00 2026-01-12
            A3    m1       100.00 2026-01-20
        """)
        story.bill()
        story.close("2026-02-28")
        positions = list(
            Statement.objects.filter(chain_position__gt=0)
            .order_by("chain_position")
            .values_list("chain_position", flat=True)
        )
        assert positions == list(range(1, len(positions) + 1))
        assert broken() == set()


class TestNegative:
    def test_a_debt_moves_on_until_sales_cover_it(self) -> None:
        story = Story()
        story.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
            A2    m1       500.00 2026-03-05
        """)
        story.charges("""
            charge party fee            amount  day
            C1     m1    breach_penalty -300.00 2026-01-09
        """)
        story.bill()
        closed = story.close("2026-03-31")
        assert (closed.closed, closed.carried, closed.confirming) == (3, 2, 1)
        assert story.statements("period state other net carried") == text("""
            01-01..02-01 carried -300.00 -205.00 -205.00
            02-01..03-01 carried -205.00 -205.00 -205.00
            03-01..04-01 confirming -205.00 270.00 0.00
            04-01..05-01 open 0.00 0.00 0.00
        """)
        story.confirm("m1", "2026-03-01")
        assert "2202.03 m1 -270.00" in story.balances()
        assert story.replayed() == []

    def test_a_carried_one_cannot_be_confirmed(self) -> None:
        from zhanggui.settlement.statements.errors import StatementNotConfirming

        story = Story()
        story.charges("""
            charge party fee            amount  day
            C1     m1    breach_penalty -300.00 2026-01-09
        """)
        story.bill()
        story.close("2026-01-31")
        with pytest.raises(StatementNotConfirming):
            story.confirm("m1", "2026-01-01")

    def test_a_debt_of_a_document_moves_on_too(self) -> None:
        story = Story(cycle="document")
        story.charges("""
            charge party fee            amount day
            C1     m1    breach_penalty -30.00 2026-01-09
        """)
        story.bill()
        assert story.close("2026-01-11").carried == 3
        assert story.statements("period state net") == text("""
            01-09..01-10 carried -30.00
            01-10..01-11 carried -30.00
            01-11..01-12 carried -30.00
            01-12..01-13 open -30.00
        """)


FROZEN = {
    "net_minor": "net_minor + 1, other_minor = other_minor + 1", "goods_minor": "goods_minor + 1, fees_minor = fees_minor - 1",
    "line_count": "line_count + 1", "hash": "sha256(hash)", "previous_hash": "sha256(previous_hash)",
    "starts_on": "starts_on - 1", "ends_before": "ends_before + 1", "currency": "'USD'", "entity_id": "entity_id + 1",
    "mode": "mode + 1", "state": "'open'",
}  # fmt: skip


@pytest.mark.parametrize("column", FROZEN)
def test_the_database_refuses_to_change_a_closed_statement(column: str) -> None:
    story = Story()
    story.orders(ONE)
    story.bill()
    story.close("2026-01-31")
    with (
        pytest.raises(IntegrityError, match="never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"update settlement_statement set {column} = {FROZEN[column]} where state <> 'open'")
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("delete from settlement_statement")


TAMPERING = {
    "a header and its parts": ("update settlement_statement set net_minor = net_minor + 1, other_minor = 1 where state <> 'open'", {"statement_differs_from_lines", "statement_chain_broken", "confirmed_differs_from_ledger"}),
    "a due day": ("update settlement_statement set due_on = due_on + 1 where state <> 'open'", {"statement_chain_broken"}),
    "a number": ("update settlement_statement set number = 'X' where state <> 'open'", {"statement_chain_broken"}),
    "what was carried": ("update settlement_statement set carried_minor = 7 where state <> 'open'", {"statement_differs_from_ledger", "confirmed_differs_from_ledger", "payables_differ_from_statements"}),
    "a state": ("update settlement_statement set state = 'zero' where state <> 'open'", {"confirmed_differs_from_ledger"}),
    "an amount of a detail": ("update settlement_billed_line set amounts[1] = amounts[1] + 1 where kind = 1", {"leaf_changed", "details_differ_from_entry", "statement_differs_from_lines", "statement_differs_from_ledger", "payables_differ_from_statements"}),
    "two amounts that make up": ("update settlement_billed_line set amounts = array[amounts[1] + 1, amounts[2] - 1] where kind = 1", {"leaf_changed"}),
    "an amount and its leaf": ("update settlement_billed_line set amounts = array[amounts[1] + 1, amounts[2] - 1], leaf = sha256(leaf) where kind = 1", {"leaf_changed", "statement_chain_broken"}),
    "a fee": ("update settlement_detail_pattern set fee_types = array[fee_types[1], 9], digest = sha256(array_send(array[fee_types[1], 9]) || array_send(rules) || array_send(base_of))", {"leaf_changed"}),
    "a rule": ("update settlement_detail_pattern set rules = array[rules[1], rules[2] + 1], digest = sha256(array_send(fee_types) || array_send(array[rules[1], rules[2] + 1]) || array_send(base_of))", {"leaf_changed"}),
    "a base": ("update settlement_billed_line set whole = whole + 1 where kind = 1", {"leaf_changed"}),
    "a pattern": ("update settlement_billed_line set pattern_id = pattern_id + 1 where kind = 1", {"leaf_changed", "details_not_parallel"}),
    "a line taken away": ("delete from settlement_billed_line where kind = 1", {"details_differ_from_entry", "statement_differs_from_lines", "statement_differs_from_ledger", "statement_chain_broken", "payables_differ_from_statements"}),
    "a line moved elsewhere": ("update settlement_billed_line set statement_id = statement_id + 1 where kind = 1", {"leaf_changed", "statement_differs_from_lines", "statement_differs_from_ledger", "statement_chain_broken"}),
}  # fmt: skip


@pytest.mark.breaks_invariants
@pytest.mark.parametrize("what", TAMPERING)
def test_the_audit_finds_who_tampers_with(what: str) -> None:
    story = Story()
    story.orders(ONE)
    story.bill()
    story.close("2026-01-31")
    story.confirm("m1", "2026-01-01")
    act, expected = TAMPERING[what]
    assert tamper(act) == 1
    assert expected <= broken()
    assert story.replayed() or not expected & {"leaf_changed", "statement_chain_broken"}


def test_steps_not_in_the_table_are_not_allowed() -> None:
    steps = {(one, other) for one in TRANSITIONS for other in TRANSITIONS if allowed(one, other)}
    assert steps == {
        ("open", "confirming"),
        ("open", "zero"),
        ("confirming", "confirmed"),
        ("confirming", "carried"),
        ("confirming", "collecting"),
        ("confirmed", "approved"),
        ("confirmed", "zero"),
        ("approved", "paying"),
        ("approved", "confirmed"),
        ("approved", "failed"),
        ("paying", "paid"),
        ("paying", "failed"),
        ("paying", "approved"),
        ("paid", "failed"),
        ("paid", "approved"),
        ("failed", "approved"),
        ("collecting", "collected"),
        ("collecting", "written_off"),
        ("collected", "collecting"),
        ("written_off", "collecting"),
    }


def test_totals_of_the_header_are_those_of_its_parts() -> None:
    story = Story()
    story.orders("""
        order merchant goods  shop  plat points freight day
        A1    m1       100.00 10.00 5.00 1.00   8.00    2026-01-05
    """)
    story.refunds("""
        refund order goods freight day
        R1     A1    42.00 4.00    2026-01-09
    """)
    story.charges("""
        charge party fee      amount day
        C1     m1    goodwill 3.21   2026-01-09
    """)
    story.bill()
    story.close("2026-01-31")
    [row] = rows_of(
        "select goods_minor, fees_minor, refunds_minor, other_minor, net_minor from settlement_statement where state <> 'open'",
        [],
    )
    assert row["goods_minor"] == fen("98.00")
    assert row["fees_minor"] == fen("-4.20")
    assert row["other_minor"] == fen("3.21")
    assert row["net_minor"] == sum(row[name] for name in row if name != "net_minor")
