"""How much of a subsidy is due: pure functions over minor units."""

from zhanggui.money.rounding import RoundingMode, round_ratio


def still_due(*, promised_minor: int, paid_minor: int, refunded_minor: int) -> int:
    """This function will return what is to be paid of a promise once so much of the payment went back: in proportion,
    half a cent up; nothing of a payment that went back wholly."""
    return round_ratio(promised_minor * (paid_minor - refunded_minor), paid_minor, RoundingMode.HALF_UP)
