"""Coupons of shops and of the platform, spend-and-save rules, and their shares on every line, to the cent.

Promises: shares add up to the discount; no line goes below zero; a coupon is used once.
"""
