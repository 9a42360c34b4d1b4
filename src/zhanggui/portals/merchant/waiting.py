"""Order lines that are paid for but cannot be billed yet: what stands behind the pending balance."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.lists import (
    Column,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    SqlSource,
    StatusColumn,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.settlement.intake.models import HoldReason, OrderStatus

STATES = {
    OrderStatus.PAID.value: Badge(_("Paid"), "blue"),
    OrderStatus.SHIPPED.value: Badge(_("Shipped"), "blue"),
    OrderStatus.RECEIVED.value: Badge(pgettext_lazy("order", "Received"), "green"),
    OrderStatus.COMPLETED.value: Badge(_("Completed"), "green"),
}
HOLD_REASONS = {
    HoldReason.RISK.value: _("Risk control"),
    HoldReason.COMPLAINT.value: _("Complaint of the buyer"),
    HoldReason.OTHER.value: _("Another reason"),
}
FIELDS = {
    "id": "l.line_id", "party_id": "l.merchant_id", "currency": "l.currency", "order_no": "o.order_no",
    "ordered_at": "l.ordered_at", "state": "o.status", "sku": "coalesce(sku.code, '')",
    "quantity": "l.quantity", "amount": "(l.goods_minor - l.shop_discount_minor + l.freight_minor)",
    "billable_at": "case when l.billable_at < '9999-01-01' then l.billable_at end",
    "held": "(select min(h.reason) from settlement_order_hold h where h.released_at is null"
            " and h.business_line_id = o.business_line_id and h.order_no = o.order_no)",
}  # fmt: skip
TABLES = """
settlement_staged_line l join settlement_staged_order o on o.id = l.order_id
left join settlement_dimension sku on sku.id = l.sku_id and l.sku_id > 0
where o.status in (1, 2, 3, 4) and not exists (
  select from settlement_billed_line b
  where b.party_id = l.merchant_id and b.line_id = l.line_id and b.event_id = 0) and {where}
"""


class WaitingLines(OwnList):
    """Paid, not billable yet."""

    name = "merchant.waiting"
    title = _("Waiting to be billed")
    permission = "own_details.view"
    sort = "-ordered_at"
    empty = _("All your paid orders are billed.")

    def get_source(self) -> SqlSource:
        """Lines without a sale in the books."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS)

    def get_filters(self) -> Sequence[Any]:
        """By order or article."""
        return [
            TextFilter("q", _("Order number or SKU"), starts=["order_no", "sku"]),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What was paid, and from when it can be billed."""
        return [
            LinkColumn("order_no", _("Order"), href=lambda _row: None),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("sku", _("SKU"), code=True, phone="sub"),
            DateTimeColumn("ordered_at", _("Ordered"), sort="ordered_at", phone="line"),
            IntegerColumn("quantity", _("Quantity"), phone=""),
            MoneyColumn("amount", _("Goods and freight"), currency=self.currency, total=True, sort="amount",
                        phone="amount"),
            TextColumn("held", _("On hold"), value=lambda r: HOLD_REASONS.get(r.held, ""), phone="line",
                       note=_("It is billed when the platform releases the order")),
            DateTimeColumn("billable_at", _("Billable from"), phone="line",
                           note=_("Empty until the order reaches the station your terms name")),
        ]  # fmt: skip
