"""Which money of closing statements lies with sub-merchants and is not split yet: it must not be paid by statement.

What is freed to a sub-merchant leaves its statement with the rest of the split. A statement that closes before that,
or that ended before it, would pay the order a second time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhanggui.rows.reading import rows_of
from zhanggui.rows.transfer import array_text
from zhanggui.settlement.splits.models import SplitReceiver

WAITS_MOST = timedelta(days=60)
"""How long after the payment a split is waited for. Channels free what lies there after 30 days, split or not."""
_LOOKED_AT = timedelta(days=366)  # nothing older stands on a statement that still has to close

# The order's own details on each statement, and what moved there from an earlier one. It waits until its rest is
# freed, and then until what was freed stands on a statement that closed.
_AWAITED = """
with closing as (
  select s.* from unnest(%(parties)s::bigint[], %(statements)s::bigint[]) as k(party_id, id)
  join settlement_statement s on s.party_id = k.party_id and s.id = k.id and s.state = 'open'),
part as (
  select p.id, p.party_id, o.id as order_id, c.charged_at, freed.id as freed_on from payments_charge_part p
  join payments_charge c on c.id = p.charge_id and c.use = 'accepted' and c.charged_at > %(since)s
  join settlement_staged_order o on o.order_no = p.reference
  join settlement_staged_payment y on y.order_id = o.id and y.channel_number = p.channel_number
  left join lateral (select r.id as split_id, h.statement_id as id from settlement_split r
    left join settlement_split_share h on h.split_id = r.id and h.way = 'kept'
    where r.part_id = p.id and r.kind = 'rest') freed on true
  where p.account <> '' and p.party_id in (select party_id from closing)
    and (freed.split_id is null or exists (select from settlement_statement k
      where k.party_id = p.party_id and k.id = freed.id and k.state = 'open'))),
found as (
  select s.party_id, s.id as statement_id, part.id as part_id, (select sum(a) from unnest(b.amounts) a) as amount
  from part join settlement_staged_line l on l.merchant_id = part.party_id and l.order_id = part.order_id
  join settlement_billed_line b on b.party_id = l.merchant_id and b.line_id = l.line_id and b.kind in (1, 2, 3)
  join closing s on s.party_id = b.party_id and s.id = b.statement_id
  union all
  select s.party_id, s.id, part.id, -g.amount from closing s join ledger_entry e on e.book_id = s.party_id
    and e.source = 34
  cross join lateral unnest(e.accounts, e.amounts) as g(account_id, amount)
  join part on part.id = e.key_b where g.account_id = s.billed_account_id)
select f.party_id, f.statement_id, f.part_id, sum(f.amount)::bigint as amount_minor,
  p.charged_at <= %(late)s and p.freed_on is null as late
from found f join part p on p.id = f.part_id join closing s on s.party_id = f.party_id and s.id = f.statement_id
where p.freed_on is null or exists (select from settlement_statement k
  where k.party_id = s.party_id and k.id = p.freed_on and k.starts_on > s.starts_on and k.document_id = s.document_id
    and (k.entity_id, k.currency, k.mode, k.kind, k.cycle) = (s.entity_id, s.currency, s.mode, s.kind, s.cycle))
group by f.party_id, f.statement_id, f.part_id, p.charged_at, p.freed_on having sum(f.amount) <> 0
order by f.party_id, f.statement_id, f.part_id
"""


@dataclass(frozen=True)
class Awaited:
    """What an order, paid for by a part of a charge, put on a statement (minor units, signed for the party) while its
    money lies with the sub-merchant; `late`: its split is waited for no longer."""

    party_id: int
    statement_id: int
    part_id: int
    amount_minor: int
    late: bool


def awaited_on(keys: Collection[tuple[int, int]], *, at: datetime) -> list[Awaited]:
    """This function will return what of open statements (party, id) waits for its split. Whoever acts on it holds
    `statements.locks.hold_for_closing`: splits are written down by fillers."""
    parties = {party for party, _ in keys}
    known = SplitReceiver.objects.filter(party_id__in=parties, kind="sub_merchant")
    concerned = set(known.values_list("party_id", flat=True))
    chosen = [key for key in keys if key[0] in concerned]
    if not chosen:
        return []
    rows = rows_of(_AWAITED, {
        "parties": array_text([party for party, _ in chosen]), "statements": array_text([one for _, one in chosen]),
        "since": at - _LOOKED_AT, "late": at - WAITS_MOST,
    })  # fmt: skip
    return [Awaited(**row) for row in rows]
