"""An adjustment is made by one, approved by another, and then billed like a charge."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.settlement.guarded import Guarded, settled
from tests.settlement.story import text
from tests.tampering import broken, tamper
from zhanggui.approvals.errors import MakerIsChecker
from zhanggui.journeys.adjustment_requested import adjustment_reversed
from zhanggui.settlement.adjustments.errors import AdjustmentIncomplete, NotReversible
from zhanggui.settlement.adjustments.models import Adjustment
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.replays.explain import explain_detail

pytestmark = pytest.mark.django_db


def test_nothing_is_owed_before_another_person_approves() -> None:
    story = Guarded()
    row = story.adjust("m1", "manual_credit", "12.00")
    assert (row.state, row.line_id) == ("pending", 0)
    assert story.balances() == ""
    with pytest.raises(MakerIsChecker):
        story.decide("adjustment", checker="maker")
    story.decide("adjustment")
    assert story.entry(11) == text("""
        2202.02 m1 -12.00
        6601.05 - 12.00
    """)
    assert story.details() == "m1 11 manual_credit 0.00 12.00"


@pytest.mark.parametrize("settings", [{"settlement_only": True}, {"shadow": True}])
def test_it_works_for_every_kind_of_line(settings: dict[str, bool]) -> None:
    story = Guarded(**settings)  # type: ignore[arg-type]
    story.adjust("m1", "manual_credit", "12.00")
    story.decide("adjustment")
    story.bill("2027-12-31")
    assert story.details() == "m1 11 manual_credit 0.00 12.00"


def test_it_is_explained_and_replayed() -> None:
    story = Guarded()
    story.adjust("m1", "manual_charge", "-8.00", "samples not sent back")
    story.decide("adjustment")
    row = Adjustment.objects.get()
    told = explain_detail(DetailKey(row.party_id, row.line_id, 0, 1))
    assert row.number in told["text"]
    assert "samples not sent back" in told["text"]
    assert explain_detail(DetailKey(row.party_id, row.line_id, 0, 1), "zh")["kind"]["name"] == "调整单"
    story.close("2026-12-31")
    assert story.replayed() == []


def test_a_rejected_one_never_touches_money() -> None:
    story = Guarded()
    story.adjust("m1", "manual_credit", "12.00")
    story.decide("adjustment", approve=False)
    assert Adjustment.objects.get().state == "rejected"
    assert story.balances() == ""


def test_it_is_reversed_by_a_new_one_that_names_it() -> None:
    story = Guarded()
    first = story.adjust("m1", "manual_credit", "12.00")
    with pytest.raises(NotReversible):
        adjustment_reversed(adjustment_id=first.id, reason="wrong shop", at=story.clock(), maker="maker")
    story.decide("adjustment")
    second = adjustment_reversed(adjustment_id=first.id, reason="wrong shop", at=story.clock(), maker="maker")
    with pytest.raises(NotReversible):
        adjustment_reversed(adjustment_id=first.id, reason="twice", at=story.clock(), maker="maker")
    story.decide("adjustment")
    assert (second.amount_minor, second.reverses_id) == (-1200, first.id)
    assert story.balances() == ""
    with pytest.raises(NotReversible):
        adjustment_reversed(adjustment_id=second.id, reason="back", at=story.clock(), maker="maker")


def test_after_a_rejected_reversal_it_can_be_asked_for_again() -> None:
    story = Guarded()
    first = story.adjust("m1", "manual_credit", "12.00")
    story.decide("adjustment")
    adjustment_reversed(adjustment_id=first.id, reason="wrong shop", at=story.clock(), maker="maker")
    story.decide("adjustment", approve=False)
    adjustment_reversed(adjustment_id=first.id, reason="wrong shop, indeed", at=story.clock(), maker="maker")


@pytest.mark.parametrize(
    ("fee", "amount", "reason"),
    [("manual_credit", "0.00", "r"), ("manual_credit", "-1.00", "r"), ("manual_charge", "1.00", "r"),
     ("manual_credit", "1.00", "  "), ("nothing", "1.00", "r"), ("goods_amount", "1.00", "r"),
     ("deposit_pay_in", "-1.00", "r"), ("balance_carried", "1.00", "r")],
)  # fmt: skip
def test_incomplete_ones_are_refused(fee: str, amount: str, reason: str) -> None:
    story = Guarded()
    with pytest.raises(AdjustmentIncomplete):
        story.adjust("m1", fee, amount, reason)


def test_what_it_says_never_changes() -> None:
    story = Guarded()
    story.adjust("m1", "manual_credit", "12.00")
    settled()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update settlement_adjustment set amount_minor = 5")


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    "act",
    ["update settlement_adjustment set state = 'rejected', line_id = 0",
     "update settlement_adjustment set amount_minor = 5", "delete from settlement_billed_line where kind = 11"],
)  # fmt: skip
def test_the_audit_finds_who_tampers(act: str) -> None:
    story = Guarded()
    story.adjust("m1", "manual_credit", "12.00")
    story.decide("adjustment")
    settled()
    assert tamper(act) == 1
    assert "adjustment_without_its_detail" in broken()
