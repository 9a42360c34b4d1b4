"""Money: integer minor units with a currency, rates, rounding and sharing; pure Python and numpy.

Owns: the currency table, reading and writing decimal texts, rounding modes, rates in parts per million,
allocation by largest remainder and by cumulative shares, and numpy twins of all of these for batches.

Holds always: no float touches money; a shared amount is preserved to the last unit; a numpy twin equals
its scalar, also where 64 bits would overflow.

Refuses to know: Django, the database, the clock, settings, and what an amount is for.
"""

from zhanggui.money.amounts import Money

__all__ = ["Money"]
