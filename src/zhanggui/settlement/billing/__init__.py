"""Billing (计费): staged lines and refunds through the kernel into details, entries and open statements."""
