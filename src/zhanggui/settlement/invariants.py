"""What must always hold of the settlement centre; each function returns the offending rows."""

from typing import Any

from django.db import connection

from zhanggui.rows.reading import OFFENDING_MOST, offending_rows, rows_of
from zhanggui.settlement.details.leaves import LEAF_SQL, PATTERNS_SQL
from zhanggui.settlement.statements.hashing import GENESIS, statement_hash
from zhanggui.settlement.statements.kept import FIGURES, by_day_sql
from zhanggui.settlement.statements.models import DetailFold, Statement
from zhanggui.settlement.statements.totals import GOODS_GROUPS, OPEN_ONLY, by_statement_sql, total_sql

_TOTAL = total_sql()


def details_differ_from_entry() -> list[dict[str, Any]]:
    """Events whose details do not sum to what their entry put on statement accounts (2202.02)."""
    return offending_rows(
        "select merchant_id, kind, order_id, event_id, sum(details) as details, sum(posted) as posted from ("
        " select merchant_id, kind, order_id, event_id,"
        f"  sum({_TOTAL}) as details, 0 as posted"
        "  from settlement_billed_line b where kind not in (5, 6, 34) group by 1, 2, 3, 4"
        " union all select p.book_id, p.source, p.key_a, p.key_b, 0, -sum(p.amount) from ledger_posting p"
        "  join ledger_account a on a.id = p.account_id and a.purpose = '2202.02'"
        "  where p.source not in (5, 6, 7, 18, 34) group by 1, 2, 3, 4) both_sides"
        " group by 1, 2, 3, 4 having sum(details) <> sum(posted)"
    )


def statement_differs_from_lines() -> list[dict[str, Any]]:
    """Closed statements whose header is not the sum, or the count, of their lines."""
    return offending_rows(
        "select s.number, s.net_minor, coalesce(l.net, 0) as lines_net, s.line_count, coalesce(l.lines, 0) as lines"
        " from settlement_statement s left join ("
        "  select party_id, statement_id, count(*) as lines, sum(cardinality(amounts)) as details,"
        f"   sum({_TOTAL}) as net from settlement_billed_line b group by 1, 2) l"
        " on l.party_id = s.party_id and l.statement_id = s.id where s.state <> 'open' and ("
        " s.net_minor <> coalesce(l.net, 0) or s.line_count <> coalesce(l.lines, 0)"
        " or s.detail_count <> coalesce(l.details, 0))"
    )


def statement_differs_from_ledger() -> list[dict[str, Any]]:
    """Statements whose accounts (billed, confirmed, in transit, receivable) do not stand at lines less what was
    carried on, withheld or paid, plus what came in on their debt."""
    return offending_rows(
        "select s.number, coalesce(l.net, 0) - s.carried_minor - s.withheld_minor - coalesce(p.paid, 0)"
        "  + coalesce(c.came_in, 0) as expected, coalesce(b.balance, 0) as ledger"
        " from settlement_statement s left join ("
        f"  select party_id, statement_id, sum({_TOTAL}) as net"
        "  from settlement_billed_line b group by 1, 2) l on l.party_id = s.party_id and l.statement_id = s.id"
        " left join (select statement_id, sum(amount_minor - short_minor - returned_minor) as paid"
        "  from settlement_payout where state = 'paid' group by 1) p on p.statement_id = s.id"
        " left join (select a.reference, -sum(d.amount) as balance from ledger_account a"
        "  join ledger_delta d on d.account_id = a.id where a.reference > 0"
        "  and a.purpose in ('2202.02', '2202.03', '2202.04', '1122') group by 1) b"
        " on b.reference = s.id left join (select party_id, statement_id, amount_minor - open_minor as came_in"
        "  from settlement_debt) c on c.party_id = s.party_id and c.statement_id = s.id"
        " where coalesce(l.net, 0) - s.carried_minor - s.withheld_minor - coalesce(p.paid, 0)"
        "  + coalesce(c.came_in, 0) <> coalesce(b.balance, 0)"
    )


