"""Maker and checker: what may be approved, by whom, up to how much; what is carried out is what was approved."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from zhanggui.approvals import errors
from zhanggui.approvals.models import Approval, ApprovalDecision
from zhanggui.approvals.operations.decide_approval import Proof, decide_approval
from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.approvals.operations.set_limit import set_limit
from zhanggui.approvals.rules import Limit, best_limit, checks_needed
from zhanggui.audit.models import AuditRecord
from zhanggui.clockwork.let_approvals_run_out import let_approvals_run_out
from zhanggui.journeys import approval_decided as journey
from zhanggui.journeys.approval_decided import (
    Following,
    approval_decided,
    approval_withdrawn,
    approvals_expired,
)

NOW = datetime(2026, 6, 20, 10, 0, tzinfo=UTC)
CONTROLLER = frozenset({"platform_controller"})


def put_up(amount: int = 12_345, **more: Any) -> Approval:
    given = {
        "kind": "adjustment", "subject": "ADJ-1", "title": "goodwill", "amount_minor": amount, "currency": "CNY",
        "payload": {"party": "m1", "amount": amount}, "maker": "mia", "at": NOW,
    } | more  # fmt: skip
    return request_approval(**given)


def decide(row: Approval, *, approve: bool = True, checker: str = "carl", **more: Any) -> Approval:
    given = {
        "approval_id": row.id, "approve": approve, "checker": checker, "roles": CONTROLLER, "at": NOW,
        "proof": Proof(retyped_minor=row.amount_minor),
    } | more  # fmt: skip
    with transaction.atomic():
        return decide_approval(**given)


@pytest.mark.django_db
class TestRequesting:
    def test_waits_and_is_in_the_audit_log(self) -> None:
        row = put_up()
        assert (row.state, row.checks_needed) == ("pending", 1)
        record = AuditRecord.objects.get(action="approval.requested")
        assert record.after["digest"] == bytes(row.digest).hex()

    def test_twice_is_once(self) -> None:
        assert put_up().id == put_up().id

    def test_with_other_content_while_it_waits_is_refused(self) -> None:
        put_up()
        with pytest.raises(errors.AlreadyRequested):
            put_up(54_321)

    def test_its_content_never_changes(self) -> None:
        row = put_up()
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.filter(id=row.id).update(payload={"party": "m2"})


@pytest.mark.django_db
class TestDeciding:
    def test_by_somebody_else_with_the_amount_typed_once_more(self) -> None:
        row = decide(put_up())
        assert row.state == "approved"
        assert [(one.checker, one.proof) for one in row.decisions.all()] == [("carl", "amount")]

    def test_a_second_factor_is_proof_too(self) -> None:
        assert decide(put_up(), proof=Proof(second_factor=True)).decisions.get().proof == "second_factor"

    @pytest.mark.parametrize(
        ("given", "refusal"),
        [
            ({"checker": "mia"}, errors.MakerIsChecker),
            ({"roles": frozenset({"platform_finance"})}, errors.AboveLimit),
            ({"proof": Proof()}, errors.ProofMissing),
            ({"proof": Proof(retyped_minor=12_344)}, errors.AmountRetypedWrong),
            ({"approval_id": 999_999}, errors.UnknownApproval),
        ],
    )
    def test_refused(self, given: dict[str, Any], refusal: type[Exception]) -> None:
        row = put_up()
        with pytest.raises(refusal):
            decide(row, **given)
        row.refresh_from_db()
        assert row.state == "pending" and not row.decisions.exists()

    def test_above_the_limit(self) -> None:
        row = put_up(500_000_001)
        with pytest.raises(errors.AboveLimit, match=r"5000000\.00"):
            decide(row)
        assert decide(row, roles=frozenset({"platform_admin"})).state == "approved"

    def test_a_large_one_needs_two_different_people(self) -> None:
        set_limit(role="platform_controller", max_minor=None, at=NOW, actor="t", two_above_minor=10_000)
        row = decide(put_up())
        assert (row.state, row.checks_needed) == ("pending", 2)
        with pytest.raises(errors.CheckedAlready):
            decide(row)
        assert decide(row, checker="dora").state == "approved"

    def test_one_rejection_ends_it(self) -> None:
        row = decide(put_up(), approve=False, proof=Proof(), roles=frozenset(), reason="wrong shop")
        assert row.state == "rejected"
        with pytest.raises(errors.ApprovalNotPending):
            decide(row, checker="dora")

    def test_not_after_it_ran_out(self) -> None:
        row = put_up(expires_at=NOW)
        with pytest.raises(errors.ApprovalNotPending, match="ran out"):
            decide(row)

    def test_a_decision_never_changes(self) -> None:
        row = decide(put_up())
        with pytest.raises(IntegrityError), transaction.atomic():
            ApprovalDecision.objects.filter(approval=row).update(approved=False)


@pytest.mark.django_db
class TestCarryingOut:
    @pytest.fixture
    def told(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        said: list[str] = []
        following = Following(
            approved=lambda row, moment: said.append(f"{row.subject} carried out for {moment.actor}"),
            ended=lambda row, moment: said.append(f"{row.subject} {row.state}"),
        )
        monkeypatch.setitem(journey.FOLLOWING, "adjustment", following)
        return said

    def given(self, row: Approval, **more: Any) -> dict[str, Any]:
        return {
            "approval_id": row.id, "approve": True, "checker": "carl", "roles": CONTROLLER, "at": NOW, "zone": UTC,
            "proof": Proof(retyped_minor=row.amount_minor),
        } | more  # fmt: skip

    def test_at_once_when_the_last_person_approves(self, told: list[str]) -> None:
        approval_decided(**self.given(put_up()))
        assert told == ["ADJ-1 carried out for carl"]

    def test_not_when_it_cannot_be(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            raise errors.ContentChanged("no")

        monkeypatch.setitem(journey.FOLLOWING, "adjustment", Following(approved=refuse))
        row = put_up()
        with pytest.raises(errors.ContentChanged):
            approval_decided(**self.given(row))
        row.refresh_from_db()
        assert row.state == "pending" and not row.decisions.exists()

    def test_what_was_held_is_released_when_it_ends_otherwise(self, told: list[str]) -> None:
        approval_decided(**self.given(put_up(), approve=False))
        approval_withdrawn(approval_id=put_up().id, maker="mia", at=NOW, zone=UTC)
        put_up(expires_at=NOW + timedelta(days=1))
        assert approvals_expired(at=NOW, zone=UTC, actor="clockwork") == 0
        assert approvals_expired(at=NOW + timedelta(days=1), zone=UTC, actor="clockwork") == 1
        assert told == ["ADJ-1 rejected", "ADJ-1 withdrawn", "ADJ-1 expired"]
        put_up()
        for days, ended in ((29, 0), (30, 1), (31, 0)):
            later = NOW + timedelta(days=days)
            done = let_approvals_run_out(clock=lambda: later, zone=UTC, life=timedelta(days=30))  # noqa: B023
            assert done == ended
        assert told[3:] == ["ADJ-1 expired"]

    def test_only_the_maker_withdraws(self, told: list[str]) -> None:
        with pytest.raises(errors.NotTheMaker):
            approval_withdrawn(approval_id=put_up().id, maker="carl", at=NOW, zone=UTC)
        assert told == []


class TestLimits:
    LIMITS = (
        Limit("clerk", "*", "*", 100, None),
        Limit("clerk", "write_off", "*", 10, None),
        Limit("clerk", "write_off", "GBP", 20, None),
        Limit("chief", "*", "*", None, 1_000),
    )

    @pytest.mark.parametrize(
        ("roles", "kind", "currency", "most"),
        [
            ({"clerk"}, "adjustment", "CNY", 100),
            ({"clerk"}, "write_off", "CNY", 10),
            ({"clerk"}, "write_off", "GBP", 20),
            ({"clerk", "chief"}, "write_off", "GBP", None),
        ],
    )
    def test_the_row_that_says_most_counts_and_the_widest_role(
        self, roles: set[str], kind: str, currency: str, most: int | None
    ) -> None:
        found = best_limit(self.LIMITS, roles=roles, kind=kind, currency=currency)
        assert found is not None and found.max_minor == most

    def test_a_role_without_a_row_approves_nothing(self) -> None:
        assert best_limit(self.LIMITS, roles={"viewer"}, kind="adjustment", currency="CNY") is None

    def test_two_people_above_the_mark(self) -> None:
        assert [
            checks_needed(self.LIMITS, kind="x", currency="CNY", amount_minor=n) for n in (1_000, 1_001)
        ] == [1, 2]
