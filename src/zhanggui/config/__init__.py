"""How the parts are put together on one machine: settings, addresses, the database server, the command line.

Sees everything, is imported by nobody, and holds no business rule.
"""
