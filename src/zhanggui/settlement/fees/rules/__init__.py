"""The fee kernel: what a rule set says, whether it is sound, and what it makes of every order line.

Owns the rule set document (`parser`, `document`), the checks before publishing (`checks`), the compiler
(`compile`, `card`), the vectorised kernel (`kernel`), the reversal of details (`reverse`) and their
explanation (`explain`). Pure: no tables, no settings, no clock; everything is an argument.

Invariants: exact integers throughout; one rounding per detail; the shares of a group sum to the group's
result; the same lines and rules give the same details, in whatever batches they come.
Refuses to know: where lines come from, which statement a detail goes to, who may publish a rule.
"""
