"""The sweep after each test leaves out only checks that could not have said anything else (tests/sweeping.py)."""

import pytest
from django.db import transaction
from django.utils import timezone

from tests.sweeping import Growing, Reads, Undone
from zhanggui.clockwork.sweep_invariants import CHECKS
from zhanggui.parties.models import User
from zhanggui.rows.reading import rows_of
from zhanggui.trade.buyers.models import Buyer

LOCKED = (
    "select coalesce(w.relname, c.relname)::text as name from pg_locks l join pg_class c on c.oid = l.relation"
    " left join pg_class w on w.oid = pg_partition_root(c.oid)"
    " where l.pid = pg_backend_pid() and c.relkind in ('r', 'p', 'v', 'm')"
    " and c.relnamespace = current_schema()::regnamespace"
)


@pytest.mark.django_db(transaction=True)
def test_every_table_that_a_check_reads_is_known() -> None:
    reads = Reads()
    for check in CHECKS:
        with transaction.atomic():
            reads.answer(check)
            locked = {row["name"] for row in rows_of(LOCKED)}
        name = check.__name__
        assert reads.always(name) or locked <= reads.of[name], (name, locked - reads.of[name])
    # Else nothing would ever be left out, or what a check needs to know is not in what it names.
    assert sum(map(reads.always, reads.of)) < 8


@pytest.mark.django_db
@pytest.mark.breaks_invariants
def test_what_was_written_is_looked_at_and_what_was_undone_is_not() -> None:
    undone, growing = Undone(), Growing()
    undone.learn()
    assert len(growing.sweep()) == len(CHECKS)
    assert len(undone.sweep()) < 8 > len(growing.sweep())
    with transaction.atomic():
        user = User.objects.create(username="late", password="!")
        Buyer.objects.create(number="B-1", user=user, name="Late", created_at=timezone.now())
        assert undone.sweep()["buyer_without_way_in"] and growing.sweep()["buyer_without_way_in"]
        transaction.set_rollback(True)
    assert "buyer_without_way_in" not in undone.sweep()
