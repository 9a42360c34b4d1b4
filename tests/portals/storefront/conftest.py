"""The fair, and browsers at it. Django is not there yet when this file is read."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def pictures_elsewhere(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def fair(db: None) -> Any:
    from django.core.cache import cache

    from tests.portals.storefront.fair import open_fair

    cache.clear()
    return open_fair()


@pytest.fixture
def buyer(fair: Any) -> Any:
    return fair.buyer()


@pytest.fixture
def shopper(client: Any, buyer: Any) -> Any:
    """A browser with the buyer logged in, in English."""
    client.force_login(buyer.user)
    client.cookies["django_language"] = "en"
    return client
