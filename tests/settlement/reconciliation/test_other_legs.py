"""Legs 2 to 4: trade bill, fund bill, ledger, bank; and how differences are settled."""

from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from tests.files.bad import workbook
from tests.settlement.reconciliation.channels import ChannelStory
from tests.settlement.story import ZONE, text
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.audit.models import AuditRecord
from zhanggui.files.errors import HandedFileRefused
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bill_received import bill_received, bill_run_again, empty_day_received
from zhanggui.journeys.difference_settled import differences_aged, resolution_proposed
from zhanggui.journeys.receipt_recorded import receipt_recorded
from zhanggui.parties.models import Membership, Party, User
from zhanggui.settlement.reconciliation import errors
from zhanggui.settlement.reconciliation.models import Bill, Difference, ReconciliationMatch
from zhanggui.settlement.reconciliation.operations.note_difference import assign_difference, note_difference
from zhanggui.settlement.reconciliation.proposals import fitting_ways

pytestmark = pytest.mark.django_db
TRADE = """
    kind own amount fee  day
    pay  A1  100.00 0.60 2026-03-02
    pay  A2  50.00  0.30 2026-03-02
"""
FUND = """
    kind     own amount  day
    pay      A1  100.00  2026-03-02
    fee      A1  -0.60   2026-03-02
    pay      A2  50.00   2026-03-02
    fee      A2  -0.30   2026-03-02
    withdraw W1  -149.00 2026-03-02
"""


@pytest.fixture
def story(tmp_path: Path) -> ChannelStory:
    found = ChannelStory(tmp_path)
    found.orders("order merchant goods day\nA1 m1 100.00 2026-03-02\nA2 m1 50.00 2026-03-02")
    return found


def test_a_day_that_agrees_agrees_in_all_legs(story: ChannelStory) -> None:
    story.trade(TRADE)
    runs = story.fund(FUND).runs
    assert [(run.leg, run.matched_count) for run in runs] == [(4, 0), (2, 4), (3, 1)]
    assert story.differences() == ""
    assert story.balances() == text("""
        1012.01 - 149.00
        1012.02 - 0.10
        2202.01 m1 -150.00
        6603 - 0.90
    """)
    [run] = story.statement_of_bank("day in out reference\n2026-03-03 149.00 - F6").runs
    assert (run.leg, run.matched_count) == (4, 1)
    assert "1002 - 149.00" in story.balances() and "1012.01" not in story.balances()


def test_the_fund_bill_may_come_first(story: ChannelStory) -> None:
    story.fund(FUND)
    story.trade(TRADE)
    assert story.differences() == "" and ReconciliationMatch.objects.filter(leg=2).count() == 4


def test_a_fee_that_the_fund_bill_books_otherwise_is_a_difference_of_fee_and_balance(
    story: ChannelStory,
) -> None:
    story.trade(TRADE)
    story.fund(FUND.replace("-0.30", "-0.31"))
    assert story.differences() == text("""
        2 fee open A2 -0.30 -0.31
        3 balance open bill-2.csv 0.10 0.09
    """)


def test_rows_of_one_bill_alone_are_found_both_ways(story: ChannelStory) -> None:
    story.trade(TRADE)
    story.fund("""
        kind own amount day
        pay  A1  100.00 2026-03-02
        fee  A1  -0.60  2026-03-02
        fee  A2  -0.30  2026-03-02
        pay  X9  7.00   2026-03-02
    """)
    assert story.differences(leg=2) == text("""
        2 missing_here open X9 0.00 7.00
        2 missing_there open A2 50.00 0.00
    """)


def test_a_settlement_that_does_not_arrive_waits_and_is_open(story: ChannelStory) -> None:
    story.trade(TRADE)
    story.fund(FUND)
    story.statement_of_bank("day in out reference\n2026-03-02 7.00 - B1")
    assert story.differences() == text("""
        4 missing_here suspended B1 0.00 7.00
        4 missing_there suspended 42W1 149.00 0.00
    """)
    assert differences_aged(today=date(2026, 3, 5)) == 2
    assert story.differences(state="open").count("open") == 2


def _settle(story: ChannelStory, row: Difference, way: str) -> None:
    _, approval = resolution_proposed(
        difference_id=row.id, way=way, reason="asked the channel", at=story.clock(), actor="maker"
    )
    assert approval is not None
    with pytest.raises(errors.DifferenceNotOpen):
        resolution_proposed(difference_id=row.id, way=way, reason="again", at=story.clock(), actor="maker")
    approval_decided(
        approval_id=approval.id, approve=True, checker="checker", roles={"platform_admin"},
        proof=Proof(second_factor=True), at=story.clock(), zone=ZONE,
    )  # fmt: skip


