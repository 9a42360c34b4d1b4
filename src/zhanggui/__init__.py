"""Zhanggui: a multi-merchant mall whose books always balance."""
