"""The rule of an account is set: recorded, refused, and followed by the next run."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.settlement.reconciliation.channels import ChannelStory
from zhanggui.audit.models import AuditRecord
from zhanggui.settlement.reconciliation.errors import ReconciliationRuleRefused, UnknownOwnAccount
from zhanggui.settlement.reconciliation.invariants import match_crosses_amounts
from zhanggui.settlement.reconciliation.models import ReconciliationRule
from zhanggui.settlement.reconciliation.operations.set_reconciliation_rule import (
    RuleSettings,
    set_reconciliation_rule,
)
from zhanggui.settlement.reconciliation.queries import rule_for, rules_in_force

pytestmark = pytest.mark.django_db
AT = datetime(2026, 4, 1, 12, tzinfo=UTC)


def put(account: str, **settings: Any) -> ReconciliationRule:
    with transaction.atomic():
        return set_reconciliation_rule(
            account=account, settings=replace(RuleSettings(), **settings), at=AT, actor="mia"
        )


def test_a_rule_is_set_with_before_and_after(tmp_path: Path) -> None:
    story = ChannelStory(tmp_path)
    put("wechat-main", amount_tolerance_minor=5)
    put("wechat-main", amount_tolerance_minor=5)  # the same again is nothing new
    put("wechat-main", amount_tolerance_minor=2, post_fees=False)
    records = list(AuditRecord.objects.filter(object_kind="reconciliation_rule").order_by("id"))
    assert [(one.object_id, one.actor) for one in records] == [("wechat-main", "mia")] * 2
    assert records[0].before == {} and records[1].before["amount_tolerance_minor"] == 5
    assert (records[1].after["amount_tolerance_minor"], records[1].after["post_fees"]) == (2, False)
    assert rule_for(story.wechat.id).amount_tolerance_minor == 2
    put("*", suspend_days=3)
    assert [(code, own, rule.suspend_days) for code, own, rule in rules_in_force()] == [
        ("*", True, 3), ("bank-main", False, 3), ("wechat-main", True, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount_tolerance_minor", -1), ("fee_tolerance_milli", -1), ("expected_fee_ppm", 1_000_001),
     ("expected_fee_ppm", -1), ("cut_minutes", 1441), ("suspend_days", 32), ("amount_tolerance_minor", 10**15 + 1)],
)  # fmt: skip
def test_what_is_out_of_range_is_refused_by_name(field: str, value: int, tmp_path: Path) -> None:
    ChannelStory(tmp_path)
    with pytest.raises(ReconciliationRuleRefused, match=field):
        put("wechat-main", **{field: value})
    assert not AuditRecord.objects.filter(object_kind="reconciliation_rule").exists()


def test_a_rule_of_no_account_is_refused(tmp_path: Path) -> None:
    ChannelStory(tmp_path)
    with pytest.raises(UnknownOwnAccount, match="wechat-mian"):
        put("wechat-mian")


def test_the_next_run_follows_it_and_a_lower_one_breaks_nothing(tmp_path: Path) -> None:
    story = ChannelStory(tmp_path)
    story.orders("""
        order merchant goods day
        A1    m1       100.00 2026-03-02
    """)
    put("wechat-main", amount_tolerance_minor=5)
    story.trade("""
        kind own amount day
        pay  A1  100.03 2026-03-02
    """)
    assert story.differences() == ""
    put("wechat-main", amount_tolerance_minor=0)
    assert match_crosses_amounts() == []
