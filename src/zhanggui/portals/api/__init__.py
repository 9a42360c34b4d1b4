"""What other people's programs see, under /api/v1/. No business rules."""
