"""Online Retail, all 541,909 rows: sales, cancellations of every kind, dirty rows."""

import os

import pytest

from tests.real_data.agreement import disagreements, wrong_reversals
from tests.real_data.market import DATA, balances, billed, closed, needs, opened, taken_in
from tests.settlement.story import ZONE
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.replays.operations.replay_statements import replay_statements
from zhanggui.settlement.statements.models import Statement

FILE = DATA / "online_retail" / "online_retail.csv.gz"
CANCELLED_ROWS = 9_288
#: The reference rates every n-th order here; ZHANGGUI_REFERENCE_EVERY=1 rates all.
EVERY = int(os.environ.get("ZHANGGUI_REFERENCE_EVERY", "40"))


@needs("online_retail")
@pytest.mark.slow
@pytest.mark.django_db
def test_online_retail_from_the_file_to_the_last_penny(subtests: pytest.Subtests) -> None:
    line, document = opened("online-retail")
    run = taken_in(line, "online-retail", FILE)
    done = billed(line)
    closed("2025-12-31")

    with subtests.test("every row of the file is accounted for"):
        notes = sum(
            count
            for name, count in run.totals.items()
            if name.startswith("note_") and not name.endswith("_minor")
        )
        assert run.totals["lines"] + notes + CANCELLED_ROWS == 541_909
        assert run.totals["rejected"] == 0
    with subtests.test("and every penny of it"):
        [sums] = rows_of(
            "select (select sum(goods_minor) from settlement_staged_line)::bigint as sold,"
            " (select sum(goods_minor) from settlement_staged_refund)::bigint as back",
            [],
        )
        assert (
            sums["sold"] + sum(run.totals[name] for name in run.totals if name.endswith("_minor"))
            == 1_064_456_042
        )
        assert sums["back"] == 89_681_249
    with subtests.test("what was sold and what came back is on statements"):
        [sums] = rows_of(
            "select (select sum(goods_minor) from settlement_staged_line)::bigint as sold,"
            " (select sum(amount) from settlement_detail where kind = 1 and fee_type_id = 1)::bigint as billed,"
            " (select sum(goods_minor) from settlement_staged_refund where state = 'accepted')::bigint as refunded", [],
        )  # fmt: skip
        assert sums["sold"] == sums["billed"] == balances()["1012.01"]
        assert sums["refunded"] == -balances()["2241.04"]
        assert balances()["2202.01"] == 0
    with subtests.test("no refund is lost"):
        assert (
            rows_of(
                "select state, count(*) as n from settlement_staged_refund where state <> 'accepted' group by 1",
                [],
            )
            == []
        )
    with subtests.test("the slow reference says the same of the sampled details"):
        compared, wrong = disagreements(document, every=EVERY)
        assert wrong[:3] == [] and compared > done.details // (EVERY + EVERY // 2)
    with subtests.test("every reversed detail is its share, worked out with fractions"):
        looked, wrong = wrong_reversals()
        assert wrong[:3] == [] and looked > 10_000
    with subtests.test("every closed statement replays to the same bytes"):
        keys = list(Statement.objects.exclude(state="open").order_by("id").values_list("party_id", "id"))
        replays = [one for start in range(0, len(keys), 40)
                   for one in replay_statements(keys=keys[start : start + 40], zone=ZONE)]  # fmt: skip
        assert len(replays) == len(keys) > 100
        assert [one.number for one in replays if not one.equal][:3] == []
    # That the audit is clean is seen after every test, see tests/conftest.py.
