"""Load the fee catalogue of the code into its table."""

from dataclasses import dataclass

from django.db import connection, transaction

from zhanggui.settlement.fees.catalogue.entries import CatalogueEntry, entries
from zhanggui.settlement.fees.errors import FeeTypeFrozen
from zhanggui.settlement.fees.models import FeeType

CATALOGUE_LOCK = 0x5A47_0010

#: What details freeze by naming a fee type's id: none of it may change, a new fee type is written instead.
FROZEN = ("code", "group", "sign", "reverse_policy", "counter_purpose", "invoice")
#: What only the display and the defaults of new rules depend on.
FREE = ("name", "granularity", "source", "sort")


@dataclass(frozen=True, slots=True)
class CatalogueLoaded:
    """How many fee types were new, changed in wording or order, and already as they are now."""

    added: int
    changed: int
    kept: int


@transaction.atomic
def load_catalogue(*, catalogue: tuple[CatalogueEntry, ...] | None = None) -> CatalogueLoaded:
    """This function will bring the table of fee types up to the catalogue (default: the one in the code).

    Idempotent; writes only what differs. Fee types in the table that the catalogue does not have stay.
    Raises FeeTypeFrozen, naming every fee type concerned, if an id would change its meaning.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [CATALOGUE_LOCK])
    present = {fee_type.id: fee_type for fee_type in FeeType.objects.all()}
    wanted = [_row(entry) for entry in (entries() if catalogue is None else catalogue)]
    _refuse_changed_meaning(present, wanted)
    added = [row for row in wanted if row.id not in present]
    changed = [
        row
        for row in wanted
        if row.id in present and any(getattr(row, name) != getattr(present[row.id], name) for name in FREE)
    ]
    FeeType.objects.bulk_create(added)
    FeeType.objects.bulk_update(changed, FREE)
    return CatalogueLoaded(len(added), len(changed), len(wanted) - len(added) - len(changed))


def _row(entry: CatalogueEntry) -> FeeType:
    """The table's row for an entry."""
    return FeeType(
        id=entry.id,
        code=entry.code,
        name={"zh": entry.zh, "en": entry.en},
        group=entry.group,
        sign=entry.sign,
        reverse_policy=entry.reverse_policy,
        granularity=entry.granularity,
        source=entry.source,
        counter_purpose=entry.counter_purpose,
        invoice=entry.invoice,
        sort=entry.sort,
    )


def _refuse_changed_meaning(present: dict[int, FeeType], wanted: list[FeeType]) -> None:
    """Raise FeeTypeFrozen for ids that would change their meaning and codes that would change their id."""
    ids = {fee_type.code: fee_type.id for fee_type in present.values()}
    problems = []
    for row in wanted:
        old = present.get(row.id)
        changes = [
            f"{name} from {getattr(old, name)} to {getattr(row, name)}"
            for name in FROZEN
            if old is not None and getattr(old, name) != getattr(row, name)
        ]
        if changes:
            problems.append(f"fee type {row.id} would change {', '.join(changes)}")
        elif old is None and row.code in ids:
            problems.append(f'fee type "{row.code}" would move from id {ids[row.code]} to {row.id}')
    if problems:
        raise FeeTypeFrozen(
            f"Details already freeze these fee types by their id: {'; '.join(problems)}. "
            "Keep them as they were and add a fee type with a new id and code.",
            problems=problems,
        )
