"""Maker and checker: a document that moves money waits here until somebody else has looked at it.

Owns: requests, decisions, limits by role. Holds always: the maker never decides; what is carried out is what was
approved, by its digest; a decision never changes. Knows nothing of what a document means.
"""
