"""Banks without a programming interface: a file of payments is uploaded in the bank's web bank, a result file comes
back. Each bank's columns are data (`templates/*.toml`), not code. No tables, no clock.

The shipped templates have the columns such files usually have (序号, 收款账号, 户名, 开户行, 联行号, 金额, 用途); a
bank's own wording differs from bank to bank and year to year, so hold a template against the bank's before use.
"""
