"""Fees: the catalogue, rule sets as data, their checks, and the pure kernel that rates lines."""
