"""Commands about this installation itself; they run without a database and without Django.

The same shape as those in `portals.shell.commands`: `HELP`, `add_arguments`, `run`.
"""
