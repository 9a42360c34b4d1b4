"""Note what the channel's bills say that it kept of parts that lie with sub-merchants."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from zhanggui.payments.sub_merchants import fee_back_sql
from zhanggui.rows.transfer import array_text

_NOTE = """
with rows as (
  select channel_number, sum(amount)::bigint as amount, sum(fee)::bigint as fee, amount > 0 as paid
  from unnest(%s::text[], %s::bigint[], %s::bigint[]) as r(channel_number, amount, fee) group by 1, 4)
update payments_charge_part p set
  fee_told_minor = case when t.fee is null then p.fee_told_minor else coalesce(p.fee_told_minor, 0) + t.fee end,
  fee_back_told_minor = p.fee_back_told_minor + t.back, refunds_told_minor = p.refunds_told_minor + t.refunds
from (select channel_number, (sum(fee) filter (where paid))::bigint as fee,
    coalesce(-sum(fee) filter (where not paid), 0)::bigint as back,
    coalesce(-sum(amount) filter (where not paid), 0)::bigint as refunds from rows group by 1) t
where p.account <> '' and p.channel_number = t.channel_number
"""
_COMPARE = f"""
update payments_charge_part p set fee_off_minor = x.off, fee_off_booked = false
from (select id, fee_told_minor - fee_back_told_minor - fee_minor
    + {fee_back_sql("fee_minor", "amount_minor", "refunds_told_minor")} as off
  from payments_charge_part where account <> '' and channel_number = any(%s::text[])
    and fee_told_minor is not null) x
where p.id = x.id and p.fee_off_minor <> x.off
"""


@dataclass(frozen=True)
class FeeTold:
    """One row of a bill: the channel's number of the payment, what moved (minor units, negative for a refund) and the
    fee of it, negative where it was given back."""

    channel_number: str
    amount_minor: int
    fee_minor: int


def note_fees_told(*, rows: Sequence[FeeTold]) -> None:
    """This function will add what rows of bills say to the parts that they are of, in the caller's transaction, which
    hands each row in once. Where the channel kept more, or less, than was agreed, the part says by how much, and that
    this is not booked yet."""
    if not rows:
        return
    numbers = array_text([one.channel_number for one in rows])
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [
            numbers, array_text([one.amount_minor for one in rows]), array_text([one.fee_minor for one in rows]),
        ])  # fmt: skip
        cursor.execute(_COMPARE, [numbers])
