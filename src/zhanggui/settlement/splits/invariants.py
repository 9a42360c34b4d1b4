"""What must always hold of splits; each function returns the offending rows."""

from typing import Any

from zhanggui.payments.sub_merchants import fee_back_sql
from zhanggui.rows.reading import offending_rows


def split_differs_from_shares() -> list[dict[str, Any]]:
    """Splits that are not the sum of their shares, or that ended while a share is on its way."""
    return offending_rows(
        "select s.number, s.state, s.amount_minor, coalesce(sum(h.amount_minor), 0)::bigint as shares"
        " from settlement_split s left join settlement_split_share h on h.split_id = s.id group by s.id"
        " having s.amount_minor <> coalesce(sum(h.amount_minor), 0)"
        "  or (s.state in ('left', 'finished', 'refused') and bool_or(h.state = 'pending'))"
        "  or (s.state = 'refused' and bool_or(h.state = 'succeeded' and h.way <> 'kept'))"
    )


def split_not_by_its_rule() -> list[dict[str, Any]]:
    """Splits that went another way than their rule says: left to our own account without a rule that says so, or not
    left though it does; and splits by a rule that was not in force."""
    return offending_rows(
        "select s.number, s.rule_code, s.state, s.reason, rule.mode from settlement_split s"
        " left join settlement_split_rule_set r on r.id = s.rule_set_id"
        " left join lateral (select e->>'mode' as mode from jsonb_array_elements(r.rules) e"
        "  where e->>'code' = s.rule_code) rule on true"
        " where s.kind = 'shares' and ((s.reason = 'own_account') <> (coalesce(rule.mode, '') = 'own_account')"
        "  or (s.rule_code = '') <> (s.reason = 'no_rule')"
        "  or (rule.mode is null and s.rule_code not in ('', 'default')))"
    )


def shares_above_ceiling() -> list[dict[str, Any]]:
    """Parts of charges of which more was split than the highest ceiling that a split of them had."""
    return offending_rows(
        "select s.part_id, max(s.ceiling_minor) as ceiling, sum(h.shared)::bigint as shared from settlement_split s"
        " left join lateral (select coalesce(sum(x.amount_minor), 0) as shared from settlement_split_share x"
        "  where x.split_id = s.id and x.state <> 'closed') h on true where s.kind = 'shares'"
        " group by s.part_id having sum(h.shared) > max(s.ceiling_minor)"
    )


def shares_above_owed() -> list[dict[str, Any]]:
    """Parties that got more of an order at its channel than its sale, and charges of it, owed them: paid twice."""
    return offending_rows(
        "select shared.*, owed.owed from (select h.party_id, s.order_no, s.order_id, s.merchant_id,"
        "  sum(h.amount_minor - h.returned_minor)::bigint as shared"
        "  from settlement_split_share h join settlement_split s on s.id = h.split_id where h.state <> 'closed'"
        "  and h.way = 'sent' group by 1, 2, 3, 4) shared"
        " cross join lateral (select coalesce(sum(x.amount), 0)::bigint as owed from ("
        "  select (select sum(a) from unnest(b.amounts) a) as amount from settlement_billed_line b"
        "   where b.party_id = shared.party_id and b.order_id = shared.order_id and b.kind in (1, 3)"
        "   and b.merchant_id = shared.merchant_id"
        "  union all select c.amount_minor from settlement_staged_order o join settlement_charge c"
        "   on c.business_line_id = o.business_line_id and c.order_no = o.order_no and c.order_no <> ''"
        "   where o.id = shared.order_id and c.party_id = shared.party_id and c.state = 'accepted'"
        "   and c.amount_minor > 0) x) owed where shared.shared > owed.owed"
    )


def split_in_transit_differs() -> list[dict[str, Any]]:
    """Parties whose shares on their way are not what 2202.06 holds of them."""
    return offending_rows(
        "select party_id, entity_id, currency, sum(stated)::bigint as stated, sum(posted)::bigint as posted from ("
        " select party_id, entity_id, currency, amount_minor as stated, 0 as posted from settlement_split_share"
        "  where state = 'pending' and way <> 'ours'"
        " union all select a.party_id, a.entity_id, a.currency, 0, -d.amount from ledger_account a"
        "  join ledger_delta d on d.account_id = a.id where a.purpose = '2202.06') both_sides"
        " group by 1, 2, 3 having sum(stated) <> sum(posted)"
    )


