"""Which details of a closed statement bear invoices, sorted into what is invoiced alike. Reads only.

A fee and its VAT twin belong together; the rate is that of the twin's rule, also where a piece of tax came to
nothing. Where the rules charge no twin, and on a correction of such a fee, tax is inside the amount. Details
between two other parties (a courier, say) are not ours to invoice.
"""

from typing import Any, NamedTuple

from zhanggui.money.rates import parse_rate
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.fees.models import RuleVersion
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.invoices.models import InvoicePart
from zhanggui.settlement.invoices.rules.directions import direction_of

TWIN = "_vat"

DETAILS = """
with bearing(fee_type_id, base_id, twin_id, is_tax, direction) as (
  select * from unnest(%(fees)s::int[], %(bases)s::int[], %(twins)s::int[], %(taxes)s::bool[], %(ways)s::int[])),
lines as materialized (
  select b.*, p.fee_types, p.rules from settlement_billed_line b
  join settlement_detail_pattern p on p.id = b.pattern_id
  where b.party_id = %(party)s and b.statement_id = %(statement)s),
charged as (
  select s.id as rule_set_id, t.id as twin_id, min(v.id) as rule_id
  from settlement_rule_set_version s cross join lateral unnest(s.rule_version_ids) as r(id)
  join settlement_rule_version v on v.id = r.id join settlement_fee_type t on t.code = v.fee_code
  where s.id in (select distinct rule_set_id from lines) and t.id = any(%(twins)s) group by 1, 2),
pushed as (
  select distinct d.fee_type_id as twin_id from lines b cross join lateral unnest(b.fee_types) as d(fee_type_id)
  where b.kind = 4),
details as (
  select b.party_id, b.line_id, b.event_id, d.position::int as position, b.kind, b.order_id, b.occurred_at,
    b.currency, d.fee_type_id, d.amount, f.base_id, f.is_tax, f.direction,
    coalesce(o.statement_id, b.statement_id) as origin_statement_id,
    coalesce(case when f.is_tax then d.rule_id else b.rules[array_position(b.fee_types, f.twin_id)] end,
             op.rules[array_position(op.fee_types, f.twin_id)], c.rule_id, 0) as tax_rule_id,
    not f.is_tax and (f.twin_id = 0 or (b.kind = 3 and array_position(b.fee_types, f.twin_id) is null)
      or (c.rule_id is null and not (b.kind = 4 and f.twin_id in (select twin_id from pushed)))) as inside
  from lines b
  left join settlement_billed_line o on b.event_id <> 0 and o.party_id = b.party_id
    and o.line_id = b.line_id and o.event_id = 0
  left join settlement_detail_pattern op on op.id = o.pattern_id
  cross join lateral unnest(b.fee_types, b.rules, b.amounts)
    with ordinality as d(fee_type_id, rule_id, amount, position)
  join bearing f on f.fee_type_id = d.fee_type_id
  left join charged c on c.rule_set_id = b.rule_set_id and c.twin_id = f.twin_id
  where d.amount <> 0 and d.rule_id not in (select id from settlement_rule_version
      where content->>'payer' <> 'platform' and content->>'receiver' <> 'platform'))
"""
BUCKETS = (
    DETAILS
    + """
select direction, base_id as fee_type_id, origin_statement_id, tax_rule_id, inside,
  coalesce(sum(amount) filter (where not is_tax), 0)::bigint as net_signed,
  coalesce(sum(amount) filter (where is_tax), 0)::bigint as tax_signed, count(*)::bigint as detail_count
from details group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
"""
)
OF_PART = (
    DETAILS
    + """
select party_id, line_id, event_id, position, kind, order_id, occurred_at, currency, fee_type_id, amount
from details where (direction, base_id, origin_statement_id, tax_rule_id, inside)
  = (%(direction)s, %(fee)s, %(origin)s, %(rule)s, %(inside)s)
order by occurred_at, line_id, event_id, position
"""
)


class Bearing(NamedTuple):
    """A fee type on an invoice: the fee it belongs to, that fee's twin (0 = none), whether it is the tax."""

    fee_type_id: int
    base_id: int
    twin_id: int
    is_tax: bool
    direction: int


def bearing_fees(mode: int) -> list[Bearing]:
    """This function will list the fee types that are invoiced on statements of a mode, and by whom."""
    by_code, found = catalogue().by_code, []
    for fee in by_code.values():
        direction = direction_of(mode, fee.invoice)
        if direction is None:
            continue
        base = by_code.get(fee.code.removesuffix(TWIN), fee)
        twin = by_code.get(base.code + TWIN)
        found.append(Bearing(fee.id, base.id, twin.id if twin else 0, fee is not base, direction))
    return found


def _params(party_id: int, statement_id: int, mode: int) -> dict[str, Any]:
    fees = bearing_fees(mode)
    return {
        "party": party_id,
        "statement": statement_id,
        "fees": [one.fee_type_id for one in fees],
        "bases": [one.base_id for one in fees],
        "twins": [one.twin_id for one in fees],
        "taxes": [one.is_tax for one in fees],
        "ways": [one.direction for one in fees],
    }


def buckets_of(party_id: int, statement_id: int, mode: int) -> list[dict[str, Any]]:
    """This function will sum a statement's invoice-bearing details by direction, fee, statement of the sale, rule
    of the tax, and whether tax is inside. Amounts are minor units signed for the party."""
    if not bearing_fees(mode):
        return []
    return rows_of(BUCKETS, _params(party_id, statement_id, mode))


def details_of_part(part: InvoicePart, limit: int = 100_000) -> list[dict[str, Any]]:
    """This function will return the very details that a part sums up, in time."""
    params = _params(part.party_id, part.statement_id, part.mode) | {
        "direction": part.direction, "fee": part.fee_type_id, "origin": part.origin_statement_id,
        "rule": part.tax_rule_id, "inside": part.inside, "limit": limit,
    }  # fmt: skip
    return rows_of(OF_PART + " limit %(limit)s", params)


def rates_of_rules(ids: set[int]) -> dict[int, int | None]:
    """This function will return the rate (ppm) of each rule, None where it has no single one."""
    found: dict[int, int | None] = {}
    for row in RuleVersion.objects.filter(id__in=ids):
        text = row.content.get("formula", {}).get("rate")
        found[row.id] = parse_rate(text) if isinstance(text, str) else None
    return found
