"""Coupons, spend-and-save rules and freight templates; `merchant_id` 0 is the platform."""

from typing import Any

from zhanggui.trade.pricing.models import FreightTemplate
from zhanggui.trade.promotions.models import Coupon, SpendAndSave

type Document = dict[str, Any]
COUPON = (
    "code", "name", "merchant_id", "kind", "currency", "amount_minor", "off_ppm", "most_minor", "from_minor",
    "platform_ppm", "categories", "spus", "total", "claimed", "per_buyer", "claim_starts_at", "claim_ends_before",
    "use_starts_at", "use_ends_before", "active",
)  # fmt: skip
SAVING = ("code", "name", "merchant_id", "currency", "steps", "platform_ppm", "categories", "spus", "starts_at",
          "ends_before", "active")  # fmt: skip
FREIGHT = ("code", "name", "currency", "basis", "free_from_minor", "active")
FREIGHT_ROW = ("regions", "first_units", "first_minor", "next_units", "next_minor")


def coupon_told(row: Coupon) -> Document:
    """A coupon and how many were claimed."""
    return {name: getattr(row, name) for name in COUPON}


def saving_told(row: SpendAndSave) -> Document:
    """A spend-and-save rule."""
    return {name: getattr(row, name) for name in SAVING}


def freight_told(row: FreightTemplate) -> Document:
    """A freight template with its rows."""
    rows = sorted(row.rows.all(), key=lambda one: one.id)
    return {name: getattr(row, name) for name in FREIGHT} | {
        "rows": [{name: getattr(one, name) for name in FREIGHT_ROW} for one in rows]
    }
