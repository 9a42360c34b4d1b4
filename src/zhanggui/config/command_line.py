"""`zhanggui COMMAND ...`: find the command, the database and Django, run it, give an exit code.

0 all is well, 1 violations found, 2 refused (one line says why), 70 a fault of ours, 130 interrupted.
"""

import argparse
import ast
import importlib
import importlib.util
import os
import pkgutil
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import NoReturn

from zhanggui.config import commands as installation_commands
from zhanggui.config import serving
from zhanggui.money.errors import Refusal
from zhanggui.portals.api import commands as api_commands
from zhanggui.portals.shell import commands as shell_commands
from zhanggui.portals.shell.errors import (
    BadArguments,
    DatabaseUnfit,
    DatabaseUnreachable,
    Fault,
    FileRefused,
    UnknownCommand,
)
from zhanggui.portals.shell.output import Output

REFUSED, FAULT, INTERRUPTED = 2, 70, 130
SERVING_COMMANDS = (serving.SERVE, serving.DEMO)
"""They answer browsers, so static files are collected under names with a digest."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadArguments(f"{message} (see {self.prog} --help)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (without the program's name) and give its exit code.

    Raises SystemExit, and nothing else, when --help was asked for or a signal ended the command.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    out = Output(as_json="--json" in given)
    signal.signal(signal.SIGTERM, _end_on_signal)
    try:
        return _run(given, out)
    except Refusal as refusal:
        out.refuse(refusal)
        return REFUSED
    except KeyboardInterrupt:
        out.note("zhanggui: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; say nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except OSError as failed:
        if failed.filename is None:
            return _fault(out)
        out.refuse(FileRefused(f"{failed.strerror}: {failed.filename}", path=str(failed.filename)))
        return REFUSED
    except Exception:
        return _fault(out)


def _run(given: list[str], out: Output) -> int:
    known = command_modules()
    if not given or given[0] in ("-h", "--help", "help"):
        print(_overview(known))
        return 0
    if given[0] == "--version":
        from importlib.metadata import version  # slow to load, and hardly ever asked for

        print(version("zhanggui"))
        return 0
    if given[0] not in known:
        raise UnknownCommand(
            f"there is no command {given[0]!r}; the commands are {', '.join(sorted(known))}", command=given[0]
        )
    only_help = "-h" in given or "--help" in given
    if known[given[0]].startswith(installation_commands.__name__):
        module = importlib.import_module(known[given[0]])
        return int(module.run(_parse(module, given), out))
    _prepare_django(given[0], keep_key=not only_help)
    module = importlib.import_module(known[given[0]])
    return _run_with_database(module, _parse(module, given), out)


def command_modules() -> dict[str, str]:
    """Every command's name and the module it is in."""
    return {
        found.name.replace("_", "-"): f"{package.__name__}.{found.name}"
        for package in (shell_commands, api_commands, installation_commands)
        for found in pkgutil.iter_modules(package.__path__)
    }


def _parse(module: ModuleType, given: list[str]) -> argparse.Namespace:
    parser = _Parser(prog=f"zhanggui {given[0]}", description=module.HELP, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    module.add_arguments(parser)
    return parser.parse_args(given[1:])


def _prepare_django(name: str, *, keep_key: bool) -> None:
    """Set Django up; needs no database, and leaves nothing behind when it is only asked for help."""
    import django

    from zhanggui.config import home, secret_key

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhanggui.config.settings")
    if name in SERVING_COMMANDS:
        os.environ.setdefault("ZHANGGUI_STATIC", "collected")
        serving.mark(name)
    if name == "demo":
        # Its printed log-ins work as they are; whoever sets a second factor up is asked for it all the same.
        os.environ.setdefault("ZHANGGUI_SECOND_FACTOR", "offered")
    if keep_key and not os.environ.get("ZHANGGUI_SECRET_KEY"):
        secret_key.read_or_make(home.make_data_folder(home.data_folder()))
    django.setup()


def _run_with_database(module: ModuleType, options: argparse.Namespace, out: Output) -> int:
    from django.db import DatabaseError, OperationalError, connections

    from zhanggui.config import database

    database.use_database()
    try:
        try:
            options.migrated = database.bring_tables_up_to_date()
        except OperationalError as failed:
            reason = str(failed).strip().splitlines()[0]
            raise DatabaseUnreachable(f"the database does not answer: {reason}") from failed
        except database.TablesBehind as behind:
            raise DatabaseUnfit(str(behind)) from behind
        except DatabaseError as failed:
            reason = str(failed).strip().splitlines()[0]
            raise DatabaseUnfit(f"its tables cannot be brought up to date: {reason}") from failed
        return int(module.run(options, out))
    finally:
        connections.close_all()
        for each in connections.all(initialized_only=True):
            each.close_pool()  # type: ignore[attr-defined]
        database.leave_database()


def help_of(module: str) -> str:
    """The HELP of a command's module, read from its text: loading them all would take seconds."""
    found = importlib.util.find_spec(module)
    assert found is not None and found.origin is not None
    for line in ast.parse(Path(found.origin).read_text("utf-8")).body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "HELP":
            return str(ast.literal_eval(line.value))
    raise ValueError(f"{module} has no HELP")


def _overview(known: dict[str, str]) -> str:
    width = max(map(len, known))
    lines = [f"  {name:<{width}}  {help_of(module)}" for name, module in sorted(known.items())]
    return "\n".join(
        [
            "usage: zhanggui COMMAND [options]",
            "",
            "commands:",
            *lines,
            "",
            "zhanggui COMMAND --help says more.",
        ]
    )


def _fault(out: Output) -> int:
    traceback.print_exc()
    out.refuse(Fault("a fault of Zhanggui itself; please report the lines above"))
    return FAULT


def _end_on_signal(number: int, frame: FrameType | None) -> None:
    """SIGTERM unwinds like an exit, so that the database is left as it should be."""
    del frame
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
