"""An old range of lines is finished: proved row by row, by two people, and never written again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from tests.portals.api.calling import Api
from tests.portals.shell.running import run_command
from tests.settlement.archives.test_ranges import draw_from
from tests.settlement.story import ZONE, Story, rule
from tests.tampering import tamper
from zhanggui.approvals.errors import MakerIsChecker
from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.operations.set_limit import set_limit
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.range_finished import range_finishing_requested
from zhanggui.parties.models import Membership, Party, PartyKind, Role, User
from zhanggui.parties.operations.issue_key import issue_key
from zhanggui.portals.shell.commands import approvals, archive
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.archives.errors import (
    ArchiveDamaged,
    RangeChanged,
    RangeNotClosed,
    RangeNotInFiles,
    RangeNotSettled,
    RangeTooYoung,
)
from zhanggui.settlement.archives.invariants import finished_range_differs
from zhanggui.settlement.archives.operations import finish_range as act
from zhanggui.settlement.archives.operations.archive_month import archive_month
from zhanggui.settlement.archives.operations.open_range import open_range
from zhanggui.settlement.archives.rules import NUMBERS_OF_A_RANGE
from zhanggui.settlement.details.errors import LineFinished
from zhanggui.settlement.details.models import FinishedRange, FinishedStatement
from zhanggui.settlement.details.queries import finished_below
from zhanggui.settlement.intake.queries import refuse_finished_order
from zhanggui.settlement.statements.models import Statement

pytestmark = [pytest.mark.django_db, pytest.mark.breaks_invariants]  # statements are settled by hand
AT = datetime(2030, 1, 1, tzinfo=UTC)
SETTLE = "update settlement_statement set state = 'paid' where state = 'confirming'"


def january() -> Story:
    """Two sales, one given back in part, one order that was cancelled, a charge: all settled."""
    draw_from(1)
    story = Story(rule("commission", "5%"))
    story.orders("""
        order merchant goods  day        status
        A1    m1       100.00 2026-01-05 completed
        A2    m2       70.00  2026-01-06 completed
        A3    m2       10.00  2026-01-06 cancelled
    """)
    story.refunds("""
        refund order line goods day
        R1     A1    1    42.42 2026-01-09
    """)
    story.charges("""
        charge party fee         amount day
        C1     m1    storage_fee -3.21  2026-01-11
    """)
    story.bill()
    story.now = story.now.replace(year=2026, month=2, day=3)
    story.close("2026-01-31")
    tamper(SETTLE)
    return story


def archived(folder: Path) -> None:
    assert archive_month(month=date(2026, 1, 1), folder=folder, today=date(2027, 1, 1), at=AT, actor="test")


@pytest.fixture
def story(tmp_path: Path, settings: Any) -> Story:
    settings.ARCHIVE_FOLDER = tmp_path
    told = january()
    archived(tmp_path)
    open_range(at=AT, actor="test", tries=1)
    set_limit(
        role="platform_finance",
        kind="*",
        currency="*",
        max_minor=None,
        two_above_minor=None,
        at=AT,
        actor="t",
    )
    return told


def asked(at: datetime = AT) -> Approval:
    return range_finishing_requested(at=at, zone=ZONE, maker="anna")


def decided(row: Approval, checker: str = "bert") -> Approval:
    return approval_decided(
        approval_id=row.id, approve=True, checker=checker, roles=["platform_finance"],
        proof=Proof(retyped_minor=0), at=AT, zone=ZONE,
    )  # fmt: skip


@contextmanager
def nothing_finished() -> Iterator[None]:
    yield
    assert not FinishedRange.objects.exists() and not FinishedStatement.objects.exists()
    assert rows_of("select from pg_constraint where conname = 'line_range_finished'") == []


def test_a_finished_range_keeps_its_figures_and_is_written_by_nobody(story: Story) -> None:
    with pytest.raises(MakerIsChecker):
        decided(asked(), "anna")
    assert decided(asked()).state == ApprovalState.APPROVED
    row = FinishedRange.objects.get()
    assert (row.first_line, row.end_line, row.asked_by, row.actor) == (0, NUMBERS_OF_A_RANGE, "anna", "bert")
    assert (row.billed, row.staged, finished_below()) == (4, 3, NUMBERS_OF_A_RANGE)
    kept = FinishedStatement.objects.order_by("party_id", "statement_id")
    for one in kept:
        statement = Statement.objects.get(party_id=one.party_id, id=one.statement_id)
        assert (one.lines, one.net_minor) == (statement.line_count, statement.net_minor)
    assert finished_range_differs() == []

    story.refunds("""
        refund order line goods day
        R2     A1    1    1.00  2030-01-02
    """)
    assert story.rejects() == ["line_finished"]
    with pytest.raises(LineFinished, match="settle it by an adjustment"):
        story.correct(story.detail("m1", "A1", "commission"), "0.77")
    with pytest.raises(LineFinished, match="order A2"):
        refuse_finished_order("A2")
    for table in ("billed_line", "staged_line"):
        again = f"insert into settlement_{table} select * from settlement_{table} returning 1"
        with pytest.raises(IntegrityError, match="line_range_finished"), transaction.atomic():
            rows_of(again, [])
    with pytest.raises(IntegrityError, match="line_range_finished"), transaction.atomic():
        tamper("update settlement_staged_line set quantity = 9")

    story.now = AT
    story.orders("""
        order merchant goods day
        B1    m1       40.00 2030-01-05
    """)
    refuse_finished_order("B1")
    assert story.bill("2030-12-31").lines == 1 and story.replayed() == [], "what comes goes to the next range"
    with pytest.raises(RangeNotClosed):
        asked()
    tamper("delete from settlement_finished_statement where party_id = %s", story.party("m1"))
    assert finished_range_differs() == [{"range": 0, "differs": ["statements"]}]


OPEN = {
    "update settlement_staged_order set status = 4 where order_no = 'A3'": "1 order lines are not billed",
    "update settlement_staged_refund set id = id + 1000000": "1 refunds wait for their order or for billing",
    "delete from settlement_billed_line where kind = 4": "1 charges are not billed",
    "update settlement_statement set state = 'failed' where state = 'paid'": "lines stand on statements that are not",
    "delete from settlement_archived_statement where true": "settled, or in no archive",
}


def test_what_is_open_or_asked_for_by_law_or_not_in_the_files_is_named(story: Story) -> None:
    with pytest.raises(RangeTooYoung, match="2029-02-01"):
        asked(datetime(2029, 2, 1, tzinfo=UTC))
    early = asked(datetime(2029, 2, 2, tzinfo=UTC))
    tamper("update settlement_staged_line set title = 'another' where line_no = '1'")
    with nothing_finished(), pytest.raises(RangeNotInFiles, match="settlement_staged_line"):
        asked()
    with nothing_finished(), pytest.raises(RangeChanged, match="staged_digest"):
        decided(early)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    for change in OPEN:
        assert tamper(change) > 0
    with nothing_finished(), pytest.raises(RangeNotSettled) as refused:
        asked()
    assert [said for said in OPEN.values() if said not in str(refused.value)] == []


def test_a_file_that_was_changed_or_is_gone_finishes_nothing(story: Story, tmp_path: Path) -> None:
    row = asked()
    path = tmp_path / "2026-01.1" / "order_lines-0001.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(0, 1), path)
    with nothing_finished(), pytest.raises(ArchiveDamaged, match="was changed"):
        decided(row)
    row.refresh_from_db()
    assert row.state == ApprovalState.PENDING
    (tmp_path / "2026-01.1").rename(tmp_path / "away")
    with nothing_finished(), pytest.raises(ArchiveDamaged, match="is not there"):
        asked()


def test_broken_off_in_the_middle_it_did_not_happen(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    row, real, left = asked(), act._run, iter([True, True])

    def killed(statement: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt  # the record is written, one of two tables guarded
        real(statement)

    monkeypatch.setattr(act, "_run", killed)
    with nothing_finished(), pytest.raises(KeyboardInterrupt):
        decided(row)
    monkeypatch.setattr(act, "_run", real)
    assert decided(row).state == ApprovalState.APPROVED and finished_range_differs() == []


def test_by_command_and_seen_on_the_screen_and_over_the_api(story: Story, settings: Any) -> None:
    settings.RETENTION_YEARS = 0
    with pytest.raises(BadArguments, match="--as"):
        run_command(archive, "finish-range")
    told = run_command(archive, "finish-range", "--as", person("anna"))
    number = told.document["approval"]
    assert f"request {number} waits for somebody else" in told.text
    client = Client()
    client.force_login(User.objects.get(username="anna"))
    page = client.get(f"/platform/approvals/{number}/").content.decode()
    assert "2026-01.1" in page and told.document["staged_digest"] in page
    run_command(approvals, "approve", str(number), "--amount", "0", "--as", person("bert"))
    page = client.get("/platform/archives/ranges/").content.decode()
    assert "settlement_billed_line_r0" in page and "已封存" in page and "bert" in page
    assert "finished 20" in run_command(archive, "ranges").text
    secret = issue_key(
        user=User.objects.get(username="anna"), party=platform(), role=Role.PLATFORM_ADMIN, label="tests",
        at=timezone.now(),
    )[1]  # fmt: skip
    rows = Api(secret).get("/archives/ranges")["items"]
    assert [(row["name"][-2:], row["state"], row["asked_by"]) for row in rows] == [
        ("r0", "finished", "anna"), ("r1", "open", None)] * 2  # fmt: skip


def person(name: str) -> str:
    user, _ = User.objects.get_or_create(username=name)
    Membership.objects.get_or_create(user=user, party=platform(), role=Role.PLATFORM_ADMIN)
    return name


def platform() -> Party:
    return Party.objects.get_or_create(code="platform", defaults={"kind": PartyKind.PLATFORM, "name": {}})[0]


def test_the_open_range_and_one_that_is_only_begun_are_not_finished(tmp_path: Path, settings: Any) -> None:
    settings.ARCHIVE_FOLDER = tmp_path
    january()
    with nothing_finished(), pytest.raises(RangeNotClosed, match="open-range"):
        asked()
    with connection.cursor() as cursor:
        cursor.execute("alter table settlement_staged_line detach partition settlement_staged_line_r0")
    with pytest.raises(RangeNotClosed):
        asked()
