"""An account of ours, at a bank or a channel, is opened, closed, or opened again, or its details change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from zhanggui.settlement.entities.errors import OwnAccountBusy
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.operations.change_account_details import change_account_details
from zhanggui.settlement.entities.operations.close_own_account import close_own_account, reopen_own_account
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.queries import payouts_underway
from zhanggui.settlement.payouts.rail import rail_named


@transaction.atomic
def own_account_opened(
    *, code: str, name: Mapping[str, str], kind: OwnAccountKind, entity: SettlementEntity, currency: str,
    rail: str, number: str, holder: str, details: Mapping[str, Any], at: datetime, actor: str,
) -> OwnAccount:  # fmt: skip
    """This function will open an own account; a bank account without a rail pays nothing by itself. Raises
    UnknownRail, UnknownCurrency, OwnAccountIncomplete, OwnAccountExists, AccountDetailsRefused."""
    if kind == OwnAccountKind.BANK and rail:
        rail_named(rail)
    return open_own_account(
        code=code, name=name, kind=kind, entity=entity, currency=currency, rail=rail, number=number,
        holder=holder, details=details, at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def own_account_details_changed(
    *, code: str, details: Mapping[str, Any], at: datetime, actor: str
) -> OwnAccount:
    """This function will put these details in place of those of an own account; they hold at once. Raises
    NoOwnAccount, AccountDetailsRefused."""
    return change_account_details(code=code, details=details, at=at, actor=actor)


@transaction.atomic
def own_account_closed(*, code: str, reason: str, at: datetime, actor: str) -> OwnAccount:
    """This function will close an own account from which no payout waits to leave and none is on its way. Raises
    OwnAccountBusy, NoOwnAccount, OwnAccountNotInState."""
    hold_payouts()
    count = payouts_underway(code)
    if count:
        raise OwnAccountBusy(
            f"{count} payouts of account {code} wait or are on their way; let them end first", payouts=count
        )
    return close_own_account(code=code, reason=reason, at=at, actor=actor)


@transaction.atomic
def own_account_reopened(*, code: str, reason: str, at: datetime, actor: str) -> OwnAccount:
    """This function will open a closed own account again. Raises NoOwnAccount, OwnAccountNotInState."""
    return reopen_own_account(code=code, reason=reason, at=at, actor=actor)
