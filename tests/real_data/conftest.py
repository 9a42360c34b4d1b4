"""What the large tests leave behind."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module", autouse=True)
def room_again(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A million rows rolled back are dead, not gone: every later test of this worker would read over them."""
    yield
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("vacuum")
