"""A market and people of the tea house. Django is not there yet when this file is read."""

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
def shop(market: Any, client: Any) -> Any:
    """A browser with the owner of the tea house logged in, in English."""
    client.force_login(market.person("tea", "merchant_owner"))
    client.cookies["django_language"] = "en"
    return client
