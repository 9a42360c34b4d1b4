"""The general ledger: accounts by owner and purpose, balanced immutable entries, append-only balances.

Refuses to know orders, fees or statements: an entry names its source by a number and two keys.
"""
