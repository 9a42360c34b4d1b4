"""One embedded PostgreSQL for a run of the tests, a database per worker, the books swept after every test.

A DATABASE_URL in the environment is used instead (its user must be allowed to make databases and roles).
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HOME_VARIABLE = "ZHANGGUI_TEST_HOME"
OWNS_HOME = HOME_VARIABLE not in os.environ

if OWNS_HOME:
    # Workers inherit the variable and share the server, which for root runs as somebody else.
    made = Path(tempfile.mkdtemp(prefix="zhanggui-tests-"))
    made.chmod(0o711)
    os.environ[HOME_VARIABLE] = str(made)
HOME = Path(os.environ[HOME_VARIABLE])

os.environ["ZHANGGUI_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "zhanggui.config.settings"
# People of tests have passwords only; tests of second factors ask for them by the setting.
os.environ.setdefault("ZHANGGUI_SECOND_FACTOR", "offered")
# Playwright's event loop runs in the thread of the test; the database is used there on purpose.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
# Of a large test rolled back autovacuum keeps "no rows in many pages", and the next one's plans believe that.
FAST_AND_FORGETFUL = FORGETFUL | {"autovacuum": "off"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_configure() -> None:
    import hypothesis
    from django.conf import settings

    # Nothing is timed in tests: a busy machine is slow to draw examples, too.
    hypothesis.settings.register_profile(
        "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("untimed")

    # What a test prepares behind the screens is counted at once.
    settings.DESK_BADGE_SECONDS = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes have no name of their own: packed files hold the time, and workers must collect the same names."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """ZHANGGUI_BROWSER=none leaves the browser tests out, as whoever sets it asks for."""
    if os.environ.get("ZHANGGUI_BROWSER") == "none":
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="ZHANGGUI_BROWSER=none"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Start the server before Django makes the test database on it."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    from zhanggui.config import postgres

    postgres.ensure_running(HOME, settings=FAST_AND_FORGETFUL)
    yield
    from django.db import connections

    connections.close_all()
    postgres.leave(HOME)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Know what the checks say of the database as tests find it."""
    from tests.sweeping import undone

    with django_db_blocker.unblock():
        undone.learn()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test that committed is followed by a flush, which takes along what the migrations left."""
    result = yield
    from tests.sweeping import undone

    if _uses_database(item) and _commits(item):
        undone.forget()
    if undone.forgotten and nextitem and _uses_database(nextitem) and not _commits(nextitem):
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            undone.learn()
    return result


def pytest_unconfigure() -> None:
    if not OWNS_HOME:
        return
    from zhanggui.config import postgres

    postgres.stop(HOME)
    shutil.rmtree(os.path.realpath(HOME / "postgres"), ignore_errors=True)
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def rails_as_before(request: pytest.FixtureRequest) -> Iterator[None]:
    """A rail that a test wires is gone after it."""
    if not _uses_database(request.node):
        yield
        return
    from zhanggui.settlement.payouts import rail

    wired = rail._connected()
    before = dict(wired)
    yield
    wired.clear()
    wired.update(before)


@pytest.fixture(autouse=True)
def language_as_before() -> Iterator[None]:
    """A language that a test chooses is forgotten after it."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """After a test that used the database and passed, the books must still prove themselves."""
    result = yield
    if _uses_database(item) and item.get_closest_marker("breaks_invariants") is None:
        _assert_books_balance(item)
    return result


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") is not None
    return marked or bool(
        fixtures & {"db", "transactional_db", "live_server", "django_db_serialized_rollback"}
    )


def _commits(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    fixtures = set(getattr(item, "fixturenames", ()))
    committing = {
        "transactional_db",
        "live_server",
        "django_db_serialized_rollback",
        "django_db_reset_sequences",
    }
    return bool(fixtures & committing) or bool(
        mark and (mark.args or any(mark.kwargs.get(name) for name in ("transaction", "reset_sequences")))
    )


def _assert_books_balance(item: pytest.Item) -> None:
    from django.db import connection

    from tests.sweeping import undone
    from zhanggui.clockwork.sweep_invariants import sweep

    if connection.needs_rollback:
        return
    found = sweep() if _commits(item) else undone.sweep()
    broken = {name: rows for name, rows in found.items() if rows}
    assert not broken, f"the test left the books broken: {broken}"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser of this machine if there is one, else Playwright's own; ZHANGGUI_BROWSER names another. Where there
    is none at all the tests fail and say so: nobody shall believe that the screens were looked at."""
    found = os.environ.get("ZHANGGUI_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    arguments = dict(browser_type_launch_args)
    if found:
        arguments["executable_path"] = found
    if os.geteuid() == 0:
        arguments["args"] = [*arguments.get("args", []), "--no-sandbox", "--disable-dev-shm-usage"]
    return arguments
