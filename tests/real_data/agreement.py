"""Holding what the system billed against the slow reference: every detail of every line, by order."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.settlement.fees.reference import DIMENSIONS, given_back, rate_lines
from tests.settlement.story import ZONE
from zhanggui.settlement.details.queries import rows_of

STAGED = """
select l.line_id, l.order_id as order, l.ordered_at, l.quantity, l.goods_minor as goods,
  l.shop_discount_minor as shop_discount, l.platform_discount_minor as platform_discount,
  l.points_discount_minor as points_discount, l.freight_minor as freight, l.tax_minor as tax,
  p.code as merchant, nullif(p.level_code, '') as merchant_level,
  nullif(p.category_code, '') as merchant_category, c.code as category, s.code as spu, k.code as sku,
  t.code as sku_type, ch.code as channel, pm.code as payment_method, r.code as region
from settlement_staged_line l join parties_party p on p.id = l.merchant_id
left join settlement_dimension c on c.id = l.category_id left join settlement_dimension s on s.id = l.spu_id
left join settlement_dimension k on k.id = l.sku_id left join settlement_dimension t on t.id = l.sku_type_id
left join settlement_dimension ch on ch.id = l.channel_id
left join settlement_dimension pm on pm.id = l.payment_method_id
left join settlement_dimension r on r.id = l.region_id
where l.line_id in (select line_id from settlement_billed_line where kind = 1) and l.order_id %% %s = 0
order by l.order_id, l.merchant_id, l.line_id
"""
DETAILS = """
select d.line_id, p.code as party, f.code as fee, v.code as rule, d.base, d.amount
from settlement_detail d join parties_party p on p.id = d.party_id join settlement_fee_type f on f.id = d.fee_type_id
left join settlement_rule_version v on v.id = d.rule_id where d.kind = 1 and d.order_id %% %s = 0
order by 1, 2, 3, 4, 5, 6
"""
REVERSALS = """
select b.line_id, b.event_id, p.code as party, f.code as fee, f.reverse_policy, d.amount, s.amount as sold,
  v.content->'reverse' as reverse, b.done, b.step, r.freight_minor as freight, b.whole
from settlement_billed_line b
join settlement_detail d using (party_id, line_id, event_id) join settlement_fee_type f on f.id = d.fee_type_id
join parties_party p on p.id = d.party_id join settlement_staged_refund r on r.id = b.event_id
left join settlement_detail s on s.party_id = d.party_id and s.line_id = d.line_id and s.event_id = 0
 and s.fee_type_id = d.fee_type_id and s.rule_id = d.rule_id
left join settlement_rule_version v on v.id = d.rule_id where b.kind = 2
"""

POLICIES = ["none", "pro_rata", "fixed", "full_only", "own_document"]


def parents() -> dict[str, str]:
    """The category tree by codes."""
    rows = rows_of(
        "select c.code as child, p.code as parent from settlement_dimension c"
        " join settlement_dimension p on p.id = c.parent_id where c.kind = 'category'",
        [],
    )
    return {row["child"]: row["parent"] for row in rows}


def disagreements(document: dict[str, Any], *, every: int = 1) -> tuple[int, list[str]]:
    """How many details of every n-th order were compared, and where the reference says something else."""
    tree = parents()
    stored = defaultdict(list)
    for row in rows_of(DETAILS, [every]):
        stored[row["line_id"]].append((row["party"], row["fee"], row["rule"], row["base"], row["amount"]))
    compared, wrong = 0, []
    for lines in _orders(every):
        for line, said in _said(document["rule_set"], lines, tree):
            found = sorted(stored.pop(line["line_id"], []), key=str)
            compared += len(found)
            if found != said:
                wrong.append(f"line {line['line_id']}: billed {found}, reference {said}")
    wrong += [f"line {number}: billed, and unknown to the reference" for number in stored]
    return compared, wrong


def _orders(every: int) -> Iterator[list[dict[str, Any]]]:
    lines: list[dict[str, Any]] = []
    for row in rows_of(STAGED, [every]):
        line = dict.fromkeys(DIMENSIONS) | row | {"cumulative_before": 0, "business_line": None}
        if lines and lines[0]["order"] != line["order"]:
            yield lines
            lines = []
        lines.append(line)
    if lines:
        yield lines


def _said(
    rule_set: dict[str, Any], lines: list[dict[str, Any]], tree: dict[str, str]
) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """The reference's details as signed rows per party; nobody behind a role stands for the platform."""
    rated = rate_lines(rule_set, lines, parents=tree, zone=ZONE)
    for line in lines:
        rows = []
        for (fee, payer, receiver), (rule, base, amount) in rated[line["line_id"]].items():
            for role, sign in ((payer, -1), (receiver, 1)):
                party = line["merchant"] if role == "merchant" else role.removeprefix("other:")
                if role not in ("platform", "supplier", "carrier"):
                    rows.append((party, fee, rule, base, sign * amount))
        if not any(row[0] == line["merchant"] for row in rows):
            rows.append((line["merchant"], "goods_amount", None, 0, 0))
        yield line, sorted(rows, key=str)


def wrong_reversals() -> tuple[int, list[str]]:
    """How many reversed details were looked at, and those that are not the share the refund makes due."""
    rows = rows_of(REVERSALS, [])
    wrong = []
    for row in rows:
        if row["fee"] == "freight_collected":
            due = -row["freight"]
        elif row["fee"] == "shop_coupon":
            continue
        else:
            reverse = (
                row["reverse"] if isinstance(row["reverse"], dict) else json.loads(row["reverse"] or "null")
            )
            back = given_back(
                reverse, POLICIES[row["reverse_policy"]], abs(row["sold"]), row["done"],
                row["done"] + row["step"], row["whole"],
            )  # fmt: skip
            due = -back if row["sold"] > 0 else back
        if row["amount"] != due:
            wrong.append(f"{row} should be {due}")
    return len(rows), wrong
