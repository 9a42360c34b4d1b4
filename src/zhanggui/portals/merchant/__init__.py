"""A merchant's staff: their statements, their details, their account. No business rules.

Every read happens inside `parties.tenancy.as_tenant`, so that the database itself hides everybody else.
"""
