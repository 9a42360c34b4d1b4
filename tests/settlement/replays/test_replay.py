"""Closed statements are rebuilt from raw events and pinned rules, and every difference is found."""

import pytest

from tests.settlement.story import ZONE, Story, rule
from tests.tampering import tamper
from zhanggui.settlement.replays.operations.replay_side_by_side import partitioned, replay_side_by_side
from zhanggui.settlement.replays.operations.replay_statements import replay_statements
from zhanggui.settlement.statements.models import Statement

pytestmark = pytest.mark.django_db

RULES = (
    rule("commission", "5%", rounding="half_up"),
    rule("vat", "6%", fee="commission_vat", base="fee:commission", granularity="fee"),
    rule("handling", "0%", fee="transaction_service_fee", fixed=99, fixed_per="order", granularity="order"),
)


def story_of_everything() -> Story:
    """Sales, refunds, charges, corrections, disputes, debts and unmatched refunds, on closed statements."""
    story = Story(*RULES)
    story.orders("""
        order merchant goods  shop  plat points freight day
        A1    m1       100.00 10.01 5.55 1.07   8.00    2026-01-05
        A1    m1        33.33 -     -    -      -       2026-01-05
        A2    m2        70.00 -     -    -      -       2026-01-06
    """)
    story.refunds("""
        refund order line goods freight kind      merchant day
        R1     A1    1    42.42 4.00    return    -        2026-01-09
        R2     A1    1    10.00 -       return    -        2026-02-09
        R3     -     -    12.00 -       unmatched m2       2026-01-20
    """)
    story.charges("""
        charge party fee            amount  day
        C1     m1    storage_fee    -3.21   2026-01-11
        C2     m2    breach_penalty -300.00 2026-01-12
    """)
    story.bill()
    story.now = story.now.replace(year=2026, month=2, day=3)
    story.close("2026-01-31")
    story.resolve(story.dispute(story.detail("m1", "A1", "commission")), upheld=True)
    story.correct(story.detail("m1", "A1", "commission", line="2"), "0.77")
    story.now = story.now.replace(month=4)
    story.close("2026-03-31")
    return story


def test_everything_comes_out_the_same() -> None:
    story = story_of_everything()
    assert Statement.objects.exclude(state="open").count() == 6
    assert story.replayed() == []


def test_open_and_unknown_statements_are_left_out() -> None:
    story = story_of_everything()
    keys = [*Statement.objects.filter(state="open").values_list("party_id", "id"), (1, 10**9)]
    assert replay_statements(keys=keys, zone=ZONE) == []
    assert len(story.statements().splitlines()) == 8


def test_rules_published_terms_set_and_orders_taken_in_since_change_nothing() -> None:
    story = story_of_everything()
    story.publish(rule("commission", "50%"), starts="2026-01-01")
    story.terms("m1", "2026-01-02", invoice_mode="input")
    story.orders("""
        order merchant goods day
        Z1    m1       9.99  2026-01-05
    """)
    story.refunds("""
        refund order line goods day
        R9     A1    2    3.00  2026-01-09
    """)
    story.bill()
    assert story.replayed() == []


TAMPERING = {
    "a staged amount": "update settlement_staged_line set goods_minor = goods_minor + 100 where line_no = '1' and goods_minor = 10000",
    "a staged discount": "update settlement_staged_line set shop_discount_minor = 0 where shop_discount_minor > 0",
    "the time of an order": "update settlement_staged_line set billable_at = billable_at + interval '1 second' where goods_minor = 7000",
    "a staged refund": "update settlement_staged_refund set goods_minor = goods_minor + 1 where refund_no = 'R1'",
    "what a refund found done": "update settlement_staged_refund set done_minor = done_minor + 1 where refund_no = 'R2'",
    "an unmatched refund": "update settlement_staged_refund set goods_minor = goods_minor + 1 where refund_no = 'R3'",
    "a charge": "update settlement_charge set amount_minor = amount_minor + 1 where charge_no = 'C1'",
    "a dispute": "update settlement_dispute set amount_minor = amount_minor + 1",
    "a published rule": "update settlement_rule_set_version set document = replace(document::text, '5%%', '6%%')::jsonb",
    "a billed amount": "update settlement_billed_line set amounts[1] = amounts[1] + 1 where kind = 4",
    "a billed line taken away": "delete from settlement_billed_line where kind = 3",
    "a hash": "update settlement_statement set hash = sha256(hash) where chain_position = 1",
}


@pytest.mark.breaks_invariants
@pytest.mark.parametrize("what", TAMPERING)
def test_a_difference_is_found_after_somebody_changed(what: str) -> None:
    from zhanggui.settlement.fees.queries import rule_sets

    story = story_of_everything()
    assert tamper(TAMPERING[what].replace("%%", "%")) >= 1
    rule_sets._parsed.cache_clear()
    rule_sets._compiled.cache_clear()
    assert story.replayed() != []


class TestManyStatements:
    def test_parts_hold_so_many_lines_and_never_less_than_a_statement(self) -> None:
        story_of_everything()
        closed = Statement.objects.exclude(state="open").order_by("party_id", "id")
        keys = list(closed.values_list("party_id", "id"))
        counts = dict(closed.values_list("id", "line_count"))
        parts = list(partitioned(keys, 2))
        assert [key for part in parts for key in part] == keys
        assert all(len(part) == 1 or sum(counts[number] for _, number in part) <= 2 for part in parts)
        assert list(partitioned(keys)) == [keys]

    @pytest.mark.breaks_invariants
    def test_a_tampered_line_is_found_whatever_the_parts(self) -> None:
        story_of_everything()
        tamper("update settlement_billed_line set amounts[1] = amounts[1] + 1 where kind = 1 and order_id = (select"
               " max(order_id) from settlement_billed_line where kind = 1)")  # fmt: skip
        keys = list(Statement.objects.exclude(state="open").order_by("id").values_list("party_id", "id"))
        together = [(one.number, one.equal) for one in replay_statements(keys=keys, zone=ZONE)]
        apart = replay_side_by_side(keys=keys, zone=ZONE, workers=1, lines_at_once=1)
        assert {(one.number, one.equal) for one in apart} == set(together)
        assert [equal for _, equal in together].count(False) == 1


@pytest.mark.django_db(transaction=True)
def test_threads_find_what_one_finds() -> None:
    story_of_everything()
    keys = list(Statement.objects.exclude(state="open").order_by("id").values_list("party_id", "id"))
    numbers = list(Statement.objects.exclude(state="open").order_by("id").values_list("number", flat=True))
    shared = list(replay_side_by_side(keys=keys, zone=ZONE, workers=3, lines_at_once=1))
    assert [(one.number, one.equal) for one in shared] == [(number, True) for number in numbers]