def test_money_that_came_to_the_bank_is_recorded_as_a_receipt_and_clears_it(story: ChannelStory) -> None:
    bill = story.statement_of_bank("day in out reference\n2026-03-02 7.00 - B1").bill
    assert differences_aged(today=date(2026, 3, 5)) == 1
    row = Difference.objects.get(kind="missing_here")
    assert fitting_ways(row) == ["explain"]
    receipt = receipt_recorded(
        own_account=row.own_account, bank_reference="B1", amount_minor=700, received_on=date(2026, 3, 2),
        at=story.clock(), actor="cashier",
    )  # fmt: skip
    bill_run_again(bill_id=bill.id, clock=story.clock, actor="tests")
    row.refresh_from_db()
    assert (row.state, receipt.rest_minor) == ("cleared", 700)
    assert story.balances().count("7.00") == 2  # at the bank, and unclaimed


WAYS = [
    ("pay A1 90.00", "amount", "accept_theirs", "6051 - 10.00"),
    ("pay A1 110.00", "amount", "accept_theirs", "6051 - -10.00"),
    ("pay X9 7.00", "missing_here", "unclaimed_receipt", "2241.08 - -7.00"),
    ("pay X9 7.00", "missing_here", "owed_to_buyer", "2241.04 - -7.00"),
    ("pay X9 7.00", "missing_here", "write_off", "6711 - -7.00"),
]


@pytest.mark.parametrize(("row", "kind", "way", "left"), WAYS)
def test_an_approved_entry_takes_it_out_of_suspense(
    story: ChannelStory, row: str, kind: str, way: str, left: str
) -> None:
    lines = ["pay A1 100.00", "pay A2 50.00"]
    lines = [row, "pay A2 50.00"] if " A1 " in row else [*lines, row]
    story.trade("kind own amount day\n" + "\n".join(f"{line} 2026-03-02" for line in lines))
    found = Difference.objects.get(kind=kind)
    assert way in fitting_ways(found) and "2241.07" in story.balances()
    _settle(story, found, way)
    assert left in story.balances() and "2241.07" not in story.balances()
    found.refresh_from_db()
    assert found.state == ("written_off" if way == "write_off" else "adjusted")


def test_a_lone_payment_of_ours_is_a_receivable_or_written_off(story: ChannelStory) -> None:
    story.trade("kind own amount day\npay A2 50.00 2026-03-02")
    _settle(story, Difference.objects.get(kind="missing_there"), "receivable")
    assert "1221 - 100.00" in story.balances() and "1012.01" not in story.balances()


def test_a_rejected_entry_leaves_the_difference_open(story: ChannelStory) -> None:
    story.trade("kind own amount day\npay A2 50.00 2026-03-02")
    row = Difference.objects.get(kind="missing_there")
    _, approval = resolution_proposed(
        difference_id=row.id, way="write_off", reason="?", at=story.clock(), actor="maker"
    )
    approval_decided(
        approval_id=approval.id, approve=False, checker="checker", roles={"platform_admin"}, reason="ask them first",
        proof=Proof(second_factor=True), at=story.clock(), zone=ZONE,
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.state, row.proposed) == ("open", {})


def test_an_explanation_holds_at_once_and_needs_a_reason(story: ChannelStory) -> None:
    story.trade("kind own amount day\npay A2 50.00 2026-03-02")
    row = Difference.objects.get(kind="missing_there")
    told = {"difference_id": row.id, "way": "explain", "at": story.clock(), "actor": "maker"}
    with pytest.raises(errors.EvidenceMissing):
        resolution_proposed(reason=" ", **told)
    with pytest.raises(errors.ResolutionUnfit, match="receivable, write_off, explain"):
        resolution_proposed(reason="x", **{**told, "way": "refund_paid"})
    resolution_proposed(reason="paid in cash", **told)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("explained", "paid in cash")


def test_notes_keep_their_evidence_and_never_change(story: ChannelStory) -> None:
    story.trade("kind own amount day\npay A2 50.00 2026-03-02")
    row = Difference.objects.get(kind="missing_there")
    with transaction.atomic():
        note = note_difference(
            difference_id=row.id,
            text="mail",
            at=story.clock(),
            actor="a",
            evidence=b"x",
            evidence_name="mail.eml",
        )
    assert len(bytes(note.evidence_digest)) == 32
    with pytest.raises(Exception, match=r"never change|append"), transaction.atomic():
        type(note).objects.filter(id=note.id).update(text="other")


