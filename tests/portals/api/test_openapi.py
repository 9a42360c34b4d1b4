"""Schemathesis: requests made up from our own document, good and bad, against a real database.

Nothing may fail with 5xx, answer with a status or shape that the document does not have, or take what it
forbids. The examples are the same in every run, and few: each is a whole request.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import AcceptedNegativeData, FailureGroup
from schemathesis.specs.openapi import checks

from tests.isolation.market import Market
from tests.portals.api.calling import key_of
from zhanggui.parties.models import Role
from zhanggui.portals.api.site import api

EXAMPLES = 8
SEED = 20260620
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning"),
]


def operations() -> list[tuple[str, str]]:
    document = api.get_openapi_schema()
    return [(method, path) for path, methods in document["paths"].items() for method in methods]


@pytest.fixture(autouse=True)
def connection_stays() -> Iterator[None]:
    """A request closes connections inside a transaction; the test's own must survive, as with Client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@cache
def served_document() -> Any:
    """The document as it is served, with the application behind it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


class Undone(Exception):
    """Takes back what an example wrote, so that each example meets the same market."""


# Both kinds of requests in one test: opening the market takes longer than the requests.
@pytest.mark.parametrize(("method", "path"), [pytest.param(*one, id="-".join(one)) for one in operations()])
def test_answers_as_documented(market: Market, method: str, path: str) -> None:
    operation = served_document()[path][method.upper()]
    headers = {
        "Authorization": f"Bearer {key_of(market, 'platform', Role.PLATFORM_ADMIN)}",
        "Host": "localhost",
    }
    known = {"business_line": "market", "statement_id": market.statement("tea").id, "code": "market"}

    for mode in GenerationMode:
        if mode is GenerationMode.POSITIVE or _takes_anything(operation):
            _ask(operation, mode, headers, known)


def _ask(operation: Any, mode: GenerationMode, headers: dict[str, str], known: dict[str, Any]) -> None:
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet,
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def run(case: Any, real: bool) -> None:
        if real and mode is GenerationMode.POSITIVE:
            _use_known_names(case, known)
        try:
            with transaction.atomic():
                response = case.call(headers=headers)
                try:
                    case.validate_response(response, checks=CHECKS)
                except FailureGroup as found:
                    if not all(_harmless(one, case, operation) for one in found.exceptions):
                        raise
                raise Undone
        except Undone:
            pass

    run()


def _use_known_names(case: Any, known: dict[str, Any]) -> None:
    """Made-up names end at "not found"; with real ones the request gets further."""
    for part in (case.path_parameters, case.body):
        if isinstance(part, dict):
            part.update({name: value for name, value in known.items() if name in part})


def _harmless(failure: BaseException, case: Any, operation: Any) -> bool:
    """Some "wrong" queries are right: no parameter here is required, a made-up name may be one that is known,
    and the made-up Authorization header is replaced by ours. Wrong values are never harmless."""
    if not isinstance(failure, AcceptedNegativeData) or operation.body or operation.path_parameters:
        return False
    wrong = set(re.findall(r"violates (`\w+`(?:, `\w+`)*)", str(failure)))
    named = {name for group in wrong for name in re.findall(r"\w+", group)}
    known = {one.name for one in operation.query}
    return named <= {"additionalProperties", "required", "format"} and set(case.query or ()) <= known


def _takes_anything(operation: Any) -> bool:
    return bool(operation.path_parameters or operation.query or operation.headers or operation.body)
