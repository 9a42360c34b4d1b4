"""Who did what when, before and after: an append-only, hash-chained log of every change. Knows no domain."""
