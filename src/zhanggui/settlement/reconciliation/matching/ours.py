"""Our payments and refunds of a channel account, as a run sees them.

A payment is known to the channel by its reference, else by the order's number, with `-2` and so on for the further
payments of an order; an order whose source lists no payments is one payment. Payments of several orders that bear one
number of the channel are one charge of it, and one row of its bill: they stand here as one, under the first of them.
A refund is all accepted refund lines of one number and order, or of several orders that one charge paid. Which
account a payment is of says its method (`payment_methods` in the account's details; without them, all of the
account's currency).
"""

from datetime import timedelta
from typing import Any

from django.db import connection

from zhanggui.settlement.entities.models import BusinessLine, Dimension, OwnAccount
from zhanggui.settlement.reconciliation.rules import Window

TABLE = """
create temporary table recon_ours (
  kind smallint not null, a bigint not null, b bigint not null, order_id bigint not null, amount bigint not null,
  at timestamptz not null, day date not null, own_key text collate "C" not null, reference text collate "C" not null,
  channel_key text collate "C" not null, taken boolean not null, difference_id bigint not null,
  head_a bigint not null default 0, head_b bigint not null default 0
) on commit drop
"""
# Rows taken: matched before, or in a difference that has their side, or whose lone difference was settled.
_TAKEN = """
 exists (select from settlement_reconciliation_match m where m.leg = 1 and m.our_kind = {kind}
         and m.our_a = {a} and m.our_b = {b})
 or exists (select from settlement_difference d where d.leg = 1 and d.our_kind = {kind} and d.our_a = {a}
            and d.our_b = {b} and (d.row_number <> 0 or d.state in ('explained', 'adjusted', 'written_off')))
"""
_LONE = """coalesce((select d.id from settlement_difference d where d.leg = 1 and d.our_kind = {kind}
  and d.our_a = {a} and d.our_b = {b} and d.row_number = 0 and d.state in ('open', 'suspended')), 0)"""

PAYMENTS = """
insert into recon_ours
select 1, x.order_id, x.sequence, x.order_id, x.amount, x.at,
  ((x.at at time zone %(zone)s) + make_interval(hours => %(shift)s))::date, x.own_key, x.reference, x.channel_key,
  {taken}, {lone}
from (
  select o.id as order_id, p.sequence, p.amount_minor as amount, coalesce(o.paid_at, o.ordered_at) as at,
    case when p.place = 1 then o.order_no else o.order_no || '-' || p.sequence end as own_key,
    p.reference, p.channel_number as channel_key
  from settlement_staged_order o cross join lateral (
    select q.sequence, q.amount_minor, q.reference, q.channel_number, q.method_id,
      row_number() over (order by q.sequence) as place
    from settlement_staged_payment q where q.order_id = o.id) p
  where o.business_line_id = any(%(lines)s) and (%(methods)s::int[] is null or p.method_id = any(%(methods)s))
    and p.amount_minor > 0 and o.paid_minor > 0 and {where}
  union all
  select o.id, 0, o.paid_minor, coalesce(o.paid_at, o.ordered_at), o.order_no, '', ''
  from settlement_staged_order o
  where o.business_line_id = any(%(lines)s)
    and (%(methods)s::int[] is null or o.payment_method_id = any(%(methods)s))
    and o.paid_minor > 0 and {where}
    and not exists (select from settlement_staged_payment q where q.order_id = o.id)
) x
"""
REFUNDS = """
insert into recon_ours
select 2, x.id, 0, x.order_id, -x.amount, x.at,
  ((x.at at time zone %(zone)s) + make_interval(hours => %(shift)s))::date, x.refund_no, '', x.channel_key,
  {taken}, {lone}
from (
  select min(r.id) as id, max(r.order_id) as order_id, sum(r.goods_minor + r.freight_minor)::bigint as amount,
    min(r.refunded_at) as at, r.refund_no, max(r.channel_number) as channel_key
  from settlement_staged_refund r
  where r.state = 'accepted' and r.business_line_id = any(%(lines)s)
    and (r.business_line_id, r.refund_no, r.order_no) in (
      select w.business_line_id, w.refund_no, w.order_no from settlement_staged_refund w
      where w.state = 'accepted' and {where})
    and (%(methods)s::int[] is null or coalesce(
      (select p.method_id from settlement_staged_payment p where p.order_id = r.order_id
       order by p.sequence limit 1),
      (select o.payment_method_id from settlement_staged_order o where o.id = r.order_id)) = any(%(methods)s))
  group by r.business_line_id, r.refund_no, r.order_no
) x where x.amount > 0
"""
# What one charge paid of several orders becomes one row: the first order's, with the sum; so does what one refund
# gives back of several orders of one charge. The others stay, so that nobody looks them up again, as parts of it
# (`head_a`, `head_b`): never free, and gone when it is taken.
_ONCE = """
create temporary table recon_once on commit drop as
with shared as (
  select kind, key, charge from ({keyed}) k group by 1, 2, 3 having min(k.order_id) <> max(k.order_id))
select k.kind, k.a, k.b, first_value(k.a) over w as head_a, first_value(k.b) over w as head_b
from ({keyed}) k join shared using (kind, key, charge)
window w as (partition by k.kind, k.key, k.charge order by k.a, k.b)
"""
_CHARGED = """select o.kind, o.channel_key as key, ''::text as charge, o.a, o.b, o.order_id from recon_ours o
 where o.kind = 1 and o.head_a = 0 and o.channel_key <> ''"""
