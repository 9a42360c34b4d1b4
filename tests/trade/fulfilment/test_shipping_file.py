"""Files of parcels, as people send them."""

import io
import zipfile

import pytest
import xlsxwriter

from tests.trade.fulfilment.sold import NOW, Sold, state_of
from zhanggui.audit.models import AuditRecord
from zhanggui.files.errors import HandedFileRefused
from zhanggui.journeys.shipping_file_uploaded import FileOutcome, shipping_file_uploaded
from zhanggui.trade.fulfilment.errors import ShippingFileRefused
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.shipping_file import units_of

pytestmark = pytest.mark.django_db
HEAD = "订单号,快递公司,快递单号,行号,数量\n"


@pytest.fixture
def sold() -> Sold:
    return Sold()


def upload(
    sold: Sold, rows: str, *, name: str = "parcels.csv", head: str = HEAD, dry_run: bool = False,
    encoding: str = "utf-8",
) -> FileOutcome:  # fmt: skip
    return shipping_file_uploaded(
        shipper_id=sold.id("tea"), content=(head + rows).encode(encoding), name=name, at=NOW, actor="staff",
        dry_run=dry_run,
    )  # fmt: skip


def told(outcome: FileOutcome) -> list[tuple[int, str, str]]:
    return [(one.row.number, one.outcome, one.code) for one in outcome.rows]


def test_good_rows_are_shipped_and_the_others_named(sold: Sold) -> None:
    orders = [sold.order(text) for text in ("A tea cup:1", "B tea cup:2 pot:1", "C tea cup:1")]
    sold.order("X books cup:1")
    rows = (
        "A,顺丰速运,SF-0001,,\nB,sf,SF-0002,1,1\nNONE,SF Express,SF-0003,,\nX,sf,SF-0004,,\nC,驿站,SF-0005,,\n"
        "C,sf,SF-0001,,\nC,sf,SF-0006,1,many\n,sf,SF-0007,,\n,,,,\nC,,,,\n"
    )
    outcome = upload(sold, rows)
    assert told(outcome) == [
        (2, "shipped", ""), (3, "shipped", ""), (4, "refused", "unknown_order"), (5, "refused", "unknown_order"),
        (6, "refused", "unknown_carrier"), (7, "shipped", ""), (8, "refused", "parcel_incomplete"),
        (9, "refused", "parcel_incomplete"),
    ]  # fmt: skip
    assert outcome.counts == {"shipped": 3, "there": 0, "refused": 5}
    assert [state_of(one) for one in orders] == ["shipped", "paid", "shipped"]
    assert Parcel.objects.get(tracking_no="SF-0001").lines.count() == 2
    assert AuditRecord.objects.get(action="shipping_file.uploaded").after == outcome.counts


def test_the_same_file_again_changes_nothing(sold: Sold) -> None:
    sold.order("A tea cup:1")
    sold.order("B tea cup:2")
    rows = "A,sf,SF-0001,,\nB,sf,SF-0002,1,1\n"
    upload(sold, rows)
    before = list(Parcel.objects.order_by("id").values())
    assert told(upload(sold, rows)) == [(2, "there", ""), (3, "there", "")]
    assert list(Parcel.objects.order_by("id").values()) == before


def test_a_dry_run_says_the_same_and_does_nothing(sold: Sold) -> None:
    order = sold.order("A tea cup:1")
    rows = "A,sf,SF-0001,,\nA,sf,SF-0002,,\nNONE,sf,SF-0003,,\n"
    tried = upload(sold, rows, dry_run=True)
    assert not Parcel.objects.exists()
    assert (state_of(order), sold.stock("tea", "cup")) == ("paid", (100, 1))
    assert not AuditRecord.objects.filter(action="shipping_file.uploaded").exists()
    assert told(upload(sold, rows)) == told(tried) == [
        (2, "shipped", ""), (3, "refused", "order_not_to_ship"), (4, "refused", "unknown_order"),
    ]  # fmt: skip


def test_a_repeated_row_takes_its_parcel_with_it(sold: Sold) -> None:
    order = sold.order("A tea cup:1")
    outcome = upload(sold, "A,sf,SF-0001,,\nA,sf,SF-0001,,\n")
    assert [one.outcome for one in outcome.rows] == ["refused", "refused"]
    assert "row 2" in outcome.rows[1].message
    assert state_of(order) == "paid"


def workbook(*rows: tuple[object, ...]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def test_workbooks_and_gbk_are_read_alike(sold: Sold) -> None:
    sold.order("202606010001 tea cup:1")
    sold.order("B tea cup:2")
    content = workbook(("Order number", "Carrier", "Tracking number"), (202606010001, "SF Express", 90010002))
    outcome = shipping_file_uploaded(
        shipper_id=sold.id("tea"), content=content, name="p.xlsx", at=NOW, actor="staff"
    )
    assert told(outcome) == [(2, "shipped", "")]
    assert Parcel.objects.get().tracking_no == "90010002"
    assert told(upload(sold, "B,顺丰速运,SF-0002,,\n", encoding="gb18030")) == [(2, "shipped", "")]


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (b"order_no,carrier\nA,sf\n", "p.csv", ShippingFileRefused),
        (b"order_no,carrier,tracking_no\nA,,\n", "p.csv", ShippingFileRefused),
        (b"", "p.csv", HandedFileRefused),
        (b"order_no,carrier,tracking_no\nA,sf,SF-1\n", "p.xlsx", HandedFileRefused),
        (b"order_no,carrier,tracking_no\nA,sf,SF-1\n", "p.exe", HandedFileRefused),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "p.csv", HandedFileRefused),
    ],
)
def test_what_is_no_file_of_parcels_is_refused(
    sold: Sold, content: bytes, name: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        shipping_file_uploaded(shipper_id=sold.id("tea"), content=content, name=name, at=NOW, actor="staff")


def test_a_bomb_is_not_unpacked(sold: Sold) -> None:
    target = io.BytesIO(workbook(("order_no", "carrier", "tracking_no")))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.xml", bytes(200 * 1024 * 1024))
    with pytest.raises(HandedFileRefused):
        shipping_file_uploaded(
            shipper_id=sold.id("tea"), content=target.getvalue(), name="p.xlsx", at=NOW, actor="staff"
        )


@pytest.mark.parametrize(
    ("text", "units"),
    [("", 0), ("1", 1), ("12.0", 12), ("0", None), ("-1", None), ("1.5", None), ("x", None), ("9" * 9, None)],
)
def test_quantities(text: str, units: int | None) -> None:
    assert units_of(text) == units
