"""Change the details of an account of ours: which channel, which payments are of it, when its day ends."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.entities.errors import NoOwnAccount
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.entities.queries import known_names
from zhanggui.settlement.entities.rules.account_details import checked_account_details


def change_account_details(*, code: str, details: Mapping[str, Any], at: datetime, actor: str) -> OwnAccount:
    """This function will put these details in place of all the account has, in the caller's transaction, and return
    it: they hold at once, for bills and payments from now on. The same details again are not recorded again. Raises
    NoOwnAccount, AccountDetailsRefused."""
    row = OwnAccount.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NoOwnAccount(f"there is no account of ours {code!r}", own_account=code)
    before = dict(row.details)
    after = checked_account_details(
        kind=row.kind, rail=row.rail, details=details, known=known_names(row.currency)
    )
    if after == before:
        return row
    row.details = after
    row.save(update_fields=["details"])
    record_change(
        at=at, actor=actor, action="own_account.details_changed", object_kind="own_account", object_id=code,
        before={"details": before}, after={"details": after},
    )  # fmt: skip
    return row
