"""From when the orders that are held, or were, may be billed."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When a line may be billed whose node is not reached, or whose order is held or cancelled."""


def not_before(business_line_id: int, order_numbers: Iterable[str]) -> dict[str, datetime]:
    """This function will return, of the orders that were ever held, when they were let go last: the year 9999
    while they are held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select order_no, max(coalesce(released_at, %s)) from settlement_order_hold"
            " where business_line_id = %s and order_no = any(%s) group by 1",
            [NEVER, business_line_id, list(order_numbers)],
        )
        return dict(cursor.fetchall())
