from collections.abc import Iterator

import pytest

from tests.mall.shopping import Mall, open_mall
from zhanggui.payments import wired


@pytest.fixture
def mall(db: None) -> Iterator[Mall]:
    wired.rails()
    before = dict(wired._factories)
    yield open_mall()
    wired._factories.clear()
    wired._factories.update(before)
