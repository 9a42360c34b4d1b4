"""How much may lie in a cart."""

MOST_OF_ONE = 999
"""Of one thing, as the table demands it."""
MOST_KINDS = 120
"""Different things; a cart that took over another one may hold more."""
