"""What must always hold of deposits and holds; each function returns the offending rows."""

from typing import Any

from zhanggui.rows.reading import rows_of


def deposit_differs_from_ledger() -> list[dict[str, Any]]:
    """Parties whose deposit is not the sum of its movements, is not what 2241.01 says, or is below zero."""
    return rows_of(
        "select * from (select coalesce(p.party_id, b.party_id) as party_id,"
        "  coalesce(p.entity_id, b.entity_id) as entity_id, coalesce(p.currency, b.currency) as currency,"
        "  coalesce(p.held_minor, 0) as held, coalesce(m.moved, 0) as moved, coalesce(b.balance, 0) as ledger"
        " from settlement_deposit p"
        " full join (select a.party_id, a.entity_id, a.currency, -sum(d.amount) as balance from ledger_account a"
        "  join ledger_delta d on d.account_id = a.id where a.purpose = '2241.01' group by 1, 2, 3) b"
        "  on (b.party_id, b.entity_id, b.currency) = (p.party_id, p.entity_id, p.currency)"
        " left join (select deposit_id, sum(amount_minor) as moved from settlement_deposit_movement group by 1) m"
        "  on m.deposit_id = p.id) found where held <> moved or held <> ledger or held < 0 limit 1000",
        [],
    )


def pledged_differs_from_orders() -> list[dict[str, Any]]:
    """Deposits of which more or less is pledged than the documents that wait for approval ask for."""
    return rows_of(
        "select p.id, p.party_id, p.pledged_minor, coalesce(o.asked, 0) as asked from settlement_deposit p"
        " left join (select deposit_id, sum(amount_minor) as asked from settlement_deposit_order"
        "  where state = 'pending' group by 1) o on o.deposit_id = p.id"
        " where p.pledged_minor <> coalesce(o.asked, 0) limit 1000",
        [],
    )


def reserved_differs_from_holds() -> list[dict[str, Any]]:
    """Parties whose 2202.05 is not what their holds have, and holds that are not the sum of their movements."""
    return rows_of(
        "select * from (select party_id, entity_id, currency, sum(held) as held, sum(moved) as moved,"
        "  sum(ledger) as ledger from ("
        "  select party_id, entity_id, currency, held_minor as held, 0 as moved, 0 as ledger from settlement_hold"
        "   where kind <> 'party'"
        "  union all select h.party_id, h.entity_id, h.currency, 0, m.amount_minor, 0"
        "   from settlement_hold_movement m join settlement_hold h on h.id = m.hold_id"
        "  union all select a.party_id, a.entity_id, a.currency, 0, 0, -d.amount from ledger_account a"
        "   join ledger_delta d on d.account_id = a.id where a.purpose = '2202.05') parts group by 1, 2, 3) found"
        " where held <> ledger or held <> moved limit 1000",
        [],
    )


def withheld_differs_from_movements() -> list[dict[str, Any]]:
    """Statements whose withheld amount is not what holds took from them and set-offs used of them."""
    return rows_of(
        "select s.number, s.withheld_minor, coalesce(m.taken, 0) as taken from settlement_statement s"
        " full join (select party_id, statement_id, sum(taken) as taken from ("
        "  select party_id, statement_id, amount_minor as taken from settlement_hold_movement where line_id = 0"
        "  union all select party_id, document_id, amount_minor from settlement_debt_settlement"
        "   where by = 'set_off') parts group by 1, 2) m on m.party_id = s.party_id and m.statement_id = s.id"
        " where coalesce(s.withheld_minor, 0) <> coalesce(m.taken, 0) limit 1000",
        [],
    )
