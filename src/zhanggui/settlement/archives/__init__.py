"""Archives of old periods: the lines of settled statements as Parquet files, provable, explained and replayed there.

Promises: an archive is there whole or not at all, was read back and proved before it is recorded, and its record
never changes. It adds a second place: nothing leaves the database here.
"""
