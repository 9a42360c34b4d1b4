"""What runs post: money that the channel confirmed, its fees, refunds it paid, what lies in suspense.

Orders say that money is with the channels (1012.01, nobody's reference). A trade bill proves it: the amount moves
to 1012.02 of the account that the bill is of, refunds owed to buyers leave it, fees as billed leave it. What the
bill moved and we cannot place stands against 2241.07 of the account. So 1012.02 follows the fund bill's balance. What
buyers paid to sub-merchants is in the trade bill alone: it lies on 1012.04. What we paid out left 1012.05
when the channel said so; its row moves the money of 1012.02 there.
One entry a run, entity and kind: its key is the run.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from zhanggui.ledger.chart import (
    BANK,
    CHANNEL_FEES,
    GATEWAY_AVAILABLE,
    GATEWAY_PAYOUTS,
    GATEWAY_UNSETTLED,
    HELD_BY_SUB_MERCHANTS,
    PAYMENT_DIFFERENCES,
    REFUNDS_PAYABLE,
    SUSPENSE,
)
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.payments.operations.note_fees_told import FeeTold, note_fees_told
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.models import Bill
from zhanggui.settlement.reconciliation.rules import FEE_OF_ROW

# key_b of a run's entries: entities count from 1; these are the kinds beside them
SUSPENSE_KEY, TOLERANCE_KEY, LEAVING_KEY, PAID_OUT_KEY, ARRIVED_KEY = 0, -1, -2, -3, -10
SUB_MERCHANTS_KEY = -1_000_000  # less the entity

# Which entity's claim on the channels each matched payment is: payments and entities' parts of an order are laid
# along the same line, and a payment is of the entities whose parts it covers. Both margins come out exactly. A charge
# that paid several orders is matched as its first one's: the others are its parts in `recon_ours`.
_PAYMENT_PARTS = """
with paid as (
  select our_a as order_id, our_b as sequence from recon_placed where difference = '' and our_kind = 1
  union all
  select o.a, o.b from recon_placed p
  join recon_ours o on (o.kind, o.head_a, o.head_b) = (p.our_kind, p.our_a, p.our_b)
  where p.difference = '' and p.our_kind = 1),
laid as (
  select x.order_id, x.sequence, x.amount, sum(x.amount) over (partition by x.order_id order by x.sequence) as until
  from (select p.order_id, p.sequence, p.amount_minor as amount from settlement_staged_payment p
        where p.order_id in (select order_id from paid)
        union all select q.our_a, 0, q.our_minor from recon_placed q
        where q.difference = '' and q.our_kind = 1 and q.our_b = 0) x),
parts as (
  select y.order_id, y.entity_id, y.amount,
    sum(y.amount) over (partition by y.order_id order by y.entity_id) as until
  from (select e.key_a as order_id, e.entity_id, sum(l.amount)::bigint as amount
        from ledger_entry e cross join lateral unnest(e.accounts, e.amounts) l(account_id, amount)
        join ledger_account a on a.id = l.account_id and a.purpose = '1012.01'
        where e.book_id = 0 and e.source = 8 and e.key_a in (select order_id from paid) group by 1, 2) y)
select parts.entity_id,
  sum(least(laid.until, parts.until) - greatest(laid.until - laid.amount, parts.until - parts.amount))::bigint
from paid join laid using (order_id, sequence) join parts using (order_id)
where least(laid.until, parts.until) > greatest(laid.until - laid.amount, parts.until - parts.amount)
group by 1 order by 1
"""
_REFUND_PARTS = """
select e.entity_id, sum(r.goods_minor + r.freight_minor)::bigint
from (
  select our_a as refund_id from recon_placed where difference = '' and our_kind = 2
  union all
  select o.a from recon_placed p
  join recon_ours o on (o.kind, o.head_a, o.head_b) = (p.our_kind, p.our_a, p.our_b)
  where p.difference = '' and p.our_kind = 2) p
join settlement_staged_refund f on f.id = p.refund_id
join settlement_staged_refund r on r.business_line_id = f.business_line_id and r.refund_no = f.refund_no
  and r.order_no = f.order_no and r.state = 'accepted'
join ledger_entry e on e.book_id = r.merchant_id and e.source = 9 and e.key_b = r.id
  and e.key_a = case when r.order_id <> 0 then r.order_id else r.line_id end
group by 1 order by 1
"""
# What of the matched rows lies with sub-merchants: payments, less refunds and the fees as the bill prints them. It is
# not in the fund bill of our account.
_OF_SUB_MERCHANTS = (
    """
with parts as (
  select p.bill_id, p.row_number, p.their_minor, e.entity_id
  from recon_placed p join settlement_external_record r on (r.bill_id, r.row_number) = (p.bill_id, p.row_number)
  join payments_charge_part c on c.channel_number = r.channel_number and c.account <> '' and r.channel_number <> ''
  cross join lateral (select coalesce(min(e.entity_id), %(entity)s) as entity_id from ledger_entry e
    where e.book_id = 0 and e.source = 8 and e.key_a = p.order_id) e
  where p.difference = '')
select entity_id, sum(their_minor - """
    + FEE_OF_ROW
    + """)::bigint
from parts join settlement_external_record r using (bill_id, row_number) group by 1 order by 1
"""
)
_PAID_OUT = (
    "select coalesce(sum(their_minor), 0)::bigint from recon_placed where difference = '' and our_kind = 5"
)
_PAYOUT_FEES = (
    "select coalesce(-sum(their_minor), 0)::bigint from recon_placed where difference = '' and our_kind = 8"
)
_FEES_OF_SUB_MERCHANTS = (
    """
select r.channel_number, p.their_minor, """
    + FEE_OF_ROW
    + """ from recon_placed p
