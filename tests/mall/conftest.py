from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.mall.shopping import Mall


@pytest.fixture
def mall(db: None) -> Iterator[Mall]:
    from tests.mall.shopping import open_mall
    from zhanggui.payments import wired

    wired.rails()
    before = dict(wired._factories)
    yield open_mall()
    wired._factories.clear()
    wired._factories.update(before)
