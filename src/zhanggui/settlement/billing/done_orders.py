"""Which orders billing need not look at any more: blocks of order numbers of which each line is billed or cancelled.

Planning looks between these blocks only, so it grows with what is open and not with all that was ever billed. A block
that is done stays so: no order gets a number in it any more, what is billed stays billed, and a cancelled order does
not come back.
"""

BLOCK = 1000
"""So many order numbers are one block: a straggler keeps that many orders from being done."""

# A line `l` that may still have to be billed. `offset 0` keeps each a probe of a key.
OPEN_LINE = """case when l.billable_at < timestamptz '9000-01-01'
  then not exists (select from settlement_billed_line b
    where b.party_id = l.merchant_id and b.line_id = l.line_id and b.event_id = 0 offset 0)
  else not exists (select from settlement_staged_order o where o.id = l.order_id and o.status = 9 offset 0) end"""

# What lies between the blocks that are done, as ranges of order numbers `first` to before `ends`, numbered.
SPANS_SQL = f"""
(select row_number() over (order by s.first) as span, s.first, s.ends from (
  select (d.block + 1) * {BLOCK} as first,
    coalesce(lead(d.block) over (order by d.block) * {BLOCK}, 9223372036854775807) as ends
  from settlement_done_orders d
  union all
  select 0, coalesce((select min(d.block) from settlement_done_orders d) * {BLOCK}, 9223372036854775807)) s
 where s.first < s.ends)
"""

# Each block that has orders and is not done, found by its first order: the others are passed over by the index.
OPEN_BLOCKS_SQL = f"""
with recursive looked as (
  select s.ends, (select min(o.id) from settlement_staged_order o where o.id >= s.first and o.id < s.ends)
    / {BLOCK} as block from {SPANS_SQL} s
  union all
  select p.ends, (select min(o.id) from settlement_staged_order o
    where o.id >= (p.block + 1) * {BLOCK} and o.id < p.ends) / {BLOCK}
  from looked p where p.block is not null and (p.block + 1) * {BLOCK} <= %(through)s
)
select block from looked where block is not null and (block + 1) * {BLOCK} - 1 <= %(through)s
"""
