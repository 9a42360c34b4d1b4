"""Replay many statements on the machines of a Ray cluster."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from functools import partial
from itertools import chain

from zhanggui.rows.on_ray import on_ray
from zhanggui.settlement.replays.operations.replay_side_by_side import (
    LINES_AT_ONCE,
    StatementKey,
    partitioned,
)
from zhanggui.settlement.replays.operations.replay_statements import Replay, replay_statements


def replay_on_ray(
    *, keys: Sequence[StatementKey], zone: tzinfo, address: str | None, lines_at_once: int = LINES_AT_ONCE
) -> Iterator[Replay]:
    """This function will replay closed statements (party, id) and yield their results in the order given.

    The same parts as side by side, each done on some machine of the cluster at `address`, see `on_ray`; where the
    statements come in the order of parties, a part is some merchants. Raises NoRay, NoRayCluster.
    """
    pieces = (partial(replay_statements, keys=part, zone=zone) for part in partitioned(keys, lines_at_once))
    yield from chain.from_iterable(on_ray(pieces, address=address))
