"""Try a restore: put a backup into a database of its own, look at it, and take that database away again."""

import secrets
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from zhanggui.backups.archive import check_bytes, reading
from zhanggui.backups.errors import RestoreFailed
from zhanggui.backups.operations.restore_backup import fill
from zhanggui.backups.programs import tools_for_database
from zhanggui.backups.sealed_file import Opener

PREFIX = "zhanggui_try_"


@dataclass(frozen=True)
class Tried:
    """What came back: tables and rows of the database, and when the backup was made."""

    tables: int
    rows: int
    made_at: str


def try_restore(*, path: Path, opener: Opener) -> Tried:
    """This function will read a backup to its last byte, restore its database beside this one under a name of
    its own, count what came back, and drop it again.

    Must run outside any transaction; the database's user must be allowed to make databases. Nothing of this
    installation changes. Raises BackupDamaged, KeysMissing, PassphraseWrong, ToolsMissing, RestoreFailed.
    """
    name = PREFIX + secrets.token_hex(6)
    with reading(path, opener) as (zipped, manifest):
        check_bytes(zipped, manifest, path)
        tools = tools_for_database()
        _run(sql.SQL("create database {}").format(sql.Identifier(name)))
        try:
            address = make_conninfo(tools.address, dbname=name)
            fill(zipped, tools, address)
            tables, rows, migrations = _counted(address, tools.environment.get("PGPASSWORD", ""))
        finally:
            _run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
    if migrations != sorted(manifest["migrations"]):
        raise RestoreFailed(f"{path} came back with other tables than it was made with; use another backup")
    return Tried(tables=tables, rows=rows, made_at=str(manifest["made_at"]))


def _run(statement: sql.Composed) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _counted(address: str, password: str) -> tuple[int, int, list[str]]:
    with psycopg.connect(make_conninfo(address, password=password or None)) as other:
        tables = other.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and not relispartition"  # a partition's rows are counted in its table
        ).fetchall()
        rows = 0
        for (table,) in tables:
            counted = other.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(table))
            ).fetchone()
            rows += int(counted[0]) if counted else 0
        found = other.execute("select app || '.' || name from django_migrations order by 1").fetchall()
    return len(tables), rows, sorted(str(name) for (name,) in found)
