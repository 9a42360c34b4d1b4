"""Where domains meet, one file an event. A journey opens the transaction that the operations require."""
