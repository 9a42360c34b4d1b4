"""What must always hold of receipts and debts; each function returns the offending rows."""

from typing import Any

from zhanggui.rows.reading import rows_of


def receipt_differs_from_ledger() -> list[dict[str, Any]]:
    """Receipts of which 2241.08 does not hold just what is neither claimed nor given back, or whose claims and
    refunds are not what the receipt says."""
    return rows_of(
        "select * from (select r.id, case when r.reversed_at is null then r.amount_minor else 0 end"
        "  - r.claimed_minor - coalesce(f.paid, 0) as expected, coalesce(b.balance, 0) as ledger,"
        "  r.claimed_minor, coalesce(c.claimed, 0) as claims, r.refunded_minor, coalesce(f.asked, 0) as refunds"
        " from settlement_receipt r left join (select receipt_id, sum(amount_minor) as claimed"
        "  from settlement_claim where reversed_at is null group by 1) c on c.receipt_id = r.id"
        " left join (select receipt_id, sum(amount_minor) filter (where state in ('pending', 'approved')) as asked,"
        "  sum(amount_minor) filter (where state = 'approved') as paid from settlement_receipt_refund group by 1) f"
        "  on f.receipt_id = r.id"
        " left join (select a.reference, -sum(d.amount) as balance from ledger_account a"
        "  join ledger_delta d on d.account_id = a.id where a.purpose = '2241.08' group by 1) b"
        "  on b.reference = r.id) found"
        " where expected <> ledger or claimed_minor <> claims or refunded_minor <> refunds limit 1000",
        [],
    )


def receivable_differs_from_debt() -> list[dict[str, Any]]:
    """Debts whose open amount is not what 1122 of their statement holds, or not the debt less its settlements."""
    return rows_of(
        "select * from (select coalesce(d.statement_id, b.reference) as statement_id,"
        "  coalesce(d.open_minor, 0) as open, coalesce(d.amount_minor, 0) - coalesce(s.settled, 0) as expected,"
        "  coalesce(b.balance, 0) as ledger from settlement_debt d"
        " full join (select a.party_id, a.reference, sum(d.amount) as balance from ledger_account a"
        "  join ledger_delta d on d.account_id = a.id where a.purpose = '1122' group by 1, 2) b"
        "  on b.party_id = d.party_id and b.reference = d.statement_id"
        " left join (select party_id, statement_id, sum(amount_minor) as settled from settlement_debt_settlement"
        "  group by 1, 2) s on s.party_id = d.party_id and s.statement_id = d.statement_id) found"
        " where open <> ledger or open <> expected limit 1000",
        [],
    )


def debt_in_the_wrong_station() -> list[dict[str, Any]]:
    """Statements that are collected without a debt, or whose station does not fit what is open of it."""
    return rows_of(
        "select s.number, s.state, d.open_minor from settlement_statement s full join settlement_debt d"
        " on d.party_id = s.party_id and d.statement_id = s.id"
        " where (s.state in ('collecting', 'collected', 'written_off') or d.statement_id is not null)"
        " and (d.statement_id is null or s.state is null or (d.open_minor > 0) <> (s.state = 'collecting')"
        "  or s.state not in ('collecting', 'collected', 'written_off')) limit 1000",
        [],
    )
