"""Goods of everybody, their review; categories, product types and brands."""
