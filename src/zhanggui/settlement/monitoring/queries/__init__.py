"""Reads: rules and what they would find, alerts and their rows, the funds view, analytics, reports, jobs."""
