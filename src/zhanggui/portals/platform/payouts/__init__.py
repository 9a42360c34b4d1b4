"""Payouts on the platform's screens: batches, payouts, receivers, and what banks said."""
