"""Sealing batches into a chain, folding balances, and what the audit sees when somebody tampers."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from tests.tampering import broken, tamper
from zhanggui.ledger.chart import GATEWAY_UNSETTLED, PENDING
from zhanggui.ledger.finished import finished_batch
from zhanggui.ledger.kept import KEPT_BY_DAY_SQL, by_day_params, by_day_sql
from zhanggui.ledger.models import LedgerBalance, LedgerDayFold, LedgerDaySum, LedgerSeal
from zhanggui.ledger.operations.fold_balances import fold_balances
from zhanggui.ledger.operations.fold_days import fold_days
from zhanggui.ledger.operations.open_accounts import AccountKey, open_accounts
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.operations.seal_batches import seal_batches
from zhanggui.ledger.queries import latest_booked_date, posted_balance
from zhanggui.rows.reading import rows_of

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
GATEWAY = AccountKey(1, GATEWAY_UNSETTLED, 0, 0, "CNY")
CLAIM = AccountKey(1, PENDING, 7, 0, "CNY")


def post(key: int, amount: int, key_b: int = 0) -> None:
    post_entry(
        book_id=0, source=3, key_a=key, key_b=key_b, legs=[(GATEWAY, amount), (CLAIM, -amount)],
        booked_date=date(2026, 3, key), occurred_at=AT, at=AT,
    )  # fmt: skip


def all_finished() -> int:
    finished = finished_batch(patience_seconds=0)
    assert finished is not None
    return finished


@pytest.fixture
def three_batches() -> None:
    for key in (1, 2, 3):
        post(key, 100 * key)


@pytest.mark.usefixtures("three_batches")
class TestSealBatches:
    def test_chains_every_batch_once(self) -> None:
        assert seal_batches() == 3
        assert seal_batches() == 0
        post(4, 5)
        assert seal_batches() == 1
        assert LedgerSeal.objects.count() == 4
        assert len({bytes(seal.hash) for seal in LedgerSeal.objects.all()}) == 4

    def test_a_batch_that_commits_late_is_chained_after_a_higher_number(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select nextval('ledger_batch_id_seq')")
            late = cursor.fetchone()[0]
        post(4, 5)
        seal_batches()
        post_entry(
            book_id=0, source=3, key_a=9, key_b=0, legs=[(GATEWAY, 1), (CLAIM, -1)], booked_date=date(2026, 3, 9),
            occurred_at=AT, at=AT, batch_id=late,
        )  # fmt: skip
        assert seal_batches() == 1
        assert LedgerSeal.objects.order_by("-sequence")[0].batch_id == late


@pytest.mark.usefixtures("three_batches")
class TestFoldBalances:
    def folded(self) -> dict[int, int]:
        return dict(LedgerBalance.objects.values_list("account_id", "amount"))

    def test_folds_what_is_sealed_once_and_goes_on_from_there(self) -> None:
        ids = open_accounts(keys=[GATEWAY, CLAIM])
        assert fold_balances() == 0  # nothing is sealed yet
        seal_batches()
        assert fold_balances() == 2
        assert fold_balances() == 0
        assert self.folded() == {number: posted_balance(account_id=number) for number in ids.values()}
        assert self.folded()[ids[CLAIM]] == -600
        post(4, 5)
        assert self.folded()[ids[CLAIM]] == -600  # posted, not sealed, not folded
        seal_batches()
        assert fold_balances() == 2
        assert self.folded() == {number: posted_balance(account_id=number) for number in ids.values()}

    def test_a_rebuild_comes_to_the_same(self) -> None:
        seal_batches()
        fold_balances()
        before = self.folded()
        assert fold_balances(rebuild=True) == 2
        assert self.folded() == before

    @pytest.mark.breaks_invariants
    def test_the_audit_finds_a_balance_that_is_not_the_sum_of_its_deltas(self) -> None:
        seal_batches()
        fold_balances()
        LedgerBalance.objects.filter(amount=-600).update(amount=-601)
        assert "folded_balance_differs" in broken()

    @pytest.mark.breaks_invariants
    def test_the_audit_finds_a_batch_that_is_not_in_though_the_fold_says_so(self) -> None:
        seal_batches()
        fold_balances(finished=finished_batch(patience_seconds=0))
        assert broken() == set()
        post(4, 5)
        fold_balances(finished=finished_batch(patience_seconds=0))  # it was not sealed
        assert broken() == {"folded_balance_differs"}


@pytest.mark.usefixtures("three_batches")
class TestFoldDays:
    def kept(self) -> dict[tuple[object, ...], tuple[int, ...]]:
        """What is folded and what came since, by day and purpose."""
        return self.added(f"select * from {KEPT_BY_DAY_SQL} k", by_day_params())

    def plain(self) -> dict[tuple[object, ...], tuple[int, ...]]:
        return self.added(by_day_sql("true"), None)

    def added(self, query: str, params: object) -> dict[tuple[object, ...], tuple[int, ...]]:
        found: dict[tuple[object, ...], tuple[int, ...]] = {}
        for row in rows_of(query, params):
            key = (row["booked_date"], row["source"], row["purpose"])
            values = (row["postings"], row["debit"], row["credit"])
            found[key] = tuple(a + b for a, b in zip(found.get(key, (0, 0, 0)), values, strict=True))
        return found

    def test_what_is_folded_and_what_came_since_is_what_there_is(self) -> None:
        assert by_day_params() is None
        finished = all_finished()
        assert fold_days(finished=finished - 1) == 4  # the third batch waits
        assert len(self.kept()) == 6 and self.kept() == self.plain()
        assert fold_days(finished=finished) == 2 and fold_days(finished=finished) == 0
        post(3, 7, key_b=1)  # one day more of what is folded
        assert self.kept() == self.plain()
        assert fold_days(finished=finished + 1) == 2 and LedgerDaySum.objects.count() == 6
        assert self.kept() == self.plain() and broken() == set()

    def test_a_fold_that_dies_leaves_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def dies(*_args: object, **_named: object) -> None:
            raise OSError("killed")

        with monkeypatch.context() as patch:
            patch.setattr(type(LedgerDayFold.objects), "update_or_create", dies)
            with pytest.raises(OSError, match="killed"):
                fold_days(finished=all_finished())
        assert not LedgerDaySum.objects.exists() and by_day_params() is None
        assert fold_days(finished=all_finished()) == 6 and self.kept() == self.plain()

    @pytest.mark.breaks_invariants
    def test_the_audit_finds_a_sum_that_is_off(self) -> None:
        fold_days(finished=all_finished())
        assert broken() == set()
        LedgerDaySum.objects.filter(debit=200).update(debit=201)
        assert broken() == {"day_sums_differ"}
        LedgerDaySum.objects.filter(debit=201).update(debit=200, postings=2)
        assert broken() == {"day_sums_differ"}
        LedgerDaySum.objects.filter(debit=200).delete()
        assert broken() == {"day_sums_differ"}


def test_a_batch_is_finished_when_all_who_are_under_way_have_ended() -> None:
    assert latest_booked_date() is None
    post(2, 100)
    post(1, 100)
    assert latest_booked_date() == latest_booked_date("CNY") == date(2026, 3, 2)
    assert latest_booked_date("USD") is None
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("select nextval('ledger_batch_id_seq')")
            drawn = cursor.fetchone()[0]
        assert finished_batch(patience_seconds=0) is None
        other.rollback()
        assert finished_batch(patience_seconds=0) == drawn
    finally:
        other.close()


TAMPERING = {
    "an amount": ("update ledger_entry set amounts = array[201, -201]::bigint[] where key_a = 2", {"batch_changed", "delta_differs_from_postings"}),
    "a leg alone": ("update ledger_entry set accounts = accounts[1:1] || accounts[1:1] where key_a = 2", {"batch_changed", "delta_differs_from_postings"}),
    "a day": ("update ledger_entry set booked_date = '2026-03-09' where key_a = 2", {"batch_changed", "delta_differs_from_postings"}),
    "a time": ("update ledger_entry set occurred_at = occurred_at + interval '1 second' where key_a = 2", {"batch_changed"}),
    "an entry taken away": ("delete from ledger_entry where key_a = 2", {"batch_changed", "delta_differs_from_postings"}),
    "a delta": ("update ledger_delta set amount = amount + 1 where amount = 200", {"delta_differs_from_postings", "trial_balance_not_zero"}),
    "a delta taken away": ("delete from ledger_delta where amount = 200", {"delta_differs_from_postings", "trial_balance_not_zero"}),
    "a digest": ("update ledger_batch set digest = sha256(digest) where id = (select min(id) from ledger_batch)", {"batch_changed", "seal_broken"}),
    "a batch taken away": ("delete from ledger_batch where id = (select min(id) from ledger_batch)", {"entry_without_batch", "seal_broken"}),
    "a seal": ("update ledger_seal set hash = sha256(hash) where sequence = (select min(sequence) from ledger_seal)", {"seal_broken"}),
    "a seal taken away": ("delete from ledger_seal where sequence = (select min(sequence) from ledger_seal)", {"seal_broken"}),
    "an account's currency": ("update ledger_account set currency = 'USD' where party_id = 7", {"posting_crosses_books", "trial_balance_not_zero"}),
    "an account taken away": ("delete from ledger_account where party_id = 7", {"posting_crosses_books", "trial_balance_not_zero"}),
}  # fmt: skip


@pytest.mark.breaks_invariants
@pytest.mark.usefixtures("three_batches")
@pytest.mark.parametrize("what", TAMPERING)
def test_the_audit_finds_who_tampers_with(what: str) -> None:
    seal_batches()
    assert broken() == set()
    act, found = TAMPERING[what]
    assert tamper(act) == 1
    assert broken() == found


@pytest.mark.breaks_invariants
def test_the_audit_finds_an_unbalanced_entry_even_with_the_check_gone() -> None:
    post(1, 100)
    with connection.cursor() as cursor:
        cursor.execute("alter table ledger_entry drop constraint ledger_entry_balanced")
    tamper("update ledger_entry set amounts = array[100, -99]::bigint[]")
    assert "entry_unbalanced" in broken()
