"""A party is opened, or gets another level or category; all is written down."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.parties.models import Party, PartyKind
from zhanggui.parties.operations.classify_party import classify_party
from zhanggui.parties.operations.open_party import open_party


@transaction.atomic
def party_opened(
    *, code: str, kind: PartyKind, name: Mapping[str, str], at: datetime, actor: str, level: str = "",
    category: str = "",
) -> Party:  # fmt: skip
    """This function will open a party. Raises PartyExists, PartyIncomplete."""
    row = open_party(code=code, kind=kind, name=name, level=level, category=category)
    record_change(
        at=at, actor=actor, action="party.opened", object_kind="party", object_id=row.code, party_id=row.id,
        after={"kind": row.kind, "name": row.name, "level": row.level_code, "category": row.category_code},
    )  # fmt: skip
    return row


@transaction.atomic
def party_classified(
    *, party_id: int, at: datetime, actor: str, level: str | None = None, category: str | None = None
) -> Party:
    """This function will give a party another level, category or both; one it has already changes nothing.

    Raises PartyIncomplete.
    """
    before, after, row = classify_party(party_id=party_id, level=level, category=category)
    if after:
        record_change(
            at=at, actor=actor, action="party.classified", object_kind="party", object_id=row.code,
            party_id=row.id, before=before, after=after,
        )  # fmt: skip
    return row
