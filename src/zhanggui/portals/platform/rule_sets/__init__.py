"""Rule sets: versions, one rule as a sentence, differences, publishing with its checks, and what-if."""
