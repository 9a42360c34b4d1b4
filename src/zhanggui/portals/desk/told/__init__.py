"""What programs are told of the mall's documents: one text a document for the API and for commands alike.

Amounts are minor units of the document's currency, times are moments; parties go by their codes. A merchant's rows
are read inside its tenancy by the caller; codes of parties are looked up outside, since a tenant sees no other party.
"""
