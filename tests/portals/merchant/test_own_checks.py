"""Self-service reconciliation: a shop's own file against its own rows, and nobody else's."""

import html
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from tests.files.bad import BAD, smaller
from tests.settlement.reconciliation.channels import ChannelStory
from tests.settlement.story import ZONE, text
from zhanggui.files.errors import HandedFileRefused
from zhanggui.journeys.own_file_checked import own_file_checked
from zhanggui.parties.models import Membership, Party, User
from zhanggui.parties.tenancy import as_tenant
from zhanggui.settlement.reconciliation.check_files import CHECK_FILES
from zhanggui.settlement.reconciliation.errors import CheckFileRefused
from zhanggui.settlement.reconciliation.models import OwnCheck, OwnCheckRow, OwnCheckTemplate
from zhanggui.settlement.statements.totals import totals_of

pytestmark = pytest.mark.django_db
ROWS = "我的单号,应得\nA1,95.00\nA2,47.00\nA9,3.00\n"


@pytest.fixture
def story(tmp_path: Path) -> ChannelStory:
    found = ChannelStory(tmp_path)
    found.orders(
        "order merchant goods day\nA1 m1 100.00 2026-03-02\nA2 m1 50.00 2026-03-02\nA3 m1 10.00 2026-03-02\nB1 m2 70.00 2026-03-02"
    )
    found.bill()
    return found


def check(story: ChannelStory, content: bytes, name: str = "own.csv", **more: object) -> OwnCheck:
    path = story.write(content, name)
    statement = story.statement("m1", "2026-03-01")
    told = {"statement_id": statement.id, "mapping": {"order": "我的单号", "amount": "应得"}} | more
    return own_file_checked(
        party_id=story.party("m1"),
        currency="CNY",
        path=path,
        name=name,
        at=story.clock(),
        actor="m1",
        zone=ZONE,
        **told,
    )


def outcomes(found: OwnCheck) -> str:
    rows = OwnCheckRow.objects.filter(party_id=found.party_id, check_id=found.id).order_by("position")
    return "\n".join(f"{row.order_no} {row.outcome} {row.their_minor} {row.our_minor}" for row in rows)


def test_every_order_stands_somewhere_and_sums_are_whole(story: ChannelStory) -> None:
    found = check(story, ROWS.encode())
    assert outcomes(found) == text("""
        A1 matched 9500 9500
        A2 amount 4700 4750
        A3 only_ours 0 950
        A9 only_yours 300 0
    """)
    assert sum(part["yours"] for part in found.totals.values()) == 14500
    assert sum(part["ours"] for part in found.totals.values()) == 15200