join settlement_external_record r on (r.bill_id, r.row_number) = (p.bill_id, p.row_number)
where p.difference = '' and r.channel_number <> '' and exists (select from payments_charge_part c
  where c.channel_number = r.channel_number and c.account <> '')
"""
)
_TOLERATED = (
    "select coalesce(sum(their_minor - our_minor), 0)::bigint from recon_placed where difference = ''"
)


class Poster:
    """Posts the entries of one run of one bill."""

    def __init__(self, bill: Bill, run_id: int, at: datetime) -> None:
        self.bill, self.run_id, self.at = bill, run_id, at
        self.account = bill.own_account
        self.day = bill.ends_before - timedelta(days=1)

    def key(self, purpose: str, *, entity: int = 0, own: bool = True) -> AccountKey:
        """A ledger account: of our account at the channel or bank, or of nobody in particular."""
        reference = self.account.id if own else 0
        return AccountKey(entity or self.account.entity_id, purpose, 0, reference, self.account.currency)

    def post(self, source: EntrySource, key_b: int, legs: Iterable[tuple[AccountKey, int]]) -> None:
        """Post one entry of the run, if it moves anything."""
        kept = [(key, amount) for key, amount in legs if amount]
        if kept:
            post_entry(
                book_id=0, source=source, key_a=self.run_id, key_b=key_b, legs=kept, booked_date=self.day,
                occurred_at=self.at, at=self.at,
            )  # fmt: skip

    def settled(self) -> None:
        """Matched payments and refunds, by entity; and what tolerance let pass."""
        with connection.cursor() as cursor:
            cursor.execute(_PAYMENT_PARTS)
            payments = cursor.fetchall()
            cursor.execute(_REFUND_PARTS)
            refunds = cursor.fetchall()
            cursor.execute(_TOLERATED)
            tolerated = int(cursor.fetchone()[0])
        for entity, amount in payments:
            self.post(EntrySource.CHANNEL_SETTLED, entity, [
                (self.key(GATEWAY_AVAILABLE, entity=entity), int(amount)),
                (self.key(GATEWAY_UNSETTLED, entity=entity, own=False), -int(amount)),
            ])  # fmt: skip
        for entity, amount in refunds:
            self.post(EntrySource.REFUND_PAID, entity, [
                (self.key(REFUNDS_PAYABLE, entity=entity, own=False), int(amount)),
                (self.key(GATEWAY_AVAILABLE, entity=entity), -int(amount)),
            ])  # fmt: skip
        self.post(EntrySource.CHANNEL_SETTLED, TOLERANCE_KEY, [
            (self.key(GATEWAY_AVAILABLE), tolerated), (self.key(PAYMENT_DIFFERENCES, own=False), -tolerated),
        ])  # fmt: skip

    def with_sub_merchants(self) -> None:
        """What of the matched rows went to accounts of sub-merchants, or left those: it is not on ours. Their parts
        keep what the channel says that its fee was."""
        with connection.cursor() as cursor:
            cursor.execute(_OF_SUB_MERCHANTS, {"entity": self.account.entity_id})
            found = cursor.fetchall()
            cursor.execute(_FEES_OF_SUB_MERCHANTS)
            fees = [FeeTold(*row) for row in cursor.fetchall()]
        for entity, amount in found:
            self.post(EntrySource.CHANNEL_SETTLED, SUB_MERCHANTS_KEY - entity, [
                (self.key(HELD_BY_SUB_MERCHANTS, entity=entity), int(amount)),
                (self.key(GATEWAY_AVAILABLE, entity=entity), -int(amount)),
            ])  # fmt: skip
        note_fees_told(rows=fees)

    def fees(self, amount: int) -> None:
        """The bill's fees, as it prints them."""
        self.post(EntrySource.CHANNEL_FEE, 0, [
            (self.key(CHANNEL_FEES, own=False), amount), (self.key(GATEWAY_AVAILABLE), -amount),
        ])  # fmt: skip

    def paid_out(self) -> None:
        """Matched payouts, less what came back of them."""
        with connection.cursor() as cursor:
            cursor.execute(_PAID_OUT)
            amount = int(cursor.fetchone()[0])
        self.post(EntrySource.CHANNEL_SETTLED, PAID_OUT_KEY, [
            (self.key(GATEWAY_PAYOUTS), -amount), (self.key(GATEWAY_AVAILABLE), amount),
        ])  # fmt: skip

    def payout_fees(self) -> int:
        """Fees of payouts that have rows of their own, as the bill says them; returned, minor units."""
        with connection.cursor() as cursor:
            cursor.execute(_PAYOUT_FEES)
            amount = int(cursor.fetchone()[0])
        self.fees(amount)
        return amount

    def suspense(self, amount: int) -> None:
        """What their rows moved and nobody has placed yet; negative when it is placed now."""
        self.post(EntrySource.CHANNEL_SETTLED, SUSPENSE_KEY, [
            (self.key(GATEWAY_AVAILABLE), amount), (self.key(SUSPENSE), -amount),
        ])  # fmt: skip

    def leaving(self, amount: int) -> None:
        """Withdrawals of the fund bill: under way to the bank."""
        self.post(EntrySource.CHANNEL_SETTLED, LEAVING_KEY, [
            (self.key(GATEWAY_UNSETTLED), amount), (self.key(GATEWAY_AVAILABLE), -amount),
        ])  # fmt: skip

    def arrived(self, channel: OwnAccount, amount: int) -> None:
        """A channel's withdrawals are on the bank's statement; the run is of the bank account."""
        self.post(EntrySource.CHANNEL_SETTLED, ARRIVED_KEY - channel.id, [
            (self.key(BANK), amount),
            (AccountKey(self.account.entity_id, GATEWAY_UNSETTLED, 0, channel.id, channel.currency), -amount),
        ])  # fmt: skip