_GIVEN_BACK = """select o.kind, o.own_key as key, q.charge, o.a, o.b, o.order_id from recon_ours o
 cross join lateral (select min(p.channel_number) as charge from settlement_staged_payment p
   where p.order_id = o.order_id and p.channel_number <> '') q
 where o.kind = 2 and o.head_a = 0 and q.charge is not null and o.own_key in (
   select d.own_key from recon_ours d where d.kind = 2 and d.head_a = 0 group by 1 having count(*) > 1)"""
_SUMS = """
update recon_ours o set amount = s.amount, taken = s.taken, difference_id = s.difference_id
from (select m.kind, m.head_a, m.head_b, sum(r.amount)::bigint as amount, bool_or(r.taken) as taken,
        max(r.difference_id) as difference_id
      from recon_once m join recon_ours r using (kind, a, b) group by 1, 2, 3) s
where (o.kind, o.a, o.b) = (s.kind, s.head_a, s.head_b)
"""
_PARTS = """
update recon_ours o set amount = 0, taken = true, difference_id = 0, head_a = m.head_a, head_b = m.head_b
from recon_once m where (o.kind, o.a, o.b) = (m.kind, m.a, m.b) and (m.a, m.b) <> (m.head_a, m.head_b)
"""
_FORGET = """
delete from recon_ours o where o.taken and (o.head_a = 0 or exists (
  select from recon_ours h where (h.kind, h.a, h.b) = (o.kind, o.head_a, o.head_b) and h.taken))
"""
_NEAR = "coalesce(o.paid_at, o.ordered_at) >= %(from)s and coalesce(o.paid_at, o.ordered_at) < %(before)s"
_LONE_PAYMENTS = """o.id in (
  with lone as (select d.our_a as order_id from settlement_difference d where d.leg = 1 and d.our_kind = 1
    and d.row_number = 0 and d.state in ('open', 'suspended') and d.own_account_id = %(account)s)
  select order_id from lone union
  select q.order_id from lone join settlement_staged_payment h on h.order_id = lone.order_id
  join settlement_staged_payment q on q.channel_number = h.channel_number where h.channel_number <> '')
  and not (""" + _NEAR + ")"  # fmt: skip
_FAR = """o.id in (
  select f.id from settlement_staged_order f where f.order_no in (
    select k.key from recon_left k union select regexp_replace(k.key, '-[0-9]+$', '') from recon_left k)
  union select q.order_id from settlement_staged_payment q where q.reference <> '' and q.reference in (
    select k.key from recon_left k)
  union select q.order_id from settlement_staged_payment q where q.channel_number <> ''
    and q.channel_number in (select k.key from recon_left k))
  and not exists (select from recon_ours n where n.order_id = o.id and n.kind = 1)"""
