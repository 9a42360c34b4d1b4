"""The screens of approvals: listed, looked at, decided by a second person."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.journeys import approval_decided as journey
from zhanggui.journeys.approval_decided import Following

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(market: Any, monkeypatch: pytest.MonkeyPatch) -> Approval:
    monkeypatch.setitem(journey.FOLLOWING, "adjustment", Following(approved=lambda row, moment: None))
    return request_approval(
        kind="adjustment", subject="ADJ-7", title="Goodwill for the tea house", amount_minor=123_456, currency="CNY",
        payload={"reason": "late", "parts": [{"fee": "goodwill", "amount": 123_456}]}, maker="mia",
        at=timezone.now(),
    )  # fmt: skip


def test_the_list_opens_on_what_waits(desk: Any, waiting: Approval) -> None:
    page = desk.get("/platform/approvals/").content.decode()
    assert "ADJ-7" in page and "1,234.56" in page


def test_a_controller_approves_by_typing_the_amount(as_role: Any, waiting: Approval) -> None:
    controller = as_role("platform_controller")
    address = f"/platform/approvals/{waiting.id}/"
    shown = controller.get(address).content.decode()
    assert "late" in shown and "goodwill" in shown
    wrong = controller.post(address, {"decision": "approve", "retyped": "1,234.55"})
    assert wrong.status_code == 422 and "look at it again" in wrong.content.decode()
    assert controller.post(address, {"decision": "approve", "retyped": "1,234.56"}).status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == "approved"


def test_a_rejection_says_why(as_role: Any, waiting: Approval) -> None:
    controller, address = as_role("platform_controller"), f"/platform/approvals/{waiting.id}/"
    assert controller.post(address, {"decision": "reject"}).status_code == 422
    assert controller.post(address, {"decision": "reject", "reason": "wrong shop"}).status_code == 302
    assert "wrong shop" in controller.get(address).content.decode()


def test_who_may_not_decide_sees_no_form(as_role: Any, waiting: Approval) -> None:
    finance, address = as_role("platform_finance"), f"/platform/approvals/{waiting.id}/"
    assert 'name="retyped"' not in finance.get(address).content.decode()
    assert finance.post(address, {"decision": "approve", "retyped": "1234.56"}).status_code == 422
    waiting.refresh_from_db()
    assert waiting.state == "pending"


def test_what_waits_is_counted_every_few_seconds_and_at_once_for_whoever_acts(
    market: Any, waiting: Approval, settings: Any
) -> None:
    settings.DESK_BADGE_SECONDS = 600
    cache.clear()
    number = '<span>审批</span><b class="count-badge">1</b>'
    controller, colleague = Client(), Client()
    for one, role in ((controller, "platform_controller"), (colleague, "platform_auditor")):
        one.force_login(market.person("platform", role))
        assert number in one.get("/platform/approvals/").content.decode()
    controller.post(f"/platform/approvals/{waiting.id}/", {"decision": "approve", "retyped": "1,234.56"})
    assert number not in controller.get("/platform/approvals/").content.decode()
    assert number in colleague.get("/platform/approvals/").content.decode()
