"""A market, and keys into it. Django is not there yet when this file is read: imports wait."""

from typing import Any

import pytest


@pytest.fixture
def market(db: None) -> Any:
    from tests.isolation.market import open_market

    return open_market()


@pytest.fixture
def platform(market: Any) -> Any:
    from tests.portals.api.calling import api_of

    return api_of(market, "platform", "platform_admin")


@pytest.fixture
def tea(market: Any) -> Any:
    from tests.portals.api.calling import api_of

    return api_of(market, "tea", "merchant_owner")
