"""What must always hold of payouts; each function returns the offending rows."""

from typing import Any

from django.db import connection

from zhanggui.settlement.payouts.states import station


def _rows(query: str, limited: bool = True) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query + (" limit 1000" if limited else ""))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_STANDING = "(p.amount_minor - p.short_minor - p.returned_minor)"


def paid_above_statement() -> list[dict[str, Any]]:
    """Statements of which more is paid, on its way or approved than they owe."""
    return _rows(
        "select s.number, s.net_minor - s.carried_minor - s.withheld_minor as owed,"
        f" sum({_STANDING}) as paid"
        " from settlement_payout p join settlement_statement s on s.party_id = p.party_id and s.id = p.statement_id"
        " where p.state in ('approved', 'sent', 'paid') group by s.party_id, s.id"
        f" having sum({_STANDING}) > s.net_minor - s.carried_minor - s.withheld_minor"
    )


def in_transit_differs_from_payouts() -> list[dict[str, Any]]:
    """Statements whose in-transit account (2202.04) is not the sum of their payouts on the way."""
    return _rows(
        "select statement_id, sum(stated) as stated, sum(posted) as posted from ("
        " select statement_id, amount_minor as stated, 0 as posted from settlement_payout where state = 'sent'"
        "  and cause = 'statement'"
        " union all select a.reference, 0, -d.amount from ledger_account a"
        "  join ledger_delta d on d.account_id = a.id where a.purpose = '2202.04') both_sides"
        " group by 1 having sum(stated) <> sum(posted)"
    )


def given_back_differs_from_payouts() -> list[dict[str, Any]]:
    """Approved documents that give money back whose money is not where it must be: what no payout took yet on
    2241.10, what is on its way on 2241.11; or of which more is paid, on its way or approved than they say."""
    return _rows(
        "select party_id, document_id, sum(waits) as waits, sum(posted) as posted, sum(under_way) as under_way,"
        "  sum(on_its_way) as on_its_way, sum(amount) as amount, sum(taken) as taken from ("
        " select party_id, id as document_id, amount_minor as waits, 0::bigint as posted, 0::bigint as under_way,"
        "  0::bigint as on_its_way, amount_minor as amount, 0::bigint as taken from settlement_deposit_order"
        "  where by_payout"
        " union all select 0, id, amount_minor, 0, 0, 0, amount_minor, 0 from settlement_receipt_refund"
        "  where by_payout"
        " union all select party_id, document_id,"
        f"  case when p.state in ('sent', 'paid') then -{_STANDING} else 0 end, 0,"
        f"  case when p.state = 'sent' then p.amount_minor else 0 end, 0, 0, {_STANDING} from settlement_payout p"
        "  where cause <> 'statement' and state in ('approved', 'sent', 'paid')"
        " union all select a.party_id, a.reference, 0, case when a.purpose = '2241.10' then -d.amount else 0 end, 0,"
        "  case when a.purpose = '2241.11' then -d.amount else 0 end, 0, 0 from ledger_account a"
        "  join ledger_delta d on d.account_id = a.id where a.purpose in ('2241.10', '2241.11')"
        ") both_sides group by 1, 2"
        " having sum(waits) <> sum(posted) or sum(under_way) <> sum(on_its_way) or sum(taken) > sum(amount)"
    )


def own_account_differs_from_payouts() -> list[dict[str, Any]]:
    """Accounts of ours from which payouts took another sum than the paid ones come to."""
    return _rows(
        "select own_account_id, sum(stated) as stated, sum(posted) as posted from ("
        f" select p.own_account_id, {_STANDING} as stated, 0 as posted from settlement_payout p"
        "  where p.state = 'paid'"
        " union all select a.reference, 0, -p.amount from ledger_posting p"
        "  join ledger_account a on a.id = p.account_id and a.purpose in ('1002', '1012.05')"
        "  where p.source in (13, 15)) both_sides group by 1 having sum(stated) <> sum(posted)"
    )


def executed_attempt_missing() -> list[dict[str, Any]]:
    """Payouts that are paid or came back without exactly one executed attempt, or have one and are neither."""
    return _rows(
        "select p.number, p.state, count(a.id) as executed from settlement_payout p"
        " left join settlement_payout_attempt a on a.payout_id = p.id and a.state = 'executed'"
        " group by p.id having count(a.id) <> case when p.state in ('paid', 'returned') then 1 else 0 end"
    )


