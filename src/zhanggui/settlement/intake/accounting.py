"""What one import came to: its orders and lines, and where every cent of its money went in the ledger."""

from typing import Any

from zhanggui.ledger.chart import (
    BY_CODE,
    GATEWAY_UNSETTLED,
    OTHER_RECEIVABLES,
    PAYMENT_DIFFERENCES,
    PENDING,
    POINTS_COST,
    REFUNDS_PAYABLE,
    SUBSIDY,
)
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.intake.models import ImportRun, OrderStatus

ORDERS = """
select o.status, count(*) as orders, sum(o.due_minor)::bigint as due_minor,
       sum(o.paid_minor)::bigint as paid_minor,
       count(*) filter (where o.line_count = 0) as orders_without_lines
from settlement_staged_order o where o.import_run_id = %s group by 1 order by 1
"""
LINES = """
select count(*) as lines, coalesce(sum(l.goods_minor), 0)::bigint as goods_minor,
       coalesce(sum(l.freight_minor), 0)::bigint as freight_minor,
       coalesce(sum(l.shop_discount_minor), 0)::bigint as shop_discount_minor,
       coalesce(sum(l.platform_discount_minor), 0)::bigint as platform_discount_minor,
       coalesce(sum(l.points_discount_minor), 0)::bigint as points_discount_minor,
       count(distinct l.merchant_id) as merchants
from settlement_staged_line l join settlement_staged_order o on o.id = l.order_id where o.import_run_id = %s
"""
SHARED = """
select count(*) as orders from (
  select l.order_id from settlement_staged_line l join settlement_staged_order o on o.id = l.order_id
  where o.import_run_id = %s group by 1 having count(distinct l.merchant_id) > 1) several
"""
PAYMENTS = """
select count(*) as payments, coalesce(sum(p.amount_minor), 0)::bigint as listed_minor
from settlement_staged_payment p join settlement_staged_order o on o.id = p.order_id
where o.import_run_id = %s
"""
REFUNDS = """
select r.kind, r.state, count(*) as refunds, sum(r.goods_minor + r.freight_minor)::bigint as amount_minor
from settlement_staged_refund r where r.import_run_id = %s group by 1, 2 order by 1, 2
"""
POSTED = """
select a.purpose, sum(p.amount)::bigint as amount
from ledger_posting p join ledger_account a on a.id = p.account_id
where (p.source = 8 and p.key_a in (select o.id from settlement_staged_order o where o.import_run_id = %s))
   or (p.source = 9 and p.key_b in (select r.id from settlement_staged_refund r where r.import_run_id = %s))
group by 1
"""
# Debit accounts as they stand, credit accounts with the sign turned, so that all usually are positive.
MONEY = {
    "gateway": (GATEWAY_UNSETTLED, 1),
    "receivable_unpaid": (OTHER_RECEIVABLES, 1),
    "platform_coupons": (SUBSIDY, 1),
    "points": (POINTS_COST, 1),
    "merchants_pending": (PENDING, -1),
    "refunds_payable": (REFUNDS_PAYABLE, -1),
    "payment_differences": (PAYMENT_DIFFERENCES, -1),
}


def import_account(run: ImportRun) -> dict[str, Any]:
    """This function will say what an import brought and where its money stands, in minor units.

    `money` balances: gateway, unpaid receivables, coupons and points (debits) are together what is pending
    for merchants, owed back to buyers and left as payment differences (credits).
    """
    statuses = rows_of(ORDERS, [run.id])
    [lines], [shared], [payments] = (rows_of(query, [run.id]) for query in (LINES, SHARED, PAYMENTS))
    posted = {row["purpose"]: row["amount"] for row in rows_of(POSTED, [run.id, run.id])}
    named = {purpose for purpose, _ in MONEY.values()}
    money = {name: sign * posted.get(purpose, 0) for name, (purpose, sign) in MONEY.items()}
    money |= {BY_CODE[code].en: amount for code, amount in posted.items() if code not in named}
    return {
        "orders": {
            "count": sum(row["orders"] for row in statuses),
            "by_status": {OrderStatus(row["status"]).name.lower(): row["orders"] for row in statuses},
            "of_several_merchants": shared["orders"],
            "without_lines": sum(row["orders_without_lines"] for row in statuses),
            "due_minor": sum(row["due_minor"] for row in statuses),
            "paid_minor": sum(row["paid_minor"] for row in statuses),
        },
        "lines": lines,
        "payments": payments,
        "refunds": [dict(row) for row in rows_of(REFUNDS, [run.id])],
        "money_minor": money,
    }
