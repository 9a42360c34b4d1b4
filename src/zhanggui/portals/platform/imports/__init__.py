"""What came in: import runs with their rejects, charge batches with their charges, shadow differences."""
