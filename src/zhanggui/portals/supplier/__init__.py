"""What a supplier sees: what it has to ship, what it shipped, and what it is owed for that. Never what buyers pay."""
