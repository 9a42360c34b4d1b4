"""A merchant's staff: their statements, their details, their disputes. No business rules."""
