"""Pages that show commands are executed in a home of their own."""

from tests.portals.shell.conftest import make_home

__all__ = ["make_home"]
