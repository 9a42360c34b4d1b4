"""ISO 20022 over files: pain.001 out; pain.002, camt.053, camt.054 and pacs.004 in. No tables, no clock.

Files go through two folders of an own account (`out`, `in`); whatever carries them to the bank and back (a bank's
client, SFTP, a person) is not ours. Reading refuses entities, document types and the network, and bounds the size.
"""
