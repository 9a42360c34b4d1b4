"""Adjustments, deposits, holds, debts and receipts on screen."""
