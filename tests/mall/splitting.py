"""What tests of splits share: rules, accounts for shares at a channel, orders that are billed, and what came of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.isolation.market import ZONE
from tests.mall.shopping import Mall
from tests.mall.till import Till
from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.orders_split import SplitUp, orders_split
from zhanggui.journeys.split_arranged import (
    split_receiver_confirmed,
    split_receiver_proposed,
    split_rules_published,
)
from zhanggui.payments.models import Refund
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.splits.errors import SplitReceiverConfirmedByProposer
from zhanggui.settlement.splits.models import SplitShare
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import GiveBackKind, Order, OrderLine
from zhanggui.trade.orders.operations.give_back import LineBack, give_back


def rules_for(channel: str, *receivers: str) -> list[dict[str, Any]]:
    """A quarter of what is paid at a channel goes to these kinds of parties."""
    return [
        {"code": "shops", "mode": "on_rail", "channels": [channel], "receivers": list(receivers or ["merchant"]),
         "ratio_ppm": 250000},
    ]  # fmt: skip


def arranged(
    till: Till, accounts: Mapping[str, str], *, rules: Sequence[dict[str, Any]] | None = None
) -> Till:
    """Rules, a quarter to shops unless told otherwise, and an account for shares of each party of `accounts`, confirmed by somebody else."""
    clock = till.mall.clock
    published = rules_for(till.channel) if rules is None else list(rules)
    if published:
        split_rules_published(rules=published, at=clock(), actor="ann")
    for code, account in accounts.items():
        row = split_receiver_proposed(
            party=code, channel=till.channel, kind="merchant" if account.isdigit() else "person", account=account,
            name=f"{code} 有限公司", relation="PARTNER", at=clock(), actor="ann",
        )  # fmt: skip
        with pytest.raises(SplitReceiverConfirmedByProposer):
            split_receiver_confirmed(receiver_id=row.id, clock=clock, actor="ann")
        done = split_receiver_confirmed(receiver_id=row.id, clock=clock, actor="ben")
        assert (done.state, done.account_masked) == ("added", f"****{account[-4:]}")
    return till


def received(till: Till, *goods: tuple[str, int], held: Sequence[int] | None = None) -> list[Order]:
    """Paid at the sandbox with one payment, shipped and received."""
    purchase = till.mall.place(*goods, held=held)
    till.pay(till.begin(purchase))
    assert till.hear() < 300
    return [till.mall.receive(order) for order in till.mall.orders(purchase)]


def billed(till: Till) -> None:
    tell_settlement(clock=till.mall.clock, zone=ZONE)
    goods_billable(
        business_line=till.mall.line, as_of=till.mall.clock(), clock=till.mall.clock, zone=ZONE, actor="tests"
    )


def run(till: Till) -> SplitUp:
    return orders_split(clock=till.mall.clock, zone=ZONE)


def states(*fields: str) -> list[tuple[object, ...]]:
    return list(SplitShare.objects.order_by("order_no", "id").values_list(*fields))


def on_statement(mall: Mall, party: str) -> list[tuple[str, int]]:
    rows = rows_of(
        "select f.code, d.amount from settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id"
        " where d.party_id = %s and f.\"group\" = 'split' order by d.line_id",
        [mall.party(party).id],
    )
    return [(row["code"], row["amount"]) for row in rows]


def gives_back(till: Till, order: Order, goods: int, cause: str, *, quantity: int = 1) -> Refund:
    """So much of an order is given back, with its goods if there is a `quantity`; its refund is written down."""
    slip = give_back(
        order=hold_order(order.order_no), lines=[LineBack(OrderLine.objects.get(order=order).id, quantity, goods, 0)],
        cause=cause, kind=GiveBackKind.RETURN if quantity else GiveBackKind.GOODWILL, reason="broken",
        at=till.mall.clock(),
    )  # fmt: skip
    return Refund.objects.get(refund_no=slip.refund_no)
