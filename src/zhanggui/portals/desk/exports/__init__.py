"""Queued exports: a list's filter becomes a file, kept for a while in the download centre."""
