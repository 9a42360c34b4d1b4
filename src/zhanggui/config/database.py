"""The database of this process: found or started, and its tables brought up to date."""

import os

from zhanggui.config import home, postgres

MIGRATION_LOCK = 0x7A68616E67677569
"""An advisory lock's number, the letters of our name: two processes never migrate at the same time."""


class TablesBehind(Exception):
    """Migrations are missing, and whoever noticed may not run them."""


def use_database() -> str:
    """The address of the database, set in DATABASE_URL for Django and for child processes.

    A DATABASE_URL that is set already wins over everything; else the embedded server is started if need be.
    """
    named = os.environ.get("DATABASE_URL", "").strip()
    if named:
        return named
    return postgres.ensure_running(home.data_folder())


def leave_database() -> None:
    """Stop the embedded server if this process was its last user."""
    postgres.leave(home.data_folder())


def bring_tables_up_to_date() -> list[str]:
    """Run the migrations that are missing, if any; names those that were run.

    Raises TablesBehind through a pooler, which cannot hold a lock over several transactions.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from zhanggui.settlement.fees.operations.load_catalogue import load_catalogue

    if not _missing_migrations():
        return []
    if settings.POOLER_URL:
        raise TablesBehind("the tables are older than the program: run `zhanggui migrate` first")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            missing = _missing_migrations()
            if missing:
                call_command("migrate", verbosity=0, interactive=False)
                load_catalogue()
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    return missing


def _missing_migrations() -> list[str]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
