"""Statements: the list, the page of one, its lines, and confirming."""
