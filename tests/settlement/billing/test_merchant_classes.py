"""Commission by level and category of the merchant (F177), frozen with the order."""

import pytest

from tests.settlement.story import Story, noon, rule, text
from zhanggui.journeys.party_opened import party_classified

pytestmark = pytest.mark.django_db


def test_a_rate_by_merchant_category_is_that_of_the_day_the_order_came_in() -> None:
    story = Story(
        rule("all", "5%"), rule("flagship", "2%", priority=1, when={"merchant_category": ["flagship"]}),
        rule("gold-flagship", "1%", priority=2,
             when={"merchant_category": ["flagship"], "merchant_level": ["gold"]}),
    )  # fmt: skip
    orders = "order merchant goods day\n"
    story.orders(orders + "A m1 100.00 2026-03-02")
    m1 = story.party("m1")
    party_classified(party_id=m1, category="flagship", at=noon("2026-03-02"), actor="story")
    story.orders(orders + "B m1 100.00 2026-03-02")
    party_classified(party_id=m1, level="gold", at=noon("2026-03-02"), actor="story")
    story.orders(orders + "C m1 100.00 2026-03-02")
    party_classified(party_id=m1, category="", at=noon("2026-03-02"), actor="story")
    story.orders(orders + "D m1 100.00 2026-03-02")
    story.bill()
    fees = [row for order in "ABCD" for row in story.details(order=order).splitlines() if "commission" in row]
    assert "\n".join(fees) == text("""
        m1 1 commission 100.00 -5.00
        m1 1 commission 100.00 -2.00
        m1 1 commission 100.00 -1.00
        m1 1 commission 100.00 -5.00
    """)
    story.close("2026-03-31")
    assert story.replayed() == []
