"""Give a party another level or category."""

from zhanggui.parties.models import Party
from zhanggui.parties.operations.open_party import checked_level


def classify_party(
    *, party_id: int, level: str | None = None, category: str | None = None
) -> tuple[dict[str, str], dict[str, str], Party]:
    """This function will set what rules know a party by in the caller's transaction; None leaves it as it is.

    It returns what changed, as it was and as it is, and the party. What came in before keeps what was frozen on
    it. Raises PartyIncomplete.
    """
    row = Party.objects.select_for_update().get(id=party_id)
    before = {"level": row.level_code, "category": row.category_code}
    if level is not None:
        row.level_code = checked_level(row.code, level)
    if category is not None:
        row.category_code = checked_level(row.code, category)
    row.save(update_fields=["level_code", "category_code"])
    after = {"level": row.level_code, "category": row.category_code}
    changed = [name for name in before if before[name] != after[name]]
    return {name: before[name] for name in changed}, {name: after[name] for name in changed}, row
