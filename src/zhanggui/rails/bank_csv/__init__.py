"""Statements of banks as CSV, read by a template that names the columns."""
