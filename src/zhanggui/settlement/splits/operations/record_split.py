"""Plan the split of one order and write it down, before the channel is asked."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db import connection
from django.db.models import Q

from zhanggui.ledger.sources import EntrySource
from zhanggui.payments.models import ChargePart
from zhanggui.payments.splitting import SplitLimits
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.billing.operations.bill_document import bill_document
from zhanggui.settlement.guarantees.queries import frozen_parties
from zhanggui.settlement.intake.models import StagedLine
from zhanggui.settlement.splits.accounts import OURSELVES
from zhanggui.settlement.splits.models import (
    ShareState,
    ShareWay,
    Split,
    SplitKind,
    SplitRuleSet,
    SplitShare,
    SplitState,
)
from zhanggui.settlement.splits.queries import (
    OwedOnStatement,
    facts_of,
    order_of_part,
    owed_of_order,
    owed_to_merchant,
    receiver_of,
    rules_in_force,
    shares_of_order,
    unsplit_minor,
)
from zhanggui.settlement.splits.rules import (
    WORTH_ANOTHER_TRY,
    Left,
    Mode,
    Owed,
    Share,
    SplitRule,
    ceiling,
    our_part,
    read_rules,
    rule_for,
    share_out,
)
from zhanggui.settlement.statements.models import Statement


@dataclass
class _Plan:
    """What is known of an order while it is planned."""

    split: Split
    owed: dict[int, OwedOnStatement]
    shares: list[Share]
    ours_minor: int = 0


def record_split(*, part_id: int, limits: SplitLimits, at: datetime, zone: tzinfo) -> Split | None:
    """This function will plan the split of what was paid for one order and write it down with its shares, each of
    which leaves its party's open statement, in the caller's transaction, which holds `locks.hold_for_filling`.

    What cannot go by the channel stays with the statements; where nothing can, the split is written down as left,
    with the reason. Returns None where somebody else has done it, or where planning anew brings nothing.
    """
    part = (
        ChargePart.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("charge__channel", "charge__attempt")
        .filter(id=part_id)
        .first()
    )
    if part is None:
        return None
    before = Split.objects.filter(part=part, kind=SplitKind.SHARES).order_by("-sequence").first()
    if before is not None and (before.again_at is None or before.again_at > at):
        return None
    order_id, placed_at = order_of_part(part.id)
    plan = _planned(part, order_id, rules_in_force(placed_at), before, limits, at, zone)
    if before is not None:
        asked_by, before.again_at, before.again_by = before.again_by, None, ""
        before.save(update_fields=["again_at", "again_by"])
        if plan.split.state == SplitState.LEFT and not asked_by:
            return None
    plan.split.save(force_insert=True)
    _take_off_statements(plan, at, zone)
    return plan.split


def _planned(
    part: ChargePart, order_id: int, rules: SplitRuleSet | None, before: Split | None, limits: SplitLimits,
    at: datetime, zone: tzinfo,
) -> _Plan:  # fmt: skip
    channel, paid = part.charge.channel, part.amount_minor - part.refunded_minor
    merchant = StagedLine.objects.filter(order_id=order_id).values_list("merchant_id", flat=True)[:1].get()
    facts = facts_of(order_id, channel_code=channel.code, paid_minor=paid)
    with_sub_merchant = bool(part.account)
    # What lies with a sub-merchant is not on an account of ours to pay from: no rule can want that.
    published = read_rules(rules.rules if rules else [])
    rule = rule_for(facts, [one for one in published if not with_sub_merchant or one.mode is Mode.ON_RAIL])
    split = Split(
        number=fresh_number("F", at), charge=part.charge, part=part, channel=channel,
        channel_code=channel.code, order_no=part.reference,
        order_id=order_id, merchant_id=merchant, rule_set=rules, rule_code=rule.code,
        sequence=before.sequence + 1 if before else 1, currency=part.charge.currency, paid_minor=paid,
        state=SplitState.LEFT, made_at=at, ended_at=at,
    )  # fmt: skip
    if rule.mode is Mode.OWN_ACCOUNT:
        split.reason = Left.OWN_ACCOUNT
        return _Plan(split, {}, [])
    owed = {
        one.party_id: one
        for one in owed_of_order(order_id, merchant_id=merchant, today=at.astimezone(zone).date())
    }
    by_person = bool(before and before.again_by)
    aside = frozenset({merchant}) if with_sub_merchant else frozenset()
    split.reason, candidates = _candidates(split, rule, owed, by_person, aside)
    room = _room(split, part, rule, limits)
    shares = share_out(
        candidates, receivers=rule.receivers, room_minor=room, most=limits.receivers_most - with_sub_merchant
    ) if room else []  # fmt: skip
    ours = _ours(part, order_id, merchant, shares, room) if with_sub_merchant else 0
    if shares or ours:
        split.state, split.reason, split.ended_at = SplitState.RECORDED, "", None
        split.amount_minor = sum(one.amount_minor for one in shares) + ours
    elif candidates or with_sub_merchant:
        split.reason = Left.NO_ROOM if not room else Left.NOTHING_OWED
    return _Plan(split, owed, shares, ours)


def _ours(part: ChargePart, order_id: int, merchant: int, shares: list[Share], room: int) -> int:
    """What of a sub-merchant's part is ours: all but what its statements owe it and what goes to others. So what we
    owe others by statement comes to us, too."""
    owed, _ = owed_to_merchant(order_id, merchant)
    return our_part(
        held_minor=unsplit_minor(part), owed_minor=owed,
        sent_minor=sum(one.amount_minor for one in shares), room_minor=room,
    )  # fmt: skip


def _candidates(
    split: Split, rule: SplitRule, owed: dict[int, OwedOnStatement], by_person: bool, aside: frozenset[int]
) -> tuple[Left, list[Owed]]:
    """Who may get something, and why nobody where nobody may. Whom the channel refused for good before is left out,
    unless a person asked; who is `aside` gets it another way."""
    if not owed:
        return Left.STATEMENT_CLOSED, []
    frozen, receivers = frozen_parties(owed), receiver_of(list(owed), split.channel)
    split_before: dict[int, int] = {}
    hopeless: set[int] = set()
    for share in shares_of_order(split.order_no):
        if share.state == ShareState.CLOSED:
            if share.reason not in WORTH_ANOTHER_TRY and not by_person:
                hopeless.add(share.party_id)
        else:
            kept = share.amount_minor - share.returned_minor
            split_before[share.party_id] = split_before.get(share.party_id, 0) + kept
    concerned = [one for one in owed.values() if one.kind in rule.receivers and one.party_id not in aside]
    thawed = [one for one in concerned if one.party_id not in frozen]
    bound = [one for one in thawed if one.party_id in receivers and one.party_id not in hopeless]
    if concerned and not thawed:
        return Left.FROZEN, []
    if thawed and not bound:
        return Left.NO_RECEIVER, []
    return Left.NOTHING_OWED, [
        Owed(one.party_id, one.kind, one.owed_minor - split_before.get(one.party_id, 0), one.free_minor)
        for one in bound
    ]


def _room(split: Split, part: ChargePart, rule: SplitRule, limits: SplitLimits) -> int:
    """What may still be split of the part; 0 as well where the channel takes no more requests of the charge."""
    split.ceiling_minor = ceiling(split.paid_minor, rule.ratio_ppm, limits.ratio_ppm)
    mine = SplitShare.objects.filter(split__part=part).exclude(state=ShareState.CLOSED)
    used = sum(mine.values_list("amount_minor", flat=True))
    # A request is kept for freeing the rest. A channel counts them by its number of the payment.
    same = Q(part=part) if part.charge.attempt.combined else Q(charge=part.charge)
    asked = Split.objects.filter(same).exclude(state=SplitState.LEFT).count()
    return max(0, split.ceiling_minor - used) if asked < limits.requests_most - 1 else 0


def _take_off_statements(plan: _Plan, at: datetime, zone: tzinfo) -> None:
    split = plan.split
    if plan.ours_minor:
        _take_ours(plan, at)
    if not plan.shares:
        return
    with connection.cursor() as cursor:
        numbers = reserve_numbers(cursor, "settlement_split_share_id_seq", len(plan.shares)).tolist()
    receivers = receiver_of([one.party_id for one in plan.shares], split.channel)
    for number, share in zip(numbers, plan.shares, strict=True):
        like = Statement.objects.get(party_id=share.party_id, id=plan.owed[share.party_id].statement_id)
        line = bill_document(
            like=like, fee="split_paid", amount=-share.amount_minor, kind=EntrySource.SPLIT, document_id=number,
            base=share.owed_minor, at=at, zone=zone,
        )  # fmt: skip
        receiver = receivers[share.party_id]
        SplitShare.objects.create(
            id=number, party_id=share.party_id, split=split, split_number=split.number, order_no=split.order_no,
            channel_code=split.channel_code, receiver=receiver, account_masked=receiver.account_masked,
            entity_id=like.entity_id, currency=split.currency, owed_minor=share.owed_minor,
            amount_minor=share.amount_minor, statement_id=like.id, line_id=line, made_at=at,
        )  # fmt: skip


def _take_ours(plan: _Plan, at: datetime) -> None:
    split = plan.split
    _, statement_id = owed_to_merchant(split.order_id, split.merchant_id)
    receiver = receiver_of([OURSELVES], split.channel)[OURSELVES]
    SplitShare.objects.create(
        party_id=OURSELVES, split=split, split_number=split.number, order_no=split.order_no,
        channel_code=split.channel_code, receiver=receiver, account_masked=receiver.account_masked,
        entity_id=Statement.objects.get(party_id=split.merchant_id, id=statement_id).entity_id,
        currency=split.currency, way=ShareWay.OURS, owed_minor=plan.ours_minor, amount_minor=plan.ours_minor,
        statement_id=0, line_id=0, made_at=at,
    )  # fmt: skip
