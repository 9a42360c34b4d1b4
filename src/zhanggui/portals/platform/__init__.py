"""The platform's own staff: settlement centre, fee rules, parties, audit. No business rules."""
