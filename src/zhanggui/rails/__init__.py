"""One outside protocol each, no tables. A rail turns another system's wire format into our records and back."""
