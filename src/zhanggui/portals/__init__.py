"""What people and programs see. No business rules live here.

`desk` is the furniture every back office shares; `platform`, `merchant`, `api` and `shell` stand on it
and do not know each other.
"""