_NEAR_REFUNDS = "w.refunded_at >= %(from)s and w.refunded_at < %(before)s"
_LONE_REFUNDS = """w.id in (select d.our_a from settlement_difference d where d.leg = 1 and d.our_kind = 2
  and d.row_number = 0 and d.state in ('open', 'suspended') and d.own_account_id = %(account)s)
  and not (""" + _NEAR_REFUNDS + ")"  # fmt: skip
_FAR_REFUNDS = """(w.refund_no in (select k.key from recon_left k)
  or (w.channel_number <> '' and w.channel_number in (select k.key from recon_left k)))
  and not exists (select from recon_ours n where n.kind = 2 and n.own_key = w.refund_no)"""


def params_of(account: OwnAccount, window: Window, days: int) -> dict[str, Any]:
    """This function will return what the queries ask by: lines, methods, and the times `days` around the bill."""
    lines = BusinessLine.objects.filter(currency=account.currency)
    named = account.details.get("business_lines")
    if named:
        lines = lines.filter(code__in=named)
    methods = account.details.get("payment_methods")
    found = None
    if methods:
        found = list(
            Dimension.objects.filter(kind="payment_method", code__in=methods).values_list("id", flat=True)
        )
    begins, ends = window.moments()
    return {
        "account": account.id, "lines": list(lines.values_list("id", flat=True)), "methods": found,
        "zone": str(window.zone), "shift": window.shift_hours, "from": begins - timedelta(days=days),
        "before": ends + timedelta(days=days),
    }  # fmt: skip


def movements_of(account: OwnAccount, window: Window) -> list[dict[str, Any]]:
    """This function will return our free payments and refunds of the account on these days, in order of time: kind
    (1 payment, 2 refund), own_key, amount (refunds negative), at. It works in the caller's transaction."""
    params = params_of(account, window, 0)
    collect_near(params)
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, own_key, amount, at from recon_ours where day >= %s and day < %s"
            " order by at, kind, own_key",
            [window.starts_on, window.ends_before],
        )
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute("drop table recon_ours")
    return rows


def collect_near(params: dict[str, Any]) -> None:
    """This function will put into `recon_ours` what lies near the bill's days and is free, and what waits alone."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        for where in (_NEAR, _LONE_PAYMENTS):
            cursor.execute(_filled(PAYMENTS, 1, "x.order_id", "x.sequence", where), params)
        for where in (_NEAR_REFUNDS, _LONE_REFUNDS):
            cursor.execute(_filled(REFUNDS, 2, "x.id", "0", where), params)
        _fold(cursor)
        cursor.execute(_FORGET)
        cursor.execute("analyze recon_ours")


def collect_far(params: dict[str, Any]) -> int:
    """This function will add what the rows left over name, wherever in time, taken or not, and return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_filled(PAYMENTS, 1, "x.order_id", "x.sequence", _FAR), params)
        found = int(cursor.rowcount)
        cursor.execute(_filled(REFUNDS, 2, "x.id", "0", _FAR_REFUNDS), params)
        found += int(cursor.rowcount)
        if found:
            _fold(cursor)
        return found


def _fold(cursor: Any) -> None:
    """Make one row of what one charge paid, or one refund gives back, of several orders."""
    for keyed in (_CHARGED, _GIVEN_BACK):
        cursor.execute(_ONCE.format(keyed=keyed))
        if cursor.rowcount:
            cursor.execute(_SUMS)
            cursor.execute(_PARTS)
        cursor.execute("drop table recon_once")


def _filled(query: str, kind: int, a: str, b: str, where: str) -> str:
    named = {"kind": kind, "a": a, "b": b}
    return query.format(taken=_TAKEN.format(**named), lone=_LONE.format(**named), where=where)
