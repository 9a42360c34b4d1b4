"""UnionPay: its settlement files."""
