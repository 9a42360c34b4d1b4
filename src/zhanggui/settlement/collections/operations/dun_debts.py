"""Debts grow old: their dunning level rises, with a note of when. And notes of people: a call, a promise."""

from datetime import date, datetime, timedelta

from django.db.models import Q

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.collections.errors import CollectionIncomplete
from zhanggui.settlement.collections.locks import lock_debt
from zhanggui.settlement.collections.models import Debt, DunningNote
from zhanggui.settlement.collections.rules import LEVELS, level_of


def dun_debts(*, today: date, at: datetime, actor: str) -> list[DunningNote]:
    """This function will raise the level of every open debt that has reached the next one, in the caller's
    transaction, and return the notes of it. Run twice on a day, the second finds nothing."""
    notes: list[DunningNote] = []
    grown = Q()
    for since, level in LEVELS:
        grown |= Q(due_on__lte=today - timedelta(days=since), level__lt=level)
    for debt in (
        Debt.objects.select_for_update().filter(grown, open_minor__gt=0).order_by("due_on", "statement_id")
    ):
        debt.level = level_of(debt.due_on, today)
        debt.save(update_fields=["level"])
        days = (today - debt.due_on).days
        notes.append(
            DunningNote.objects.create(
                party_id=debt.party_id, statement_id=debt.statement_id, level=debt.level, at=at, actor=actor,
                note=f"+{days} d",
            )
        )  # fmt: skip
    for note in notes:
        record_change(
            at=at, actor=actor, action="debt.dunned", object_kind="debt", object_id=str(note.statement_id),
            party_id=note.party_id, after={"level": note.level, "note": note.note},
        )  # fmt: skip
    return notes


def note_dunning(
    *, party_id: int, statement_id: int, note: str, at: datetime, actor: str, promised_on: date | None = None,
    promised_minor: int = 0,
) -> DunningNote:  # fmt: skip
    """This function will keep what was said about a debt, and a promise to pay, in the caller's transaction.

    Raises UnknownDebt, CollectionIncomplete.
    """
    if not note.strip() or promised_minor < 0:
        raise CollectionIncomplete("write down what was said; a promise is an amount above zero and a day")
    debt = lock_debt(party_id, statement_id)
    row = DunningNote.objects.create(
        party_id=party_id, statement_id=statement_id, level=debt.level, at=at, actor=actor, note=note.strip(),
        promised_on=promised_on, promised_minor=promised_minor,
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="debt.noted", object_kind="debt", object_id=str(statement_id),
        party_id=party_id,
        after={"note": row.note, "promised_on": promised_on.isoformat() if promised_on else None,
               "promised_minor": promised_minor},
    )  # fmt: skip
    return row
