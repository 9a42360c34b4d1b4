"""Backups: one file that holds the database, the files and, sealed or not at all, the keys; and putting it back.

Promises: a backup is there whole or not at all, and was read back after it was written; a restore changes an empty
database alone, and does so wholly or not at all. Refuses to know what the tables mean.
"""
