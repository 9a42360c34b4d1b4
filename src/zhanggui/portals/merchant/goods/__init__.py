"""Goods of a shop or a supplier: list, form, supply goods to list, stock, upload of many, the shop itself."""
