"""What parties owe us and how it comes in: debts of negative statements, receipts at our bank and their claims.

Owns: the policy of carrying or collecting, debts with their ageing and dunning, set-offs against later goods
money, write-offs with approval; bank receipts (收款), claims on them (认款), refunds of what nobody claimed.

Holds always: what is open of a debt is what 1122 of its statement says; a receipt is what was claimed of it, plus
what was given back, plus what 2241.08 still holds of it.

Refuses to know: payouts, banks' file formats.
"""
