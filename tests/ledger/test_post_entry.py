"""Posting one entry."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from zhanggui.ledger.chart import BILLED, GATEWAY_UNSETTLED, PENDING, SUBSIDY
from zhanggui.ledger.errors import EntryKeyConflict, LedgerCurrencyMismatch, UnbalancedEntry, UnknownPurpose
from zhanggui.ledger.models import LedgerBatch, LedgerDelta, LedgerEntry
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.queries import party_balances, posted_balance, trial_balance
from zhanggui.money.errors import AmountTooLarge, FloatRefused, NotAnInteger

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
GATEWAY = AccountKey(1, GATEWAY_UNSETTLED, 0, 0, "CNY")
CLAIM = AccountKey(1, PENDING, 7, 0, "CNY")
SUBSIDIES = AccountKey(1, SUBSIDY, 0, 0, "CNY")


def post(*legs: tuple[AccountKey, int], key: int = 1, day: date = date(2026, 3, 1)) -> bool:
    return post_entry(
        book_id=0, source=8, key_a=key, key_b=0, legs=legs, booked_date=day, occurred_at=AT, at=AT
    )


class TestPostEntry:
    def test_writes_the_entry_its_deltas_and_its_batch(self) -> None:
        assert post((GATEWAY, 900), (SUBSIDIES, 100), (CLAIM, -1000))
        entry = LedgerEntry.objects.get()
        assert sorted(entry.amounts) == [-1000, 100, 900]
        assert (entry.entity_id, entry.currency, entry.booked_date) == (1, "CNY", date(2026, 3, 1))
        assert LedgerDelta.objects.count() == 3
        assert LedgerBatch.objects.get().entries == 1
        assert trial_balance()[0]["balance"] == 900
        assert sum(row["balance"] for row in trial_balance()) == 0

    def test_posting_the_same_again_does_nothing(self) -> None:
        assert post((GATEWAY, 5), (CLAIM, -5))
        assert not post((CLAIM, -5), (GATEWAY, 5))
        assert LedgerEntry.objects.count() == 1
        assert LedgerDelta.objects.count() == 2

    def test_refuses_the_same_key_with_other_legs(self) -> None:
        post((GATEWAY, 5), (CLAIM, -5))
        with pytest.raises(EntryKeyConflict):
            post((GATEWAY, 6), (CLAIM, -6))
        assert LedgerEntry.objects.get().amounts == [5, -5]

    @pytest.mark.parametrize("amounts", [(5, -4), (5, 5), (0, 0), (5, 0)])
    def test_refuses_legs_that_do_not_sum_to_zero(self, amounts: tuple[int, int]) -> None:
        with pytest.raises(UnbalancedEntry):
            post((GATEWAY, amounts[0]), (CLAIM, amounts[1]))
        assert not LedgerEntry.objects.exists()

    @pytest.mark.parametrize("other", [CLAIM._replace(currency="USD"), CLAIM._replace(entity_id=2)])
    def test_refuses_another_currency_or_entity(self, other: AccountKey) -> None:
        with pytest.raises(LedgerCurrencyMismatch):
            post((GATEWAY, 5), (other, -5))
        assert not LedgerEntry.objects.exists()

    def test_refuses_floats_booleans_and_what_no_bigint_holds(self) -> None:
        with pytest.raises(FloatRefused):
            post((GATEWAY, 10.5), (CLAIM, -10.5))  # type: ignore[arg-type]
        with pytest.raises(NotAnInteger):
            post((GATEWAY, True), (CLAIM, -1))
        with pytest.raises(AmountTooLarge):
            post((GATEWAY, 2**63), (CLAIM, -(2**63)))
        assert not LedgerEntry.objects.exists()

    def test_refuses_an_account_that_is_not_in_the_chart(self) -> None:
        with pytest.raises(UnknownPurpose):
            post((GATEWAY._replace(purpose="9999"), 5), (CLAIM, -5))

    def test_leaves_zero_legs_out(self) -> None:
        post((GATEWAY, 5), (SUBSIDIES, 0), (CLAIM, -5))
        assert len(LedgerEntry.objects.get().accounts) == 2


class TestBalances:
    def test_are_those_of_the_end_of_the_day(self) -> None:
        post((GATEWAY, 5), (CLAIM, -5), key=1, day=date(2026, 3, 1))
        post((GATEWAY, 7), (CLAIM, -7), key=2, day=date(2026, 3, 2))
        account = LedgerDelta.objects.filter(party_id=7).values_list("account_id", flat=True)[0]
        assert posted_balance(account_id=account, through=date(2026, 2, 28)) == 0
        assert posted_balance(account_id=account, through=date(2026, 3, 1)) == -5
        assert posted_balance(account_id=account) == -12
        assert party_balances(party_id=7, currency="CNY") == {"pending": 12, "posted": 0, "available": 0}
        assert party_balances(party_id=7, currency="USD")["pending"] == 0
        assert party_balances(party_id=7, currency="CNY", through=date(2026, 3, 1))["pending"] == 5

    def test_posted_and_available_are_billed_and_confirmed(self) -> None:
        billed = AccountKey(1, BILLED, 7, 33, "CNY")
        confirmed = AccountKey(1, "2202.03", 7, 33, "CNY")
        post((GATEWAY, 9), (billed, -9), key=1)
        post((billed, 4), (confirmed, -4), key=2)
        assert party_balances(party_id=7, currency="CNY") == {"pending": 0, "posted": 9, "available": 4}

    test_posted_and_available_are_billed_and_confirmed = pytest.mark.breaks_invariants(
        test_posted_and_available_are_billed_and_confirmed
    )


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_delta", "ledger_batch"])
@pytest.mark.parametrize("act", ["update {} set {} = {}", "delete from {} where {} = {}"])
def test_the_database_itself_refuses_to_change_what_is_posted(table: str, act: str) -> None:
    post((GATEWAY, 5), (CLAIM, -5))
    column = "entries" if table == "ledger_batch" else "batch_id"
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act.format(table, column, column))


def test_the_database_itself_refuses_an_unbalanced_entry() -> None:
    post((GATEWAY, 5), (CLAIM, -5))
    insert = (
        "insert into ledger_entry select 0, 8, 2, 0, entity_id, currency, batch_id, booked_date, occurred_at,"
        " accounts, array[5, -4] from ledger_entry"
    )
    with pytest.raises(IntegrityError, match="balanced"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(insert)
