"""The same orders and refunds for every process of these tests."""

from datetime import timedelta

from tests.settlement.story import noon, orders_in, refunds_in
from zhanggui.settlement.intake.records import Record

ORDERS = 60


def records(prefix: str = "A") -> list[Record]:
    """60 orders of three merchants over half a year, every fourth refunded in part, refunds in between."""
    found: list[Record] = []
    start = noon("2026-01-03")
    for number in range(ORDERS):
        day = f"{start + timedelta(days=2.5 * number):%Y-%m-%d}"
        found += orders_in(f"""
            order merchant goods freight day
            {prefix}{number} m{number % 3 + 1} {100 + number}.01 3.00 {day}
            {prefix}{number} m{(number + 1) % 3 + 1} {10 + number}.99 0.00 {day}
        """)
        if number % 4 == 3:
            found += refunds_in(f"""
                refund order goods day
                R{prefix}{number} {prefix}{number - 1} 7.77 {day}
            """)
    return found
