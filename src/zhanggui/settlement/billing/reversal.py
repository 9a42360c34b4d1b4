"""Reversal: from a sale's frozen billed line and a refund to the mirrored pieces, exact over any sequence.

Every fee follows its reverse policy, pro rata to the goods money given back. Three details are not shares but
sums: freight comes back as the refund says; and what the merchant's own coupon bore follows from the rest, so
that goods less coupon is to the cent what the buyer gets.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhanggui.settlement.details.blocks import Ints
from zhanggui.settlement.fees.queries import Catalogue
from zhanggui.settlement.fees.rules.reverse import reverse

type Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Refunds:
    """Refund steps, one per row: minor units done before, this step, the whole; and freight of this step."""

    done: Ints
    step: Ints
    whole: Ints
    freight: Ints


def reversal_amounts(*, fee_types: Ints, amounts: Ints, refunds: Refunds, fees: Catalogue) -> Ints:
    """This function will return the reversing amounts [n, k], opposite in sign to the sale's."""
    policy_of = np.zeros(max(fees.by_id) + 1, dtype=np.int64)
    for fee in fees.by_id.values():
        policy_of[fee.id] = fee.reverse_policy
    priced = refunds.whole > 0  # of goods that cost nothing, nothing is a share
    pieces = reverse(
        amounts, policy_of[fee_types], np.where(priced, refunds.done, 0)[:, None],
        np.where(priced, refunds.step, 0)[:, None], np.where(priced, refunds.whole, 1)[:, None],
    )  # fmt: skip
    goods, coupon, freight = (
        fee_types == fees.by_code[code].id for code in ("goods_amount", "shop_coupon", "freight_collected")
    )
    goods_piece = np.where(goods, pieces, 0).sum(axis=1)
    pieces = np.where(coupon, -(goods_piece - refunds.step)[:, None], pieces)
    pieces = np.where(freight, refunds.freight[:, None], pieces)
    return np.asarray(-pieces, dtype=np.int64)


def kept_details(reversed_amounts: Ints, owes_line: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """This function will say which details a reversal carries: those that are not zero. Where all are zero,
    rows that must have a line (the merchant's, so that the refund counts as billed) carry the first."""
    kept = reversed_amounts != 0
    kept[:, 0] |= owes_line & ~kept.any(axis=1)
    return np.asarray(kept)
