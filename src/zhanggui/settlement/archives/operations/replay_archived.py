"""Replay archived statements: from the rows of the files, and by the same kernel."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from pathlib import Path

from zhanggui.settlement.archives.models import ArchivedStatement
from zhanggui.settlement.archives.opening import opened
from zhanggui.settlement.archives.queries import chunk_of
from zhanggui.settlement.archives.tables import StatementKey
from zhanggui.settlement.replays.operations.replay_statements import Replay, replay_statements


def replay_archived(*, keys: Sequence[StatementKey], folder: Path, zone: tzinfo) -> Iterator[Replay]:
    """This function will replay archived statements (party, id) from their files and yield the results, a chunk of
    files after the other. Raises NotArchived, ArchiveDamaged."""
    together: dict[tuple[int, int], list[StatementKey]] = defaultdict(list)
    rows = ArchivedStatement.objects.filter(
        party_id__in={party for party, _ in keys}, statement_id__in=[number for _, number in keys]
    )
    places = {(row.party_id, row.statement_id): (row.archive_id, row.chunk) for row in rows}
    for key in keys:
        if key not in places:
            chunk_of(folder, *key)  # says that it is in no archive
        together[places[key]].append(key)
    for chosen in together.values():
        place, chunk = chunk_of(folder, *chosen[0])
        with opened(place, chunk):
            found = replay_statements(keys=chosen, zone=zone)
        yield from found
