"""A market and people of the platform. Django is not there yet when this file is read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def exports_elsewhere(settings: Any, tmp_path: Path) -> None:
    settings.ZHANGGUI_HOME = tmp_path


@pytest.fixture
def market(db: None) -> Any:
    from django.core.cache import cache

    from tests.isolation.market import open_market

    cache.clear()
    return open_market()


@pytest.fixture
def as_role(market: Any, client: Any) -> Callable[[str], Any]:
    """A browser of somebody with that role at the platform, in English."""

    def enter(role: str) -> Any:
        client.force_login(market.person("platform", role))
        client.cookies["django_language"] = "en"
        return client

    return enter


@pytest.fixture
def desk(as_role: Callable[[str], Any]) -> Any:
    """The head of finance at work."""
    return as_role("platform_admin")
