"""Open ledger accounts as they are first needed."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from zhanggui.ledger.chart import BY_CODE
from zhanggui.ledger.errors import UnknownPurpose
from zhanggui.rows.transfer import array_text


class AccountKey(NamedTuple):
    """What identifies an account: entity, purpose (chart code), owner, reference (statement id or 0), currency."""

    entity_id: int
    purpose: str
    party_id: int
    reference: int
    currency: str


def open_accounts(*, keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """This function will return the ids of these accounts, opening those that do not exist yet.

    Safe against another process opening the same accounts. Raises UnknownPurpose.
    """
    wanted = sorted(set(keys))
    for key in wanted:
        if key.purpose not in BY_CODE:
            raise UnknownPurpose(f"{key.purpose} is not in the chart of accounts")
    if not wanted:
        return {}
    columns = [array_text(column) for column in zip(*wanted, strict=True)]  # words of ours: no quoting
    unnested = "unnest(%s::int[], %s::text[], %s::bigint[], %s::bigint[], %s::text[])"
    names = "entity_id, purpose, party_id, reference, currency"
    found: dict[AccountKey, int] = {}
    with connection.cursor() as cursor:
        select = f"select {names}, id from ledger_account a join {unnested} as k({names}) using ({names})"
        cursor.execute(select, columns)
        found.update({AccountKey(*row[:5]): row[5] for row in cursor.fetchall()})
        if len(found) < len(wanted):
            cursor.execute(
                f"insert into ledger_account ({names}) select {names} from {unnested} as k({names}) "
                "order by 1, 2, 3, 4, 5 on conflict do nothing",
                columns,
            )
            cursor.execute(select, columns)
            found.update({AccountKey(*row[:5]): row[5] for row in cursor.fetchall()})
    return found
