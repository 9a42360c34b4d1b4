"""MT940: the statement of a bank account as SWIFT writes it."""
