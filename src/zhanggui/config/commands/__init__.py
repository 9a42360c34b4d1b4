"""Commands about this installation itself; they run before a database is there. The others are in `portals.shell`.

The same shape as those (`HELP`, `add_arguments`, `run`), without Django.
"""
