"""Reads over splits: what is due, what an order owes whom, and what a channel has to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from zhanggui.payments.models import ChargePart, PaymentChannel, RefundState
from zhanggui.payments.splitting import SplitLimits
from zhanggui.payments.sub_merchants import fee_back
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.entities.queries import settled_by_document
from zhanggui.settlement.splits.accounts import SUB_MERCHANT, account_digest
from zhanggui.settlement.splits.errors import UnknownSplit
from zhanggui.settlement.splits.models import (
    ShareReturn,
    ShareState,
    ShareWay,
    Split,
    SplitReceiver,
    SplitRuleSet,
    SplitShare,
)
from zhanggui.settlement.splits.rules import OrderFacts
from zhanggui.settlement.splits.states import RETURNS_OPEN, SPLITS_OPEN
from zhanggui.settlement.subsidies.queries import lies_there

SPLITS = "splits"
"""The setting of a channel whose charges may be split."""

# Parts whose order is billed wholly, all its refunds too: what it owes whom is known. What lies with a sub-merchant
# is looked at even after the channel's window: who got what has to be on the statements.
PARTS_DUE = """
select p.id from payments_charge_part p join payments_charge c on c.id = p.charge_id
join payments_attempt a on a.id = c.attempt_id and a.method = any(%(methods)s)
join settlement_staged_order o on o.order_no = p.reference
join settlement_staged_payment y on y.order_id = o.id and y.channel_number = p.channel_number
left join lateral (select s.again_at from settlement_split s where s.part_id = p.id and s.kind = 'shares'
  order by s.sequence desc limit 1) latest on true
where c.channel_id = %(channel)s and c.use = 'accepted' and p.amount_minor > 0
  and c.charged_at <= %(waited)s and (c.charged_at > %(opened)s or p.account <> '')
  and (latest is null or latest.again_at <= %(at)s)
  and not exists (select from settlement_split r where r.charge_id = c.id and r.kind = 'rest'
    and (r.part_id = p.id or not a.combined))
  and {stage}
  and exists (select from settlement_staged_line l where l.order_id = o.id)
  and not exists (select from settlement_staged_line l where l.order_id = o.id and not exists (
    select from settlement_billed_line b
    where b.party_id = l.merchant_id and b.line_id = l.line_id and b.event_id = 0))
  and not exists (select from payments_refund r where r.part_id = p.id and r.state <> 'failed' and not exists (
    select from settlement_staged_refund f join settlement_billed_line b
      on b.party_id = f.merchant_id and b.line_id = f.line_id and b.event_id = f.id
    where f.order_no = p.reference and f.refund_no = r.refund_no))
order by c.charged_at, p.id limit %(most)s
"""
# What we promised to add to a sub-merchant's order is added before it is split; channels want it so.
_SUBSIDIZED = """(p.subsidy_minor = 0 or exists (
  select from settlement_subsidy u where u.part_id = p.id and u.state <> 'recorded'))"""
_TO_SUBSIDIZE = """(p.subsidy_minor > 0 and not exists (
  select from settlement_subsidy u where u.part_id = p.id))"""
# Charges of which nothing more will be split: the window ends, or rules leave every order of it to statements (an
# account for shares may still come, a rule not). Of one that went back wholly there is no rest. Where the channel
# keeps parts apart each has its own rest, else the first stands for all; what lies with a sub-merchant is freed to it
# as soon as everybody else has their share.
RESTS_DUE = """
select p.id from payments_charge c join payments_attempt a on a.id = c.attempt_id
join payments_charge_part p on p.charge_id = c.id
cross join lateral (select coalesce(sum(q.amount_minor - q.refunded_minor), 0) as still from payments_charge_part q
  where q.charge_id = c.id and (q.id = p.id or not a.combined)) whole
where c.channel_id = %(channel)s and c.use = 'accepted' and c.charged_at <= %(waited)s
  and (c.charged_at > %(opened)s or p.account <> '') and whole.still > 0
  and (a.combined or p.id = (select min(q.id) from payments_charge_part q where q.charge_id = c.id))
  and exists (select from settlement_split s where s.charge_id = c.id and (s.part_id = p.id or not a.combined))
  and not exists (select from settlement_split s where s.charge_id = c.id and (s.part_id = p.id or not a.combined)
    and (s.kind = 'rest' or s.state in ('recorded', 'asked', 'unclear')))
  and (c.charged_at <= %(closing)s
    or (p.account <> '' and not exists (select from settlement_split s where s.part_id = p.id
      and s.again_at is not null))
    or (p.account = '' and not exists (select from payments_charge_part q
      where q.charge_id = c.id and (q.id = p.id or not a.combined) and q.amount_minor > 0 and not exists (
        select from settlement_split s where s.part_id = q.id and s.state = 'left'
          and s.reason in ('no_rule', 'own_account')))))
