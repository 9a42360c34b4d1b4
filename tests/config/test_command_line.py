"""The command line as a program sees it: exit codes, one document, one line."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.config.conftest import Code
from zhanggui.config import postgres
from zhanggui.config.command_line import command_modules


def zhanggui(home: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "zhanggui.config.command_line", *arguments],
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        | {"ZHANGGUI_HOME": str(home)}
        | environment,
        timeout=120,
        check=False,
    )


def test_help_lists_the_commands_and_leaves_nothing_behind(home: Path) -> None:
    shown = zhanggui(home, "--help")

    assert shown.returncode == 0, shown.stderr
    assert all(name in shown.stdout for name in command_modules())
    assert list(home.iterdir()) == []


ALL_HELP = """
import sys
from zhanggui.config.command_line import command_modules, main
for name in sorted(command_modules()):
    try:
        main([name, "--help"])
    except SystemExit as ended:
        print("ended", name, ended.code)
"""


def test_every_command_has_help_without_a_database(home: Path, python: Code) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    shown, said = python(ALL_HELP, ZHANGGUI_HOME=str(home), DATABASE_URL=nowhere).communicate(timeout=60)

    for name in command_modules():
        assert f"usage: zhanggui {name} [-h] [--json]" in shown, said
        assert f"ended {name} 0" in shown, said
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["no-such-command"], "unknown_command"),
        (["serve", "--port", "many"], "bad_arguments"),
        (["migrate", "--no-such-option"], "bad_arguments"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(home: Path, arguments: list[str], code: str) -> None:
    for_people = zhanggui(home, *arguments)
    assert for_people.returncode == 2
    assert for_people.stdout == ""
    assert for_people.stderr.startswith(f"zhanggui: {code}: ")
    assert for_people.stderr.count("\n") == 1

    for_programs = zhanggui(home, *arguments, "--json")
    assert for_programs.returncode == 2
    assert json.loads(for_programs.stdout)["error"]["code"] == code


def test_the_tables_are_made_once_and_the_database_is_stopped_after(home: Path) -> None:
    first = zhanggui(home, "migrate", "--json")
    assert first.returncode == 0, first.stderr
    assert "parties.0001_initial" in json.loads(first.stdout)["migrated"]

    second = zhanggui(home, "migrate", "--json")
    assert json.loads(second.stdout) == {"migrated": []}
    assert json.loads(zhanggui(home, "status", "--json").stdout)["database"]["running"] is False


def test_two_processes_do_not_both_migrate(home: Path) -> None:
    command = [sys.executable, "-m", "zhanggui.config.command_line", "migrate", "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["ZHANGGUI_HOME"] = str(home)
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=120) for process in processes]

    migrated = [json.loads(answer)["migrated"] for answer, _ in answers]
    assert sorted(map(bool, migrated)) == [False, True], answers


def test_database_url_wins_over_the_embedded_server(home: Path, tmp_path: Path) -> None:
    address = postgres.ensure_running(home)
    other = tmp_path / "unused"
    other.mkdir()

    done = zhanggui(other, "migrate", "--json", DATABASE_URL=address)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["migrated"] != []
    assert not (other / "postgres").exists()
    assert postgres.status(home).running is True, "a database that was named is not ours to stop"


def test_an_unreachable_database_is_one_line(home: Path) -> None:
    done = zhanggui(home, "migrate", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert done.returncode == 2
    assert done.stderr.startswith("zhanggui: database_unreachable: ")
    assert done.stderr.count("\n") == 1


def _status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_serve_answers_and_ends_cleanly_when_told(home: Path) -> None:
    command = [sys.executable, "-m", "zhanggui.config.command_line", "serve", "--port", "0", "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["ZHANGGUI_HOME"] = str(home)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        document = ""
        while not document.endswith("}\n"):
            line = process.stdout.readline()
            assert line, "serve ended before it answered"
            document += line
        try:
            assert _status_of(json.loads(document)["address"] + "no-such-page") == 404
        finally:  # else a failure would wait for it for good
            process.terminate()
            process.wait(60)

    deadline = time.monotonic() + 10
    while postgres.status(home).running and time.monotonic() < deadline:
        time.sleep(0.1)
    assert postgres.status(home).running is False
    assert (home / "static").is_dir()
    assert (home / "secret-key").stat().st_mode & 0o777 == 0o600
