"""Backups are made and restored by commands, in homes of their own."""

from tests.portals.shell.conftest import line_file, make_home, orders_file, shop, with_tables

__all__ = ["line_file", "make_home", "orders_file", "shop", "with_tables"]
