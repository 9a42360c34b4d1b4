"""What buyers pay lies with sub-merchants at WeChat Pay's sandbox (收付通): our part is taken, the rest freed to them."""

from collections.abc import Iterator

import pytest

from tests.mall.shopping import Mall
from tests.mall.splitting import billed, gives_back, on_statement, received, run
from tests.mall.till import Till, open_till
from tests.rails.sandboxes import Sandbox, running
from zhanggui.journeys.orders_split import SplitUp
from zhanggui.journeys.split_arranged import split_receiver_confirmed, split_receiver_proposed
from zhanggui.payments.models import ChargePart, Refund
from zhanggui.settlement.splits.models import ShareReturn, Split, SplitReceiver, SplitShare

ACCOUNTS = {"tea": "1900000101", "kiln": "1900000102"}


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("zhanggui.rails.wechat_pay.sandbox", tmp_path_factory.mktemp("wechat")) as sandbox:
        yield sandbox


@pytest.fixture
def till(mall: Mall, process: Sandbox) -> Iterator[Till]:
    with open_till(mall, process, day=1, combines="yes", splits="yes", sub_merchant_fee_ppm="6000") as till:
        for code, account in ACCOUNTS.items():
            row = split_receiver_proposed(
                party=code, channel="wechat", kind="sub_merchant", account=account, name=f"{code} 有限公司",
                relation="PARTNER", at=mall.clock(), actor="ann",
            )  # fmt: skip
            split_receiver_confirmed(receiver_id=row.id, clock=mall.clock, actor="ben")
        yield till


def balance(till: Till, account: str) -> int:
    return till.sandbox.steer("GET", "balances").get(account, {"balance": 0})["balance"]


def test_it(till: Till) -> None:
    mall = till.mall
    print(list(SplitReceiver.objects.values_list("party_id", "kind", "account_masked", "state")))
    tea, kiln, glass = received(till, ("TEA-1", 1), ("CUP-1", 2), ("VASE", 1))
    print(list(ChargePart.objects.values_list("reference", "account", "amount_minor", "fee_minor")))
    till.later(days=7)
    billed(till)
    print(till.sandbox.steer("GET", "balances"))
    print(run(till), list(Split.objects.values_list("order_no", "kind", "state", "reason", "amount_minor", "said")))
    till.later(minutes=1)
    print(run(till), list(Split.objects.values_list("order_no", "kind", "state", "reason", "amount_minor", "said")))
    till.later(minutes=1)
    print(run(till), list(Split.objects.values_list("order_no", "kind", "state", "reason", "amount_minor", "said")))
    till.later(minutes=1)
    print(run(till), list(Split.objects.values_list("order_no", "kind", "state", "reason", "amount_minor", "said")))
    print(list(SplitShare.objects.values_list("order_no", "party_id", "way", "amount_minor", "owed_minor", "state")))
    print(till.sandbox.steer("GET", "balances"))
    print(on_statement(mall, "tea"), on_statement(mall, "kiln"))
    assert 0
