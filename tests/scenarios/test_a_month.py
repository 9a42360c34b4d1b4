"""A month in a small mall, from orders to confirmed statements, read as statements."""

import pytest

from tests.settlement.story import Story, text

pytestmark = pytest.mark.django_db


def test_a_month_of_two_merchants_reads_like_their_statements() -> None:
    story = Story()
    story.orders("""
        order merchant goods  shop freight day
        A1    m1       100.00 -    8.00    2026-01-05
        A1    m2        50.00 -    -       2026-01-05
        A2    m1        80.00 20   -       2026-01-20
        A3    m1       200.00 -    -       2026-02-03
    """)
    story.refunds("""
        refund order goods freight day
        R1     A1    40.00 8.00    2026-01-25
        R2     A2    60.00 -       2026-02-10
    """)
    billed = story.bill()
    assert (billed.lines, billed.entries) == (6, 6)
    story.close("2026-01-31")
    assert story.statements() == text("""
        m1 01-01..02-01 confirming 168.00 -8.00 -46.00 0.00 114.00
        m1 02-01..03-01 open       200.00 -10.00 -57.00 0.00 133.00
        m2 01-01..02-01 confirming  50.00 -2.50 0.00 0.00 47.50
        m2 02-01..03-01 open         0.00 0.00 0.00 0.00 0.00
    """)
    story.confirm("m1", "2026-01-01")
    assert story.balances() == text("""
        1012.01 - 418.00
        2202.02 m1 -133.00
        2202.02 m2 -47.50
        2202.03 m1 -114.00
        2241.04 - -108.00
        6001.01 - -15.50
    """)
