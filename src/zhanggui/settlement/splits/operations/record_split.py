"""Plan the split of one order and write it down, before the channel is asked."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db import connection

from zhanggui.ledger.sources import EntrySource
from zhanggui.payments.models import ChargePart
from zhanggui.payments.splitting import SplitLimits
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.billing.operations.bill_document import bill_document
from zhanggui.settlement.guarantees.queries import frozen_parties
from zhanggui.settlement.intake.models import StagedLine
from zhanggui.settlement.splits.models import (
    ShareState,
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
    receiver_of,
    rules_in_force,
    shares_of_order,
)
from zhanggui.settlement.splits.rules import (
    WORTH_ANOTHER_TRY,
    Left,
    Mode,
    Owed,
    Share,
    SplitRule,
    ceiling,
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


def record_split(*, part_id: int, limits: SplitLimits, at: datetime, zone: tzinfo) -> Split | None:
    """This function will plan the split of what was paid for one order and write it down with its shares, each of
    which leaves its party's open statement, in the caller's transaction, which holds `locks.hold_for_filling`.

    What cannot go by the channel stays with the statements; where nothing can, the split is written down as left,
    with the reason. Returns None where somebody else has done it, or where planning anew brings nothing.
    """
    part = (
        ChargePart.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("charge__channel")
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
        if not plan.shares and not asked_by:
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
    rule = rule_for(facts, read_rules(rules.rules if rules else []))
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
    split.reason, candidates = _candidates(split, rule, owed, by_person)
    room = _room(split, part, rule, limits)
    shares = share_out(
        candidates, receivers=rule.receivers, room_minor=room, most=limits.receivers_most
    ) if room else []  # fmt: skip
    if shares:
        split.state, split.reason, split.ended_at = SplitState.RECORDED, "", None
        split.amount_minor = sum(one.amount_minor for one in shares)
    elif candidates:
        split.reason = Left.NO_ROOM if not room else Left.NOTHING_OWED
    return _Plan(split, owed, shares)


def _candidates(
    split: Split, rule: SplitRule, owed: dict[int, OwedOnStatement], by_person: bool
) -> tuple[Left, list[Owed]]:
    """Who may get something, and why nobody where nobody may. Whom the channel refused for good before is left out,
    unless a person asked."""
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
    concerned = [one for one in owed.values() if one.kind in rule.receivers]
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
    # A request is kept for freeing the rest.
    asked = Split.objects.filter(charge=part.charge).exclude(state=SplitState.LEFT).count()
    return max(0, split.ceiling_minor - used) if asked < limits.requests_most - 1 else 0


def _take_off_statements(plan: _Plan, at: datetime, zone: tzinfo) -> None:
    split = plan.split
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


def record_rest(*, charge_id: int, at: datetime) -> Split | None:
    """This function will write down that what is left of a charge is to be freed, in the caller's transaction; None
    where somebody else did."""
    parts = list(
        ChargePart.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("charge__channel")
        .filter(charge_id=charge_id)
        .order_by("id")
    )
    known = Split.objects.filter(charge_id=charge_id)
    if not parts or known.filter(kind=SplitKind.REST).exists():
        return None
    like = known.order_by("id").first()
    if like is None:
        return None
    return Split.objects.create(
        number=fresh_number("F", at), kind=SplitKind.REST, charge=parts[0].charge, part=parts[0],
        channel=parts[0].charge.channel, channel_code=like.channel_code, sequence=1,
        order_no=like.order_no, order_id=like.order_id,
        merchant_id=like.merchant_id, currency=like.currency, paid_minor=parts[0].charge.amount_minor,
        state=SplitState.RECORDED, made_at=at,
    )  # fmt: skip
