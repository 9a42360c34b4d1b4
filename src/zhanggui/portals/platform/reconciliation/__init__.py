"""Reconciliation on the platform: bills, runs, differences, day-end balances."""
