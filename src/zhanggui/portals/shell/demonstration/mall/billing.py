"""What the channel bills: the sandbox is asked for its bills of the days on which buyers paid; they are reconciled.

A channel bills a day on the next morning, so the sandbox's clock is put forward while it is asked, and then back.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta

import httpx

from zhanggui.journeys.channel_bill_fetched import channel_bill_fetched
from zhanggui.payments.models import Charge, PaymentChannel
from zhanggui.portals.shell.demonstration.mall.trading import ACTOR, CHANNEL
from zhanggui.portals.shell.moments import zone
from zhanggui.portals.shell.sandboxes import channels_sandboxed
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.reconciliation.errors import BillNotFetched
from zhanggui.settlement.reconciliation.operations.set_reconciliation_rule import (
    RuleSettings,
    set_reconciliation_rule,
)

ACCOUNT = "wechat-zhanggui"
FEE_PPM = 6000


def open_account(at: datetime) -> None:
    """Our account at the channel that buyers pay at, and what its fees should be."""
    line = business_line("mall")
    entity = SettlementEntity.objects.get(id=line.settlementterms_set.order_by("id")[0].entity_id)
    channel = PaymentChannel.objects.get(code=CHANNEL)
    OwnAccount.objects.create(
        entity=entity, currency=line.currency, code=ACCOUNT, kind="channel", rail=channel.rail,
        name={"zh": "微信支付（掌柜商城）", "en": "WeChat Pay (Zhanggui mall)"},
        details={"channel": "wechat", "merchant_number": channel.account, "business_lines": [line.code]},
    )  # fmt: skip
    channel.own_account = ACCOUNT
    channel.save(update_fields=["own_account"])
    set_reconciliation_rule(
        account=ACCOUNT, settings=RuleSettings(expected_fee_ppm=FEE_PPM), at=at, actor=ACTOR
    )


def fetch_bills(at: datetime) -> None:
    """The trade bill and the fund bill of every day from the first payment on; days without a move have none."""
    account, channel = OwnAccount.objects.get(code=ACCOUNT), PaymentChannel.objects.get(code=CHANNEL)
    first = (
        Charge.objects.filter(channel=channel).order_by("charged_at")[0].charged_at.astimezone(zone()).date()
    )
    days = [first + timedelta(days=ahead) for ahead in range((at.astimezone(zone()).date() - first).days + 1)]
    with channels_sandboxed():
        channel.refresh_from_db()
        for day in days:
            with _put_forward(channel, day):
                for kind in ("trade", "fund"):
                    with suppress(BillNotFetched):
                        channel_bill_fetched(
                            own_account=account, kind=kind, day=day, clock=lambda: at, actor=ACTOR
                        )


@contextmanager
def _put_forward(channel: PaymentChannel, day: date) -> Iterator[None]:
    """The sandbox's clock shows the morning after a day while the block runs, then the time of the wall again."""
    morning = datetime.combine(day + timedelta(days=1), time(11), zone())
    with httpx.Client(base_url=channel.settings["base_url"], timeout=20, trust_env=False) as sandbox:
        sandbox.post("/sandbox/clock", json={"now": morning.isoformat(), "frozen": True}).raise_for_status()
        try:
            yield
        finally:
            now = datetime.now(UTC).isoformat()
            sandbox.post("/sandbox/clock", json={"now": now, "frozen": False}).raise_for_status()
