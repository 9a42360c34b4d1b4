"""The folders between us and a bank, one set for each own account: `out` for the bank, `in` from it.

What carries the files is not ours. `handed` keeps a copy of all that was ever put out, so that a file the bank took
is never put out again; `read` keeps what came in and is in the books. No tables, no clock.
"""
