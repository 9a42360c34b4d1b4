"""A made-up market for the benchmark: 3,000 merchants, 200 categories, 20 fees a line, months of orders."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.fees.queries.rule_sets import rule_set_timeline

MERCHANTS, CATEGORIES, LEVELS = 3_000, 200, 5
FIRST_MONTH = 2024 * 12  # January 2024
CURRENCY = "CNY"
BY_CATEGORY = ("commission", "platform_service_fee", "operation_service_fee", "hosted_promotion_fee")
BY_LEVEL = (
    "tech_service_fee",
    "transaction_service_fee",
    "offsite_promotion_fee",
    "new_customer_service_fee",
)
PLAIN = (
    "direct_operation_fee", "payment_fee", "instalment_fee", "goods_insurance_fee",
    "return_exchange_service_fee", "credit_card_fee",
)  # fmt: skip
FIXED = (
    "delivery_fee", "fulfilment_fee", "storage_fee", "basic_software_fee", "per_order_service_fee",
    "labelling_fee",
)  # fmt: skip
FEES = (*BY_CATEGORY, *BY_LEVEL, *PLAIN, *FIXED)


def _rule(code: str, fee: str, when: dict[str, Any], priority: int, **formula: Any) -> dict[str, Any]:
    return {
        "code": code, "fee": fee, "priority": priority, "when": when, "payer": "merchant",
        "receiver": "platform", "granularity": "sku",
        "formula": {"base": "goods_paid", "rounding": "half_even", **formula},
    }  # fmt: skip


def rules() -> list[dict[str, Any]]:
    """Rates by category and by merchant level, floors and caps, and fixed amounts: 20 fees on every line."""
    found = []
    for place, fee in enumerate(FEES):
        if fee in FIXED:
            found.append(
                _rule(fee, fee, {}, 0, fixed=3 + 2 * place, fixed_per="unit" if place % 2 else "line")
            )
            continue
        limits = {"floor": 1, "cap": 500_000} if fee in PLAIN[:3] else {}
        found.append(_rule(fee, fee, {}, 0, rate=f"{300 + 170 * place}ppm", **limits))
        parts = 0
        if fee in BY_CATEGORY:
            parts, dimension, code = 20, "category", "bench-category-{}"
        elif fee in BY_LEVEL:
            parts, dimension, code = LEVELS, "merchant_level", "bench-level-{}"
        for part in range(parts):
            when = {dimension: [code.format(part)]}
            found.append(_rule(f"{fee}-{part}", fee, when, 10, rate=f"{500 + 170 * place + 13 * part}ppm"))
    return found


def open_market(merchants: int = MERCHANTS) -> BusinessLine:
    """Make parties, codes, terms and rules, and return the business line."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into parties_party (kind, code, name, level_code, category_code, active, created_at)"
            " select 'merchant', 'bench-' || n, '{}', 'bench-level-' || n %% %s, '', true, now()"
            " from generate_series(1, %s) n",
            [LEVELS, merchants],
        )
        for kind, most in (("category", CATEGORIES), ("level", LEVELS)):
            cursor.execute(
                "insert into settlement_dimension (kind, code, parent_id, name)"
                " select %s, 'bench-' || %s || '-' || n, 0, '{}' from generate_series(0, %s) n",
                [kind, kind, most - 1],
            )
    document = {
        "code": "bench", "name": {"en": "Benchmark", "zh": "基准"}, "currency": CURRENCY,
        "entity": {"code": "BENCH", "name": {"en": "Benchmark", "zh": "基准"}},
        "terms": {"effective_from": "2020-01-01", "node": "received", "invoice_mode": "output",
                  "hold_days": 0, "cycle": "month:1", "due_rule": "D+7", "calendar": "CN",
                  "auto_confirm_days": 7},
        "rule_set": {"schema": "zhanggui.rule-set/1", "code": "bench", "currency": CURRENCY,
                     "effective_from": "2020-01-01", "rounding": "half_even", "take_cap_ppm": 1_000_000,
                     "free": [], "rules": rules()},
    }  # fmt: skip
    return business_line_opened(preset=document, at=datetime.now(UTC), actor="zhanggui bench")


