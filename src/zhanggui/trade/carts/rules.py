"""How much of one thing may lie in a cart."""

MOST_OF_ONE = 999
"""As the table demands it."""
