"""A throw-away database on the server at hand, with our tables in it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from zhanggui.portals.shell.errors import DatabaseUnfit
from zhanggui.settlement.fees.operations.load_catalogue import load_catalogue

PREFIX = "zhanggui_bench_"


@contextmanager
def throw_away_database() -> Iterator[str]:
    """Point Django at a new database while the block runs; afterwards it is gone and the old one is back.

    What an earlier benchmark that was killed left behind is dropped first. Raises DatabaseUnfit when the
    user may not make databases.
    """
    usual = connection.settings_dict["NAME"]
    name = f"{PREFIX}{os.getpid()}_{secrets.token_hex(3)}"
    for left in _left_behind():
        with suppress(psycopg.Error):
            _on_server("drop database if exists {}", left)
    try:
        _on_server("create database {} template template0", name)
    except psycopg.errors.InsufficientPrivilege as failed:
        raise DatabaseUnfit(
            "the database's user may not make databases, and the benchmark never works in yours;"
            " grant it CREATEDB or unset DATABASE_URL"
        ) from failed
    try:
        _use(name)
        call_command("migrate", verbosity=0, interactive=False)
        load_catalogue()
        yield name
    finally:
        _use(usual)
        # Not by force: that may not end autovacuum, which a plain drop sends away and waits for.
        _on_server("drop database if exists {}", name)


@contextmanager
def spare_database() -> Iterator[str]:
    """One more new database on the same server, empty, while the block runs."""
    name = f"{PREFIX}{os.getpid()}_{secrets.token_hex(3)}"
    _on_server("create database {} template template0", name)
    try:
        yield name
    finally:
        _on_server("drop database if exists {}", name)


def _use(name: str) -> None:
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        raise RuntimeError("a process that keeps connections would go on in the database they are to")
    connection.settings_dict["NAME"] = name


def _left_behind() -> list[str]:
    """Databases of benchmarks that nobody is connected to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select datname from pg_database d where datname like %s and not exists"
            " (select from pg_stat_activity a where a.datname = d.datname)",
            [PREFIX.replace("_", r"\_") + "%"],
        )
        return [row[0] for row in cursor.fetchall()]


def _on_server(statement: str, name: str) -> None:
    """Run a statement about a database, outside of transactions."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    with psycopg.connect(**(parameters | {"autocommit": True})) as direct:
        direct.execute(sql.SQL(statement).format(sql.Identifier(name)))
