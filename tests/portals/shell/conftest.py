"""A home with its own embedded database, and commands run in it as a user runs them: as processes."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import FORGETFUL
from tests.conftest import HOME as TESTS
from zhanggui.config import postgres
from zhanggui.portals.shell.presets import preset

ORDERS = """\
{"record": "party", "code": "tea-house", "kind": "merchant", "name_zh": "茶铺", "name_en": "Tea house"}
{"record": "party", "code": "kiln", "kind": "merchant", "name_zh": "窑口", "name_en": "The kiln"}
{"record": "order", "currency": "CNY", "order_no": "A-1", "ordered_at": "2026-03-01 09:30:00", "status": "received", "paid_at": "2026-03-01 09:31:07", "received_at": "2026-03-04 18:00:00", "lines": [{"line_no": "1", "merchant": "tea-house", "sku": "TEA", "title": "Tea, 250 g", "quantity": 2, "goods_minor": 10000}, {"line_no": "2", "merchant": "kiln", "sku": "CUP", "title": "=Cup", "quantity": 1, "goods_minor": 5000, "freight_minor": 800}], "payments": [{"sequence": 1, "method": "wechat", "amount_minor": 15800}]}
{"record": "order", "currency": "CNY", "order_no": "A-2", "ordered_at": "2026-03-02 12:00:00", "status": "cancelled", "paid_at": "2026-03-02 12:00:05", "lines": [{"line_no": "1", "merchant": "kiln", "sku": "CUP", "quantity": 1, "goods_minor": 5000}], "payments": [{"sequence": 1, "method": "alipay", "amount_minor": 5000}]}
{"record": "refund", "currency": "CNY", "refund_no": "R-1", "order_no": "A-1", "line_no": "1", "quantity": 1, "goods_minor": 5000, "refunded_at": "2026-04-09 10:00:00", "reason": "Leaves were broken"}
"""


ONE_AFTER_ANOTHER = """
import contextlib, io, json, sys
from zhanggui.config.command_line import main
told = []
for arguments in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    told.append([code, out.getvalue(), err.getvalue()])
print(json.dumps(told))
"""


class Answer(NamedTuple):
    """What a command line came to."""

    code: int
    stdout: str
    stderr: str


def assert_refused(home: "Home", cases: list[tuple[list[str], str]]) -> None:
    """Each command line must end with 2 and one line on standard error that begins with its code."""
    answers = home.answers(*[arguments for arguments, _ in cases])
    for (arguments, code), answer in zip(cases, answers, strict=True):
        assert (answer.code, answer.stdout) == (2, ""), (arguments, answer)
        assert answer.stderr.startswith(f"zhanggui: {code}: "), (arguments, answer)
        assert answer.stderr.count("\n") == 1, (arguments, answer)


def assert_only_who_may(home: "Home", *acts: list[str]) -> None:
    """Each act of `mia` must be refused to nobody, to a merchant's person and to whose roles do not include it."""
    told = {"m": "'m' is nobody who works at the platform", "lin": "'lin' is nobody who works at the platform",
            "wen": "the roles of wen do not include"}  # fmt: skip
    cases = [(act, name) for act in acts for name in told]
    answers = home.answers(*[[*act, "--as", name] for act, name in cases], *map(list, acts))
    for (act, name), answer in zip(cases, answers, strict=False):
        assert (answer.code, answer.stdout) == (2, ""), (act, name, answer)
        assert answer.stderr.startswith(f"zhanggui: bad_arguments: {told[name]}"), (act, name, answer)
    for act, answer in zip(acts, answers[len(cases) :], strict=True):
        assert answer.code == 2 and "--as" in answer.stderr, (act, answer)


