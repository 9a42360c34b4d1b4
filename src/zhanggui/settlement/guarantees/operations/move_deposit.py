"""Move a deposit: one movement, one entry, and what is held now."""

from datetime import datetime, tzinfo

from zhanggui.ledger.chart import DEPOSITS
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.money import Money
from zhanggui.settlement.guarantees.errors import DepositTooSmall
from zhanggui.settlement.guarantees.models import Deposit, DepositMovement


def deposit_account(deposit: Deposit) -> AccountKey:
    """This function will return the ledger account of a deposit."""
    return AccountKey(deposit.entity_id, DEPOSITS, deposit.party_id, 0, deposit.currency)


def move_deposit(
    *, deposit: Deposit, kind: str, amount_minor: int, counter: AccountKey | None, document_id: int,
    at: datetime, zone: tzinfo, actor: str, reason: str = "", line_id: int = 0, movement_id: int | None = None,
) -> DepositMovement:  # fmt: skip
    """This function will add `amount_minor` (positive = paid in) to a locked deposit in the caller's transaction
    and post it against `counter`; without one the caller's own entry (a claim, a detail) has posted it.

    Raises DepositTooSmall: a deposit never falls below what is there and not pledged.
    """
    if amount_minor < 0 and deposit.free_minor + amount_minor < 0:
        raise DepositTooSmall(
            f"the deposit has {Money(deposit.free_minor, deposit.currency)} free;"
            f" {Money(-amount_minor, deposit.currency)} cannot be taken from it",
            free_minor=deposit.free_minor,
        )
    movement = DepositMovement.objects.create(
        id=movement_id, deposit=deposit, party_id=deposit.party_id, kind=kind, amount_minor=amount_minor,
        document_id=document_id, line_id=line_id, at=at, actor=actor, reason=reason,
    )  # fmt: skip
    deposit.held_minor += amount_minor
    if deposit.held_minor >= deposit.required_minor:
        deposit.demanded_minor, deposit.demanded_at, deposit.top_up_by = 0, None, None
    deposit.save()
    if counter is not None:
        post_entry(
            book_id=deposit.party_id, source=EntrySource.DEPOSIT, key_a=movement.id, key_b=0,
            legs=[(counter, amount_minor), (deposit_account(deposit), -amount_minor)],
            booked_date=at.astimezone(zone).date(), occurred_at=at, at=at,
        )  # fmt: skip
    return movement
