"""The fee catalogue (费用类型目录) as data: `fee_types.toml`, and `entries`, which reads it.

Invariants: an id, once published, keeps its code, sign, reverse policy and counter account for good, for
details freeze them by naming the id; a fee that should reverse otherwise is a new fee type.
Refuses to know: rates and rules (they are rule sets), tables, Django.
"""