order by c.charged_at, p.id limit %(most)s
"""
# Charges that bear the order's number count as well: the freight of its parcels, and what other systems billed of it.
OWED = """
with billed as (
  select b.party_id, b.line_id, b.event_id, b.statement_id, b.amounts from settlement_billed_line b
  where b.merchant_id = %(merchant)s and b.order_id = %(order)s and b.kind in (1, 2, 3)
    and b.line_id in (select l.line_id from settlement_staged_line l where l.order_id = %(order)s)
  union all
  select b.party_id, b.line_id, b.event_id, b.statement_id, b.amounts from settlement_staged_order o
  join settlement_charge c on c.business_line_id = o.business_line_id and c.order_no = o.order_no
    and c.order_no <> '' and c.state = 'accepted'
  join settlement_billed_line b on b.party_id = c.party_id and b.line_id = c.line_id and b.kind = 4
  where o.id = %(order)s)
select b.party_id, b.statement_id, y.kind, sum((select sum(a) from unnest(b.amounts) a))::bigint as owed,
  (select -coalesce(sum(d.amount), 0) from ledger_delta d where d.account_id = s.billed_account_id)::bigint as free
from billed b
join settlement_statement s on s.party_id = b.party_id and s.id = b.statement_id
join parties_party y on y.id = b.party_id
where s.state = 'open' and s.document_id = 0 and s.starts_on <= %(today)s and s.ends_before > %(today)s
group by b.party_id, b.statement_id, y.kind, s.billed_account_id order by b.party_id, owed desc
"""
# All that an order put on statements of its merchant, whether they are open or not, and the latest of those.
OWED_TO_MERCHANT = """
select coalesce(sum((select sum(a) from unnest(b.amounts) a)), 0)::bigint as owed,
  (array_agg(b.statement_id order by b.line_id desc, b.event_id desc))[1] as statement_id
from settlement_billed_line b where b.party_id = %(merchant)s and b.merchant_id = %(merchant)s
  and b.order_id = %(order)s and b.kind in (1, 2, 3)
  and b.line_id in (select l.line_id from settlement_staged_line l where l.order_id = %(order)s)
"""
CODES = """
select m.code as merchants, coalesce(v.code, '') as levels, coalesce(g.code, '') as merchant_categories,
  coalesce(c.code, '') as categories, coalesce(t.code, '') as product_types, coalesce(h.code, '') as scenarios,
  case when l.supplier_id = 0 then 'own' else 'drop_shipped' end as relations
from settlement_staged_line l join parties_party m on m.id = l.merchant_id
left join settlement_dimension v on v.id = l.level_id
left join settlement_dimension g on g.id = l.merchant_category_id
left join settlement_dimension c on c.id = l.category_id
left join settlement_dimension t on t.id = l.sku_type_id
left join settlement_dimension h on h.id = l.channel_id
where l.order_id = %s
"""


# A number alone may be that of another source's order: the channel's number of the payment has to be the same.
ORDER_OF_PART = """
select o.id, o.ordered_at from payments_charge_part p join settlement_staged_order o on o.order_no = p.reference
join settlement_staged_payment y on y.order_id = o.id and y.channel_number = p.channel_number where p.id = %s
"""


@dataclass(frozen=True)
class OwedOnStatement:
    """What an order owes a party on its open statement, and what that statement comes to."""

    party_id: int
    kind: str
    statement_id: int
    owed_minor: int
    free_minor: int


def rules_in_force(at: datetime) -> SplitRuleSet | None:
    """This function will return the rules by which an order placed at `at` goes, or None."""
    return SplitRuleSet.objects.filter(effective_at__lte=at).order_by("-version").first()


def splitting_channels() -> list[PaymentChannel]:
    """This function will return the channels whose charges may be split."""
    return [
        channel for channel in PaymentChannel.objects.filter(active=True).order_by("id")
        if channel.settings.get(SPLITS) == "yes"
    ]  # fmt: skip


def parts_due(channel: PaymentChannel, limits: SplitLimits, *, at: datetime, most: int) -> list[int]:
    """This function will return the parts of charges whose orders are to be looked at, oldest first."""
    return _numbers(PARTS_DUE.format(stage=_SUBSIDIZED), channel, limits, at, most)


def parts_to_subsidize(channel: PaymentChannel, limits: SplitLimits, *, at: datetime, most: int) -> list[int]:
    """This function will return the parts of charges whose orders are to be looked at once their promised subsidy is
    paid, oldest first."""
    return _numbers(PARTS_DUE.format(stage=_TO_SUBSIDIZE), channel, limits, at, most)


def rests_due(channel: PaymentChannel, limits: SplitLimits, *, at: datetime, most: int) -> list[int]:
    """This function will return the parts of charges whose rest is to be freed: on the last day of the channel's
    window, or at once where every order goes by statement, or where it is a sub-merchant's."""
    return _numbers(RESTS_DUE, channel, limits, at, most)


