"""Notices of channels as they came, and what was made of each."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.platform.mall.words import NOTICE_OUTCOMES

FIELDS = {
    "id": "n.id", "outcome": "n.outcome", "notice_id": "n.notice_id", "channel": "h.code", "said": "n.said",
    "received_at": "n.received_at", "size": "length(n.body)", "digest": "encode(n.digest, 'hex')",
}  # fmt: skip
TABLES = "payments_notice n join payments_channel h on h.id = n.channel_id where {where}"


class NoticeList(ListPage):
    """What called us in the channels' names; what is forged or does not fit changed nothing."""

    name = "platform.mall_notices"
    title = pgettext_lazy("channels", "Notices of channels")
    permission = "charges_of_buyers.view"
    sort = "-received_at"
    tabs = StatusTabs.of("outcome", NOTICE_OUTCOMES)
    empty = gettext_lazy("Channels call when buyers pay; nobody has called yet.")

    def get_source(self) -> SqlSource:
        """Notices."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS)

    def get_filters(self) -> Sequence[Any]:
        """By number, channel and day."""
        return [
            TextFilter("q", gettext_lazy("Number of the notice or channel"), starts=["notice_id", "channel"]),
            DateRangeFilter("received", gettext_lazy("Received"), field="received_at"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Which, from whom, what of it."""
        return [
            LinkColumn("id", _("Notice"), value=lambda r: f"#{r.id}", sort="id", href=lambda _row: None),
            StatusColumn("outcome", _("What was made of it"), badges=NOTICE_OUTCOMES),
            TextColumn("channel", _("Channel"), code=True),
            TextColumn("notice_id", _("Number at the channel"), code=True, phone="sub"),
            TextColumn("said", _("Why"), code=True, shown=False),
            IntegerColumn("size", _("Bytes"), phone=""),
            TextColumn("digest", _("SHA-256"), code=True, shown=False),
            DateTimeColumn("received_at", _("Received"), sort="received_at"),
        ]  # fmt: skip