def confirmed_differs_from_ledger() -> list[dict[str, Any]]:
    """Statements whose confirmed account does not hold just what was confirmed and is neither on its way nor paid."""
    return offending_rows(
        "select s.number, s.state, coalesce(c.balance, 0) as confirmed, coalesce(p.gone, 0) as gone"
        " from settlement_statement s"
        " left join (select a.reference, -sum(d.amount) as balance from ledger_account a"
        "  join ledger_delta d on d.account_id = a.id where a.purpose = '2202.03' group by 1) c"
        " on c.reference = s.id"
        " left join (select statement_id, sum(amount_minor - short_minor - returned_minor) as gone"
        "  from settlement_payout where state in ('sent', 'paid') group by 1) p on p.statement_id = s.id"
        " where coalesce(c.balance, 0) <> case"
        "  when s.state in ('confirmed', 'approved', 'paying', 'paid', 'failed')"
        "  then s.net_minor - s.carried_minor - s.withheld_minor - coalesce(p.gone, 0) else 0 end"
    )


def payables_differ_from_statements() -> list[dict[str, Any]]:
    """Parties whose payable accounts (2202.02 to .04) are not the sum of their statements less what was paid."""
    return offending_rows(
        "select party_id, currency, sum(stated) as stated, sum(posted) as posted from ("
        f" select b.party_id, b.currency, sum({_TOTAL}) as stated, 0 as posted"
        "  from settlement_billed_line b group by 1, 2"
        " union all select party_id, currency, -sum(carried_minor + withheld_minor), 0 from settlement_statement"
        "  group by 1, 2"
        " union all select party_id, currency, sum(amount_minor), 0 from settlement_debt group by 1, 2"
        " union all select party_id, currency, -sum(amount_minor - short_minor - returned_minor), 0"
        "  from settlement_payout where state = 'paid' and cause = 'statement' group by 1, 2"
        " union all select a.party_id, a.currency, 0, -sum(d.amount) from ledger_account a"
        "  join ledger_delta d on d.account_id = a.id where a.purpose in ('2202.02', '2202.03', '2202.04')"
        "  group by 1, 2"
        " ) both_sides group by 1, 2 having sum(stated) <> sum(posted)"
    )


def reversed_above_original() -> list[dict[str, Any]]:
    """Details of a sale that were reversed by more than they were, or in the wrong direction."""
    return offending_rows(
        "with sale as (select party_id, line_id, fee_type_id, rule_id, sum(amount) as amount"
        "  from settlement_detail where kind = 1 and (party_id, line_id) in"
        "   (select party_id, line_id from settlement_billed_line where kind = 2) group by 1, 2, 3, 4),"
        " back as (select party_id, line_id, fee_type_id, rule_id, sum(amount) as amount"
        "  from settlement_detail where kind = 2 group by 1, 2, 3, 4)"
        " select b.party_id, b.line_id, b.fee_type_id, s.amount as sold, b.amount as reversed from back b"
        " left join sale s using (party_id, line_id, fee_type_id, rule_id)"
        " where b.amount <> 0 and (s.amount is null or sign(s.amount) = sign(b.amount)"
        "  or abs(b.amount) > abs(s.amount))"
    )


def refunded_above_paid() -> list[dict[str, Any]]:
    """Lines for which more was accepted as refund than the buyer paid, or more units than there are."""
    return offending_rows(
        "select l.merchant_id, l.line_id, sum(r.goods_minor) as refunded, sum(r.quantity) as units"
        " from settlement_staged_refund r"
        " join settlement_staged_line l on l.merchant_id = r.merchant_id and l.line_id = r.line_id"
        " where r.state = 'accepted' and r.kind <> 'unmatched' group by 1, 2, l.goods_minor,"
        "  l.shop_discount_minor, l.platform_discount_minor, l.points_discount_minor, l.freight_minor, l.quantity"
        " having sum(r.goods_minor) > l.goods_minor - l.shop_discount_minor - l.platform_discount_minor"
        "  - l.points_discount_minor or sum(r.freight_minor) > l.freight_minor"
        "  or sum(r.quantity) > l.quantity"
    )


def payment_parts_differ() -> list[dict[str, Any]]:
    """Paid orders whose payment entry did not put exactly the money paid into the gateway account."""
    return offending_rows(
        "select o.order_no, o.paid_minor, coalesce(p.posted, 0) as posted from settlement_staged_order o"
        " left join (select key_a, sum(p.amount) as posted from ledger_posting p"
        "  join ledger_account a on a.id = p.account_id and a.purpose = '1012.01'"
        "  where p.source = 8 group by 1) p on p.key_a = o.id where o.paid_minor <> coalesce(p.posted, 0)"
    )


def line_on_no_statement() -> list[dict[str, Any]]:
    """Billed lines whose statement is not there, or is another party's, entity's, currency's or mode's."""
    return offending_rows(
        "select b.party_id, b.line_id, b.event_id, b.statement_id from settlement_billed_line b"
        " left join settlement_statement s on s.party_id = b.party_id and s.id = b.statement_id"
        " where s.id is null or (s.entity_id, s.currency, s.mode) <> (b.entity_id, b.currency, b.mode)"
    )


