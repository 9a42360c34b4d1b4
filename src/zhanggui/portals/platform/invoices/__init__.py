"""Invoices and tax: output (销项), input (进项), checking off (核销), the tax report, tax data."""
