"""Orders of the mall are split at WeChat Pay (分账): rules, accounts for shares that a second person confirms, shares
that arrive, one that the channel does not pay out, and a refund that takes shares back.

The channel splits a minute after payment and says a moment later what became of it, so both clocks are put forward by
that much.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
from django.db import transaction
from django.db.models import Max

from zhanggui.journeys.orders_split import orders_split
from zhanggui.journeys.split_arranged import (
    split_receiver_confirmed,
    split_receiver_proposed,
    split_rules_published,
)
from zhanggui.parties.models import Party, PartyKind
from zhanggui.payments.models import Charge, PaymentChannel
from zhanggui.portals.shell.demonstration.mall.trading import CHANNEL, return_one, send_refunds
from zhanggui.portals.shell.moments import zone
from zhanggui.portals.shell.sandboxes import channels_sandboxed
from zhanggui.settlement.splits.models import (
    ShareState,
    ShareWay,
    Split,
    SplitReceiver,
    SplitShare,
    SplitState,
)
from zhanggui.trade.orders.models import Order, OrderLine
from zhanggui.trade.returns.models import ReturnCase

MAKER, SECOND = "finance", "controller"
RULES = [
    {
        "code": "small", "name": {"zh": "小额订单随结算单付款", "en": "Small orders by statement"},
        "mode": "own_account", "below_minor": 5_000,
    },
    {
        "code": "mall", "name": {"zh": "商城订单在微信支付分账", "en": "Orders of the mall split at WeChat Pay"},
        "mode": "on_rail", "channels": [CHANNEL], "receivers": ["merchant", "supplier"], "ratio_ppm": 300_000,
    },
]  # fmt: skip
NUMBERS = range(1_900_000_101, 1_900_000_109)
"""Merchant numbers that the sandbox knows; the last one is the sub-merchant's."""
UNKNOWN_RELATION = "FRIEND"
WAITS = timedelta(seconds=61)
HELD_BY = "RECEIVER_HIGH_RISK"


def publish_rules(at: datetime) -> None:
    """How orders are split, for all that are placed from now on."""
    split_rules_published(rules=RULES, at=at, actor=MAKER)


def open_accounts(at: datetime) -> None:
    """Accounts of suppliers and shops with orders, as many as the sandbox knows, proposed by one person and confirmed
    by another: the last one waits to be confirmed, and the channel refuses the one before it."""
    with channels_sandboxed():
        wanted = _with_orders()[: len(NUMBERS)]
        for place, (party, number) in enumerate(zip(wanted, NUMBERS, strict=False)):
            if SplitReceiver.objects.filter(party_id=party.id).exists():
                continue
            refused = place == len(wanted) - 2
            row = split_receiver_proposed(
                party=party.code, channel=CHANNEL, kind="merchant", account=str(number), name=party.name["zh"],
                relation=UNKNOWN_RELATION if refused else _relation(party), at=at, actor=MAKER,
            )  # fmt: skip
            if place < len(wanted) - 1:
                split_receiver_confirmed(receiver_id=row.id, clock=lambda: at, actor=SECOND)


def _with_orders() -> list[Party]:
    """Suppliers first, then shops; with the most orders first."""
    orders = list(Order.objects.exclude(paid_at=None).values_list("merchant_id", "supplier_id"))
    count = [party for pair in orders for party in pair if party]
    found = Party.objects.filter(id__in=count)
    return sorted(found, key=lambda one: (one.kind != PartyKind.SUPPLIER, -count.count(one.id), one.code))


def _relation(party: Party) -> str:
    return "SUPPLIER" if party.kind == PartyKind.SUPPLIER else "STORE"


def split(at: datetime) -> None:
    """Orders that arrived are split; the channel does not pay the first share out: it is on its statement again."""
    last = Charge.objects.filter(channel__code=CHANNEL).aggregate(last=Max("charged_at"))["last"]
    moment = max(at, last + WAITS)
    with channels_sandboxed():
        channel = PaymentChannel.objects.get(code=CHANNEL)
        with clock_of(channel, moment) as steer:
            if not SplitShare.objects.filter(state=ShareState.CLOSED).exists():
                steer("faults", {"kind": "outcome", "of": "split", "value": HELD_BY})
            orders_split(clock=lambda: moment, zone=zone())
        later = moment + WAITS
        with clock_of(channel, later):
            orders_split(clock=lambda: later, zone=zone())
            assert not Split.objects.filter(state=SplitState.ASKED).exists()


def take_back(at: datetime) -> None:
    """All of one order comes back: more than is with us of its payment, so the shop gives its share back, too."""
    with transaction.atomic():
        sent = SplitShare.objects.filter(state=ShareState.SUCCEEDED, way=ShareWay.SENT)
        share = sent.order_by("-amount_minor", "id")[0]
        order = Order.objects.get(order_no=share.order_no)
        if not ReturnCase.objects.filter(order=order).exists():
            return_one(order, OrderLine.objects.filter(order=order).order_by("id")[0].quantity, at)
    send_refunds(at)


@contextmanager
def clock_of(
    channel: PaymentChannel, moment: datetime, *, stays: bool = False
) -> Iterator[Callable[[str, object], None]]:
    """The sandbox's clock shows `moment` while the block runs, then the time of the wall again, unless it `stays`:
    put forward, it would do what is due until then. Yields what steers it."""
    with httpx.Client(base_url=channel.settings["base_url"], timeout=20, trust_env=False) as sandbox:

        def steer(address: str, document: object) -> None:
            sandbox.post(f"/sandbox/{address}", json=document).raise_for_status()

        steer("clock", {"now": moment.isoformat(), "frozen": True})
        try:
            yield steer
        finally:
            if not stays:
                steer("clock", {"now": datetime.now(UTC).isoformat(), "frozen": False})
