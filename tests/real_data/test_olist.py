"""Olist, all of it: import, bill, close, audit, replay, and an independent engine beside it."""

from collections import defaultdict

import pytest

from tests.real_data.agreement import disagreements
from tests.real_data.market import (
    DATA,
    balances,
    billed,
    cents,
    closed,
    csv_rows,
    needs,
    opened,
    taken_in,
)
from tests.settlement.story import ZONE
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.replays.operations.replay_statements import replay_statements
from zhanggui.settlement.statements.models import Statement

FOLDER = DATA / "olist"
CANCELLED = ("canceled", "unavailable")


@needs("olist")
@pytest.mark.slow
@pytest.mark.django_db
def test_olist_from_the_files_to_the_last_cent(subtests: pytest.Subtests) -> None:
    line, document = opened("olist")
    run = taken_in(line, "olist", FOLDER)
    again = taken_in(line, "olist", FOLDER)
    done = billed(line)
    closed("2025-12-31")

    with subtests.test("everything came in, once"):
        assert (run.totals["orders"], run.totals["lines"], run.totals["rejected"]) == (30_977, 35_216, 0)
        assert again.id == run.id
    with subtests.test("totals are those of the files"):
        [sums] = rows_of(
            "select count(*) as lines, sum(goods_minor)::bigint as price, sum(freight_minor)::bigint as freight"
            " from settlement_staged_line",
            [],
        )
        assert sums == {"lines": 35_216, "price": 425_650_386, "freight": 70_054_056}
        [sums] = rows_of(
            "select count(*) as n, sum(amount_minor)::bigint as paid from settlement_staged_payment", []
        )
        assert sums == {"n": 32_390, "paid": 500_149_437}
        assert balances()["1012.01"] == 500_149_437
        [sellers] = rows_of(
            "select count(*) as n from (select order_id from settlement_staged_line group by 1"
            " having count(distinct merchant_id) > 1) o", [],
        )  # fmt: skip
        assert sellers["n"] == 374
    with subtests.test("every cent of the payments is accounted for, class by class"):
        _every_cent_has_its_class()
    with subtests.test("every line that is due is billed"):
        [due] = rows_of(
            "select count(*) filter (where billable_at < '9000-01-01') as due,"
            " (select count(*) from settlement_billed_line where kind = 1) as billed from settlement_staged_line", [],
        )  # fmt: skip
        assert due["due"] == due["billed"] == done.lines > 34_000
    with subtests.test("the slow reference says the same of every detail"):
        compared, wrong = disagreements(document)
        assert wrong[:3] == [] and compared == done.details
    with subtests.test("every closed statement replays to the same bytes"):
        keys = list(Statement.objects.exclude(state="open").order_by("id").values_list("party_id", "id"))
        replays = [one for start in range(0, len(keys), 2000)
                   for one in replay_statements(keys=keys[start : start + 2000], zone=ZONE)]  # fmt: skip
        assert len(replays) == len(keys) > 9_000
        assert [one.number for one in replays if not one.equal][:3] == []
    # That the audit is clean is seen after every test, see tests/conftest.py.


def _every_cent_has_its_class() -> None:
    """From the files alone: what the buyers of each kind of order paid, and where it must stand."""
    paid: dict[str, int] = defaultdict(int)
    for row in csv_rows(FOLDER, "olist_order_payments_dataset"):
        paid[row["order_id"]] += cents(row["payment_value"])
    due: dict[str, int] = defaultdict(int)
    for row in csv_rows(FOLDER, "olist_order_items_dataset"):
        due[row["order_id"]] += cents(row["price"]) + cents(row["freight_value"])
    owed_back = claims = above = receivable = 0
    for row in csv_rows(FOLDER, "olist_orders_dataset"):
        number, status = row["order_id"], row["order_status"]
        if status in CANCELLED or number not in due:
            owed_back += paid[number]
        elif paid[number]:
            claims += due[number]
            above += paid[number] - due[number]
        elif status != "created":
            claims += due[number]
            receivable += due[number]
    found = balances()
    assert owed_back == -found["2241.04"] > 0
    assert above == -found["6051"]
    assert receivable == found.get("1221", 0)
    merchants = [value for purpose, value in found.items() if purpose.startswith("2202.")]
    ours = [value for purpose, value in found.items() if purpose[:4] in ("6001", "6601", "2221")]
    assert claims == -sum(merchants) - sum(ours)
    assert sum(paid.values()) == owed_back + claims + above - receivable
