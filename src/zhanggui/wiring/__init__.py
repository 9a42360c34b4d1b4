"""Registries that are filled from above when somebody first asks. Knows nothing of what is registered."""
