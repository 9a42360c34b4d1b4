"""A real replica: what is read there is never older than what was committed, and where it cannot be, nobody notices."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client

from tests.conftest import HOME
from zhanggui.config import postgres
from zhanggui.config.postgres.address import django_database, embedded_address
from zhanggui.config.postgres.binaries import binaries_for
from zhanggui.config.postgres.initialising import environment, prepare_folder
from zhanggui.config.postgres.place import Place
from zhanggui.config.postgres.server_user import server_user
from zhanggui.parties.models import Membership, Party, Role, User
from zhanggui.portals.desk.exports.running import run_export
from zhanggui.portals.desk.models import Export
from zhanggui.rows.replica import on_replica

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(scope="module")
def standby(django_db_setup: None) -> Iterator[Path]:
    """A hot standby of the tests' own server, and its home: a copy of everything, made once."""
    home = Path(tempfile.mkdtemp(prefix="zg-"))
    home.chmod(0o711)
    first, second = Place(HOME), Place(home)
    user = server_user(first)
    prepare_folder(second, user)
    passwords = Path(os.path.realpath(second.folder)) / "passwords"
    shutil.copy(first.password_file, passwords)
    user.take(passwords)
    base = [
        binaries_for(user) / "pg_basebackup", "-D", str(second.data), "--write-recovery-conf", "--checkpoint=fast",
        "-d", f"host={first.socket_folder.resolve()} user=postgres passfile={passwords}",
    ]  # fmt: skip
    subprocess.run(base, check=True, env=environment(), umask=0o077, cwd="/", **user.spawn_arguments())
    yield home
    postgres.stop(home)
    shutil.rmtree(os.path.realpath(home / "postgres"), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def replica(standby: Path, settings: Any) -> Path:
    """The standby, running and known by the settings."""
    postgres.ensure_running(standby)
    settings.REPLICA = django_database(embedded_address(standby, database=connection.settings_dict["NAME"]))
    return standby


def seen() -> tuple[bool, int]:
    """Whether a replica answers, and how many parties it knows."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_is_in_recovery(), (select count(*) from parties_party)")
        there, parties = cursor.fetchone()
        return bool(there), int(parties)


def test_it_is_read_once_it_has_caught_up_and_never_otherwise(replica: Path, settings: Any) -> None:
    before = Party.objects.count()
    party("one")
    assert on_replica(seen) == (True, before + 1)
    assert seen() == (False, before + 1)  # afterwards everything is as it was
    with transaction.atomic():  # sees what is not committed
        party("two")
        assert on_replica(seen) == (False, before + 2)

    settings.REPLICA_WAIT_SECONDS = 0
    told(replica, "select pg_wal_replay_pause()")
    party("three")
    assert on_replica(seen) == (False, before + 3)
    told(replica, "select pg_wal_replay_resume()")
    settings.REPLICA_WAIT_SECONDS = 60
    assert on_replica(seen) == (True, before + 3)


def test_what_writes_and_what_the_replica_cannot_do_is_done_here(replica: Path) -> None:
    before = Party.objects.count()
    on_replica(lambda: party("written"))
    assert Party.objects.count() == before + 1
    postgres.stop(replica)
    assert on_replica(seen) == (False, before + 1)
    with pytest.raises(ZeroDivisionError):
        on_replica(lambda: 1 // 0)
    assert seen() == (False, before + 1)


def test_reports_analytics_and_exports_are_read_there(
    replica: Path, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    person = User.objects.create_user("li")
    platform, _ = Party.objects.get_or_create(
        code="platform", defaults={"kind": "platform", "name": {}, "created_at": "2026-01-01T00:00:00Z"}
    )
    Membership.objects.create(user=person, party=platform, role=Role.PLATFORM_FINANCE)
    client.force_login(person)
    for path in ("analytics/", "reports/sales/", "reports/trial-balance/"):
        assert client.get(f"/platform/{path}").status_code == 200
    export = Export.objects.create(
        owner=person, list_name="platform.report_sales", title="Sales", file_format="csv"
    )
    assert run_export(export.pk).state == "done"
    assert [record.message for record in caplog.records if record.name == "zhanggui.replica"] == []


def party(code: str) -> None:
    Party.objects.create(kind="merchant", code=code, name={}, created_at="2026-01-01T00:00:00Z")


def told(home: Path, statement: str) -> None:
    """Say it to the replica as its superuser."""
    place = Place(home)
    address = (
        f"host={place.socket_folder.resolve()} user=postgres dbname=postgres passfile={place.password_file}"
    )
    with psycopg.connect(address, autocommit=True) as there:
        there.execute(statement)  # type: ignore[call-overload]
