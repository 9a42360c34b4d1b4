"""A charge feed that was pulled twice: once well, with a reject; once not."""

from datetime import datetime, timedelta

from tests.isolation.market import NOW, Market
from zhanggui.journeys.charges_pulled import charges_pulled
from zhanggui.journeys.feed_changed import feed_added
from zhanggui.rails.charge_feed.errors import FeedUnreachable
from zhanggui.settlement.intake import feeds
from zhanggui.settlement.intake.feeds import FeedPage
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord


def with_feed(market: Market) -> Market:
    """Add it; nothing goes over the wire."""
    at = NOW - timedelta(days=1)
    records = [
        ChargeRecord(f"W-{number}", party, "storage_fee", "CNY", -120, at, source="pulled")
        for number, party in enumerate(("tea", "nobody"), start=1)
    ]

    def answers(*, url: str, token: str, after: str) -> FeedPage:
        if after == "p2":
            raise FeedUnreachable(
                "the page after 'p2' was answered with 503; see to it with whoever runs that system"
            )
        return FeedPage(records, "p2")

    def clock() -> datetime:
        return NOW

    before = [feeds.feed_reader()]
    feed = feed_added(
        code="wms", name={"zh": "仓储系统", "en": "Warehouse"}, business_line=market.line,
        url="https://wms.example/charges", token="secret", every_minutes=60, at=NOW, actor="tests",
    )  # fmt: skip
    feeds.register_reader(answers)
    try:
        charges_pulled(feed_id=feed.id, clock=clock, actor="clockwork")
    finally:
        feeds.register_reader(before[0])
    return market
