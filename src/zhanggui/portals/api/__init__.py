"""What other people's programs see, under /api/v1/: one call in, one answer or one error shape out.

No business rules: every endpoint makes one read or one journey. Merchant keys read inside `as_tenant`.
"""
