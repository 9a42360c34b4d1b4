"""Parts of charges that lie on accounts of sub-merchants (二级商户) at a channel, and what the channel keeps of them.

WeChat's 电商收付通: what a buyer pays for a merchant's order goes to an account of that merchant at the channel,
where it waits to be split; the channel takes its fee from it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zhanggui.money.rates import apply
from zhanggui.money.rounding import RoundingMode, round_ratio


@dataclass(frozen=True)
class PaidTo:
    """Who is paid for an order at the channel: the sub-merchant's number, and the channel's fee in parts per million;
    `subsidy_minor` is what we promise to add (补差)."""

    account: str
    fee_ppm: int
    subsidy_minor: int = 0


def written(accounts: Mapping[str, PaidTo]) -> dict[str, dict[str, Any]]:
    """This function will return accounts by order as a try keeps them."""
    return {reference: asdict(one) for reference, one in accounts.items()}


def read(accounts: Mapping[str, Mapping[str, Any]]) -> dict[str, PaidTo]:
    """This function will return accounts by order from how a try keeps them."""
    return {reference: PaidTo(**one) for reference, one in accounts.items()}


def fee_of(amount_minor: int, fee_ppm: int) -> int:
    """This function will return the channel's fee of a payment: half a cent is rounded up, as WeChat does."""
    return apply(amount_minor, fee_ppm, RoundingMode.HALF_UP)


def fee_back(fee_minor: int, amount_minor: int, refunded_minor: int) -> int:
    """This function will return what of a payment's fee the channel has given back once so much of it was refunded:
    in proportion, half a cent up, so that the last cent of the payment brings the last cent of the fee."""
    return round_ratio(fee_minor * refunded_minor, amount_minor, RoundingMode.HALF_UP) if amount_minor else 0


def fee_back_sql(fee: str, amount: str, refunded: str) -> str:
    """This function will return `fee_back` as SQL over columns of parts whose amount is not 0."""
    return f"(2 * {fee} * {refunded} + {amount}) / (2 * {amount})"


def follows(part_minor: int, *, refund_minor: int, left_minor: int) -> int:
    """This function will return what of a part of a payment (ours, a subsidy) follows a refund out of `left_minor`
    that the buyer has still paid: in proportion, half a cent up, all of it with the last cent."""
    return min(part_minor, round_ratio(part_minor * refund_minor, left_minor, RoundingMode.HALF_UP))
