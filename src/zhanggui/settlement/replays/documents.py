"""Lines of statements that stand for a document of their own: charges, and amounts carried on."""

from collections.abc import Iterator
from dataclasses import dataclass

from zhanggui.rows.reading import rows_of
from zhanggui.rows.transfer import array_text
from zhanggui.settlement.replays.stored import StoredLines


@dataclass(frozen=True)
class Claim:
    """What a line must hold by its document: key of the line, fee type, amount (minor units)."""

    party_id: int
    line_id: int
    event_id: int
    fee_type_id: int
    amount: int


# Kind of the detail, its fee, what it comes to, the table of its document, and the column that names the detail.
_SPLITS = (
    (27, "split_paid", "-m.amount_minor", "settlement_split_share", "line_id"),
    (29, "split_closed", "m.amount_minor", "settlement_split_share", "back_line_id"),
    (30, "split_returned", "m.amount_minor", "settlement_share_return", "line_id"),
)

# What an order's details, and what moved there before, came to on the statement that they left.
_AWAITED = """
  (select coalesce(sum((select sum(a) from unnest(b.amounts) a)), 0) from payments_charge_part p
    join settlement_staged_order o on o.order_no = p.reference
    join settlement_staged_payment y on y.order_id = o.id and y.channel_number = p.channel_number
    join settlement_staged_line l on l.merchant_id = k.party_id and l.order_id = o.id
    join settlement_billed_line b on b.party_id = k.party_id and b.line_id = l.line_id and b.kind in (1, 2, 3)
    where p.id = k.event_id and b.statement_id = k.order_id)
  + (select coalesce(-sum(g.amount), 0) from settlement_statement s
    join ledger_entry e on e.book_id = s.party_id and e.source = 34 and e.key_b = k.event_id and e.key_a <> s.id
    cross join lateral unnest(e.accounts, e.amounts) as g(account_id, amount)
    where s.party_id = k.party_id and s.id = k.order_id and g.account_id = s.billed_account_id)"""


def document_claims(stored: StoredLines) -> Iterator[Claim]:
    """This function will yield what charges, carried balances, disputes and corrections say of their lines.

    A charge is its own document, and so are an adjustment, a deposit's movement, a hold's release and a share of
    a split; a carried balance follows from the statement it left, a moved detail from its dispute, and
    what waits for its split from the details of its order on the statement it left. A correction is
    raw itself: it claims what it holds, its leaf guards it.
    """
    yield from _claims(
        "select c.party_id, c.line_id, 0 as event_id, c.fee_type_id, c.amount_minor as amount"
        " from settlement_charge c join {keys} on k.party_id = c.party_id and k.line_id = c.line_id",
        stored,
        4,
        11,
    )
    yield from _claims(
        "select k.party_id, k.line_id, 0 as event_id, f.id as fee_type_id, -m.amount_minor as amount"
        " from settlement_deposit_movement m join {keys} on k.party_id = m.party_id and k.line_id = m.line_id"
        " join settlement_fee_type f"
        "  on f.code = case when m.kind = 'statement' then 'deposit_pay_in' else 'deposit_refund' end",
        stored,
        21,
    )
    yield from _claims(
        "select k.party_id, k.line_id, 0 as event_id, f.id as fee_type_id, -m.amount_minor as amount"
        " from settlement_hold_movement m join {keys} on k.party_id = m.party_id and k.line_id = m.line_id"
        " join settlement_fee_type f on f.code = 'reserve_release'",
        stored,
        22,
    )
    for kind, fee, amount, table, line in _SPLITS:
        yield from _claims(
            f"select k.party_id, k.line_id, 0 as event_id, f.id as fee_type_id, {amount} as amount from {table} m"
            f" join {{keys}} on k.party_id = m.party_id and k.line_id = m.{line}"
            f" join settlement_fee_type f on f.code = '{fee}'",
            stored,
            kind,
        )
    yield from _claims(
        "select k.party_id, k.line_id, 0 as event_id, f.id as fee_type_id, s.net_minor"
        "  - coalesce((select sum(d.amount_minor) from settlement_dispute d"
        "   where d.party_id = s.party_id and d.statement_id = s.id), 0)::bigint"
        "  - coalesce((select sum(g.amount) from ledger_entry e cross join lateral unnest(e.accounts, e.amounts)"
        "   as g(account_id, amount) where e.book_id = s.party_id and e.source = 34 and e.key_a = s.id"
        "   and g.account_id = s.billed_account_id), 0)::bigint as amount"
        " from settlement_statement s join {keys} on k.party_id = s.party_id and k.order_id = s.id"
        " join settlement_fee_type f on f.code = 'balance_carried'",
        stored,
        5,
    )
    yield from _claims(
        f"select k.party_id, k.line_id, k.event_id, f.id as fee_type_id, ({_AWAITED})::bigint as amount from {{keys}}"
        " join settlement_fee_type f on f.code = 'split_awaited'",
        stored,
        34,
    )
    yield from _claims(
        "select k.party_id, k.line_id, k.event_id, f.id as fee_type_id, d.amount_minor as amount"
        " from settlement_dispute d join {keys} on k.party_id = d.party_id and k.event_id = d.id"
        " join settlement_fee_type f on f.code = 'dispute_carried'",
        stored,
        6,
    )


def _claims(query: str, stored: StoredLines, *kinds: int) -> Iterator[Claim]:
    rows = stored.of_kind(*kinds)
    if not len(rows):
        return
    keys = (
        "unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])"
        " as k(party_id, line_id, event_id, order_id)"
    )
    params = [
        array_text(stored[name][rows].tolist()) for name in ("party_id", "line_id", "event_id", "order_id")
    ]
    for row in rows_of(query.format(keys=keys), params):
        yield Claim(**row)
