"""Rules are checked when they are published; alerts step by the table, with a history that cannot be bent."""

from typing import Any

import pytest
from django.db import connection

from tests.isolation.market import NOW, open_market
from tests.settlement.monitoring.watching import publish, watch
from tests.tampering import tamper
from zhanggui.parties.models import Role
from zhanggui.settlement.monitoring import invariants
from zhanggui.settlement.monitoring.errors import (
    AlertNoteMissing,
    AlertStepNotAllowed,
    AnomalyRuleUnchanged,
    RuleParameterWrong,
    UnknownAlert,
    UnknownRuleKind,
)
from zhanggui.settlement.monitoring.models import Alert, AlertState
from zhanggui.settlement.monitoring.operations.assign_alert import assign_alert
from zhanggui.settlement.monitoring.operations.handle_alert import handle_alert
from zhanggui.settlement.monitoring.operations.note_alert import note_alert
from zhanggui.settlement.monitoring.queries.alerts import alert_history, open_alerts_count
from zhanggui.settlement.monitoring.rules import KINDS
from zhanggui.settlement.monitoring.states import TRANSITIONS

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert() -> Alert:
    market = open_market()
    market.person("platform", Role.PLATFORM_FINANCE)
    market.person("platform", Role.PLATFORM_AUDITOR)
    publish("big", "amount_above", what="order", threshold=80000)
    watch()
    return Alert.objects.get()


def settle_constraints() -> None:
    """Foreign keys are checked at the end of a transaction; a table with checks outstanding cannot be altered."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


def step(alert: Alert, after: str, note: str = "") -> Alert:
    return handle_alert(alert_id=alert.id, after=after, note=note, at=NOW, actor="tests")


class TestPublishing:
    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"kind": "sorcery"}, UnknownRuleKind),
            ({"threshold": 0}, RuleParameterWrong),
            ({"threshold": "12"}, RuleParameterWrong),
            ({"threshold": 1.5}, RuleParameterWrong),
            ({"threshold": True}, RuleParameterWrong),
            ({"what": "payslip"}, RuleParameterWrong),
            ({"colour": 1}, RuleParameterWrong),
            ({"currency": ""}, RuleParameterWrong),
            ({"parties": ["nobody"]}, RuleParameterWrong),
            ({"severity": "awful"}, RuleParameterWrong),
        ],
    )
    def test_refuses_what_cannot_be_meant(self, change: dict[str, Any], refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            publish(**({"code": "big", "kind": "amount_above", "what": "order", "threshold": 1} | change))

    def test_adds_versions_that_say_something_new(self) -> None:
        assert publish("big", "amount_above", threshold=1).version == 1
        with pytest.raises(AnomalyRuleUnchanged):
            publish("big", "amount_above", threshold=1)
        assert publish("big", "amount_above", threshold=1, active=False).version == 2

    def test_fills_in_what_is_left_out(self) -> None:
        for kind in KINDS.values():
            rule = publish(kind.code, kind.code)
            assert rule.parameters == {one.name: one.default for one in kind.parameters}


class TestSteps:
    @pytest.mark.breaks_invariants  # the walk jumps from state to state
    def test_go_by_the_table(self, alert: Alert) -> None:
        for before in AlertState.values:
            for after in AlertState.values:
                Alert.objects.filter(id=alert.id).update(
                    state=before, closed_at=NOW if before in ("false_alarm", "fixed", "accepted") else None
                )
                if after in TRANSITIONS[before]:
                    assert step(alert, after, "why").state == after
                else:
                    with pytest.raises(AlertStepNotAllowed):
                        step(alert, after, "why")

    def test_closing_and_reopening_need_a_sentence(self, alert: Alert) -> None:
        with pytest.raises(AlertNoteMissing):
            step(alert, "fixed", "  ")
        assert open_alerts_count() == 1
        closed = step(alert, "fixed", "the price was right")
        assert closed.closed_at == NOW and open_alerts_count() == 0
        with pytest.raises(AlertNoteMissing):
            step(alert, "handling")
        assert step(alert, "handling", "it was not").closed_at is None

    def test_whoever_takes_it_up_has_it(self, alert: Alert) -> None:
        step(alert, "acknowledged")
        assert step(alert, "handling").assignee == "tests"
        acts = [(one.act, one.before, one.after) for one in alert_history(alert.id)]
        assert acts == [
            ("raised", "", "new"),
            ("step", "new", "acknowledged"),
            ("step", "acknowledged", "handling"),
        ]

    def test_only_those_who_handle_alerts_are_given_one(self, alert: Alert) -> None:
        assign_alert(alert_id=alert.id, assignee="platform-platform_finance", at=NOW, actor="tests")
        for name in ("nobody", "platform-platform_auditor"):
            with pytest.raises(RuleParameterWrong):
                assign_alert(alert_id=alert.id, assignee=name, at=NOW, actor="tests")
        note_alert(alert_id=alert.id, note="phoned the shop", at=NOW, actor="tests")
        with pytest.raises(AlertNoteMissing):
            note_alert(alert_id=alert.id, note="", at=NOW, actor="tests")
        assert [one.act for one in alert_history(alert.id)] == ["raised", "assigned", "note"]

    def test_an_alert_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(UnknownAlert):
            handle_alert(alert_id=12345, after="fixed", note="x", at=NOW, actor="tests")


class TestInvariants:
    @pytest.mark.breaks_invariants
    def test_see_a_history_that_does_not_lead_to_the_state(self, alert: Alert) -> None:
        assert invariants.alert_history_broken() == []
        Alert.objects.filter(id=alert.id).update(state="handling")
        assert [row["id"] for row in invariants.alert_history_broken()] == [alert.id]

    @pytest.mark.breaks_invariants
    def test_see_an_alert_of_another_rule(self, alert: Alert) -> None:
        other = publish("other", "velocity")
        settle_constraints()
        tamper("update settlement_alert set rule_id = %s", other.id)
        assert len(invariants.alert_without_its_rule()) == 1

    @pytest.mark.breaks_invariants
    def test_see_an_alert_that_stands_twice(self, alert: Alert) -> None:
        settle_constraints()
        with connection.cursor() as cursor:
            cursor.execute("alter table settlement_alert drop constraint alert_once")
            cursor.execute(
                "insert into settlement_alert (rule_id, rule_code, kind, severity, subject_kind, subject_id, label,"
                " party_id, currency, window_from, window_before, value, threshold, unit, row_count, state,"
                " assignee, raised_at, run_id) select rule_id, rule_code, kind, severity, subject_kind,"
                " subject_id, label, party_id, currency, window_from, window_before, value, threshold, unit,"
                " row_count, state, assignee, raised_at, run_id from settlement_alert"
            )
        assert [row["alerts"] for row in invariants.alert_raised_twice()] == [2]
