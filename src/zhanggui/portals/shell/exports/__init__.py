"""Exports for programs: what each table of `zhanggui export` holds, and writing it out as a stream."""