def _numbers(query: str, channel: PaymentChannel, limits: SplitLimits, at: datetime, most: int) -> list[int]:
    rows = rows_of(query, {
        "channel": channel.id, "at": at, "most": most, "waited": at - timedelta(seconds=limits.wait_seconds),
        "opened": at - timedelta(days=limits.window_days), "closing": at - timedelta(days=limits.window_days - 1),
        "methods": sorted(limits.methods),
    })  # fmt: skip
    return [row["id"] for row in rows]


def order_of_part(part_id: int) -> tuple[int, datetime]:
    """This function will return the settlement centre's order that a part of a charge pays for, and when it was
    placed."""
    row = rows_of(ORDER_OF_PART, [part_id])[0]
    return row["id"], row["ordered_at"]


def facts_of(order_id: int, *, channel_code: str, paid_minor: int) -> OrderFacts:
    """This function will return what rules ask of an order of the settlement centre."""
    rows = rows_of(CODES, [order_id])
    values = {name: frozenset(row[name] for row in rows) for name in (rows[0] if rows else ())}
    return OrderFacts(paid_minor, values | {"channels": frozenset({channel_code})})


def owed_of_order(order_id: int, *, merchant_id: int, today: date) -> list[OwedOnStatement]:
    """This function will return what an order owes each party on a statement that is open today; of several
    statements of one party the one with the most."""
    found: dict[int, OwedOnStatement] = {}
    for row in rows_of(OWED, {"order": order_id, "merchant": merchant_id, "today": today}):
        found.setdefault(
            row["party_id"],
            OwedOnStatement(row["party_id"], row["kind"], row["statement_id"], row["owed"], row["free"]),
        )
    return list(found.values())


def owed_to_merchant(order_id: int, merchant_id: int) -> tuple[int, int]:
    """This function will return what an order put on all statements of its merchant (minor units), and the number of
    the latest of those."""
    row = rows_of(OWED_TO_MERCHANT, {"order": order_id, "merchant": merchant_id})[0]
    return row["owed"], row["statement_id"] or 0


def shares_of_order(order_no: str) -> list[SplitShare]:
    """This function will return every share of an order, closed ones too, the oldest first."""
    return list(SplitShare.objects.select_related("split").filter(order_no=order_no).order_by("id"))


def splits_to_ask(at: datetime, *, after: timedelta, most: int) -> list[Split]:
    """This function will return splits that have to be sent, or whose channel was not asked for `after`."""
    quiet = Q(asked_again_at=None) | Q(asked_again_at__lte=at - after)
    return list(
        Split.objects.select_related("channel", "charge__attempt", "part")
        .filter(quiet, state__in=SPLITS_OPEN)
        .order_by("made_at", "id")[:most]
    )


def returns_to_ask(at: datetime, *, after: timedelta, most: int) -> list[ShareReturn]:
    """This function will return shares being taken back whose channel was not asked for `after`."""
    quiet = Q(asked_again_at=None) | Q(asked_again_at__lte=at - after)
    return list(
        _returns().filter(quiet, state__in=RETURNS_OPEN, with_refund=False).order_by("made_at", "id")[:most]
    )


def returns_of_refund(refund_no: str) -> list[ShareReturn]:
    """This function will return the shares taken back for a refund."""
    return list(_returns().filter(refund_no=refund_no).order_by("id"))


def _returns() -> QuerySet[ShareReturn]:
    return ShareReturn.objects.select_related(
        "share__receiver", "share__split__channel", "share__split__part"
    )


def returns_of_split(split: Split) -> list[ShareReturn]:
    """This function will return what was taken back of a split's shares, or is being."""
    return list(ShareReturn.objects.filter(share__split=split).order_by("id"))


def shares_to_take_back(part: ChargePart) -> list[SplitShare]:
    """This function will return the shares of a part of which something is left: ours, what a sub-merchant kept, the
    merchant's, others', the latest first."""
    rows = SplitShare.objects.select_related("receiver", "split").filter(
        split__part=part, state=ShareState.SUCCEEDED
    )
    left = [row for row in rows if row.returned_minor < row.amount_minor]
    first = (ShareWay.OURS, ShareWay.KEPT)
    return sorted(
        left,
        key=lambda row: (
            first.index(ShareWay(row.way)) if row.way in first else len(first),
            row.party_id != row.split.merchant_id, -row.id,
        ),
    )  # fmt: skip


