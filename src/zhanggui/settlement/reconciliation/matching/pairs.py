"""Pairing by numbers: the first free row of a number on one side with the first on the other, and so on.

Both sides are one row per (kind, key, place), so no row can be paired twice; what is left over of a number that
the other side has is a duplicate.
"""

from django.db import connection

TABLES = """
create temporary table recon_pairs (
  bill_id bigint not null, row_number int not null, kind smallint not null, a bigint not null, b bigint not null,
  primary key (bill_id, row_number)
) on commit drop;
create temporary table recon_left (key text collate "C" not null) on commit drop;
"""
_PASS = """
insert into recon_pairs
select t.bill_id, t.row_number, o.kind, o.a, o.b
from (select t.bill_id, t.row_number, t.kind, t.{theirs} as key,
        row_number() over (partition by t.kind, t.{theirs} order by t.bill_id, t.row_number) as place
      from recon_theirs t where t.{theirs} <> ''
        and not exists (select from recon_pairs p where p.bill_id = t.bill_id and p.row_number = t.row_number)) t
join (select o.kind, o.a, o.b, o.{ours} as key,
        row_number() over (partition by o.kind, o.{ours} order by o.at, o.a, o.b) as place
      from recon_ours o where o.{ours} <> '' and not o.taken
        and not exists (select from recon_pairs p where p.kind = o.kind and p.a = o.a and p.b = o.b)) o
  using (kind, key, place)
"""
PASSES = (
    ("own_key", "own_key"),
    ("channel_key", "channel_key"),
    ("channel_key", "reference"),
    ("own_key", "reference"),
)


def make_tables() -> None:
    """This function will make the empty tables of pairs and of keys left over."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)


def pair_all() -> int:
    """This function will pair what can be paired, by each kind of number in turn, and return how many."""
    found = 0
    with connection.cursor() as cursor:
        for theirs, ours in PASSES:
            cursor.execute(
                f"select exists (select from recon_ours where {ours} <> '')"
                f" and exists (select from recon_theirs where {theirs} <> '')"
            )
            if cursor.fetchone()[0]:
                cursor.execute(_PASS.format(theirs=theirs, ours=ours))
                found += int(cursor.rowcount)
        if found:
            cursor.execute("analyze recon_pairs")
    return found


def note_left() -> int:
    """This function will collect the numbers of rows without a pair, and return how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("truncate recon_left")
        cursor.execute(
            "insert into recon_left select distinct k.key from recon_theirs t"
            " cross join lateral (values (t.own_key), (t.channel_key)) k(key)"
            " where k.key <> '' and not exists (select from recon_pairs p"
            "  where p.bill_id = t.bill_id and p.row_number = t.row_number)"
        )
        found = int(cursor.rowcount)
        cursor.execute("analyze recon_left")
        return found
