"""The one place that orders fillers and closers of statements.

Fillers (billing, corrections, charges) hold SERIES shared; closing, carrying and disputes hold it exclusively,
a chunk at a time. It is always the first lock an act takes; account rows are never locked. Whoever finds that
a statement is missing takes OPENING before making it, so that two fillers cannot wait for each other's rows; and
before that AHEAD, shared, which is held exclusively, and shortly, while statements for a whole run are made.
"""

from django.db import connection

SERIES = 0x5A47_0010
OPENING = 0x5A47_0012
AHEAD = 0x5A47_0013


def hold_for_filling() -> None:
    """This function will let other fillers run and keep closers out until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(%s)", [SERIES])


def hold_for_closing() -> None:
    """This function will wait for all fillers and keep them out until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [SERIES])


def hold_for_opening() -> None:
    """This function will let one transaction at a time, of all fillers, make statements that are missing."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [OPENING])


def hold_for_opening_ahead() -> None:
    """This function will let all fillers that miss a statement wait until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [AHEAD])


def await_opening_ahead() -> None:
    """This function will wait for whoever opens statements ahead. Those who waited then go on side by side, which
    OPENING, held to the end of a transaction, would not let them."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(%s)", [AHEAD])
