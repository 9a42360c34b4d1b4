"""What is secret at rest: sealed under a key ring that is kept outside the database.

Owns: the key ring, sealing and unsealing, masking, the registry of sealed columns and moving them to a new key.
Promises: every sealed value can be opened by a key of the ring. Refuses to know whose secrets they are.
"""
