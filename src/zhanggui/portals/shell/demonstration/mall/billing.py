"""What the channel bills: the sandbox is asked for its bills of the days on which buyers paid; they are reconciled.

A channel bills a day on the next morning, so the sandbox's clock is put forward while it is asked, and then back.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta

import httpx

from zhanggui.journeys.channel_bill_fetched import channel_bill_fetched
from zhanggui.payments.models import Charge, PaymentChannel, Refund, RefundState
from zhanggui.portals.shell.demonstration.mall.first_month import after, was
from zhanggui.portals.shell.demonstration.mall.month_end import WITHDRAWN
from zhanggui.portals.shell.demonstration.mall.trading import ACTOR, AGREED_FEE_PPM, CHANNEL
from zhanggui.portals.shell.moments import zone
from zhanggui.portals.shell.sandboxes import channels_sandboxed
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.reconciliation.errors import BillNotFetched
from zhanggui.settlement.reconciliation.operations.set_reconciliation_rule import (
    RuleSettings,
    set_reconciliation_rule,
)
from zhanggui.settlement.splits.models import ShareReturn, Split
from zhanggui.settlement.subsidies.models import Subsidy

ACCOUNT = "wechat-zhanggui"


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
        account=ACCOUNT, settings=RuleSettings(expected_fee_ppm=AGREED_FEE_PPM), at=at, actor=ACTOR
    )


def fetch_bills(at: datetime) -> None:
    """The trade bill and the fund bill of every day on which something moved there."""
    account, channel = OwnAccount.objects.get(code=ACCOUNT), PaymentChannel.objects.get(code=CHANNEL)
    with channels_sandboxed():
        channel.refresh_from_db()
        for day in _days(channel):
            with _put_forward(channel, day):
                for kind in ("trade", "fund"):
                    with suppress(BillNotFetched):
                        channel_bill_fetched(
                            own_account=account, kind=kind, day=day, clock=lambda: at, actor=ACTOR
                        )


def _days(channel: PaymentChannel) -> list[date]:
    """Days on which buyers paid, got money back, orders were split or added to, or money went to our bank."""
    moments = [
        *Charge.objects.filter(channel=channel).values_list("charged_at", flat=True),
        *Refund.objects.filter(charge__channel=channel, state=RefundState.SUCCEEDED).values_list(
            "ended_at", flat=True
        ),
        *Split.objects.filter(channel=channel).values_list("ended_at", flat=True),
        *ShareReturn.objects.filter(share__split__channel=channel).values_list("ended_at", flat=True),
        *Subsidy.objects.filter(channel=channel).values_list("ended_at", flat=True),
    ]
    withdrawn = after(*WITHDRAWN)()
    moments += [withdrawn] if was(withdrawn) else []
    return sorted({moment.astimezone(zone()).date() for moment in moments if moment})


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
