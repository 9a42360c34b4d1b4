"""What PostgreSQL itself would allow: bare transactions of psycopg that write the rows that purchases wrote."""

import threading
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection

PLACED = {
    "trade_purchase": "id = %s",
    "trade_order": "purchase_id = %s",
    "trade_order_line": "order_id in (select id from trade_order where purchase_id = %s)",
    "trade_stock_movement": "reference in (select order_no from trade_order where purchase_id = %s)",
    "payments_payment": "subject = (select purchase_no from trade_purchase where id = %s)",
    "payments_part": "payment_id = (select y.id from payments_payment y join trade_purchase p"
    " on p.purchase_no = y.subject where p.id = %s)",
}
BEGUN = {
    "payments_attempt": "payment_id = (select y.id from payments_payment y join trade_purchase p"
    " on p.purchase_no = y.subject where p.id = %s)",
}
PAID = {
    "trade_order_step": "order_id in (select id from trade_order where purchase_id = %s)",
    "payments_charge": "payment_id = (select y.id from payments_payment y join trade_purchase p"
    " on p.purchase_no = y.subject where p.id = %s)",
    "payments_charge_part": "charge_id = (select c.id from payments_charge c join payments_payment y"
    " on y.id = c.payment_id join trade_purchase p on p.purchase_no = y.subject where p.id = %s)",
}
NOTICE = "payments_notice"
TRANSACTIONS = (PLACED, BEGUN, PAID)

type Written = list[list[tuple[str, list[str]]]]
"""By transaction, by table, the rows as text."""


def make_twins() -> None:
    """This function will make empty tables like those that a purchase is written to, without their references."""
    with connection.cursor() as cursor:
        for table in [*(name for part in TRANSACTIONS for name in part), NOTICE, "trade_stock"]:
            cursor.execute(f"create table bench_{table} (like {table} including all)")
        cursor.execute("insert into bench_trade_stock select * from trade_stock")


def written_by(purchases: Sequence[int]) -> list[Written]:
    """This function will read what each of these purchases wrote, and for each one notice of the channel."""
    found: list[Written] = []
    with connection.cursor() as cursor:
        cursor.execute(
            f"select n::text from {NOTICE} n where outcome = 'taken' order by id desc limit %s",
            [len(purchases)],
        )
        notices = [row[0] for row in cursor.fetchall()]
        for place, purchase in enumerate(purchases):
            parts: Written = []
            for tables in TRANSACTIONS:
                rows = []
                for table, condition in tables.items():
                    cursor.execute(f"select t::text from {table} t where {condition}", [purchase])
                    rows.append((table, [row[0] for row in cursor.fetchall()]))
                parts.append(rows)
            parts[-1].append((NOTICE, notices[place : place + 1]))
            found.append(parts)
    return found


def write_again(purchases: Sequence[Written], writers: int) -> None:
    """This function will write them into the twins, three transactions each as ours, on `writers` connections at the
    same time; stock is reserved and the stations of purchase and orders are moved by updates as well."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    faults: list[BaseException] = []

    def run(mine: Sequence[Written]) -> None:
        try:
            with psycopg.connect(**parameters) as direct:
                for one in mine:
                    _write(direct, one)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(purchases[place::writers],)) for place in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def _write(direct: "psycopg.Connection[Any]", parts: Written) -> None:
    for place, rows in enumerate(parts):
        with direct.transaction():
            for table, texts in rows:
                direct.execute(
                    f"insert into bench_{table} select (r).* from unnest(%s::text[]::{table}[]) r", [texts]
                )
            if place == 0:
                direct.execute(
                    "update bench_trade_stock set reserved = reserved + m.reserved_change from"
                    " unnest(%s::text[]::trade_stock_movement[]) m where bench_trade_stock.id = m.stock_id",
                    [dict(rows)["trade_stock_movement"]],
                )
            if place == len(parts) - 1:
                first = dict(parts[0])
                for table in ("trade_purchase", "trade_order", "payments_payment"):
                    direct.execute(
                        f"update bench_{table} set state = 'paid' where id = any(select (r).id from"
                        f" unnest(%s::text[]::{table}[]) r)",
                        [first[table]],
                    )
