"""Reconciliation (对账): bills of channels and statements of banks, held against our payments and our ledger.

Owns bills and their rows, runs, matches and typed differences, and what a merchant checks by itself. Each row of
a bill is in exactly one place per leg: matched, or in a difference. Refuses to know: how a provider writes its
files (the readers in `rails` do), and who may decide (approvals and roles do).
"""
