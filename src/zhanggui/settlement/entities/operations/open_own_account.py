"""Take an account of ours, at a bank or a channel, into the books."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.currencies import currency_of
from zhanggui.settlement.entities.errors import OwnAccountExists, OwnAccountIncomplete
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.queries import known_names
from zhanggui.settlement.entities.rules.account_details import checked_account_details
from zhanggui.vault.sealing import masked, seal

NUMBER_SEALED_AS = "own_account.number"
CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def open_own_account(
    *, code: str, name: Mapping[str, str], kind: OwnAccountKind, entity: SettlementEntity, currency: str,
    rail: str, number: str, holder: str, details: Mapping[str, Any], at: datetime, actor: str,
) -> OwnAccount:  # fmt: skip
    """This function will open an own account in the caller's transaction and return it; its number is sealed.

    Raises UnknownCurrency, OwnAccountIncomplete, OwnAccountExists, AccountDetailsRefused.
    """
    currency_of(currency)
    if not CODE.fullmatch(code):
        raise OwnAccountIncomplete(
            "the code of an account has 1 to 64 letters, digits, dots, dashes or underscores"
        )
    if kind == OwnAccountKind.BANK and not (holder.strip() and number.strip()):
        raise OwnAccountIncomplete("a bank account needs its holder and its number")
    if OwnAccount.objects.filter(code=code).exists():
        raise OwnAccountExists(
            f"there is an own account {code} already; choose another code", own_account=code
        )
    checked = checked_account_details(
        kind=kind.value, rail=rail, details=details, known=known_names(currency)
    )
    row = OwnAccount.objects.create(
        code=code, name=dict(name), kind=kind, entity=entity, currency=currency, rail=rail, holder=holder,
        number_masked=masked(number), number_sealed=seal(number, purpose=NUMBER_SEALED_AS),
        details=checked,
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="own_account.opened", object_kind="own_account", object_id=code,
        after={"entity": entity.code, "kind": str(kind), "currency": currency, "rail": rail,
               "number": row.number_masked, "details": checked},
    )  # fmt: skip
    return row
