"""Contracts as they are read: each with the state it is in on a day, worked out from it and the newer ones."""

import base64
from datetime import date
from enum import StrEnum
from typing import Any, Final

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.entities.errors import UnknownContract
from zhanggui.settlement.entities.models import Contract
from zhanggui.vault.sealing import unseal

SEALED_AS: Final = "contract.file"
ENDING_DAYS: Final = 30
"""So many days before its last one a contract that nothing follows is to be renewed."""


class ContractState(StrEnum):
    """What a contract is on a day."""

    AHEAD = "ahead"
    HOLDS = "holds"
    ENDING = "ending"
    OVER = "over"
    SUPERSEDED = "superseded"


STATE_SQL: Final = f"""
case when exists (select from settlement_contract n where n.party_id = c.party_id and n.id > c.id
                  and n.starts_on <= %(today)s) then 'superseded'
  when c.starts_on > %(today)s then 'ahead'
  when c.ends_on < %(today)s then 'over'
  when c.ends_on < %(today)s::date + {ENDING_DAYS} and not exists (
    select from settlement_contract n where n.party_id = c.party_id and n.id > c.id and n.ends_on > c.ends_on)
    then 'ending'
  else 'holds' end"""
FIELDS: Final = {
    "id": "c.id", "party_id": "c.party_id", "number": "c.number", "state": STATE_SQL, "signed_on": "c.signed_on",
    "starts_on": "c.starts_on", "ends_on": "c.ends_on", "signed_by": "c.signed_by", "note": "c.note",
    "file_name": "c.file_name", "file_bytes": "c.file_bytes", "file_sha256": "encode(c.file_sha256, 'hex')",
    "kept_at": "c.kept_at", "kept_by": "c.kept_by",
}  # fmt: skip
"""The columns of a contract in SQL, of settlement_contract c; the state asks for %(today)s."""
_FOUND = f"""
select {", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())} from settlement_contract c
where (%(party_id)s::bigint is null or c.party_id = %(party_id)s)
  and (%(number)s::text is null or c.number = %(number)s)
  and c.id > %(after)s
"""
_CHOSEN = f"""
select * from ({_FOUND}) k where %(state)s::text is null or k.state = %(state)s order by k.id limit %(limit)s
"""


def contracts(
    *, today: date, party_id: int | None = None, number: str | None = None, state: str | None = None,
    after: int = 0, limit: int = 1000,
) -> list[dict[str, Any]]:  # fmt: skip
    """This function will return contracts in the order they were kept, with their states on a day."""
    return rows_of(
        _CHOSEN,
        {"today": today, "party_id": party_id, "number": number, "state": state, "after": after, "limit": limit},
    )  # fmt: skip


def contract_by_number(number: str, *, today: date, party_id: int | None = None) -> dict[str, Any]:
    """This function will return one contract, of this party where one is named. Raises UnknownContract."""
    found = contracts(today=today, number=number, party_id=party_id, limit=1)
    if not found:
        raise UnknownContract(
            f"there is no contract {number!r}; look at the list of contracts", number=number
        )
    return found[0]


def paper_of(contract_id: int) -> bytes:
    """This function will return the paper of a contract, as it was kept."""
    sealed = Contract.objects.values_list("file_sealed", flat=True).get(id=contract_id)
    return base64.b64decode(unseal(bytes(sealed), purpose=SEALED_AS))
