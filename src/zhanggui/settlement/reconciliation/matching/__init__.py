"""The legs as set-based SQL: what stands on both sides goes into temporary tables, pairs are found by hash joins,
and what was found is written by one statement a table. Memory is the database's and bounded by its settings."""
