"""The price of a unit for one buyer."""


def unit_price(*, price_minor: int, member_minor: int, member: bool) -> int:
    """The price of a unit in minor units: the member price for a buyer with a level, where the goods have one."""
    return member_minor if member and member_minor else price_minor
