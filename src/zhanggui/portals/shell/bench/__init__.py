"""The benchmark: each piece of work against plain PostgreSQL or plain Python doing the same, in the same run.

Ratios are what it is about: seconds belong to a machine, ratios to the code. Everything happens in a database
of its own that is dropped at the end.
"""
