"""Reads: the fee catalogue, published rule sets."""