def test_a_workbook_is_read_like_a_csv(story: ChannelStory, tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for row, cells in enumerate([("我的单号", "应得"), ("A1", 95.0), ("A2", 47.5), ("A3", 9.5)]):
        sheet.write_row(row, 0, cells)
    book.close()
    assert "amount" not in outcomes(check(story, path.read_bytes(), "own2.xlsx"))


def test_columns_are_kept_under_a_name_and_gbk_is_read(story: ChannelStory) -> None:
    check(story, ROWS.encode("gb18030"), template="erp")
    assert OwnCheckTemplate.objects.get(party_id=story.party("m1"), name="erp").mapping["order"] == "我的单号"


def test_another_shop_sees_neither_the_check_nor_its_rows(story: ChannelStory) -> None:
    check(story, ROWS.encode())
    with as_tenant(story.party("m2")):
        assert OwnCheck.objects.count() == OwnCheckRow.objects.count() == 0
    with as_tenant(story.party("m1")):
        assert OwnCheckRow.objects.count() == 4


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        ("别的,应得\nA1,1\n".encode(), "我的单号"),
        ("我的单号,应得\nA1,many\n".encode(), "row 2"),
        ("我的单号,应得\nA1\n".encode(), "row 2"),
        ("我的单号,应得\n,1.00\n".encode(), "row 2"),
        (b"\xff\xfe\x00\x01", "UTF-8"),
        (b"PK\x03\x04 not a workbook", "not what it says"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(story: ChannelStory, content: bytes, word: str) -> None:
    with pytest.raises((CheckFileRefused, HandedFileRefused), match=word):
        check(story, content)
    assert OwnCheck.objects.count() == 0


@pytest.mark.parametrize("bad", list(BAD))
def test_what_an_attacker_uploads_is_refused_on_the_screen(story: ChannelStory, bad: str) -> None:
    name, content, words = BAD[bad]
    client = owner()
    with smaller(CHECK_FILES):
        sent = client.post("/merchant/checks/new/", {
            "statement": story.statement("m1", "2026-03-01").id, "order": "我的单号", "amount": "应得",
            "currency": "CNY", "file": SimpleUploadedFile(name, content),
        })  # fmt: skip
    assert sent.status_code == 422 and words in html.unescape(sent.content.decode())
    assert OwnCheck.objects.count() == 0


def owner() -> Client:
    """m1's owner in a browser, in English."""
    user = User.objects.create_user("owner", password="long enough 123")
    Membership.objects.create(user=user, party=Party.objects.get(code="m1"), role="merchant_owner")
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def test_the_screens_lead_from_the_file_to_the_details(story: ChannelStory) -> None:
    client = owner()
    statement = story.statement("m1", "2026-03-01")
    sent = client.post("/merchant/checks/new/", {
        "statement": statement.id, "order": "我的单号", "amount": "应得", "currency": "CNY",
        "file": SimpleUploadedFile("own.csv", ROWS.encode()),
    })  # fmt: skip
    assert sent.status_code == 302
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language
        for page in (
            "/merchant/checks/",
            sent["Location"],
            sent["Location"] + "rows/",
            "/merchant/checks/new/",
        ):
            assert client.get(page).status_code == 200, page
    assert "A9" in client.get(sent["Location"] + "rows/?tab=only_yours").content.decode()


PARTS = {"order": "我的单号", "amount": "应得", "refund": "退款", "fee": "手续费"}


def with_refund(story: ChannelStory) -> None:
    """A2 comes back whole: its goods, and the commission on them."""
    story.refunds("refund order goods day\nR1 A2 50.00 2026-03-05")
    story.bill()


def test_refunds_and_fees_are_those_of_the_statement(story: ChannelStory) -> None:
    with_refund(story)
    rows = "我的单号,应得,退款,手续费\nA1,95.00,0,5.00\nA2,0.00,47.50,2.50\nA3,9.50,,0.50\n"
    found = check(story, rows.encode(), mapping=PARTS)
    assert found.totals["matched"]["orders"] == 3
    statement = story.statement("m1", "2026-03-01")
    with connection.cursor() as cursor:
        sums = totals_of(cursor, parties=[statement.party_id], statements=[statement.id], with_digest=False)
    part = found.totals["matched"]
    assert (-part["our_refunds"], -part["our_fees"]) == (
        sums[statement.id]["refunds_minor"], sums[statement.id]["fees_minor"],
    )  # fmt: skip
    assert (part["your_refunds"], part["your_fees"]) == (4750, 800)


def test_columns_with_minus_signs_say_the_same(story: ChannelStory) -> None:
    with_refund(story)
    rows = "我的单号,应得,退款,手续费\nA1,95.00,0,-5.00\nA2,0.00,-47.50,-2.50\nA3,9.50,,-0.50\n"
    assert check(story, rows.encode(), mapping=PARTS).totals["matched"]["orders"] == 3


def test_a_differing_refund_or_fee_is_named_where_amounts_agree(story: ChannelStory) -> None:
    with_refund(story)
    rows = "我的单号,应得,退款,手续费\nA1,94.00,0,5.00\nA2,0.00,47.00,2.00\nA3,9.50,,0.40\n"
    found = check(story, rows.encode(), mapping=PARTS)
    assert outcomes(found) == text("""
        A1 amount 9400 9500
        A2 refund 0 0
        A3 fee 950 950
    """)
    unasked = check(story, rows.encode())
    assert unasked.totals["matched"]["orders"] == 2
    assert OwnCheckRow.objects.filter(check_id=unasked.id, our_fee_minor__isnull=False).count() == 0


def test_a_wrong_cell_of_a_refund_is_named(story: ChannelStory) -> None:
    with pytest.raises(CheckFileRefused, match="row 2: 'x' is no amount"):
        check(story, "我的单号,应得,退款,手续费\nA1,95.00,x,5.00\n".encode(), mapping=PARTS)
    with pytest.raises(CheckFileRefused, match="no column '退款'"):
        check(story, ROWS.encode(), mapping=PARTS)


def test_the_screen_shows_refunds_and_fees_beside_each_other(story: ChannelStory) -> None:
    with_refund(story)
    client, statement = owner(), story.statement("m1", "2026-03-01")
    rows = "我的单号,应得,退款,手续费\nA2,0.00,47.00,2.50\n"
    sent = client.post("/merchant/checks/new/", PARTS | {
        "statement": statement.id, "currency": "CNY", "file": SimpleUploadedFile("own.csv", rows.encode()),
    })  # fmt: skip
    page = client.get(sent.headers["Location"]).content.decode()
    assert "Refunds taken" in page and "47.00" in page and "47.50" in page
    listed = client.get(sent.headers["Location"] + "rows/?tab=refund").content.decode()
    assert "Another refund" in listed and "Your fees" in listed
    client.cookies["django_language"] = "zh-hans"
    assert "退款金额不一致" in client.get(sent.headers["Location"] + "rows/").content.decode()
