"""The embedded server: started once, shared, recovered, refused, stopped."""

import os
import signal
import stat
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.config.conftest import Code, ask
from zhanggui.config import postgres
from zhanggui.config.postgres import errors, probing, starting
from zhanggui.config.postgres.place import LONGEST_SOCKET_PATH, SOCKET_FILE, Place
from zhanggui.config.postgres.server_user import ServerUser

USE_UNTIL_TOLD = """
import sys
from pathlib import Path
import psycopg
from zhanggui.config import postgres
address = postgres.ensure_running(Path(sys.argv[1]))
with psycopg.connect(address) as connection:
    print(connection.execute("select pg_postmaster_start_time()::text").fetchone()[0], flush=True)
sys.stdin.readline()
print(postgres.leave(Path(sys.argv[1])), flush=True)
"""


def postmaster(home: Path) -> psutil.Process:
    found = probing.postmaster_of(probing.server_processes(Place(home)))
    assert found is not None
    return found


class TestStart:
    def test_the_first_start_makes_a_closed_folder_with_a_database_of_ours(self, home: Path) -> None:
        address = postgres.ensure_running(home)

        assert ask(address, "select current_user") == "zhanggui"
        assert ask(address, "show server_encoding") == "UTF8"
        question = "select datlocale from pg_database where datname = current_database()"
        assert ask(address, question) == "C.UTF-8"
        assert ask(address, "select rolsuper from pg_roles where rolname = current_user") is False
        place = Place(home)
        for path in (place.folder, place.data, place.socket_folder):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
        assert stat.S_IMODE(place.password_file.stat().st_mode) == 0o600
        assert ask(address, "show listen_addresses") == ""

    def test_nobody_gets_in_without_the_password(self, home: Path) -> None:
        address = postgres.ensure_running(home)

        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(address.split("&passfile=")[0] + "&passfile=/dev/null")
        assert "trust" not in (Place(home).data / "pg_hba.conf").read_text().split("# TYPE")[1]

    def test_a_second_start_finds_the_same_data(self, home: Path) -> None:
        with psycopg.connect(postgres.ensure_running(home)) as connection:
            connection.execute("create table kept as select 42 as n")
        assert postgres.leave(home) is True
        assert postgres.status(home).running is False

        assert ask(postgres.ensure_running(home), "select n from kept") == 42

    def test_processes_that_race_share_one_server(self, home: Path, python: Code) -> None:
        processes = [python(USE_UNTIL_TOLD, str(home)) for _ in range(3)]

        started = [process.stdout.readline() for process in processes if process.stdout]

        assert len(set(started)) == 1, [process.stderr.read() for process in processes if process.stderr]
        stopped = [process.communicate("\n")[0].strip() for process in processes]
        assert sorted(stopped) == ["False", "False", "True"], (
            "the last to leave stops the server, nobody else"
        )
        assert postgres.status(home).running is False

    def test_the_folder_is_the_servers_from_the_moment_it_has_its_name(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        take = ServerUser.take
        seen: list[bool] = []

        def watched(user: ServerUser, path: Path) -> None:
            seen.append(Place(home).folder.exists())
            if len(seen) == 1:
                raise KeyboardInterrupt
            take(user, path)

        monkeypatch.setattr(ServerUser, "take", watched)
        with pytest.raises(KeyboardInterrupt):
            postgres.ensure_running(home)

        assert ask(postgres.ensure_running(home), "select 1") == 1
        assert seen[:2] == [False, False]

    def test_a_home_with_a_long_name_gets_a_short_closed_socket_folder(self, home: Path) -> None:
        long = home / ("a" * LONGEST_SOCKET_PATH)

        assert ask(postgres.ensure_running(long), "select 1") == 1

        folder = Place(long).socket_folder
        assert len(str(folder / SOCKET_FILE)) <= LONGEST_SOCKET_PATH
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        postgres.stop(long)
        folder.rmdir()

    def test_a_name_with_quotes_and_spaces_is_only_a_name(self, home: Path) -> None:
        odd = home / 'it\'s $(touch x) a "home"'

        assert ask(postgres.ensure_running(odd), "select 1") == 1
        postgres.stop(odd)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as somebody else")
    def test_root_opens_no_folder_for_the_servers_user(self, home: Path) -> None:
        closed = home / "closed"
        closed.mkdir(mode=0o700)

        assert ask(postgres.ensure_running(closed), "select 1") == 1

        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        elsewhere = (closed / "postgres").resolve()
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700
        assert postmaster(closed).uids().real != 0
        postgres.stop(closed)
        os.system(f"rm -rf '{elsewhere}'")


class TestCrash:
    def test_a_killed_server_recovers_what_was_committed(self, home: Path) -> None:
        address = postgres.ensure_running(home)
        with psycopg.connect(address) as connection:
            connection.execute("create table kept as select generate_series(1, 1000) as n")
        postmaster(home).send_signal(signal.SIGKILL)

        assert ask(postgres.ensure_running(home), "select count(*) from kept") == 1000

    def test_a_pid_file_that_names_a_stranger_stops_nobody(self, home: Path) -> None:
        postgres.ensure_running(home)
        killed = postmaster(home)
        killed.send_signal(signal.SIGKILL)
        while probing.server_processes(Place(home)):
            time.sleep(0.05)
        path = Place(home).data / "postmaster.pid"
        lines = path.read_text().splitlines()
        path.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")

        assert ask(postgres.ensure_running(home), "select 1") == 1

    def test_a_killed_process_leaves_a_server_that_the_next_one_uses_and_stops(
        self, home: Path, python: Code
    ) -> None:
        process = python(USE_UNTIL_TOLD, str(home))
        assert process.stdout is not None
        before = process.stdout.readline().strip()
        process.kill()
        process.wait()

        address = postgres.ensure_running(home)

        assert ask(address, "select pg_postmaster_start_time()::text") == before
        assert postgres.leave(home) is True

    def test_a_half_made_folder_is_thrown_away(self, home: Path) -> None:
        postgres.ensure_running(home)
        postgres.leave(home)
        place = Place(home)
        place.data.rename(place.draft)
        (place.draft / "PG_VERSION").unlink()

        assert ask(postgres.ensure_running(home), "select 1") == 1
        assert not place.draft.exists()

    def test_a_server_that_cannot_start_says_why_in_one_line(self, home: Path) -> None:
        with pytest.raises(errors.StartFailed, match="shared_buffers") as refused:
            postgres.ensure_running(home, settings={"shared_buffers": "a lot"})
        assert "\n" not in refused.value.message

        assert ask(postgres.ensure_running(home), "select 1") == 1

    def test_a_start_that_does_nothing_is_given_up(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        postgres.ensure_running(home)
        monkeypatch.setattr(starting, "STALLED_AFTER_SECONDS", 1)
        process = postmaster(home)
        monkeypatch.setattr(starting, "ping", lambda place: probing.pq.Ping.REJECT)

        with pytest.raises(errors.StartFailed, match="has done nothing"):
            starting._wait_until_it_answers(Place(home), process)


class TestRefusal:
    def test_another_major_version_is_refused(self, home: Path) -> None:
        postgres.ensure_running(home)
        postgres.leave(home)
        (Place(home).data / "PG_VERSION").write_text("15\n")

        with pytest.raises(errors.WrongVersion, match="written by PostgreSQL 15") as refused:
            postgres.ensure_running(home)
        assert refused.value.code == "database_version_differs"

    def test_a_folder_that_is_no_database_is_left_alone(self, home: Path) -> None:
        postgres.ensure_running(home)
        postgres.leave(home)
        (Place(home).data / "PG_VERSION").unlink()

        with pytest.raises(errors.NotADataFolder):
            postgres.ensure_running(home)

    def test_a_folder_of_another_user_is_refused(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        postgres.ensure_running(home)
        postgres.leave(home)
        monkeypatch.setattr(os, "geteuid", lambda: Place(home).folder.stat().st_uid + 4321)

        with pytest.raises(errors.WrongOwner, match="belongs to user"):
            postgres.ensure_running(home)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as somebody else")
    @pytest.mark.parametrize("name", ["root", "no-such-user"])
    def test_root_is_told_when_the_named_user_will_not_do(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setenv("ZHANGGUI_POSTGRES_USER", name)

        with pytest.raises(errors.NoServerUser, match="ZHANGGUI_POSTGRES_USER"):
            postgres.ensure_running(home)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root reaches a link into a closed folder")
    def test_a_link_to_data_that_are_gone_is_not_an_empty_database(self, home: Path) -> None:
        (home / "postgres").symlink_to(home / "gone")

        with pytest.raises(errors.PostgresRefusal, match="gone"):
            postgres.ensure_running(home)


class TestStop:
    def test_stopping_what_does_not_run_is_no_fault(self, home: Path) -> None:
        assert postgres.stop(home) is False
        assert postgres.stop(home / "nowhere") is False

    def test_a_stop_is_clean_and_ends_open_sessions(self, home: Path) -> None:
        address = postgres.ensure_running(home)
        with psycopg.connect(address) as connection:
            assert postgres.stop(home) is True
            with pytest.raises(psycopg.OperationalError):
                connection.execute("select 1")

        assert "database system is shut down" in Place(home).log.read_text()
        assert postgres.status(home).processes == 0

    def test_leaving_twice_stops_once(self, home: Path) -> None:
        postgres.ensure_running(home)

        assert postgres.leave(home) is True
        assert postgres.leave(home) is False
