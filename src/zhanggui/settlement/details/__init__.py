"""Billing details (计费明细), the atom of settlement. Written once, never changed; corrected by new ones.

Physically a row is a billed line: one (party, order line or document, event) with its details as arrays.
"""