def share_differs_from_details() -> list[dict[str, Any]]:
    """Shares, and shares taken back, without exactly the details on statements that they say; and such details
    without their document."""
    return offending_rows(
        "select coalesce(d.party_id, b.party_id) as party_id, coalesce(d.line_id, b.line_id) as line_id, d.kind,"
        " d.amount, b.amounts from ("
        "  select party_id, line_id, 27 as kind, -amount_minor as amount, statement_id from settlement_split_share"
        "   where way <> 'ours' and line_id <> 0"
        "  union all select party_id, back_line_id, 29, amount_minor, null from settlement_split_share"
        "   where state = 'closed' and way <> 'ours'"
        "  union all select party_id, line_id, 30, amount_minor, null from settlement_share_return"
        "   where state = 'succeeded' and party_id <> 0) d"
        " full join (select party_id, line_id, kind, amounts, statement_id from settlement_billed_line"
        "  where kind in (27, 29, 30)) b"
        "  on b.party_id = d.party_id and b.line_id = d.line_id and b.kind = d.kind"
        " where d.kind is null or b.kind is null or b.amounts <> array[d.amount]"
        "  or (d.statement_id is not null and d.statement_id <> b.statement_id)"
    )


def returned_differs_from_returns() -> list[dict[str, Any]]:
    """Shares of which something else was taken back than their returns that did not fail come to."""
    return offending_rows(
        "select h.id as share, h.returned_minor, coalesce(sum(r.amount_minor), 0)::bigint as returns"
        " from settlement_split_share h left join settlement_share_return r"
        "  on r.share_id = h.id and r.state <> 'failed'"
        " group by h.id having h.returned_minor <> coalesce(sum(r.amount_minor), 0)"
    )


def split_paid_differs_from_ledger() -> list[dict[str, Any]]:
    """Parties whose shares that arrived, less those taken back, are not what left our accounts at channels and what
    lay with sub-merchants; our own part (party 0) only went from there to us."""
    return offending_rows(
        "select party_id, currency, sum(stated)::bigint as stated, sum(posted)::bigint as posted from ("
        " select party_id, currency, amount_minor as stated, 0 as posted from settlement_split_share"
        "  where state = 'succeeded'"
        " union all select party_id, currency, -amount_minor, 0 from settlement_share_return"
        "  where state = 'succeeded'"
        " union all select p.book_id, a.currency, 0, -p.amount from ledger_posting p"
        "  join ledger_account a on a.id = p.account_id"
        "  and (a.purpose = '1012.04' or (a.purpose = '1012.02' and p.book_id <> 0)) where p.source in (28, 31)"
        " ) both_sides group by 1, 2 having sum(stated) <> sum(posted)"
    )


def sub_merchants_part_torn() -> list[dict[str, Any]]:
    """Orders paid to a sub-merchant of which more was given away than lay there, or less than all once the rest was
    freed: what was paid and added, less the channel's fee and refunds, is all that was shared out. Where refunds took
    more than was there, and nothing is under way, the sub-merchant's statement has what it paid for that."""
    back = fee_back_sql("p.fee_minor", "p.amount_minor", "p.refunded_minor")
    return offending_rows(
        "select p.reference, p.amount_minor, p.refunded_minor, p.fee_minor, shared.gone"
        " from payments_charge_part p"
        " cross join lateral (select coalesce(sum(h.amount_minor - h.returned_minor), 0)::bigint as gone,"
        "   bool_or(h.way = 'kept') as freed, bool_and(h.state <> 'pending') as ended"
        "   from settlement_split_share h join settlement_split s on s.id = h.split_id"
        "   where s.part_id = p.id and h.state <> 'closed') shared"
        " cross join lateral (select coalesce(sum(u.amount_minor), 0) as given,"
        "   coalesce(sum(u.amount_minor - u.returned_minor), 0) as added"
        "   from settlement_subsidy u where u.part_id = p.id and u.state = 'paid') ours"
        " cross join lateral (select p.amount_minor + ours.added - p.refunded_minor - p.fee_minor - p.fee_off_minor"
        f"  + {back} as minor) due"
        " where p.account <> '' and (shared.gone > p.amount_minor - p.fee_minor + ours.given"
        "   + greatest(0, -p.fee_off_minor)"
        " or (shared.freed and p.fee_off_booked and shared.gone < due.minor)"
        " or (shared.ended and p.fee_off_booked and shared.gone > due.minor"
        "  and not exists (select from payments_refund r where r.part_id = p.id"
        "   and r.state not in ('succeeded', 'failed'))"
        "  and not exists (select from settlement_share_return b join settlement_split_share h on h.id = b.share_id"
        "   join settlement_split s on s.id = h.split_id where s.part_id = p.id"
        "   and b.state not in ('succeeded', 'failed'))))"
    )
