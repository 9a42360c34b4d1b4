"""Mark the blocks of orders that are billed or cancelled to the last line, so that planning passes over them."""

from django.db import connection, transaction

from zhanggui.settlement.billing.done_orders import BLOCK, OPEN_BLOCKS_SQL, OPEN_LINE

MARK_LOCK = 0x5A47_0031
_MARK = f"""
insert into settlement_done_orders (block)
select f.block from ({OPEN_BLOCKS_SQL}) f where not exists (
  select from settlement_staged_line l
  where l.order_id >= f.block * {BLOCK} and l.order_id < (f.block + 1) * {BLOCK} and {OPEN_LINE} offset 0)
"""


def drawn_order() -> int:
    """This function will return the latest order number that was drawn. Once whoever is under way now has ended, no
    order up to it can come any more."""
    with connection.cursor() as cursor:
        cursor.execute("select case when is_called then last_value else 0 end from settlement_order_id_seq")
        return int(cursor.fetchone()[0])


@transaction.atomic
def mark_done_orders(*, through: int) -> int:
    """This function will mark the blocks up to order number `through`, to which no order can be added any more, that
    are billed or cancelled to the last line, and return how many came to it.

    Billing pays nothing for it and waits for nobody. The invariant `done_orders_open` looks at their lines again.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [MARK_LOCK])
        cursor.execute(_MARK, {"through": through})
        return int(cursor.rowcount)