def leaf_changed() -> list[dict[str, Any]]:
    """Billed lines whose content no longer has the hash taken when they were written."""
    return offending_rows(
        "select b.party_id, b.line_id, b.event_id from settlement_billed_line b"
        f" left join {PATTERNS_SQL} p on p.id = b.pattern_id where b.leaf is distinct from {LEAF_SQL}"
    )


def details_not_parallel() -> list[dict[str, Any]]:
    """Billed lines that do not have just the amounts and bases that their pattern speaks of."""
    return offending_rows(
        "select b.party_id, b.line_id, b.event_id, b.pattern_id from settlement_billed_line b"
        " left join (select id, cardinality(fee_types) as details,"
        "  (select max(place) from unnest(base_of) as place) as bases from settlement_detail_pattern) p"
        " on p.id = b.pattern_id where p.details is distinct from cardinality(b.amounts)"
        " or p.bases is distinct from cardinality(b.own_bases)"
    )


def statement_chain_broken() -> list[dict[str, Any]]:
    """Closed statements whose hash does not follow from the one before, their header and their lines."""
    broken: list[dict[str, Any]] = []
    previous: dict[int, bytes] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select party_id, statement_id, sha256(string_agg(leaf, ''::bytea order by line_id, event_id))"
            " from settlement_billed_line group by 1, 2"
        )
        digests = {(party, number): bytes(value) for party, number, value in cursor.fetchall()}
    closed = Statement.objects.filter(chain_position__gt=0).order_by("party_id", "chain_position")
    empty = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    for row in closed.iterator(chunk_size=5000):
        before = previous.get(row.party_id, GENESIS)
        lines = digests.get((row.party_id, row.id), empty)
        expected = statement_hash(before, row.__dict__, lines)
        if bytes(row.previous_hash) != before or bytes(row.hash) != expected:
            broken.append({"number": row.number, "party_id": row.party_id})
        previous[row.party_id] = bytes(row.hash)
    return broken


def open_twice() -> list[dict[str, Any]]:
    """Overlapping statements of one series: a day that belongs to two of them."""
    return offending_rows(
        "select a.party_id, a.number, b.number as other from settlement_statement a"
        " join settlement_statement b on b.party_id = a.party_id and b.id > a.id and b.document_id = 0"
        " and a.document_id = 0 and (b.entity_id, b.currency, b.mode, b.kind, b.cycle)"
        "  = (a.entity_id, a.currency, a.mode, a.kind, a.cycle)"
        " and a.starts_on < b.ends_before and b.starts_on < a.ends_before"
    )


def detail_sums_differ() -> list[dict[str, Any]]:
    """Days, kinds and fees whose kept sum is not that of the details it was folded from."""
    fold = DetailFold.objects.first()
    if fold is None:
        return []
    lines = by_day_sql("b.batch_id <= %(through)s")
    return rows_of(
        "select day, currency, business_line_id, kind, fee_type_id, sum(details) as details, sum(amount) as amount"
        f" from (select * from settlement_detail_sum union all select day, currency, business_line_id, kind,"
        f" fee_type_id, -details, -amount from ({lines}) as l) as both_sides"
        f" group by 1, 2, 3, 4, 5 having sum(details) <> 0 or sum(amount) <> 0 limit {OFFENDING_MOST}",
        {"through": fold.through_batch, "kept_zone": fold.zone},
    )


def statement_sums_differ() -> list[dict[str, Any]]:
    """Open statements whose kept sums are not those of the lines they were folded from."""
    fold = DetailFold.objects.first()
    if fold is None:
        return []
    lines = by_statement_sql("b.batch_id <= %(through)s")
    kept = ", ".join(f"b.{name}" for name in FIGURES)
    off = " or ".join(f"sum({name}) <> 0" for name in FIGURES)
    return rows_of(
        f"select party_id, statement_id, sum(lines) as lines, sum(net) as net from ("
        f" select b.party_id, b.statement_id, {kept} from settlement_statement_sum b {OPEN_ONLY}"
        f" union all select party_id, statement_id, {', '.join(f'-{name}' for name in FIGURES)} from ({lines}) as l"
        f") as both_sides group by 1, 2 having {off} limit {OFFENDING_MOST}",
        {"through": fold.through_batch, "goods_groups": list(GOODS_GROUPS)},
    )
