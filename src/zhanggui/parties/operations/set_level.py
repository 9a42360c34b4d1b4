"""Give a party another level."""

from zhanggui.parties.models import Party
from zhanggui.parties.operations.open_party import checked_level


def set_level(*, party_id: int, level: str) -> tuple[str, Party]:
    """This function will set a party's level in the caller's transaction, and return the one before and the party.

    What came in before keeps the level frozen on it. Raises PartyIncomplete.
    """
    row = Party.objects.select_for_update().get(id=party_id)
    before, row.level_code = row.level_code, checked_level(row.code, level)
    row.save(update_fields=["level_code"])
    return before, row
