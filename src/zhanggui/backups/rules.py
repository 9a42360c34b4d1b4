"""Which backups are kept. Pure: days in, choices out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo


@dataclass(frozen=True)
class Retention:
    """How many days, weeks and months keep one backup each: the latest of each."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 12


def kept(made: Iterable[tuple[int, datetime]], *, retention: Retention, zone: tzinfo) -> set[int]:
    """The ids of the backups to keep, of (id, moment): the latest of each of the last days, ISO weeks and months
    in which there is one. Days without a backup do not count, so a machine that slept loses nothing.
    """
    newest_first = sorted(made, key=lambda one: one[1], reverse=True)
    chosen: set[int] = set()
    for most, mark in (
        (retention.daily, "%Y-%m-%d"), (retention.weekly, "%G-%V"), (retention.monthly, "%Y-%m"),
    ):  # fmt: skip
        spans: dict[str, int] = {}
        for backup_id, moment in newest_first:
            spans.setdefault(moment.astimezone(zone).strftime(mark), backup_id)
        chosen.update(list(spans.values())[:most])
    return chosen
