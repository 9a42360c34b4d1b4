"""The sandbox of log-ins, and the mall connected to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.portals.storefront.signing_in.logging_in import Person
from tests.rails.sandboxes import Sandbox, running
from zhanggui.portals.desk.outside_log_ins import outside_log_ins


@pytest.fixture(scope="session")
def identity_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("zhanggui.rails.identity_sandbox", tmp_path_factory.mktemp("identity")) as started:
        yield started


@pytest.fixture
def elsewhere(identity_sandbox: Sandbox, settings: Any) -> Sandbox:
    settings.SOCIALACCOUNT_PROVIDERS = outside_log_ins(identity_sandbox.client["environment"])
    identity_sandbox.steer("DELETE", "faults")
    return identity_sandbox


@pytest.fixture
def somebody(db: None, elsewhere: Sandbox) -> Callable[..., Person]:
    return lambda **more: Person(elsewhere, **more)
