"""The security audit: each thing it looks at is found when it is there and not when it is not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection, transaction

from zhanggui.approvals.models import ApprovalLimit
from zhanggui.audit.invariants import security_audit_differs
from zhanggui.audit.models import AuditRecord, SecurityAudit, SecurityFinding, SweepResult
from zhanggui.audit.operations.record_change import record_change
from zhanggui.audit.rules import CHECKS, sorted_by_gravity
from zhanggui.backups.models import Backup
from zhanggui.clockwork.audit_security import LOOKS, audit_security
from zhanggui.journeys.anomaly_rule_published import anomaly_rule_switched
from zhanggui.parties.models import Membership, Party, User
from zhanggui.parties.operations.issue_key import issue_key
from zhanggui.parties.operations.revoke_key import revoke_key
from zhanggui.settlement.monitoring.models import Alert
from zhanggui.trade.buyers.operations.become_buyer import become_buyer
from zhanggui.trade.buyers.operations.sign_up import sign_up

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 4, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quiet(settings: Any, tmp_path: Path) -> None:
    """An installation that leaves no door open, with two who check and one who makes."""
    settings.ZHANGGUI_HOME = tmp_path
    settings.SECOND_FACTOR, settings.SESSION_COOKIE_SECURE = "required", True
    ApprovalLimit.objects.all().delete()
    ApprovalLimit.objects.create(role="platform_controller", max_minor=100_000_00)
    for name, role in (
        ("mia", "platform_finance"),
        ("an", "platform_controller"),
        ("bo", "platform_controller"),
    ):
        person(name, role)
    with transaction.atomic():
        record_change(at=NOW, actor="tests", action="backup.tested", object_kind="backup", object_id="x")
    Backup.objects.create(kind="scheduled", started_at=NOW, ended_at=NOW, actor="t", path="a", with_keys=True)
    SweepResult.objects.create(at=NOW, actor="t", violations=0, counts={})


def person(name: str, *roles: str, seen: datetime = NOW, factor: bool = True) -> User:
    platform = Party.objects.get_or_create(
        code="platform", defaults={"kind": "platform", "name": {"zh": "平台"}}
    )[0]
    user = User.objects.create_user(name, password="long enough 123", last_login=seen)
    for role in roles:
        Membership.objects.create(user=user, party=platform, role=role)
    if factor:
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def audited(at: datetime = NOW) -> SecurityAudit:
    return audit_security(clock=lambda: at, zone=UTC, actor="tests")


def found(at: datetime = NOW) -> set[tuple[str, str]]:
    return {(row.code, row.subject) for row in audited(at).findings.all()}


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert found() == set()


def test_every_check_is_looked_at_once_and_said_in_both_languages() -> None:
    looked_at = [code for codes in LOOKS.values() for code in codes]
    assert sorted(looked_at) == sorted(CHECKS)
    row = audited()
    assert row.looked_at == sorted_by_gravity(CHECKS) and row.looked_at[0] == "factor_missing"
    told = dict.fromkeys(
        ("person", "days", "count", "needed", "limit", "key", "record", "hours", "rows", "idle"), 7
    )
    for check in CHECKS.values():
        for chinese in (True, False):
            assert "{" not in check.said(told, chinese=chinese)
        assert check.remedy_zh and check.remedy_en and len(check.code) <= 32


def test_the_page_names_every_check_with_its_remedy() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "security-audit.md").read_text()
    rows = [f"| `{one.code}` | {one.severity} | {one.en} | {one.remedy_en} |" for one in CHECKS.values()]
    assert [row for row in rows if row not in page] == []


class TestPeople:
    def test_finance_without_a_second_factor(self) -> None:
        person("no-factor", "platform_cashier", factor=False)
        person("reader", "platform_auditor", factor=False)
        assert found() == {("factor_missing", "no-factor")}

    def test_maker_and_checker_in_one(self) -> None:
        person("both", "platform_finance", "platform_controller")
        assert found() == {("duties_meet", "both")}

    def test_those_who_do_not_log_in(self) -> None:
        long_ago = NOW - timedelta(days=90)
        person("checker", "platform_controller", seen=long_ago)
        person("reader", "platform_auditor", seen=long_ago)
        person("yesterday", "platform_auditor", seen=long_ago + timedelta(days=1))
        off = person("off", "platform_controller", seen=long_ago)
        off.is_active = False
        off.save()
        assert found() == {("approver_dormant", "checker"), ("person_dormant", "reader")}

    def test_a_log_in_without_a_role(self) -> None:
        person("left-over")
        assert found() == {("person_without_role", "left-over")}

    def test_buyers_need_no_role_and_buyers_with_one_are_looked_at(self) -> None:
        sign_up(username="shopper", password="oolong-und-regen-17", at=NOW)
        become_buyer(user=person("reader", "platform_auditor", seen=NOW - timedelta(days=90)), at=NOW)
        assert found() == {("person_dormant", "reader")}


class TestDuties:
    def test_too_few_checkers(self) -> None:
        User.objects.filter(username="bo").update(is_active=False)
        assert found() == {("few_checkers", "")}
        assert SecurityFinding.objects.latest("id").told == {"count": 1, "needed": 2}

    def test_two_people_above_an_amount_need_a_third(self) -> None:
        ApprovalLimit.objects.update(checks_needed_above_minor=1)
        assert found() == {("few_checkers", "")}

    def test_limits(self) -> None:
        ApprovalLimit.objects.create(role="platform_admin", kind="payout_batch", max_minor=5)
        ApprovalLimit.objects.create(
            role="platform_controller", kind="write_off", currency="CNY", max_minor=None
        )
        ApprovalLimit.objects.create(role="platform_auditor", max_minor=0)
        assert found() == {
            ("limit_without_checker", "platform_admin/payout_batch"),
            ("limit_without_end", "platform_controller/write_off/CNY"),
        }

    def test_many_administrators(self) -> None:
        for number in range(6):
            person(f"boss-{number}", "platform_admin")
        assert ("many_administrators", "") in found()


class TestKeys:
    def key(self, role: str = "platform_finance", user: str = "mia", **more: Any) -> Any:
        party = Party.objects.get(code="platform")
        holder = User.objects.get(username=user)
        given = {"at": NOW, "expires_at": NOW + timedelta(days=30)} | more
        return issue_key(user=holder, party=party, role=role, label="ERP", **given)[0]

    def test_good_ones_and_ended_ones_are_left_alone(self) -> None:
        self.key()
        self.key(at=NOW - timedelta(days=400), expires_at=NOW - timedelta(days=1))
        revoke_key(number=self.key(expires_at=None).id, at=NOW)
        assert found() == set()

    def test_without_an_end_unused_approving_orphaned(self) -> None:
        endless, old = self.key(expires_at=None), self.key(at=NOW - timedelta(days=90))
        checks, orphan = self.key("platform_controller", "an"), self.key("platform_controller", "bo")
        Membership.objects.filter(user__username="bo").update(role="platform_auditor")
        person("cy", "platform_controller")
        assert found() == {
            ("key_without_end", str(endless.id)), ("key_unused", str(old.id)), ("key_approves", str(checks.id)),
            ("key_orphaned", str(orphan.id)),
        }  # fmt: skip


class TestProofsAndBackups:
    @pytest.mark.breaks_invariants
    def test_a_log_that_was_written_around(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("alter table audit_record disable trigger audit_record_append_only")
            cursor.execute("update audit_record set actor = 'somebody else'")
        assert found() == {("audit_chain_broken", "")}

    def test_the_self_check(self) -> None:
        SweepResult.objects.create(at=NOW, actor="t", violations=2, counts={"x": 2})
        assert found(NOW + timedelta(hours=2)) == {("self_check_found", "")}
        assert ("self_check_old", "") in found(NOW + timedelta(hours=3))

    def test_backups(self, settings: Any) -> None:
        Backup.objects.update(with_keys=False)
        SweepResult.objects.create(at=NOW + timedelta(days=100), actor="t", violations=0, counts={})
        User.objects.update(last_login=NOW + timedelta(days=100))
        assert found(NOW + timedelta(days=100)) == {
            ("backup_old", ""), ("backup_untested", ""), ("backup_without_keys", ""),
        }  # fmt: skip

    def test_seals(self, tmp_path: Path) -> None:
        from zhanggui.vault import key_ring

        key_ring.read_or_make(tmp_path / "keys" / "vault", now=NOW - timedelta(days=366))
        assert {code for code, _ in found()} == {"keys_not_rotated"}

    def test_settings(self, settings: Any) -> None:
        settings.SECOND_FACTOR, settings.SESSION_COOKIE_SECURE = "offered", False
        settings.DEBUG, settings.SESSION_SECONDS = True, 25 * 3600
        assert {code for code, _ in found()} == {
            "factor_not_required", "debugging", "cookies_in_the_clear", "sessions_long",
        }  # fmt: skip


class TestKeeping:
    def test_what_stays_keeps_its_time_and_alerts_once(self) -> None:
        user = person("no-factor", "platform_cashier", factor=False)
        first = audited()
        assert (first.critical, first.fresh) == (1, 1)
        second = audited(NOW + timedelta(hours=1))
        row = second.findings.get(code="factor_missing")
        assert (second.fresh, row.since) == (0, NOW)
        [alert] = Alert.objects.filter(rule_code="security-critical")
        assert (alert.severity, alert.label, alert.window_from) == (
            "critical",
            "factor_missing no-factor",
            NOW,
        )
        factor = Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
        assert ("factor_missing", "no-factor") not in found(NOW + timedelta(hours=2))
        factor.delete()
        assert audited(NOW + timedelta(minutes=150)).fresh == 1
        assert Alert.objects.filter(label="factor_missing no-factor").count() == 2, "gone and back is new"

    def test_rules_that_were_switched_off_stay_off(self) -> None:
        audited()
        anomaly_rule_switched(code="security-critical", active=False, at=NOW, actor="boss", reason="")
        person("no-factor", "platform_cashier", factor=False)
        assert audited(NOW + timedelta(minutes=1)).critical == 1
        assert Alert.objects.count() == 0

    def test_it_is_written_down_and_never_changes(self) -> None:
        row = audited()
        assert AuditRecord.objects.filter(action="security.audited", object_id=str(row.id)).count() == 1
        person("left-over")
        audited()
        for table in ("audit_security_finding", "audit_security_audit"):
            for act in (f"delete from {table}", f"update {table} set id = id"):
                with (
                    pytest.raises(Exception, match="append-only"),
                    transaction.atomic(),
                    connection.cursor() as cursor,
                ):
                    cursor.execute(act)

    @pytest.mark.breaks_invariants
    def test_a_finding_that_was_taken_away_is_missed(self) -> None:
        person("left-over")
        audited()
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("alter table audit_security_finding disable trigger user")
            cursor.execute("delete from audit_security_finding")
        assert len(security_audit_differs()) == 1