# Numbers that look random and are the same in every run: a multiplicative hash of the line's place.
_STAGE_LINES = """
insert into settlement_staged_line (merchant_id, line_id, order_id, supplier_id, carrier_id, quantity,
  goods_minor, shop_discount_minor, platform_discount_minor, points_discount_minor, freight_minor, tax_minor,
  ordered_at, billable_at, category_id, spu_id, sku_id, sku_type_id, level_id, business_line_id, channel_id,
  payment_method_id, region_id, rule_set_id, terms_id, currency, line_no, title)
select m.id, %(first_line)s + n, %(first_order)s + n / %(per_order)s, 0, 0, 1 + h %% 3, 500 + h %% 90000,
  (h %% 7) * 10, 0, 0, (h %% 4) * 200, 0, t.at, t.at + interval '2 days', c.id, 0, 0, 0, l.id,
  %(line)s, 0, 0, 0, %(rule_set)s, %(terms)s, %(currency)s, (n %% %(per_order)s + 1)::text, ''
from (select n, (n::bigint * 2654435761 %% 4294967296) as h,
        (n / %(per_order)s)::bigint * 2654435761 %% 4294967296 as g
      from generate_series(0, %(lines)s - 1) n) s
join lateral (select timestamptz '2024-01-02 00:00+08' + make_interval(months => %(month)s)
  + (s.n * (25 * 86400.0 / %(lines)s)) * interval '1 second' as at) t on true
join bench_merchant m on m.place = s.g %% %(merchants)s
join bench_category c on c.place = s.h / 7 %% %(categories)s
join settlement_dimension l on l.kind = 'level' and l.code = m.level_code
"""
_STAGE_ORDERS = """
insert into settlement_staged_order (order_no, business_line_id, id, import_run_id, currency, status,
  source_status, channel_id, payment_method_id, region_id, rule_set_id, ordered_at, goods_minor, due_minor,
  paid_minor, line_count, digest)
select 'B' || order_id, %(line)s, order_id, 0, %(currency)s, 3, '', 0, 0, 0, %(rule_set)s, min(ordered_at),
  sum(goods_minor), sum(goods_minor - shop_discount_minor + freight_minor), 0, count(*), ''
from settlement_staged_line where line_id >= %(first_line)s group by order_id
"""
_PLACES = """
create table if not exists bench_merchant as
  select row_number() over (order by id) - 1 as place, id, level_code
  from parties_party where code like 'bench-%%';
create table if not exists bench_category as select row_number() over (order by id) - 1 as place, id
  from settlement_dimension where kind = 'category' and code like 'bench-%%';
"""


@dataclass(frozen=True)
class Staged:
    """A staged month: its inclusive ranges of line and order numbers, and its last day."""

    first_line: int
    last_line: int
    first_order: int
    last_order: int
    last_day: date


def stage_month(
    line: BusinessLine, month: int, lines: int, *, per_order: int = 2, merchants: int = MERCHANTS
) -> Staged:
    """Stage orders of `per_order` lines each, spread over the month that is `month` months after 2024-01."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES.replace("%%", "%"))
        cursor.execute(
            "select coalesce(max(line_id), 0) + 1, coalesce(max(order_id), 0) + 1 from settlement_staged_line"
        )
        first_line, first_order = cursor.fetchone()
        cursor.execute("select id from settlement_terms where business_line_id = %s", [line.id])
        values = {
            "line": line.id, "terms": cursor.fetchone()[0], "rule_set": rule_set_timeline("bench")[-1][1],
            "first_line": first_line, "first_order": first_order, "lines": lines, "month": month,
            "merchants": merchants, "categories": CATEGORIES, "currency": CURRENCY, "per_order": per_order,
        }  # fmt: skip
        cursor.execute(_STAGE_LINES, values)
        cursor.execute("analyze settlement_staged_line")  # else ten million lines are grouped by sorting
        cursor.execute(_STAGE_ORDERS, values)
        last_line, last_order = first_line + lines - 1, first_order + (lines - 1) // per_order
        cursor.execute(
            "select setval('settlement_line_id_seq', %s), setval('settlement_order_id_seq', %s)",
            [last_line, last_order],
        )
        cursor.execute("analyze settlement_staged_order")
    year, place = divmod(FIRST_MONTH + month, 12)
    last_day = date(year + (place == 11), (place + 1) % 12 + 1, 1) - timedelta(days=1)
    return Staged(first_line, last_line, first_order, last_order, last_day)
