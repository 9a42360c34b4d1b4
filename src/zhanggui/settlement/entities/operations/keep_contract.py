"""Keep a contract with a party, and its paper."""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.files.checking import check_content
from zhanggui.parties.models import Party, PartyKind
from zhanggui.settlement.entities.contract_files import CONTRACT_FILES
from zhanggui.settlement.entities.contracts import SEALED_AS
from zhanggui.settlement.entities.errors import ContractExists, ContractRefused
from zhanggui.settlement.entities.models import Contract
from zhanggui.vault.sealing import seal

NUMBER = re.compile(r"[^\x00-\x20\x7f/\\]{1,64}")
SIGNED_BY_LONGEST, NOTE_LONGEST, NAME_LONGEST = 200, 255, 255


@dataclass(frozen=True)
class Signed:
    """What a contract says: its number, its days (the last one included), who signed, and its paper."""

    number: str
    signed_on: date
    starts_on: date
    ends_on: date
    signed_by: str
    file_name: str
    content: bytes
    note: str = ""


def keep_contract(*, party: Party, signed: Signed, at: datetime, actor: str) -> Contract:
    """This function will keep a contract in the caller's transaction and return it. From its first day on it takes
    the place of those kept before it. Raises ContractRefused, ContractExists, and what `files` refuses."""
    _check(party, signed)
    check_content(signed.content, name=signed.file_name, taken=CONTRACT_FILES)
    digest = hashlib.sha256(signed.content).digest()
    try:
        with transaction.atomic():
            row = Contract.objects.create(
                party_id=party.id, number=signed.number, signed_on=signed.signed_on, starts_on=signed.starts_on,
                ends_on=signed.ends_on, signed_by=signed.signed_by.strip(), note=signed.note.strip(),
                file_name=signed.file_name, file_bytes=len(signed.content), file_sha256=digest,
                file_sealed=seal(base64.b64encode(signed.content).decode(), purpose=SEALED_AS), kept_at=at,
                kept_by=actor,
            )  # fmt: skip
    except IntegrityError as error:
        raise ContractExists(
            f"there is a contract {signed.number} already; a contract is never changed: keep the newer one under a"
            " number of its own",
            number=signed.number,
        ) from error
    record_change(
        at=at, actor=actor, action="contract.kept", object_kind="contract", object_id=row.number, party_id=party.id,
        after={"signed_on": row.signed_on.isoformat(), "from": row.starts_on.isoformat(),
               "to": row.ends_on.isoformat(), "signed_by": row.signed_by, "file": row.file_name,
               "sha256": digest.hex()},
    )  # fmt: skip
    return row


def _check(party: Party, signed: Signed) -> None:
    """Raises ContractRefused."""
    why = ""
    if party.kind == PartyKind.PLATFORM:
        why = "the platform has no contract with itself; name a merchant, supplier or another partner"
    elif not NUMBER.fullmatch(signed.number):
        why = f"{signed.number[:80]!r} is no number of a contract; use up to 64 characters without spaces and slashes"
    elif signed.ends_on < signed.starts_on:
        why = f"the contract begins on {signed.starts_on} and ends on {signed.ends_on}; name a later end"
    elif signed.signed_on > signed.ends_on:
        why = f"the contract was signed on {signed.signed_on}, after its end on {signed.ends_on}; check the days"
    elif not signed.signed_by.strip() or len(signed.signed_by) > SIGNED_BY_LONGEST:
        why = f"say who signed, in up to {SIGNED_BY_LONGEST} characters"
    elif len(signed.note) > NOTE_LONGEST or len(signed.file_name) > NAME_LONGEST:
        why = f"the note and the name of the file have at most {NOTE_LONGEST} characters"
    elif not (signed.note + signed.signed_by + signed.file_name).isprintable():
        why = "write who signed, the note and the name of the file in one line each"
    if why:
        raise ContractRefused(why, number=signed.number[:80])
