"""The demo back office, a person in it, and the settings the desk asks for."""

import copy
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

TRACE = "zhanggui.portals.desk.middleware.TraceMiddleware"
LANGUAGE = "zhanggui.portals.desk.middleware.LanguageMiddleware"
CONTEXT = "zhanggui.portals.desk.context.desk"


@pytest.fixture(autouse=True)
def desk_settings(settings: Any, tmp_path: Path) -> None:
    from zhanggui.portals.desk.policy import CONTENT_SECURITY_POLICY

    settings.ROOT_URLCONF = "tests.portals.desk.demo_urls"
    settings.ZHANGGUI_HOME = tmp_path
    middleware = [
        m for m in settings.MIDDLEWARE if m not in (TRACE, LANGUAGE) and "LocaleMiddleware" not in m
    ]
    after = next(i for i, m in enumerate(middleware) if m.endswith("AuthenticationMiddleware")) + 1
    settings.MIDDLEWARE = [TRACE, *middleware[:after], LANGUAGE, *middleware[after:]]
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [Path(__file__).parent / "templates"]
    processors = templates[0]["OPTIONS"]["context_processors"]
    if CONTEXT not in processors:
        processors.append(CONTEXT)
    settings.TEMPLATES = templates
    settings.SECURE_CSP = CONTENT_SECURITY_POLICY
    settings.CSRF_FAILURE_VIEW = "zhanggui.portals.desk.views.errors.csrf_denied"


@pytest.fixture
def person(db: None) -> Any:
    from zhanggui.parties.models import User

    return User.objects.create_user("wang", password="demo-password", last_name="王", first_name="会计")


@pytest.fixture
def desk(client: Client, person: Any) -> Client:
    client.force_login(person)
    return client
