"""Channels send the buyer back by a link or by a form of their own page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

NUMBER = "U20261126174400ab12cd"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_comes_back_is_sent_on_by_a_link_of_ours(fair: Any, method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    here = reverse("storefront:came_back", args=[NUMBER])
    answer = getattr(client, method)(
        here, {"respCode": "00"}, headers={"origin": "https://gateway.95516.com"}
    )
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("storefront:pay", args=[NUMBER]) + "?back=1",
    )
    # The page itself takes nothing from elsewhere.
    refused = client.post(
        answer["Location"], {"act": "cancel"}, headers={"origin": "https://gateway.95516.com"}
    )
    assert refused.status_code == 403
