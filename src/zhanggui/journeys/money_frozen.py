"""Money is frozen and released, reserves are set and run out."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo

from django.db import transaction

from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.guarantees.models import Hold, ReservePolicy
from zhanggui.settlement.guarantees.operations.freeze_money import freeze_money, freeze_party
from zhanggui.settlement.guarantees.operations.release_hold import release_hold
from zhanggui.settlement.guarantees.operations.set_reserve_policy import set_reserve_policy
from zhanggui.settlement.guarantees.queries import holds_due
from zhanggui.settlement.statements.locks import hold_for_filling

BATCH = 5_000


@transaction.atomic
def reserve_set(
    *, entity: SettlementEntity, rate_ppm: int, days: int, effective_from: date, at: datetime, actor: str,
    party_id: int = 0,
) -> ReservePolicy:  # fmt: skip
    """This function will set which share of confirmed statements is reserved. Raises GuaranteeIncomplete."""
    return set_reserve_policy(
        entity=entity, rate_ppm=rate_ppm, days=days, effective_from=effective_from, at=at, actor=actor,
        party_id=party_id,
    )  # fmt: skip


@transaction.atomic
def amount_frozen(
    *, party_id: int, entity: SettlementEntity, currency: str, amount_minor: int, reason: str, at: datetime,
    zone: tzinfo, actor: str,
) -> Hold:  # fmt: skip
    """This function will freeze an amount of a party's money. Raises GuaranteeIncomplete."""
    hold_for_filling()
    return freeze_money(
        party_id=party_id, entity=entity, currency=currency, amount_minor=amount_minor, reason=reason, at=at,
        zone=zone, actor=actor,
    )  # fmt: skip


@transaction.atomic
def party_frozen(*, party_id: int, reason: str, at: datetime, actor: str) -> Hold:
    """This function will freeze a party. Raises GuaranteeIncomplete, AlreadyFrozen."""
    return freeze_party(party_id=party_id, reason=reason, at=at, actor=actor)


@transaction.atomic
def hold_released(*, hold_id: int, reason: str, at: datetime, zone: tzinfo, actor: str) -> Hold:
    """This function will release a hold. Raises UnknownGuarantee, HoldNotOpen, GuaranteeIncomplete."""
    hold_for_filling()
    return release_hold(hold_id=hold_id, reason=reason, at=at, zone=zone, actor=actor)


def reserves_over(*, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> int:
    """This function will release every hold whose days are over, each in a transaction of its own, and return how
    many those were."""
    due = holds_due(clock().astimezone(zone).date(), BATCH)
    for hold_id in due:
        hold_released(hold_id=hold_id, reason="its days are over", at=clock(), zone=zone, actor=actor)
    return len(due)
