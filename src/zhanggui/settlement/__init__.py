"""The settlement centre: order flow into fee details, details onto statements, every cent explained."""
