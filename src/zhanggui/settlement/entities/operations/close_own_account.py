"""Close an account of ours, or open it again: a closed one pays nothing, and nothing is received on it."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.entities.errors import NoOwnAccount, OwnAccountNotInState
from zhanggui.settlement.entities.models import OwnAccount


def close_own_account(*, code: str, reason: str, at: datetime, actor: str) -> OwnAccount:
    """This function will close an own account in the caller's transaction and return it; what stands on it in the
    ledger stays. Raises NoOwnAccount, OwnAccountNotInState."""
    return _switch(code, False, reason, at, actor)


def reopen_own_account(*, code: str, reason: str, at: datetime, actor: str) -> OwnAccount:
    """This function will open a closed own account again in the caller's transaction and return it. Raises
    NoOwnAccount, OwnAccountNotInState."""
    return _switch(code, True, reason, at, actor)


def _switch(code: str, active: bool, reason: str, at: datetime, actor: str) -> OwnAccount:
    row = OwnAccount.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NoOwnAccount(f"there is no account of ours {code!r}", own_account=code)
    if row.active == active:
        state = "open" if active else "closed"
        raise OwnAccountNotInState(f"account {code} is {state} already; nothing is left to do")
    row.active = active
    row.save(update_fields=["active"])
    record_change(
        at=at, actor=actor, action=f"own_account.{'reopened' if active else 'closed'}",
        object_kind="own_account", object_id=code, before={"active": not active},
        after={"active": active, "reason": reason},
    )  # fmt: skip
    return row
