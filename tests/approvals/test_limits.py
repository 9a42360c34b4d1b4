"""Limits of approval: one person lowers them, two raise them, and nobody gives more than they have."""

from datetime import UTC, datetime
from typing import Any

import pytest

from zhanggui.approvals import errors
from zhanggui.approvals.models import Approval, ApprovalLimit
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.rules import Limit, widens
from zhanggui.audit.models import AuditRecord
from zhanggui.journeys.approval_decided import approval_decided, approval_withdrawn
from zhanggui.journeys.approval_limit_set import Change, approval_limit_set
from zhanggui.parties.models import Membership, Party, User

NOW = datetime(2026, 6, 20, 10, 0, tzinfo=UTC)
C, A = "platform_controller", "platform_admin"
HELD = (Limit(C, "*", "*", 500, 1_000), Limit(C, "write_off", "CNY", 50, 10), Limit(A, "*", "*", None, None))


@pytest.mark.parametrize(
    ("new", "wider"),
    [
        (Limit(C, "*", "*", 500, 1_000), False),
        (Limit(C, "*", "*", 0, 1_000), False),
        (Limit(C, "*", "*", None, 1_000), True),
        (Limit(C, "*", "*", 500, None), True),
        (Limit(C, "*", "*", 500, 1_001), True),
        (Limit(C, "*", "*", 500, 999), False),
        (Limit(C, "write_off", "CNY", 50, 10), False),
        (Limit(C, "write_off", "CNY", 51, 10), True),
        (Limit(C, "write_off", "CNY", 50, 11), True),
        (Limit(C, "write_off", "CNY", 50, None), True),
        (Limit(C, "write_off", "USD", 500, None), False),
        (Limit(C, "write_off", "USD", 501, None), True),
        (Limit(C, "adjustment", "CNY", 501, None), True),
        (Limit(A, "adjustment", "CNY", None, None), False),
        (Limit("platform_finance", "*", "*", 0, None), False),
        (Limit("platform_finance", "*", "CNY", 1, None), True),
    ],
)
def test_what_allows_more_than_now(new: Limit, wider: bool) -> None:
    assert widens(HELD, new) is wider


def change(most: int | None, *, actor: str = "boss", **more: Any) -> Change:
    given = {"role": C, "kind": "write_off", "currency": "CNY", "two_above_minor": None} | more
    return approval_limit_set(max_minor=most, at=NOW, actor=actor, **given)


def decide(change: Change, checker: str = "second", **more: Any) -> Approval:
    assert change.approval is not None
    roles = set(Membership.objects.filter(user__username=checker).values_list("role", flat=True))
    given = {"approve": True, "proof": Proof(second_factor=True)} | more
    return approval_decided(
        approval_id=change.approval.id, checker=checker, roles=roles, at=NOW, zone=UTC, **given
    )


def in_force() -> int | None:
    return ApprovalLimit.objects.get(role=C, kind="write_off", currency="CNY").max_minor


@pytest.mark.django_db
class TestRaising:
    @pytest.fixture(autouse=True)
    def staff(self, db: None) -> None:
        platform = Party.objects.get_or_create(code="platform", defaults={"kind": "platform", "name": {}})[0]
        for name, role in (("boss", A), ("second", A), ("carl", C)):
            Membership.objects.create(user=User.objects.create_user(name), party=platform, role=role)
        assert change(10_000).row is not None

    def test_lowering_is_one_persons(self) -> None:
        assert change(5_000).approval is None and in_force() == 5_000

    def test_raising_holds_when_a_second_person_agreed(self) -> None:
        asked = change(20_000)
        assert (asked.row, in_force()) == (None, 10_000)
        with pytest.raises(errors.MakerIsChecker):
            decide(asked, "boss")
        assert decide(asked).state == "approved" and in_force() == 20_000
        told = AuditRecord.objects.filter(action="approval.limit_set").latest("id")
        assert (told.actor, told.before["max_minor"], told.after["max_minor"]) == ("second", 10_000, 20_000)

    def test_rejected_or_withdrawn_nothing_changed(self) -> None:
        decide(change(20_000), approve=False)
        asked = change(20_000)
        assert asked.approval is not None
        approval_withdrawn(approval_id=asked.approval.id, maker="boss", at=NOW, zone=UTC)
        assert in_force() == 10_000

    def test_one_change_of_a_limit_waits_at_a_time(self) -> None:
        change(20_000)
        with pytest.raises(errors.AlreadyRequested):
            change(30_000)
        assert change(9_000).row is not None, "lowering waits for nobody"

    def test_nobody_gives_more_than_they_have(self) -> None:
        asked = change(20_000)
        with pytest.raises(errors.LimitAboveOwn):
            decide(asked, "carl")
        assert in_force() == 10_000
        with pytest.raises(errors.LimitAboveOwn):
            decide(change(None, kind="adjustment"), "carl")
        assert decide(change(None, kind="payout_batch")).state == "approved"

    def test_two_people_less_is_more(self) -> None:
        assert change(10_000, two_above_minor=100).approval is None
        assert change(10_000, two_above_minor=200).approval is not None