def attempt_differs_from_payout() -> list[dict[str, Any]]:
    """Attempts of another amount or party than their payout, more than one open attempt, or none on the way."""
    return _rows(
        "select p.number, p.state, count(a.id) as open from settlement_payout p"
        " left join settlement_payout_attempt a on a.payout_id = p.id"
        "  and a.state in ('recorded', 'submitted', 'accepted', 'unknown')"
        " group by p.id having count(a.id) <> case when p.state = 'sent' then 1 else 0 end"
        " union all select p.number, p.state, a.attempt from settlement_payout_attempt a"
        " join settlement_payout p on p.id = a.payout_id where (a.amount_minor, a.currency, a.party_id)"
        "  <> (p.amount_minor, p.currency, p.party_id)"
    )


def payout_without_approval() -> list[dict[str, Any]]:
    """Payouts that were let go without an approval that names them, their amount and their receiver."""
    return _rows(
        "select p.number, b.number as batch, p.state from settlement_payout p"
        " join settlement_payout_batch b on b.id = p.batch_id"
        " left join approvals_approval a on a.id = b.approval_id and a.kind = 'payout_batch'"
        "  and a.subject = b.number and a.state = 'approved'"
        " left join lateral jsonb_to_recordset(a.payload -> 'payouts')"
        "  as said(number text, party_id bigint, statement_id bigint, amount_minor bigint, receiver_digest text)"
        "  on said.number = p.number where p.approved_at is not null and"
        "  (said.number is null or (said.party_id, said.statement_id, said.amount_minor, said.receiver_digest)"
        "   <> (p.party_id, p.statement_id, p.amount_minor, encode(p.receiver_digest, 'hex')))"
    )


def receiver_not_as_approved() -> list[dict[str, Any]]:
    """Payouts whose copy of the receiver is not what the receiver says, or is another party's."""
    return _rows(
        "select p.number, p.receiver_id from settlement_payout p"
        " left join settlement_receiver r on r.id = p.receiver_id"
        " where r.id is null or (r.party_id, r.currency, r.holder, r.number_masked, r.bank, r.kind, r.digest)"
        "  <> (p.party_id, p.currency, p.receiver_holder, p.receiver_masked, p.receiver_bank, p.receiver_kind,"
        "      p.receiver_digest) or r.details <> p.receiver_details"
    )


def statement_station_differs() -> list[dict[str, Any]]:
    """Statements that do not stand where the payouts of their parts put them."""
    found = _rows(
        "select s.number, s.state, array_agg(p.state order by p.part) as latest from settlement_statement s"
        " join (select distinct on (party_id, statement_id, part) party_id, statement_id, part, state"
        "  from settlement_payout where approved_at is not null order by party_id, statement_id, part, id desc) p"
        " on p.party_id = s.party_id and p.statement_id = s.id group by s.party_id, s.id",
        limited=False,
    )
    return [row for row in found if station(row["latest"]) != row["state"]][:1000]


def batch_differs_from_payouts() -> list[dict[str, Any]]:
    """Batches whose count or total is not their payouts', or that are done with something still open."""
    return _rows(
        "select b.number, b.state, b.payout_count, b.total_minor from settlement_payout_batch b"
        " left join settlement_payout p on p.batch_id = b.id group by b.id"
        " having count(p.id) <> b.payout_count or sum(p.amount_minor) <> b.total_minor"
        "  or bool_or((p.currency, p.own_account_id, p.entity_id) <> (b.currency, b.own_account_id, b.entity_id))"
        "  or (b.state in ('done', 'cancelled') and bool_or(p.state in ('proposed', 'approved', 'sent')))"
    )


def sent_file_missing() -> list[dict[str, Any]]:
    """Sent messages without the file that says what was sent."""
    return _rows(
        "select b.number, b.state from settlement_payout_batch b where exists ("
        "  select from settlement_payout p join settlement_payout_attempt a on a.payout_id = p.id"
        "  where p.batch_id = b.id)"
        " and not exists (select from settlement_payout_file f where f.batch_id = b.id and f.direction = 'out')"
    )
