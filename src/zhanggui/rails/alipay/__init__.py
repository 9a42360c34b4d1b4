"""Alipay: payments, refunds, royalties, transfers over its gateway, and its bills."""
