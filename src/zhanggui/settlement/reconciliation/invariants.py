"""What must always hold of reconciliation; each function returns the offending rows."""

from typing import Any

from zhanggui.rows.reading import rows_of

_LIMIT = " limit 1000"


def bill_rows_missing() -> list[dict[str, Any]]:
    """Bills whose rows kept are not as many, or do not come to the same, as when it was taken in."""
    return rows_of(
        "select b.id, b.rows, coalesce(r.rows, 0) as kept from settlement_bill b left join ("
        " select bill_id, count(*) as rows, sum(greatest(amount_minor, 0)) as comes,"
        "  sum(least(amount_minor, 0)) as goes, sum(fee_milli) as fee from settlement_external_record group by 1) r"
        " on r.bill_id = b.id where b.rows <> coalesce(r.rows, 0) or b.in_minor <> coalesce(r.comes, 0)"
        " or b.out_minor <> coalesce(r.goes, 0) or b.fee_milli <> coalesce(r.fee, 0)" + _LIMIT,
        [],
    )


def bill_row_not_in_one_place() -> list[dict[str, Any]]:
    """Rows of a bill that a leg ran over which are neither matched nor in a difference, or are in two places."""
    return rows_of(
        "with ran as (select distinct bill_id, leg from settlement_reconciliation_run),"
        " due as (select r.bill_id, r.row_number, ran.leg from ran join settlement_external_record r"
        "  using (bill_id) where (ran.leg = 1 and r.kind in (1, 2)) or (ran.leg = 2 and r.kind in (1, 2, 3, 4))"
        "  or (ran.leg = 4 and r.kind in (8, 9)) or (ran.leg = 5 and r.kind in (6, 7, 11))),"
        " placed as (select leg, bill_id, row_number from settlement_reconciliation_match where row_number > 0"
        "  union all select leg, bill_id, row_number from settlement_difference"
        "  where row_number > 0 and state <> 'cleared')"
        " select bill_id, row_number, leg, count(p.leg) as places from due left join placed p"
        " using (bill_id, row_number, leg) group by 1, 2, 3 having count(p.leg) <> 1" + _LIMIT,
        [],
    )


def run_totals_differ() -> list[dict[str, Any]]:
    """Trade bills whose runs over trade and payouts do not come to the bill's own totals."""
    return rows_of(
        "select b.id, sum(r.their_count) as ran, b.rows from settlement_bill b"
        " join settlement_reconciliation_run r on r.bill_id = b.id and r.leg in (1, 5)"
        " where b.kind = 'trade' and b.variant <> 'errors' group by b.id"
        " having sum(r.their_count) <> b.rows or sum(r.their_minor) <> b.in_minor + b.out_minor" + _LIMIT,
        [],
    )


def suspense_differs() -> list[dict[str, Any]]:
    """Accounts whose suspense (2241.07) is not what lies in differences that are not settled."""
    return rows_of(
        "select account, sum(lies) as lies, sum(posted) as posted from ("
        " select own_account_id as account, suspense_minor as lies, 0 as posted from settlement_difference"
        "  where state in ('open', 'suspended')"
        " union all select a.reference, 0, -d.amount from ledger_account a join ledger_delta d"
        "  on d.account_id = a.id where a.purpose = '2241.07' and a.reference <> 0) x"
        " group by 1 having sum(lies) <> sum(posted)" + _LIMIT,
        [],
    )


def payouts_at_channels_differ() -> list[dict[str, Any]]:
    """Accounts at channels whose payouts account (1012.05) holds anything but what was paid and came back, less what
    runs matched and what was settled of differences."""
    return rows_of(
        "select account, sum(told) as told, sum(posted) as posted from ("
        " select b.own_account_id as account, -m.their_minor as told, 0 as posted"
        "  from settlement_reconciliation_match m join settlement_bill b on b.id = m.bill_id"
        "  join ledger_entry e on e.book_id = 0 and e.source = 24 and e.key_a = m.run_id and e.key_b = -3"
        "  where m.leg = 5 and m.our_kind = 5"
        " union all select d.own_account_id, -d.our_minor, 0 from settlement_difference d where d.leg = 5"
        "  and d.our_kind = 5 and d.state in ('adjusted', 'written_off')"
        " union all select a.reference, 0, p.amount from ledger_posting p"
        "  join ledger_account a on a.id = p.account_id and a.purpose = '1012.05'"
        "  where p.source not in (13, 15)) both_sides"
        " group by 1 having sum(told) <> sum(posted)" + _LIMIT,
        [],
    )


def entry_without_resolution() -> list[dict[str, Any]]:
    """Entries over differences that are not settled so, and differences settled by an entry that is not there."""
    return rows_of(
        "select coalesce(e.key_a, d.id) as difference, d.state from"
        " (select key_a from ledger_entry where book_id = 0 and source = 26) e"
        " full join (select id, state from settlement_difference where state in ('adjusted', 'written_off')) d"
        " on d.id = e.key_a where e.key_a is null or d.id is null" + _LIMIT,
        [],
    )


def entry_without_run() -> list[dict[str, Any]]:
    """Entries of fees, settlements and refunds paid (sources 23 to 25) whose run is not there."""
    return rows_of(
        "select e.source, e.key_a from ledger_entry e left join settlement_reconciliation_run r on r.id = e.key_a"
        " where e.book_id = 0 and e.source in (23, 24, 25) and r.id is null" + _LIMIT,
        [],
    )


def match_crosses_amounts() -> list[dict[str, Any]]:
    """Matches whose two amounts differ by more than any rule of tolerance allows, or ever allowed: a tolerance that
    is lowered leaves what was matched by it, and the log of changes keeps what it was."""
    return rows_of(
        "select m.leg, m.bill_id, m.row_number, m.our_minor, m.their_minor"
        " from settlement_reconciliation_match m where m.our_minor <> m.their_minor"
        " and abs(m.our_minor - m.their_minor)"
        "  > greatest(coalesce((select max(amount_tolerance_minor) from settlement_reconciliation_rule), 0),"
        "   coalesce((select max(greatest((a.before->>'amount_tolerance_minor')::bigint,"
        "    (a.after->>'amount_tolerance_minor')::bigint)) from audit_record a"
        "    where a.action = 'reconciliation.rule_set'), 0))" + _LIMIT,
        [],
    )
