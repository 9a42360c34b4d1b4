"""Watching the money: anomaly rules as data, the alerts they raise and how each was handled, and the reads of the
funds view, of analytics and of reports.

It owns rules, alerts and their history. It moves no money and stops nobody: an alert asks a person to look.
"""
