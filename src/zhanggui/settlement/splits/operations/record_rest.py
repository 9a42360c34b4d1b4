"""Free what is left of a payment at its channel: written down before the channel is asked."""

from datetime import datetime, timedelta, tzinfo

from django.db import connection

from zhanggui.ledger.sources import EntrySource
from zhanggui.payments.models import ChargePart
from zhanggui.payments.splitting import SplitLimits
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.billing.operations.bill_document import bill_document
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.guarantees.queries import frozen_parties
from zhanggui.settlement.splits.models import ShareWay, Split, SplitKind, SplitShare, SplitState
from zhanggui.settlement.splits.operations.record_split_outcome import pay_freed
from zhanggui.settlement.splits.queries import owed_to_merchant, sub_merchant_paid, unsplit_minor
from zhanggui.settlement.statements.models import Statement


def record_rest(*, part_id: int, limits: SplitLimits, at: datetime, zone: tzinfo) -> Split | None:
    """This function will write down that what is left of a payment is to be freed, in the caller's transaction, which
    holds `locks.hold_for_filling`; None where somebody else did, or it has to wait.

    What is freed to a sub-merchant leaves its statement, be it more than the order owes it; a frozen one waits until
    the last day of the channel's window.
    """
    part = (
        ChargePart.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("charge__channel", "charge__attempt")
        .filter(id=part_id)
        .first()
    )
    if part is None:
        return None
    charge = part.charge
    known = (
        Split.objects.filter(part=part) if charge.attempt.combined else Split.objects.filter(charge=charge)
    )
    like = known.order_by("id").first()
    if like is None or known.filter(kind=SplitKind.REST).exists():
        return None
    late = charge.charged_at <= at - timedelta(days=limits.window_days - 1)
    if part.account and not late and frozen_parties([like.merchant_id]):
        return None
    kept = max(0, unsplit_minor(part)) if part.account else 0
    split = Split.objects.create(
        number=fresh_number("F", at), kind=SplitKind.REST, charge=charge, part=part, channel=charge.channel,
        channel_code=like.channel_code, sequence=1, order_no=like.order_no, order_id=like.order_id,
        merchant_id=like.merchant_id, currency=like.currency, amount_minor=kept, ceiling_minor=kept,
        paid_minor=part.amount_minor if charge.attempt.combined else charge.amount_minor,
        state=SplitState.RECORDED, made_at=at,
    )  # fmt: skip
    if kept:
        _leave_statement(split, kept, at, zone)
    return split


def record_left_there(*, part: ChargePart, at: datetime, zone: tzinfo) -> Split | None:
    """This function will note what came back to a sub-merchant for a refund that failed after the rest of its order
    was freed, in the caller's transaction, which holds `locks.hold_for_filling`: nothing more can be split of it, so
    the sub-merchant keeps it, and its statement pays so much less. None where nothing did."""
    part = (
        ChargePart.objects.select_for_update(of=("self",)).select_related("charge__channel").get(id=part.id)
    )
    rest = Split.objects.filter(part=part, kind=SplitKind.REST).first()
    left = unsplit_minor(part)
    if not part.account or rest is None or left <= 0:
        return None
    before = Split.objects.filter(part=part, kind=SplitKind.LEFT_THERE).count()
    split = Split.objects.create(
        number=fresh_number("F", at), kind=SplitKind.LEFT_THERE, charge=rest.charge, part=part,
        channel=rest.channel, channel_code=rest.channel_code, sequence=before + 1, order_no=rest.order_no,
        order_id=rest.order_id, merchant_id=rest.merchant_id, currency=rest.currency, amount_minor=left,
        ceiling_minor=left, paid_minor=part.amount_minor - part.refunded_minor, state=SplitState.FINISHED,
        made_at=at, ended_at=at,
    )  # fmt: skip
    pay_freed(split, [_leave_statement(split, left, at, zone)], at, zone)
    return split


def _leave_statement(split: Split, kept: int, at: datetime, zone: tzinfo) -> SplitShare:
    """The sub-merchant has it already: its statement pays so much less."""
    owed, statement_id = owed_to_merchant(split.order_id, split.merchant_id)
    like = Statement.objects.get(party_id=split.merchant_id, id=statement_id)
    with connection.cursor() as cursor:
        number = int(reserve_numbers(cursor, "settlement_split_share_id_seq", 1)[0])
    line = bill_document(
        like=like, fee="split_paid", amount=-kept, kind=EntrySource.SPLIT, document_id=number, base=owed, at=at,
        zone=zone,
    )  # fmt: skip
    receiver = sub_merchant_paid(split.part)
    return SplitShare.objects.create(
        id=number, party_id=split.merchant_id, split=split, split_number=split.number, order_no=split.order_no,
        channel_code=split.channel_code, receiver=receiver, account_masked=receiver.account_masked,
        entity_id=like.entity_id, currency=split.currency, way=ShareWay.KEPT, owed_minor=max(0, owed),
        amount_minor=kept, statement_id=_statement_of(split.merchant_id, line), line_id=line, made_at=at,
    )  # fmt: skip


def _statement_of(party_id: int, line: int) -> int:
    """The statement that took the detail: where the order's own is closed, a later one."""
    return BilledLine.objects.get(party_id=party_id, line_id=line, event_id=0).statement_id
