"""Alipay: its bills."""