def hold_part(part_id: int) -> ChargePart:
    """This function will lock a part of a charge, which is locked before its splits, shares and their returns."""
    return ChargePart.objects.select_for_update().get(id=part_id)


def something_under_way(part: ChargePart) -> bool:
    """This function will say whether something may still give, or take, money of a part: a refund, a share, one that
    is being taken back."""
    shares = SplitShare.objects.filter(split__part=part)
    return (
        part.refunds.exclude(state__in=(RefundState.SUCCEEDED, RefundState.FAILED)).exists()
        or shares.filter(state=ShareState.PENDING).exists()
        or ShareReturn.objects.filter(share__in=shares, state__in=RETURNS_OPEN).exists()
    )


def fees_to_settle(most: int) -> list[int]:
    """This function will return the parts of which a bill told another fee than was agreed, until that is booked."""
    rows = ChargePart.objects.filter(fee_off_booked=False)
    return list(rows.order_by("id").values_list("id", flat=True)[:most])


def kept_share_of(part: ChargePart) -> SplitShare | None:
    """This function will return what was freed to the sub-merchant of a part, locked, or None."""
    return (
        SplitShare.objects.select_for_update(of=("self",))
        .filter(split__part=part, way=ShareWay.KEPT, state=ShareState.SUCCEEDED)
        .first()
    )


def unsplit_minor(part: ChargePart) -> int:
    """This function will return what of a part is still where the buyer paid it: neither split nor asked back, nor
    kept by the channel as its fee of a sub-merchant's part, as its bills say where they came; with what we added to
    such a one."""
    shares = SplitShare.objects.filter(split__part=part).exclude(state=ShareState.CLOSED)
    gone = sum(row.amount_minor - row.returned_minor for row in shares)
    fee = part.fee_minor - fee_back(part.fee_minor, part.amount_minor, part.refunded_minor)
    return int(part.amount_minor + lies_there(part) - gone - part.refunded_minor - fee - part.fee_off_minor)


def lacks_shares_on_their_way(part: ChargePart) -> bool:
    """This function will say whether refunds of a part need money of shares of which the channel has not said the
    last word."""
    on_their_way = SplitShare.objects.filter(split__part=part, state=ShareState.PENDING)
    return on_their_way.exists() and unsplit_minor(part) < 0


def splits_now(now: datetime) -> list[dict[str, Any]]:
    """This function will count the splits under way, and those of the last day by how they ended, with what they come
    to in minor units."""
    rows = (
        Split.objects.filter(Q(state__in=SPLITS_OPEN) | Q(made_at__gt=now - timedelta(days=1)))
        .values("state", "currency")
        .annotate(count=Count("id"), amount=Sum("amount_minor"))
    )
    return [dict(row) for row in rows.order_by("state", "currency")]


def latest_splits(most: int) -> list[Split]:
    """This function will return the splits made last, the latest first."""
    return list(Split.objects.order_by("-id")[:most])


def split_by_number(number: str) -> Split:
    """This function will return the split with this number. Raises UnknownSplit."""
    found = Split.objects.select_related("channel", "rule_set", "part").filter(number=number).first()
    if found is None:
        raise UnknownSplit(f"there is no split {number!r}", number=number)
    return found


def sub_merchants_at(
    channel: PaymentChannel, party_ids: Sequence[int], day: date
) -> dict[int, SplitReceiver]:
    """This function will return the accounts of these parties at a channel that buyers pay to on a day, by party.

    None of who gets statements of single documents: they pay orders at once, and what is freed is a debt elsewhere.
    """
    accounts = {
        party: row for party, row in receiver_of(party_ids, channel).items() if row.kind == SUB_MERCHANT
    }
    alone = settled_by_document(accounts.keys(), day) if accounts else set()
    return {party: row for party, row in accounts.items() if party not in alone}


def sub_merchant_paid(part: ChargePart) -> SplitReceiver:
    """This function will return the sub-merchant's account that a part of a charge lies on, closed since or not."""
    digest = account_digest(part.charge.channel, SUB_MERCHANT, part.account)
    return SplitReceiver.objects.filter(channel=part.charge.channel, account_digest=digest).latest("id")


def receiver_of(party_ids: Sequence[int], channel: PaymentChannel) -> dict[int, SplitReceiver]:
    """This function will return the accounts of these parties at a channel that shares go to, by party."""
    rows = SplitReceiver.objects.filter(party_id__in=party_ids, channel=channel, state="added")
    return {row.party_id: row for row in rows}


def latest_rules() -> SplitRuleSet | None:
    """This function will return the newest version of the rules, or None."""
    return SplitRuleSet.objects.order_by("-version").first()