def test_it_is_given_to_whoever_settles_differences_and_to_nobody_else(story: ChannelStory) -> None:
    story.trade("kind own amount day\npay A2 50.00 2026-03-02")
    row = Difference.objects.get(kind="missing_there")
    platform = Party.objects.get_or_create(
        code="platform", defaults={"kind": "platform", "name": {"zh": "平台"}}
    )[0]
    for name, role, active in (("li", "platform_finance", True), ("gone", "platform_finance", False),
                               ("wen", "platform_auditor", True)):  # fmt: skip
        user = User.objects.create_user(name, password="long enough 123", is_active=active)
        Membership.objects.create(user=user, party=platform, role=role)
    for nobody in ("wen", "gone", "who"):
        with pytest.raises(errors.AssigneeUnfit), transaction.atomic():
            assign_difference(difference_id=row.id, to=nobody, at=story.clock(), actor="a")
    with transaction.atomic():
        assert (
            assign_difference(difference_id=row.id, to="li", at=story.clock(), actor="a").assigned_to == "li"
        )
        assign_difference(difference_id=row.id, to="li", at=story.clock(), actor="a")
        assign_difference(difference_id=row.id, to="", at=story.clock(), actor="a")
    told = AuditRecord.objects.filter(action="difference.assigned").order_by("id")
    assert [(one.before["assigned_to"], one.after["assigned_to"]) for one in told] == [("", "li"), ("li", "")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("mail.exe", b"x", "file_ending_refused"),
        ("mail.pdf", b"MZ", "file_not_what_it_says"),
        ("mail.eml", b"a" * (5 * 1024 * 1024 + 1), "file_too_large"),
        ("mail.xlsx", workbook(bomb=True), "file_packed_too_large"),
    ],
)
def test_a_note_takes_no_file_that_is_no_evidence(
    story: ChannelStory, name: str, content: bytes, code: str
) -> None:
    story.trade("kind own amount day\npay A2 50.00 2026-03-02")
    row = Difference.objects.get(kind="missing_there")
    with pytest.raises(HandedFileRefused) as refused, transaction.atomic():
        note_difference(
            difference_id=row.id, text="x", at=story.clock(), actor="a", evidence=content, evidence_name=name
        )
    assert refused.value.code == code and not row.notes.exists()


def test_other_content_for_a_day_that_is_here_is_refused(story: ChannelStory) -> None:
    story.trade(TRADE)
    with pytest.raises(errors.BillDayTaken):
        story.trade("kind own amount day\npay A1 100.00 2026-03-02")
    assert Bill.objects.count() == 1


def test_a_refused_bill_leaves_nothing(story: ChannelStory) -> None:
    path = story.write(b"\xef\xbb\xbf" + "交易时间,公众账号ID\r\n".encode())
    with pytest.raises(errors.BillHeaderRefused):
        bill_received(own_account=story.wechat, channel="wechat", path=path, clock=story.clock, actor="x")
    assert Bill.objects.count() == 0


def test_a_day_without_a_bill_is_held_against_what_we_have(story: ChannelStory) -> None:
    empty_day_received(
        own_account=story.wechat,
        channel="wechat",
        kind="trade",
        day=date(2026, 3, 2),
        clock=story.clock,
        actor="x",
    )
    assert story.differences().count("missing_there open") == 2


def test_an_order_of_two_entities_and_two_payments_moves_each_part(tmp_path: Path) -> None:
    from zhanggui.settlement.intake.records import LineRecord, OrderRecord, PaymentRecord

    story = ChannelStory(tmp_path)
    story.terms("m2", "2026-02-01", entity="e2")
    from tests.settlement.story import noon

    story.receive(OrderRecord(
        row=1, order_no="A1", ordered_at=noon("2026-03-02"), paid_at=noon("2026-03-02"), status="completed",
        completed_at=noon("2026-03-02"),
        lines=[LineRecord("1", "m1", "s", 1, 6000), LineRecord("2", "m2", "s", 1, 4000)],
        payments=[PaymentRecord(1, "wechat", 2500), PaymentRecord(2, "wechat", 7500, reference="P-2")],
    ))  # fmt: skip
    bill = story.trade("kind own amount day\npay A1 25.00 2026-03-02\npay P-2 75.00 2026-03-02").bill
    assert story.differences() == "" and "1012.01" not in story.balances()
    assert bill_run_again(bill_id=bill.id, clock=story.clock, actor="x") == []
