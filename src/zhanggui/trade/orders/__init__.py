"""Purchases of buyers, split into orders of merchants and of who ships, their lines, states and history.

Promises: orders of a purchase add up to it; what an order line costs never changes; every step has a row.
"""
