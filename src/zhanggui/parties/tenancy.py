"""Reading as one party: the database itself hides everybody else's rows, whatever the code above asks for.

A merchant's page or API read runs inside `as_tenant(party_id)`. The role it steps into may read the tables of
settlement and ledger, under policies that leave only the party's own rows, and may write nothing at all.
Writes happen outside the block, after the row was found inside it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

TENANT_ROLE = "zhanggui_tenant"
PARTY_SETTING = "zhanggui.party_id"


_ROLE = f"""
do $$ begin
  begin
    if not exists (select from pg_roles where rolname = '{TENANT_ROLE}') then
      create role {TENANT_ROLE} nologin;
    end if;
  exception when duplicate_object or unique_violation then null;
  end;
  begin
    execute format('grant {TENANT_ROLE} to %I', current_user);
  exception when unique_violation then null;
  end;
end $$
"""


def make_tenant_role() -> None:
    """This function will make the role if the server lacks it: it belongs to no database, so no dump brings it."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)


class TenantMixedUp(RuntimeError):
    """A block that reads as one party tried to read as another: a bug, never a user's mistake."""


@contextmanager
def as_tenant(party_id: int) -> Iterator[None]:
    """This function will run the block in a transaction that sees `party_id`'s rows alone.

    When the block ends, role and party are what they were before, inside an outer transaction too; when it
    raises, the rollback to where it began takes both back. Raises TenantMixedUp inside another party's block.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"select current_setting('role'), current_setting('{PARTY_SETTING}', true)")
            role_before, party_before = cursor.fetchone()
            if role_before == TENANT_ROLE and party_before != str(int(party_id)):
                raise TenantMixedUp(f"reading as party {party_before}, asked to read as {party_id} inside it")
            _become(cursor, TENANT_ROLE, str(int(party_id)))
        yield
        with connection.cursor() as cursor:
            _become(cursor, role_before, party_before or "")


def _become(cursor: object, role: str, party: str) -> None:
    """Both last until the transaction ends at most; `set_config` takes values, `set local` would not."""
    cursor.execute(  # type: ignore[attr-defined]
        "select set_config(%s, %s, true), set_config('role', %s, true)", [PARTY_SETTING, party, role]
    )
