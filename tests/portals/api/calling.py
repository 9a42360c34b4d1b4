"""Calling the API as a program does."""

import json
import uuid
from typing import Any

from django.test import Client
from django.utils import timezone

from tests.isolation.market import Market
from zhanggui.parties.models import Role
from zhanggui.parties.operations.issue_key import issue_key

STATUSES_WITH_ERRORS = range(400, 600)


class Api:
    """One key's view of the API. Every error must have the one shape, whoever made it."""

    def __init__(self, secret: str | None) -> None:
        self.secret = secret
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, status: int = 200, **params: Any) -> Any:
        return self.read(self.client.get(f"/api/v1{path}", params, headers=self.headers()), status)

    def post(self, path: str, body: Any, status: int = 200, key: str | None = None, **headers: str) -> Any:
        response = self.client.post(
            f"/api/v1{path}",
            body if isinstance(body, (str, bytes)) else json.dumps(body),
            content_type=headers.pop("content_type", "application/json"),
            headers=self.headers() | {"Idempotency-Key": key or uuid.uuid4().hex} | headers,
        )
        return self.read(response, status)

    def headers(self) -> dict[str, str]:
        return {} if self.secret is None else {"Authorization": f"Bearer {self.secret}"}

    def read(self, response: Any, status: int) -> Any:
        body = json.loads(response.content)
        assert response.status_code == status, body
        if response.status_code in STATUSES_WITH_ERRORS:
            assert set(body) == {"error"}
            assert set(body["error"]) == {"code", "message", "details", "trace_id"}
            assert body["error"]["trace_id"] == response.headers["X-Trace-Id"]
        return body


def key_of(market: Market, party: str, role: Role) -> str:
    """A new key of somebody with this role."""
    user = market.person(party, role)
    return issue_key(user=user, party=market.party(party), role=role, label="tests", at=timezone.now())[1]


def api_of(market: Market, party: str, role: Role) -> Api:
    """The API as this role sees it."""
    return Api(key_of(market, party, role))
