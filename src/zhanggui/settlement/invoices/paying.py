"""Whether a party's own invoice is here before it is paid. Reads only.

In the mode in which the party invoices us its goods, the statement is paid once that invoice is verified, unless the
entity's setting says to pay first (`input_check` = after_payment). Verified documents stay verified, so what was let
through once is not held up later.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.invoices.tax_data import policy
from zhanggui.settlement.payouts.queries import Due
from zhanggui.settlement.payouts.queries import due_statements as due_and_confirmed

# What takes back counts against what is to be asked for, as in drafting: then nothing more comes.
_WAITING = """
with asked as (
  select s.* from unnest(%s::bigint[], %s::bigint[]) as w(party_id, id)
  join settlement_statement s on s.party_id = w.party_id and s.id = w.id where s.mode = 2),
rests as (
  select p.party_id, p.entity_id, p.currency, p.statement_id, p.gross_minor - coalesce((
    select sum(l.gross_minor) from settlement_invoice_line l
    join settlement_invoice i on i.party_id = l.party_id and i.id = l.invoice_id
    where l.party_id = p.party_id and l.part_id = p.id and i.state <> 'voided'), 0) as rest
  from settlement_invoice_part p
  where p.mode = 2 and p.direction = 2 and p.party_id in (select party_id from asked)),
stands as (
  select s.party_id, s.id as statement_id, s.entity_id, case
    when exists (select from settlement_invoice i where i.party_id = s.party_id and i.statement_id = s.id
                 and i.direction = 2 and i.state = 'expected') then 'invoice_awaited'
    when exists (select from settlement_invoice i where i.party_id = s.party_id and i.statement_id = s.id
                 and i.direction = 2 and i.state = 'received') then 'invoice_unverified'
    when s.invoice_axis = 'pending' and not exists (select from settlement_invoice_part p
                 where p.party_id = s.party_id and p.statement_id = s.id) then 'invoice_not_asked'
    when (select sum(r.rest) from rests r where r.party_id = s.party_id and r.entity_id = s.entity_id
          and r.currency = s.currency and (r.statement_id = s.id or r.rest < 0)) > 0 then 'invoice_not_asked'
    end as obstacle
  from asked s)
select * from stands where obstacle is not null
"""


def waiting_for_invoices(keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """This function will say of the statements (party, id) that are not to be paid yet which invoice is missing:
    `invoice_not_asked` (nobody has drafted what is expected), `invoice_awaited` (not here to the minor unit),
    `invoice_unverified` (here, not checked by a second person)."""
    if not keys:
        return {}
    rows = rows_of(_WAITING, [[party for party, _ in keys], [number for _, number in keys]])
    first = {number for number in {row["entity_id"] for row in rows} if _checks_before_paying(number)}
    return {
        (row["party_id"], row["statement_id"]): row["obstacle"] for row in rows if row["entity_id"] in first
    }


def _checks_before_paying(entity_id: int) -> bool:
    return policy(entity_id).input_check == "before_payment"


def due_for_payment(
    *, today: date, now: datetime, keys: Sequence[tuple[int, int]] | None = None
) -> list[Due]:
    """This function will return the statements that are due, as `payouts.queries.due_statements` does, those whose
    invoice is missing with that as their obstacle where nothing else is in the way."""
    found = due_and_confirmed(today=today, now=now, keys=keys)
    waiting = waiting_for_invoices([(due.party_id, due.statement_id) for due in found if not due.obstacle])
    return [
        replace(due, obstacle=due.obstacle or waiting.get((due.party_id, due.statement_id), ""))
        for due in found
    ]
