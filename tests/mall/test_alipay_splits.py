"""Orders of the mall divided at Alipay's sandbox: shares at once or later, refunds that carry them back, and codes."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.isolation.market import ZONE
from tests.mall.shopping import Mall
from tests.mall.splitting import arranged, billed, gives_back, on_statement, received, run, states
from tests.mall.till import Till, open_till
from tests.rails.sandboxes import Sandbox, running
from zhanggui.journeys.orders_split import SplitUp, splitter
from zhanggui.journeys.period_ended import period_ended
from zhanggui.payments.channel import Method
from zhanggui.payments.errors import MethodNotOffered
from zhanggui.payments.models import Charge, Refund
from zhanggui.settlement.splits.models import ShareReturn, Split
from zhanggui.settlement.statements.models import Statement

# The kiln is known by the name it logs in by, as people are.
ACCOUNTS = {"tea": "2088100000000011", "kiln": "kiln@example.com"}


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("zhanggui.rails.alipay.sandbox", tmp_path_factory.mktemp("alipay")) as sandbox:
        yield sandbox


@pytest.fixture
def at_once(mall: Mall, process: Sandbox) -> Iterator[Till]:
    with open_till(mall, process, channel="alipay", day=1, splits="yes") as till:
        yield arranged(till, ACCOUNTS)


@pytest.fixture
def piecemeal(mall: Mall, process: Sandbox) -> Iterator[Till]:
    with open_till(mall, process, channel="alipay", day=60, splits="yes", royalty_mode="async") as till:
        yield arranged(till, ACCOUNTS)


def left(till: Till) -> int:
    charge = Charge.objects.select_related("channel").get()
    return splitter(charge.channel).left_to_split(charge.channel_number, now=till.mall.clock())


def sent(till: Till, refund: Refund) -> Refund:
    till.send_refunds()
    refund.refresh_from_db()
    return refund


def test_shares_come_back_inside_the_refund_that_needs_them(at_once: Till) -> None:
    till, mall = at_once, at_once.mall
    with pytest.raises(MethodNotOffered):  # whoever pays by a code cannot be divided
        till.begin(mall.place(("TEA-2", 1)), Method.QR)
    tea, kiln = received(till, ("TEA-1", 1), ("CUP-1", 2))
    till.later(days=7)
    billed(till)
    assert left(till) == 18600 * 30 // 100

    # The first is refused as a whole and its money is on the statement again; the answer to the second never comes.
    till.sandbox.fault("outcome", of="share", value="ACQ.TXN_RESULT_ACCOUNT_BALANCE_NOT_ENOUGH")
    assert run(till) == SplitUp(split=2, asked=2)
    assert states("order_no", "amount_minor", "state", "reason") == [
        (tea.order_no, 2200, "closed", "ACQ.TXN_RESULT_ACCOUNT_BALANCE_NOT_ENOUGH"),
        (kiln.order_no, 2450, "succeeded", ""),
    ]  # fmt: skip
    till.later(hours=1)
    till.sandbox.fault("lost", path="/gateway.do")
    assert run(till) == SplitUp(split=1, asked=1)
    assert Split.objects.order_by("-id")[0].state == "unclear"
    till.later(minutes=1)
    run(till)
    assert on_statement(mall, "tea") == [("split_paid", -2200), ("split_closed", 2200), ("split_paid", -2200)]
    assert [one.state for one in Split.objects.order_by("id")] == ["refused", "finished", "finished"]
    assert left(till) == 5580 - 2200 - 2450

    # 88.00 go back: 66.00 of them are with us, so the tea house's 22.00 come with the refund.
    assert sent(till, gives_back(till, tea, 8800, "a")).state == "succeeded"
    back = ShareReturn.objects.get()
    assert (back.state, back.amount_minor, back.with_refund) == ("succeeded", 2200, True)
    # The kiln cannot give back: refused with its share, the buyer gets the money without it, under the same number.
    till.sandbox.fault("outcome", of="share_back", value="ACQ.REFUND_ROYALTY_PAYEE_ACCOUNT_NOT_EXIST")
    assert sent(till, gives_back(till, kiln, 9800, "b", quantity=2)).state == "succeeded"
    assert ShareReturn.objects.order_by("-id").values_list("state", "reason")[0] == (
        "failed", "ACQ.REFUND_ROYALTY_PAYEE_ACCOUNT_NOT_EXIST",
    )  # fmt: skip
    billed(till)
    till.later(days=40)
    assert run(till) == SplitUp()  # of what went back wholly there is no rest to free
    period_ended(through=date(2026, 7, 31), clock=mall.clock, zone=ZONE, actor="tests")
    first = Statement.objects.exclude(line_count=0).filter(starts_on=date(2026, 6, 1))
    nets = dict(first.values_list("party_id", "net_minor"))
    assert nets == {mall.party("tea").id: 0, mall.party("kiln").id: -2450}


def test_share_by_share_until_the_rest_is_freed(piecemeal: Till) -> None:
    till, mall = piecemeal, piecemeal.mall
    received(till, ("TEA-1", 1), ("CUP-1", 1))
    till.later(days=7)
    billed(till)
    till.sandbox.fault("outcome", of="share", value="RECEIVER_ACCOUNT_ABNORMAL")
    assert run(till) == SplitUp(split=2, asked=2)
    assert states("amount_minor", "state") == [(2200, "pending"), (1225, "pending")]
    till.later(minutes=1)
    run(till)
    assert states("state", "reason") == [("closed", "RECEIVER_ACCOUNT_ABNORMAL"), ("succeeded", "")]
    assert on_statement(mall, "tea") == [("split_paid", -2200), ("split_closed", 2200)]
    till.later(days=22)
    assert run(till) == SplitUp(rests=1, asked=1)
    till.later(minutes=1)
    run(till)
    assert (Split.objects.get(kind="rest").state, left(till)) == ("finished", 0)
