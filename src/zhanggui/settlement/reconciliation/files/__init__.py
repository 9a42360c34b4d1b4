"""Files of bills as bounded, strictly decoded lines: unpacking, encodings, exact amounts. Knows no channel."""
