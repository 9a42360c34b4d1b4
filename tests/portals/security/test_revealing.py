"""A sealed number is shown to who may see it, after a code, for a reason, and written down first."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.utils import translation

from tests.portals.factors import code_at, give_factor
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Membership, Party, Role, User
from zhanggui.portals.desk.revealing import Sealed, reveal
from zhanggui.vault.sealing import masked, seal

pytestmark = pytest.mark.django_db
NUMBER = "6222021001122334455"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def value():
    return Sealed(
        sealed=seal(NUMBER, purpose="receiver.number"), purpose="receiver.number", masked=masked(NUMBER),
        object_kind="receiver", object_id="7", party_id=3,
    )  # fmt: skip


def asked(role, post=None, factor=False):
    platform = Party.objects.get_or_create(code="platform", defaults={"kind": "platform", "name": {}})[0]
    user = User.objects.create_user("wang", password="x")
    Membership.objects.create(user=user, party=platform, role=role)
    if factor:
        give_factor(user)
    factory = RequestFactory()
    request = factory.get("/x/") if post is None else factory.post("/x/", post)
    request.user, request.session, request._messages = user, {}, []
    return request


def test_the_form_shows_the_mask_alone(value):
    answer = reveal(asked(Role.PLATFORM_CONTROLLER), value)
    assert masked(NUMBER) in answer.content.decode() and NUMBER not in answer.content.decode()
    assert not AuditRecord.objects.exists()


def test_the_number_is_shown_for_a_minute_and_written_down(value):
    answer = reveal(asked(Role.PLATFORM_CONTROLLER, {"reason": "call the bank"}), value)
    assert NUMBER in answer.content.decode() and answer.headers["Refresh"].startswith("60;")
    assert answer.headers["Cache-Control"] == "private, no-store"
    record = AuditRecord.objects.get(action="number.revealed")
    assert (record.actor, record.object_kind, record.object_id, record.party_id) == (
        "wang",
        "receiver",
        "7",
        3,
    )
    assert record.after == {"shown": masked(NUMBER), "reason": "call the bank"}


@pytest.mark.parametrize("post", [{"reason": ""}, {"reason": " "}, {"reason": "x" * 201}, {}])
def test_without_a_reason_nothing_is_shown(value, post):
    answer = reveal(asked(Role.PLATFORM_CONTROLLER, post), value)
    assert answer.status_code == 422 and NUMBER not in answer.content.decode()


def test_a_code_is_asked_for(value):
    request = asked(Role.PLATFORM_CONTROLLER, {"reason": "bank"}, factor=True)
    assert reveal(request, value).status_code == 422 and not AuditRecord.objects.exists()
    request.POST = {"reason": "bank", "factor_code": code_at()}
    assert NUMBER in reveal(request, value).content.decode()


@pytest.mark.parametrize("role", [Role.PLATFORM_CASHIER, Role.PLATFORM_AUDITOR, Role.PLATFORM_FINANCE])
def test_other_roles_are_turned_away(value, role):
    with pytest.raises(PermissionDenied):
        reveal(asked(role, {"reason": "x"}), value)


def test_a_broken_seal_is_told_and_nothing_is_written(value):
    flipped = value.sealed[:-1] + bytes([value.sealed[-1] ^ 1])
    broken = Sealed(**(vars(value) | {"sealed": flipped}))
    answer = reveal(asked(Role.PLATFORM_CONTROLLER, {"reason": "x"}), broken)
    assert answer.status_code == 422 and not AuditRecord.objects.exists()
