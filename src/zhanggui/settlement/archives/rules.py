"""Months, what may go into an archive, the chain of archives, and how long one is kept."""

import hashlib
from datetime import date

GENESIS = bytes(32)
# Nothing is open between us and the party: what the lines say has been paid, carried, collected or given up.
SETTLED = ("paid", "carried", "collected", "written_off", "zero")

NUMBERS_OF_A_RANGE = 1_000_000_000
"""Line numbers of one range; so the number of a line says its range."""
NUMBERS_TO_SPARE = 100_000_000
"""Numbers that can still be drawn and written while the next range is being opened."""


def next_edge(latest_number: int) -> int:
    """This function will return where the range after the one of `latest_number` begins, with numbers to spare."""
    return ((latest_number + NUMBERS_TO_SPARE) // NUMBERS_OF_A_RANGE + 1) * NUMBERS_OF_A_RANGE


def month_of(text: str) -> date:
    """This function will read `2026-01` as the month's first day. Raises ValueError."""
    return date.fromisoformat(f"{text}-01")


def next_month(month: date) -> date:
    """This function will return the first day of the month after."""
    return shifted(month, 1)


def shifted(month: date, months: int) -> date:
    """This function will return the first day of the month so many months later, or earlier if negative."""
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def kept_until(month: date, years: int) -> date:
    """This function will return the day through which a month's files have to be there: so many years after its
    last day."""
    end = next_month(month)
    return date(end.year + years, end.month, 1)


def folder_name(month: date, part: int) -> str:
    """This function will return the name of an archive's folder, such as `2026-01.1`."""
    return f"{month:%Y-%m}.{part}"


def archive_hash(previous: bytes, manifest_sha256: bytes) -> bytes:
    """This function will return an archive's hash over the one before it and its own manifest."""
    return hashlib.sha256(previous + manifest_sha256).digest()


def range_hash(previous: bytes, first_line: int, end_line: int, *digests: bytes) -> bytes:
    """This function will return a finished range's hash over the one before it, its numbers and its digests."""
    numbers = first_line.to_bytes(8) + end_line.to_bytes(8)
    return hashlib.sha256(previous + numbers + b"".join(digests)).digest()
