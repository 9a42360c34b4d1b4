"""A stand-in for Citus in the tests' own PostgreSQL: its functions keep a list, and refuse what Citus would."""

from django.db import connection

STAND_IN = """
create schema stand_in;
create table stand_in.pg_dist_node (groupid int, shouldhaveshards bool, isactive bool);
insert into stand_in.pg_dist_node values (0, false, true), (1, true, true), (2, true, true);
create table stand_in.placed (table_name regclass, citus_table_type text, distribution_column text, colocation_id int);
create view stand_in.citus_tables as select * from stand_in.placed;
create function stand_in.citus_is_coordinator() returns bool language sql as 'select true';
create function stand_in.create_reference_table(name regclass) returns void language sql as
  $$ insert into stand_in.placed values (name, 'reference', '<none>', 1) $$;
create function stand_in.create_distributed_table(name regclass, by text, method text default 'hash',
  colocate_with text default 'default', shard_count int default null) returns void language plpgsql as $$
declare missing text;
begin
  select i.indexrelid::regclass into missing from pg_index i where i.indrelid = name and i.indisunique
    and not exists (select from pg_attribute a where a.attrelid = name and a.attname = by and a.attnum = any(i.indkey));
  if missing is not null then
    raise exception 'cannot create constraint on %: % lacks %', name, missing, by;
  end if;
  if colocate_with <> 'none' and not exists (select from stand_in.placed where table_name = colocate_with::regclass) then
    raise exception 'relation % is not distributed', colocate_with;
  end if;
  insert into stand_in.placed values (name, 'distributed', by, 2);
end $$;
create function stand_in.truncate_local_data_after_distributing_table(name regclass) returns void
  language sql as 'select';
set local search_path to public, stand_in;
"""


def stand_in_for_citus(*, change: str = "") -> None:
    """Until the test ends, let this database look like a coordinator with two workers; `change` makes it differ."""
    with connection.cursor() as cursor:
        cursor.execute(STAND_IN + change)
