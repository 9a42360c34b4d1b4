"""Several at once: billing, closing, importing, confirming, opening accounts. Threads with own connections
where a step must be timed, processes where the real thing is wanted."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections, transaction

from tests.faults.market import ORDERS, records
from tests.faults.processes import Worker
from tests.settlement.story import ZONE, Story, orders_in
from tests.tampering import broken
from zhanggui.journeys.charges_received import charges_received
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.period_ended import period_ended
from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.ledger.models import LedgerAccount
from zhanggui.ledger.operations.open_accounts import AccountKey, open_accounts
from zhanggui.settlement.billing.models import BillingRun
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.intake.models import Charge, StagedOrder
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord
from zhanggui.settlement.statements.errors import StatementNotConfirming
from zhanggui.settlement.statements.locks import hold_for_closing, hold_for_filling
from zhanggui.settlement.statements.models import Statement, StatementEvent

pytestmark = pytest.mark.django_db(transaction=True)

LINES = 2 * ORDERS + ORDERS // 4
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts in threads that start together; the result or the exception of each."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(20)
            return act()
        except Exception as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def mall(*, billed: bool = False) -> Story:
    story = Story(merchants="m1 m2 m3")
    story.receive(*records())
    if billed:
        story.bill()
    return story


def bill(story: Story) -> int:
    billed = goods_billable(
        business_line=story.line, as_of=datetime(2026, 12, 31, tzinfo=UTC), clock=lambda: NOW, zone=ZONE,
        actor="thread", chunk_size=4,
    )  # fmt: skip
    return billed.lines


class TestBilling:
    def test_two_processes_share_the_run_and_bill_everything_once(self) -> None:
        mall()
        workers = [Worker("bill"), Worker("bill")]
        billed = [
            int(line.split()[1]) for worker in workers for line in worker.ends() if line.startswith("billed")
        ]
        assert sum(billed) == LINES
        assert BilledLine.objects.count() == LINES
        assert BillingRun.objects.filter(kind="sale").count() == 1

    def test_many_threads_at_once_bill_everything_once(self) -> None:
        story = mall()
        found = at_once(*[lambda: bill(story)] * 4)
        assert sum(found) == LINES, found
        assert BilledLine.objects.count() == LINES

    def test_two_lines_at_once_make_the_same_partys_statement_once(self) -> None:
        one, other = Story(merchants="m1"), Story(merchants="m1", code="grocery")
        for story in (one, other):
            story.orders("""
                order merchant goods  day
                A1    m1       100.00 2026-01-05
            """)
        assert at_once(lambda: bill(one), lambda: bill(other)) == [1, 1]
        assert one.statements("party lines net") == "m1 2 190.00"


class TestClosing:
    def close(self) -> Any:
        from datetime import date

        return period_ended(
            through=date(2026, 6, 30), clock=lambda: NOW, zone=ZONE, actor="thread", chunk=2
        ).closed

    def test_two_at_once_close_every_statement_once(self) -> None:
        story = mall(billed=True)
        due = Statement.objects.filter(state="open", ends_before__lte="2026-07-01").count()
        found = at_once(self.close, self.close, self.close)
        assert sum(found) == due, found
        assert StatementEvent.objects.filter(before="open").count() == due
        assert story.replayed() == []

    def test_two_processes_at_once_close_every_statement_once(self) -> None:
        mall(billed=True)
        workers = [Worker("close"), Worker("close")]
        closed = [
            int(line.split()[1]) for worker in workers for line in worker.ends() if line.startswith("closed")
        ]
        assert sum(closed) == StatementEvent.objects.filter(before="open").count() > 0

    def test_while_billing_runs_loses_nothing(self) -> None:
        """What is billed after its period was closed lands on the next statement; nobody fails."""
        story = mall()
        found = at_once(lambda: bill(story), self.close, lambda: bill(story), self.close)
        assert not [one for one in found if isinstance(one, Exception)], found
        assert BilledLine.objects.filter(kind__in=(1, 2)).count() == LINES
        self.close()
        assert story.replayed() == []

    def test_waits_for_who_is_filling_and_keeps_the_next_one_out(self) -> None:
        mall(billed=True)
        order: list[str] = []
        filling, closing = threading.Event(), threading.Event()

        @transaction.atomic
        def filler() -> None:
            hold_for_filling()
            filling.set()
            closing.wait(5)
            threading.Event().wait(0.3)
            order.append("filled")

        @transaction.atomic
        def closer() -> None:
            filling.wait(5)
            closing.set()
            hold_for_closing()
            order.append("closed")

        found = at_once(filler, closer)
        assert found == [None, None]
        assert order == ["filled", "closed"]


class TestImporting:
    def test_the_same_order_from_two_sources_at_once_is_staged_once(self) -> None:
        story = Story(merchants="m1 m2 m3")
        found = at_once(
            *[lambda key=key: story.receive(*records(), key=key).state for key in ("a", "b", "c")]
        )
        assert found == ["done"] * 3
        assert StagedOrder.objects.count() == ORDERS

    def test_the_same_source_by_two_at_once_is_taken_in_once(self) -> None:
        from zhanggui.settlement.intake.errors import ImportRunning

        story = Story(merchants="m1 m2 m3")
        found = at_once(*[lambda: story.receive(*records(), key="same").state] * 2)
        assert all(one == "done" or isinstance(one, ImportRunning) for one in found), found
        assert StagedOrder.objects.count() == ORDERS
        assert story.receive(*records(), key="same").state == "done"

    def test_the_same_charge_in_two_batches_at_once_is_accepted_once(self) -> None:
        story = Story()
        record = ChargeRecord(
            charge_no="C1", party="m1", fee="storage_fee", currency="CNY", amount=-5, occurred_at=NOW
        )

        def send(key: str) -> Any:
            return charges_received(
                business_line=story.line, key=key, records=[record], at=NOW, actor="x"
            ).accepted

        found = at_once(lambda: send("a"), lambda: send("b"), lambda: send("a"))
        assert not [one for one in found if isinstance(one, Exception)], found
        assert Charge.objects.filter(state="accepted").count() == 1


class TestConfirming:
    def test_two_at_once_confirm_once(self) -> None:
        story = Story()
        story.receive(*orders_in("order merchant goods day\nA1 m1 100.00 2026-01-05"))
        story.bill()
        story.close("2026-01-31")
        row = story.statement("m1", "2026-01-01")

        def confirm() -> str:
            return statement_confirmed(
                party_id=row.party_id, statement_id=row.id, at=NOW, zone=ZONE, actor="thread"
            ).state

        found = at_once(confirm, confirm, confirm)
        assert found.count("confirmed") == 1
        assert sum(isinstance(one, StatementNotConfirming) for one in found) == 2
        assert "2202.03 m1 -95.00" in story.balances()


class TestOpenAccounts:
    def test_many_at_once_open_each_account_once(self) -> None:
        keys = [AccountKey(1, "2202.01", party, 0, "CNY") for party in range(1, 40)]

        def open_all(step: int) -> Any:
            with transaction.atomic():
                return open_accounts(keys=keys[::step])

        found = at_once(*[lambda step=step: open_all(step) for step in (1, -1, 2, -2)])
        assert not [one for one in found if isinstance(one, Exception)], found
        assert LedgerAccount.objects.count() == len(keys)
        assert {key: one for part in found for key, one in part.items()} == found[0]


def test_connections_of_threads_are_not_ours() -> None:
    """The helper of this file would prove nothing if its threads shared a connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        own = cursor.fetchone()[0]

    def backend() -> int:
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            return int(cursor.fetchone()[0])

    assert len({own, *at_once(backend, backend)}) == 3
    assert broken() == set()
