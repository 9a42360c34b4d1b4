"""One chunk of a business line at a time: what two sources say of the same order is taken in one after the other."""

from django.db import connection

INTAKE_LOCK = 0x5A47_0020


def hold_for_intake(business_line_id: int) -> None:
    """This function will keep other intake of the line out until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [INTAKE_LOCK, business_line_id])
