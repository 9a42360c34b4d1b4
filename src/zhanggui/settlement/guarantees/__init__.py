"""What stands behind a party's debts: deposits (保证金), rolling reserves, frozen amounts and frozen parties.

Owns: what each party must have deposited and has, documents that take from or give back a deposit, the share of
each confirmed statement that is reserved for some days, holds and their release.

Holds always: a deposit is the sum of its movements, is what 2241.01 of the party says, and never below zero; what
is held is what 2202.05 of the party says; what left a confirmed statement is its `withheld_minor`.

Refuses to know: debts and receipts (collections), payouts.
"""
