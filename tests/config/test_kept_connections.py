"""Connections that web workers keep: nothing of one request is left for the next, and none outlives its process."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from tests.config.conftest import Code, ask
from zhanggui.config import postgres
from zhanggui.config.postgres.address import django_database
from zhanggui.config.postgres.keeping import kept_connections
from zhanggui.parties.tenancy import PARTY_SETTING, TENANT_ROLE

LEFT = f"""
select current_setting('role'), current_setting('{PARTY_SETTING}', true),
  (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())
"""


def test_only_a_serving_process_keeps_connections() -> None:
    kept, plain = django_database("dbname=mall", kept=7), django_database("dbname=mall")
    assert kept["OPTIONS"]["pool"]["max_size"] == 7 and "pool" not in plain["OPTIONS"]
    # A cursor of the server lasts longer than a transaction, which is all that a pooler gives.
    assert django_database("dbname=mall", pooled=True)["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert plain["DISABLE_SERVER_SIDE_CURSORS"] is False


def test_what_a_request_left_on_a_connection_is_gone(home: Path) -> None:
    address = postgres.ensure_running(home)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"create role {TENANT_ROLE} nologin")
        connection.execute(f"grant {TENANT_ROLE} to current_user")
    options = kept_connections(1) | {"min_size": 1}
    with ConnectionPool(address, kwargs={"autocommit": True}, **options) as pool:
        with pool.connection() as connection:
            pid = connection.info.backend_pid
            connection.execute("select pg_advisory_lock(7)")
            connection.execute(
                f"select set_config('{PARTY_SETTING}', '12', false), set_config('role', '{TENANT_ROLE}', false)"
            )
        with pool.connection() as connection:
            assert connection.info.backend_pid == pid, "the same connection, given to somebody else"
            assert connection.execute(LEFT).fetchone() == ("none", "", 0)


@contextmanager
def serving(home: Path, **more: str) -> Iterator[str]:
    """`zhanggui serve` over `home` while the block runs; yields its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "zhanggui.config.command_line", "serve", "--no-worker", "--json", "--port", "0"],
        stdout=subprocess.PIPE, text=True,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        | {"ZHANGGUI_HOME": str(home)} | more,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        document = ""
        while not document.endswith("}\n"):
            line = process.stdout.readline()
            assert line, "it ended before it listened"
            document += line
        yield str(json.loads(document)["address"])
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


@pytest.mark.slow
def test_many_requests_share_few_connections_and_the_server_stops_with_its_last_user(home: Path) -> None:
    counted = (
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    )
    with serving(home, ZHANGGUI_CONNECTIONS="3") as address:
        for _ in range(10):
            with urllib.request.urlopen(f"{address}help/", timeout=60) as answer:
                assert answer.status == 200
        assert 1 <= int(str(ask(postgres.ensure_running(home), counted))) <= 3
    postgres.leave(home)
    assert not postgres.status(home).running


def test_through_a_pooler_nothing_is_migrated(home: Path) -> None:
    pooler = postgres.ensure_running(home)
    ended = subprocess.run(
        [sys.executable, "-m", "zhanggui.config.command_line", "serve", "--port", "0"],
        capture_output=True, text=True, timeout=120, check=False,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        | {"ZHANGGUI_HOME": str(home), "ZHANGGUI_POOLER_URL": pooler},
    )  # fmt: skip
    assert ended.returncode == 2 and "run `zhanggui migrate` first" in ended.stderr
    assert not ask(pooler, "select to_regclass('ledger_entry')")


def test_what_a_serving_process_starts_keeps_none(python: Code) -> None:
    """A benchmark with kept connections would have worked in the books instead of its own database."""
    code = (
        "import os, subprocess, sys\n"
        "import zhanggui.config.asgi\n"
        "from django.conf import settings\n"
        'asked = \'from django.conf import settings; print(settings.DATABASES["default"]["OPTIONS"].get("pool"))\'\n'
        "assert settings.DATABASES['default']['OPTIONS']['pool']\n"
        "print(subprocess.run([sys.executable, '-c', asked], capture_output=True, text=True, check=True).stdout)\n"
    )
    told, said = python(code, DJANGO_SETTINGS_MODULE="zhanggui.config.settings").communicate(timeout=120)
    assert told.strip() == "None", said
