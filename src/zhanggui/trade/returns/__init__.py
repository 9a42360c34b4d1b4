"""After-sale cases: refund only, return and refund, exchange, price protection; answers, deadlines, arbitration.

Promises: what is given back on a line never exceeds what was paid for it.
"""
