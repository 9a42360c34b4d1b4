"""Pure arithmetic and tables of invoices: splitting tax, directions by mode, states, files, withholding."""
