"""Propose where a party's money should go."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.currencies import currency_of
from zhanggui.settlement.payouts.errors import ReceiverIncomplete, ReceiverWaits
from zhanggui.settlement.payouts.models import Receiver, ReceiverKind, ReceiverState
from zhanggui.settlement.payouts.operations.note_steps import Step, note_steps
from zhanggui.settlement.payouts.queries import DIGEST_KEY_SEALED_AS, NUMBER_SEALED_AS
from zhanggui.settlement.payouts.rules import (
    LONGEST_NAME,
    checked_alipay,
    checked_details,
    checked_number,
    receiver_content,
    receiver_digest,
)
from zhanggui.vault.sealing import masked, seal


@dataclass(frozen=True)
class ReceiverDetails:
    """What somebody typed: the holder's name, the full number, the bank and what its files need."""

    holder: str
    number: str
    kind: ReceiverKind = ReceiverKind.BANK
    bank: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def propose_receiver(
    *, party_id: int, currency: str, given: ReceiverDetails, at: datetime, actor: str, receipt_id: int = 0
) -> Receiver:
    """This function will note a receiver that waits for verification, in the caller's transaction, and return it.

    `receipt_id` (with `party_id` 0) makes it where what is left of that receipt goes back to. Nothing is paid to it
    before it is verified and has cooled down; the verified one, if any, stays until then.
    Raises UnknownCurrency, ReceiverIncomplete, ReceiverWaits.
    """
    currency_of(currency)
    holder, bank = " ".join(given.holder.split()), " ".join(given.bank.split())
    if not holder or max(len(holder), len(bank)) > LONGEST_NAME:
        raise ReceiverIncomplete(
            f"name the holder and the bank as they stand at the bank, with at most {LONGEST_NAME} characters",
            field="holder",
        )
    details = checked_details(given.details)
    if given.kind == ReceiverKind.ALIPAY:
        number = checked_alipay(given.number)
    else:
        number = checked_number(given.number, iban=bool(details.get("iban")))
    waiting = Receiver.objects.filter(
        party_id=party_id, currency=currency, receipt_id=receipt_id, state=ReceiverState.PROPOSED
    ).first()
    if waiting is not None:
        raise ReceiverWaits(
            f"{waiting.number_masked} waits for verification already; verify it or take it back first",
            receiver=waiting.id,
        )
    key = secrets.token_bytes(32)
    content = receiver_content(
        party_id=party_id, currency=currency, kind=given.kind, holder=holder, number=number, bank=bank,
        details=details,
    )  # fmt: skip
    row = Receiver.objects.create(
        party_id=party_id, receipt_id=receipt_id, currency=currency, kind=given.kind, holder=holder, bank=bank,
        details=details,
        number_sealed=seal(number, purpose=NUMBER_SEALED_AS), number_masked=masked(number),
        digest=receiver_digest(content, key=key),
        digest_key_sealed=seal(key.hex(), purpose=DIGEST_KEY_SEALED_AS), proposed_at=at, proposed_by=actor,
    )  # fmt: skip
    note_steps(
        steps=[Step("receiver", row.id, "", ReceiverState.PROPOSED, party_id, row.number_masked)],
        at=at,
        actor=actor,
    )
    record_change(
        at=at, actor=actor, action="receiver.proposed", object_kind="receiver", object_id=str(row.id),
        party_id=party_id, after={"currency": currency, "holder": holder, "number": row.number_masked, "bank": bank,
                                  "details": details, "digest": bytes(row.digest).hex()},
    )  # fmt: skip
    return row
