"""What the mall's administrator sets (商城运行参数): how long to pay, when goods are received.

Owns: the values that differ from what `rules` says, and their history in the audit log.
"""
