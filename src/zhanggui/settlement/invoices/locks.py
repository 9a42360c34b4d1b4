"""One act about a party's invoices at a time: parts, drafts, red letters and coverage are read, then written."""

from django.db import connection

INVOICES, NUMBERS = 0x5A47_0051, 0x5A47_0052


def hold_invoices_of(party_id: int) -> None:
    """This function will wait for other acts about this party's invoices and keep them out until the
    transaction ends. It is the first lock an act of this package takes."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [INVOICES, party_id % (2**31 - 1)])


def hold_numbers() -> None:
    """This function will keep everybody else from giving our invoices numbers until the transaction ends, so that
    one that is rolled back leaves no gap. Taken after the party's lock, just before an invoice is written."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, 0)", [NUMBERS])
