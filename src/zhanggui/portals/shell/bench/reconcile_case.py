"""A trade bill of many rows matched in one run, against a binary COPY of the same rows and one hash join.

The bill is written, read and kept before: what is measured is the run, which matches, posts and writes down what it
matched. How long reading and keeping took is told beside it.
"""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from django.db import connection, transaction

from zhanggui.portals.shell.bench.market import CURRENCY
from zhanggui.portals.shell.bench.measuring import Case, taking, took
from zhanggui.rails.wechat_pay.bills import WechatTradeReader
from zhanggui.rows.layout import Column, Wire
from zhanggui.rows.ragged import Texts, ragged_image
from zhanggui.rows.transfer import copy_in
from zhanggui.settlement.entities.models import BusinessLine, OwnAccount, SettlementEntity
from zhanggui.settlement.reconciliation.operations.import_bill import import_bill
from zhanggui.settlement.reconciliation.operations.reconcile_bill import reconcile_bill
from zhanggui.settlement.reconciliation.readers import register_reader

ACTOR = "zhanggui bench"
ROWS_PER_LINE = 10  # a million rows at the usual scale of 100,000 lines
FIRST_DAY = date(2027, 1, 10)
_ORDERS = """
insert into settlement_staged_order (order_no, business_line_id, id, import_run_id, currency, status, source_status,
  channel_id, payment_method_id, region_id, rule_set_id, ordered_at, paid_at, goods_minor, due_minor, paid_minor,
  line_count, digest)
select 'RB' || n, %(line)s, nextval('settlement_order_id_seq'), 0, %(currency)s, 1, '', 0, 0, 0, 0, %(at)s, %(at)s,
  100 + n %% 9900, 100 + n %% 9900, 100 + n %% 9900, 1, ''::bytea from generate_series(%(first)s, %(last)s) n
"""
_ENTRIES = """
with accounts as (
  insert into ledger_account (entity_id, purpose, party_id, reference, currency)
  values (%(entity)s, '1012.01', 0, 0, %(currency)s), (%(entity)s, '2241.09', 0, 0, %(currency)s)
  on conflict (party_id, entity_id, purpose, reference, currency) do update set reference = 0 returning id, purpose)
insert into ledger_entry (book_id, source, key_a, key_b, entity_id, currency, batch_id, booked_date, occurred_at,
  accounts, amounts)
select 0, 8, o.id, %(entity)s, %(entity)s, %(currency)s, 0, %(day)s, %(at)s,
  array[(select id from accounts where purpose = '1012.01'), (select id from accounts where purpose = '2241.09')],
  array[o.paid_minor, -o.paid_minor] from settlement_staged_order o where o.paid_at = %(at)s
"""
_TABLE = """
create table if not exists bench_bill_row (row_number bigint not null, amount bigint not null,
  at timestamptz not null, own_number text not null, channel_number text not null)
"""


def reconcile_case(line: BusinessLine, rows: int, runs: int) -> Case:
    """Match `rows` rows in each of `runs` runs."""
    case = Case("a bill matched in one run", "binary COPY of the same rows, one hash join", "rows", 0.04)
    register_reader(WechatTradeReader())
    entity = SettlementEntity.objects.get(code="BENCH")
    account = OwnAccount.objects.create(
        code="bench-wechat", name={}, kind="channel", entity=entity, currency=CURRENCY, rail="wechat_pay",
        details={"merchant_number": "1", "business_lines": [line.code]},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
    kept = []
    for run in range(runs):
        day, first = FIRST_DAY + timedelta(days=run * 10), run * rows
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        _orders(line, entity, day, at, first, rows)
        with tempfile.TemporaryDirectory(prefix="zhanggui-bench-") as folder:
            path = Path(folder) / "bill.csv"
            _write(path, day, first, rows)
            with taking() as reading, transaction.atomic():
                bill, _ = import_bill(
                    own_account=account, channel="wechat", path=path, at=at, actor=ACTOR, day=day
                )
        kept.append(round(rows / reading.seconds))
        with taking() as taken, transaction.atomic():
            [found] = reconcile_bill(bill=bill, clock=lambda: datetime.now(UTC), actor=ACTOR)
        if found.matched_count != rows or found.kinds:
            raise RuntimeError(f"{found.matched_count} of {rows} rows matched, {found.kinds}")
        image = _image(at, first, rows)
        case.add(rows, taken, took(lambda: _ceiling(image)))  # noqa: B023
    case.more["rows_in_one_run"] = rows
    case.more["rows_read_and_kept_per_second"] = kept
    return case


def _orders(
    line: BusinessLine, entity: SettlementEntity, day: date, at: datetime, first: int, rows: int
) -> None:
    named = {"line": line.id, "entity": entity.id, "currency": CURRENCY, "at": at, "day": day,
             "first": first + 1, "last": first + rows}  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ORDERS, named)
        cursor.execute(_ENTRIES, named)
    with connection.cursor() as cursor:
        cursor.execute("analyze settlement_staged_order, ledger_entry")


def _write(path: Path, day: date, first: int, rows: int) -> None:
    """The bill, line by line: 0.60 % in whole cents."""
    total = fees = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("交易时间,商户号,微信订单号,商户订单号,交易状态,货币种类,应结订单金额,手续费\n")
        for number in range(first + 1, first + rows + 1):
            amount = 100 + number % 9900
            fee = (amount * 6 + 500) // 1000
            total, fees = total + amount, fees + fee
            file.write(
                f"`{day} 12:00:00,`1,`42{number:016d},`RB{number},`SUCCESS,`{CURRENCY},`{amount // 100}"
                f".{amount % 100:02d},`{fee // 100}.{fee % 100:02d}000\n"
            )
        file.write("总交易单数,应结订单总金额,手续费总金额\n")
        file.write(f"`{rows},`{total // 100}.{total % 100:02d},`{fees // 100}.{fees % 100:02d}000\n")


def _image(at: datetime, first: int, rows: int) -> memoryview:
    numbers = np.arange(first + 1, first + rows + 1, dtype=np.int64)
    return ragged_image([
        Column("row_number", Wire.INT8, numbers),
        Column("amount", Wire.INT8, 100 + numbers % 9900),
        Column("at", Wire.TIME, np.full(rows, int(at.timestamp()) * 1_000_000, dtype=np.int64)),
        Texts("own_number", [f"RB{number}".encode() for number in numbers.tolist()]),
        Texts("channel_number", [f"42{number:016d}".encode() for number in numbers.tolist()]),
    ])  # fmt: skip


def _ceiling(image: memoryview) -> None:
    names = ["row_number", "amount", "at", "own_number", "channel_number"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("truncate bench_bill_row")
        copy_in(cursor, "bench_bill_row", names, [image])
        cursor.execute(
            "select count(*), sum(r.amount - o.paid_minor) from bench_bill_row r"
            " join settlement_staged_order o on o.order_no = r.own_number"
        )
        cursor.fetchone()
