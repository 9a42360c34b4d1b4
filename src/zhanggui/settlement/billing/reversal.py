"""Reversal: from a sale's frozen billed line and a refund to the mirrored pieces, exact over any sequence.

Every fee follows its reverse policy: that of the rule version that made the detail, else that of its fee type,
both frozen with the detail by its ids; pro rata to the goods money given back (to the units, where points and
coupons paid for all of it). Two details are not shares but sums: freight comes back as the refund says; and
what the merchant's own coupon bore follows from the rest, so that goods less coupon is to the cent what the
buyer gets. The supply price goes back with the goods, unit by unit, whatever money the buyer is given for them:
money that is given for goods that stay with the buyer is the merchant's affair.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhanggui.money.rounding import RoundingMode
from zhanggui.money.vectors import apply_rate_array
from zhanggui.settlement.details.blocks import Ints
from zhanggui.settlement.fees.queries.fee_types import Catalogue
from zhanggui.settlement.fees.rules.document import ReverseTerms
from zhanggui.settlement.fees.rules.reverse import ReversePolicy, reverse

type Flags = NDArray[np.bool_]

SUPPLY_PRICE = "supply_price"


@dataclass(frozen=True)
class Refunds:
    """Refund steps, one per row: the share as done before, this step, the whole (minor units paid, or units
    where nothing was paid); what this step gives back for goods and freight, minor units; and the units that had
    come back before, come back now, and were sold."""

    done: Ints
    step: Ints
    whole: Ints
    goods: Ints
    freight: Ints
    units_done: Ints
    units: Ints
    units_sold: Ints


def reversal_amounts(
    *, fee_types: Ints, rules: Ints, amounts: Ints, refunds: Refunds, fees: Catalogue,
    terms: Mapping[int, ReverseTerms],
) -> Ints:  # fmt: skip
    """This function will return the reversing amounts [n, k], opposite in sign to the sale's. `terms` are those
    of rule versions that say themselves how their fee comes back."""
    policy_of = np.zeros(max(fees.by_id) + 1, dtype=np.int64)
    for fee in fees.by_id.values():
        policy_of[fee.id] = fee.reverse_policy
    policies, kept = policy_of[fee_types], np.zeros_like(amounts)
    for rule_id, own in terms.items():
        here = rules == rule_id
        policies[here] = ReversePolicy[own.policy.name]
        kept[here] = kept_of(amounts[here], own)
    pieces = reverse(
        amounts, policies, refunds.done[:, None], refunds.step[:, None], refunds.whole[:, None], kept=kept
    )
    goods, coupon, freight, supply = (
        fee_types == fees.by_code[code].id
        for code in ("goods_amount", "shop_coupon", "freight_collected", SUPPLY_PRICE)
    )
    if supply.any():
        by_units = reverse(
            amounts, policies, refunds.units_done[:, None], refunds.units[:, None],
            np.maximum(refunds.units_sold, 1)[:, None], kept=kept,
        )  # fmt: skip
        pieces = np.where(supply, by_units, pieces)
    goods_piece = np.where(goods, pieces, 0).sum(axis=1)
    pieces = np.where(coupon, -(goods_piece - refunds.goods)[:, None], pieces)
    pieces = np.where(freight, refunds.freight[:, None], pieces)
    return np.asarray(-pieces, dtype=np.int64)


def kept_of(amounts: Ints, terms: ReverseTerms) -> Ints:
    """This function will return what of each detail is kept whatever comes back, minor units, 0 or more."""
    most = apply_rate_array(np.abs(amounts), terms.kept_ppm, RoundingMode.HALF_EVEN)
    return np.asarray(np.minimum(most, terms.kept), dtype=np.int64)


def kept_details(reversed_amounts: Ints, owes_line: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """This function will say which details a reversal carries: those that are not zero. Where all are zero,
    rows that must have a line (the merchant's, so that the refund counts as billed) carry the first."""
    kept = reversed_amounts != 0
    kept[:, 0] |= owes_line & ~kept.any(axis=1)
    return np.asarray(kept)
