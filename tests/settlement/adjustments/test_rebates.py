"""A rebate is computed over the period's sales, given once, and corrected by the difference."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.settlement.guarded import Guarded
from tests.settlement.story import ZONE, fen, text
from zhanggui.journeys.rebate_agreed import rebate_agreed, rebates_due
from zhanggui.parties.models import Party
from zhanggui.settlement.adjustments.errors import AdjustmentIncomplete, NotReversible, UnreadableTiers
from zhanggui.settlement.adjustments.models import Rebate
from zhanggui.settlement.adjustments.operations.request_adjustment import request_reversal
from zhanggui.settlement.adjustments.rules import Tier, read_tiers, rebate_of
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.entities.rules.errors import InvalidCycle
from zhanggui.settlement.replays.explain import explain_detail

pytestmark = pytest.mark.django_db

TIERS = [{"from_minor": 0, "rate_ppm": 10_000}, {"from_minor": 100_00, "rate_ppm": 20_000}]
SALES = """
    order merchant goods  day
    A1    m1       150.00 2026-01-05
    A2    m1       60.00  2026-02-05
    A3    m2       500.00 2026-01-05
"""


class TestRule:
    TIERS = (Tier(0, 10_000), Tier(10_000, 20_000), Tier(20_000, 50_000))

    @pytest.mark.parametrize(
        ("method", "base", "total"),
        [("graduated", 10_000, 100), ("graduated", 15_000, 200), ("graduated", 30_000, 800),
         ("whole", 9_999, 100), ("whole", 10_000, 200), ("whole", 30_000, 1500), ("graduated", 0, 0),
         ("whole", 0, 0), ("graduated", -500, 0), ("whole", -500, 0), ("graduated", 50, 0), ("graduated", 150, 2)],
    )  # fmt: skip
    def test_tiers(self, method: str, base: int, total: int) -> None:
        assert rebate_of(base, self.TIERS, method=method, cap_minor=10**9).total_minor == total

    def test_the_cap_holds(self) -> None:
        derived = rebate_of(30_000, self.TIERS, method="whole", cap_minor=700)
        assert (derived.uncapped_minor, derived.total_minor) == (1500, 700)

    @pytest.mark.parametrize(
        "rows",
        [[], {}, [1], [{"from_minor": 0}], [{"from_minor": -1, "rate_ppm": 1}],
         [{"from_minor": 0, "rate_ppm": 1_000_001}], [{"from_minor": 0, "rate_ppm": True}],
         [{"from_minor": 5, "rate_ppm": 1}, {"from_minor": 5, "rate_ppm": 2}]],
    )  # fmt: skip
    def test_unreadable_tiers(self, rows: Any) -> None:
        with pytest.raises(UnreadableTiers):
            read_tiers(rows)


def agree(story: Guarded, **more: Any) -> None:
    values: dict[str, Any] = {
        "party": Party.objects.get(code="m1"), "business_line": story.line, "name": "growth 2026",
        "method": "graduated", "tiers": TIERS, "cycle": "month:1", "cap_minor": fen("1000.00"),
        "effective_from": date(2026, 1, 1), "at": story.clock(), "maker": "maker",
    }  # fmt: skip
    rebate_agreed(**(values | more))


def run(story: Guarded, day: str) -> list[int]:
    at = datetime.fromisoformat(f"{day}T04:00").replace(tzinfo=UTC)
    return [row.amount_minor for row in rebates_due(clock=lambda: at, zone=ZONE, actor="clock")]


def test_it_is_given_once_when_the_period_is_over() -> None:
    story = Guarded()
    story.orders(SALES)
    story.bill("2026-02-28")
    agree(story)
    assert run(story, "2026-02-01") == []  # nobody approved it yet
    story.decide("rebate_agreement")
    assert run(story, "2026-01-31") == []
    assert run(story, "2026-02-01") == [200]
    assert run(story, "2026-02-01") == []
    assert run(story, "2026-03-01") == [60]
    assert (
        story.details(party="m1").splitlines()[-2:]
        == text("""
        m1 11 rebate 150.00 2.00
        m1 11 rebate 60.00 0.60
    """).splitlines()
    )


def test_late_refunds_and_sales_correct_it_by_the_difference() -> None:
    story = Guarded()
    story.orders(SALES)
    story.bill("2026-01-31")
    agree(story)
    story.decide("rebate_agreement")
    assert run(story, "2026-02-01") == [200]
    story.refunds("""
        refund order goods day
        R1     A1    70.00 2026-02-20
    """)
    story.bill("2026-02-28")
    assert run(story, "2026-03-01") == [-120, 60]
    story.orders("""
        order merchant goods day
        A9    m1       20.00 2026-01-20
    """)
    story.bill("2026-03-31")
    assert run(story, "2026-03-02") == [20]
    january = Rebate.objects.filter(starts_on="2026-01-01").order_by("sequence")
    assert [(row.base_minor, row.total_minor, row.before_minor) for row in january] == [
        (15000, 200, 0), (8000, 80, 200), (10000, 100, 80)
    ]  # fmt: skip


def test_it_is_explained_and_not_reversed_by_hand() -> None:
    story = Guarded()
    story.orders(SALES)
    story.bill("2026-01-31")
    agree(story)
    story.decide("rebate_agreement")
    run(story, "2026-02-01")
    row = Rebate.objects.select_related("adjustment").get().adjustment
    told = explain_detail(DetailKey(row.party_id, row.line_id, 0, 1))
    assert "100.00 CNY × 1% + 50.00 CNY × 2% = 2.00 CNY" in told["text"]
    with pytest.raises(NotReversible):
        request_reversal(adjustment_id=row.id, reason="r", at=story.clock(), maker="m")
    story.close("2026-12-31")
    assert story.replayed() == []


def test_periods_are_cut_to_the_agreement() -> None:
    story = Guarded()
    story.orders(SALES)
    story.bill("2026-02-28")
    agree(story, effective_from=date(2026, 1, 6), effective_before=date(2026, 2, 5))
    story.decide("rebate_agreement")
    assert run(story, "2026-03-01") == []


@pytest.mark.parametrize(
    ("more", "refusal"),
    [({"cap_minor": 0}, AdjustmentIncomplete), ({"name": " "}, AdjustmentIncomplete),
     ({"method": "best"}, AdjustmentIncomplete), ({"cycle": "document"}, AdjustmentIncomplete),
     ({"cycle": "moon"}, InvalidCycle), ({"tiers": []}, UnreadableTiers),
     ({"effective_before": date(2026, 1, 1)}, AdjustmentIncomplete)],
)  # fmt: skip
def test_incomplete_agreements_are_refused(more: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        agree(Guarded(), **more)
