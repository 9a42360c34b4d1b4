"""A shop's invoices: its own only, received as papers, its own ones uploaded."""

from typing import Any

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def page(name: str, *args: Any) -> str:
    return reverse(f"merchant:{name}", args=args)
