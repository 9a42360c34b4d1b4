"""Intake: orders, payments, refunds and foreign details from outside, checked, numbered and staged.

Nothing is billed here. A record is staged once by its natural key; the same key with other content is refused.
"""
