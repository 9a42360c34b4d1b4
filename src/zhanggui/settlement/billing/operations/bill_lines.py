"""Bill the staged lines of a range of orders: rate, place on statements, write details and entries."""

from datetime import datetime, tzinfo

import numpy as np
from django.db import connection

from zhanggui.settlement.billing.cumulative import cumulative_before, uses_cumulative
from zhanggui.settlement.billing.forward import forward_sides
from zhanggui.settlement.billing.legs import Side
from zhanggui.settlement.billing.operations.bill_order import bill_order
from zhanggui.settlement.billing.operations.settle_blocks import Settled, settle_blocks
from zhanggui.settlement.billing.reading import DUE, REACHED, read_lines
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.fees.queries.rule_sets import compiled, rule_set_by_id
from zhanggui.settlement.fees.rules.kernel import rate
from zhanggui.settlement.statements.locks import hold_for_filling


def bill_lines(
    *, business_line: BusinessLine, first_order: int, last_order: int, as_of: datetime, at: datetime,
    zone: tzinfo, fresh: bool = False,
) -> Settled:  # fmt: skip
    """This function will bill every due line of the orders `first_order` to `last_order` (ids, inclusive)
    of one business line, in the caller's transaction, and say what it wrote.

    Due means: the billing node was reached by `as_of` and the sale is not billed yet. Lines are rated by the
    rule set frozen on them. Calling it again bills nothing twice. Raises the kernel's refusals for a line
    that cannot be rated (intake keeps those out). One order alone goes the short way, which writes the same.

    With `fresh` the caller says that none of the lines was billed when it last looked, and nobody asks again of each
    one; if it is no longer so, the key of the billed lines refuses it and the database's IntegrityError comes out.
    """
    if first_order == last_order:
        settled = bill_order(business_line=business_line, order_id=first_order, as_of=as_of, at=at, zone=zone)
        if settled is not None:
            return settled
    hold_for_filling()
    with connection.cursor() as cursor:
        lines = read_lines(
            cursor,
            REACHED if fresh else DUE,
            [first_order, last_order, business_line.id, as_of],
            business_line.currency,
        )
    if not len(lines):
        return Settled(0, 0, 0)
    book = TermsBook.load(business_line.id)
    rule_sets = np.unique(lines["rule_set_id"]).tolist()
    by_sales = [number for number in rule_sets if uses_cumulative(rule_set_by_id(number))]
    before = np.zeros(len(lines), dtype=np.int64)
    if by_sales:  # over all lines at once: what one version rates counts as sold for the next
        with connection.cursor() as cursor:
            before = cumulative_before(cursor, lines, zone)
        before[~np.isin(lines["rule_set_id"], by_sales)] = 0
    sides: list[Side] = []
    for number in rule_sets:
        rows = lines["rule_set_id"] == number
        part = lines.take(rows)
        sides += forward_sides(
            lines=part, rated=rate(part.batch(before[rows]), compiled(number)),
            cumulative_before=before[rows], book=book, at=at, zone=zone,
        )  # fmt: skip
    return settle_blocks(sides=sides, at=at, zone=zone)