@dataclass(frozen=True)
class Home:
    """A data folder and the commands run in it."""

    path: Path

    def run(self, *arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run `zhanggui` with these arguments and wait."""
        return subprocess.run(
            [sys.executable, "-m", "zhanggui.config.command_line", *map(str, arguments)],
            capture_output=True,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
            | {"ZHANGGUI_HOME": str(self.path)}
            | environment,
            timeout=900,  # only against hanging: the demonstration takes minutes on a busy machine
            check=False,
        )

    def json(self, *arguments: str | Path, code: int = 0, **environment: str) -> dict[str, Any]:
        """The document of a command that must end with `code`."""
        done = self.run(*arguments, "--json", **environment)
        assert done.returncode == code, done.stderr
        found = json.loads(done.stdout)
        assert isinstance(found, dict)
        return found

    def answers(self, *command_lines: list[str]) -> list[Answer]:
        """What one process says to many command lines, one after another; starting is what takes long."""
        done = subprocess.run(
            [sys.executable, "-c", ONE_AFTER_ANOTHER, json.dumps(command_lines)],
            capture_output=True,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
            | {"ZHANGGUI_HOME": str(self.path)},
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [Answer(*one) for one in json.loads(done.stdout)]

    def refused(self, *arguments: str | Path, **environment: str) -> str:
        """The one line of a command that must be refused."""
        done = self.run(*arguments, **environment)
        assert done.returncode == 2, done.stderr + done.stdout
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr.strip()


@pytest.fixture(scope="session")
def make_home() -> Iterator[Any]:
    """A function that makes homes, empty or after an original; their servers run until the session ends, so that
    commands are quick."""
    made: list[Path] = []

    def make(original: Path | None = None) -> Home:
        folder = Path(tempfile.mkdtemp(prefix="zg-"))
        folder.chmod(0o711)
        made.append(folder)
        if original:
            subprocess.run(["cp", "-a", f"{original}/.", folder], check=True)
        postgres.ensure_running(folder, settings=FORGETFUL)
        return Home(folder)

    yield make
    for folder in made:
        postgres.stop(folder)
        shutil.rmtree(os.path.realpath(folder / "postgres"), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def original(name: str, build: Callable[[Home], None], after: Path | None = None) -> Path:
    """A home to be copied, made once for all workers of the run, itself after another; its server is stopped."""
    folder = TESTS / name
    with (TESTS / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (TESTS / f"{name}.made").exists():
            folder.mkdir()
            folder.chmod(0o711)
            if after:
                subprocess.run(["cp", "-a", f"{after}/.", folder], check=True)
            postgres.ensure_running(folder, settings=FORGETFUL)
            build(Home(folder))
            postgres.stop(folder)
            (TESTS / f"{name}.made").touch()
    return folder


@pytest.fixture(scope="session")
def with_tables() -> Path:
    """The home of a mall in which nobody did anything, to be copied: making the tables takes longest."""
    return original("tables", lambda home: home.run("migrate").check_returncode())


@pytest.fixture(scope="session")
def empty(make_home: Any, with_tables: Path) -> Home:
    """A home in which nobody did anything; tests that share it only ask and are refused."""
    found = make_home(with_tables)
    assert isinstance(found, Home)
    return found


@pytest.fixture(scope="session")
def orders_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two orders, one of them cancelled, and a refund, in our own format."""
    path = tmp_path_factory.mktemp("orders") / "orders.jsonl"
    path.write_text(ORDERS, "utf-8")
    return path


@pytest.fixture(scope="session")
def line_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A business line in CNY: 5 % commission with VAT, payment fee, technology fee."""
    document = preset("tea-market")
    assert document is not None
    path = tmp_path_factory.mktemp("line") / "line.json"
    path.write_text(json.dumps(document | {"code": "tea", "shadow": False}), "utf-8")
    return path


@pytest.fixture(scope="module")
def shop(make_home: Any, with_tables: Path, line_file: Path, orders_file: Path) -> Home:
    """A home whose line is open and whose orders are imported, billed and, for March, closed."""
    found = make_home(original("shop", lambda home: trade(home, line_file, orders_file), with_tables))
    assert isinstance(found, Home)
    return found


def trade(home: Home, line_file: Path, orders_file: Path) -> None:
    """Open the line, import, bill and close March; three people are there."""
    home.json("business-line", "open", line_file)
    home.json("import-orders", "--format", "zhanggui", orders_file)
    home.json("bill", "--as-of", "2026-03-31")
    home.json("close-period", "--through", "2026-03-31")
    secret = home.path / "a-password"
    secret.write_text("correct horse battery staple 7\n", "utf-8")
    for name, role in (("mia", "platform_finance"), ("wen", "platform_auditor"), ("lin", "merchant_owner")):
        party = ("--party", "tea-house") if name == "lin" else ()
        home.json("people", "add", name, "--role", role, "--password-file", secret, *party)
