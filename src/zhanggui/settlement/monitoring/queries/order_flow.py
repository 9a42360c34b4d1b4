"""The order flow: what each order yields for its merchant, and where that is now.

A row is one order and one merchant. `pending` is what is paid for and not billed yet, as the ledger has it; the rest
is what was billed, by the station of the statement it stands on. The stations add up to what the order yields.
"""

from zhanggui.settlement.statements.totals import GOODS_GROUPS

_GOODS = ", ".join(f"'{group}'" for group in GOODS_GROUPS)
STATIONS = {
    "accruing": ("open",),
    "confirming": ("confirming",),
    "confirmed": ("confirmed", "approved", "failed"),
    "paying": ("paying",),
    "paid": ("paid",),
    "carried": ("carried", "zero", "collecting", "collected", "written_off"),
}
_STATIONS = ",\n    ".join(
    "coalesce(sum(parts.total) filter (where s.state in ("
    + ", ".join(f"'{state}'" for state in states)
    + f")), 0)::bigint as {name}"
    for name, states in STATIONS.items()
)

_COUNTS = ", ".join(
    f"count(*) filter (where s.state in ({', '.join(repr(one) for one in states)})) as {name}_count"
    for name, states in STATIONS.items()
)

ORDER_FLOW = f"""
select l.order_id || '-' || l.party_id as id, l.order_id, l.party_id, o.order_no, l.ordered_at, o.status,
  l.currency, l.ordered, b.goods, b.fees, b.refunds, b.other, p.pending, p.pending + b.net as yields,
  {", ".join(f"b.{name}" for name in STATIONS)},
  case when p.pending <> 0 then 'pending' {" ".join(f"when b.{name}_count > 0 then '{name}'" for name in STATIONS)}
    else 'none' end as place, b.number as statement_number, b.statement_id
from (select sl.order_id, sl.merchant_id as party_id, sl.currency, min(sl.ordered_at) as ordered_at,
        sum(sl.goods_minor - sl.shop_discount_minor + sl.freight_minor)::bigint as ordered,
        array_agg(sl.line_id) as lines
      from settlement_staged_line sl where {{where:line}} group by 1, 2, 3) l
join settlement_staged_order o on o.id = l.order_id and o.status in (1, 2, 3, 4)
cross join lateral (
  select coalesce(sum(parts.goods) filter (where x.kind = 1), 0)::bigint as goods,
    coalesce(sum(parts.total - parts.goods) filter (where x.kind = 1), 0)::bigint as fees,
    coalesce(sum(parts.total) filter (where x.kind = 2), 0)::bigint as refunds,
    coalesce(sum(parts.total) filter (where x.kind not in (1, 2)), 0)::bigint as other,
    coalesce(sum(parts.total), 0)::bigint as net,
    {_STATIONS},
    {_COUNTS},
    max(s.number) filter (where x.event_id = 0) as number, max(s.id) filter (where x.event_id = 0) as statement_id
  from settlement_billed_line x join settlement_detail_pattern dp on dp.id = x.pattern_id
  join settlement_statement s on s.party_id = x.party_id and s.id = x.statement_id
  cross join lateral (
    select coalesce(sum(d.a) filter (where f."group" in ({_GOODS})), 0) as goods, sum(d.a) as total
    from unnest(dp.fee_types, x.amounts) as d(t, a) join settlement_fee_type f on f.id = d.t) parts
  where x.party_id = l.party_id and x.line_id = any(l.lines)) b
cross join lateral (select settlement_order_pending(l.party_id, l.order_id) as pending) p
where {{where}}
"""
MONEY = ("ordered", "goods", "fees", "refunds", "other", "yields", "pending", *STATIONS)
FIELDS: dict[str, str | tuple[str, str]] = {
    "id": "(l.order_id || '-' || l.party_id)",
    "party_id": ("sl.merchant_id", "line"),
    "ordered_at": ("sl.ordered_at", "line"),
    "currency": ("sl.currency", "line"),
    "first_ordered": "l.ordered_at",
    "order_no": "o.order_no",
    "yields": "(p.pending + b.net)",
    "pending": "p.pending",
    "place": "case when p.pending <> 0 then 'pending' "
    + " ".join(f"when b.{name}_count > 0 then '{name}'" for name in STATIONS)
    + " else 'none' end",
    **{name: f"b.{name}" for name in ("goods", "fees", "refunds", "other", *STATIONS)},
    "ordered": "l.ordered",
}
PLACES = ("pending", *STATIONS)
