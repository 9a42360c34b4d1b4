"""One act about a party's invoices at a time: parts, drafts, red letters and coverage are read, then written."""

from django.db import connection

INVOICES = 0x5A47_0051


def hold_invoices_of(party_id: int) -> None:
    """This function will wait for other acts about this party's invoices and keep them out until the
    transaction ends. It is the first lock an act of this package takes."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [INVOICES, party_id % (2**31 - 1)])
