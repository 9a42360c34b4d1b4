"""Orders as the shop sees them; what is another's is not there."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from python_calamine import CalamineWorkbook

from tests.portals.orders.people import busy, client_of, text_of
from tests.trade.fulfilment.sold import Sold, state_of
from zhanggui.journeys.goods_handed_over import paid_orders_prepared
from zhanggui.parties.tenancy import as_tenant
from zhanggui.trade.fulfilment.models import Parcel, PickupCode
from zhanggui.trade.fulfilment.operations.make_pickup_code import SEALED_AS
from zhanggui.trade.orders.models import Order
from zhanggui.vault.sealing import unseal

pytestmark = pytest.mark.django_db
LIST = "/merchant/mall-orders/"


@pytest.fixture
def sold() -> Sold:
    return busy(Sold())


def test_the_list_has_the_shops_orders_with_counts(sold: Sold) -> None:
    page = text_of(client_of(sold, "merchant_owner", "tea").get(LIST))
    assert all(f"T-{n}" in page for n in range(1, 8))
    assert "B-1" not in page
    assert "Goods cup +1" in page
    assert "13800001111" not in page


@pytest.mark.parametrize(
    ("query", "there", "missing"),
    [
        ("q=T-3", "T-3", "T-1"), ("q=SF2002", "T-2", "T-1"), ("q=13800001111", "T-1", "B-1"), ("tab=shipped", "T-2", "T-1"),
        ("kind=pickup", "T-7", "T-1"), ("held=0", "T-1", "B-1"), ("q=BUY-T-1", "T-1", "T-2"),
    ],
)  # fmt: skip
def test_it_is_searched_and_filtered(sold: Sold, query: str, there: str, missing: str) -> None:
    page = text_of(client_of(sold, "merchant_staff", "tea").get(f"{LIST}?{query}"))
    assert f"{there}</a>" in page
    assert f"{missing}</a>" not in page


def test_no_wildcard_and_no_quote_finds_more(sold: Sold) -> None:
    client = client_of(sold, "merchant_owner", "tea")
    for query in ("%", "_", "'", "\\"):
        assert "T-1</a>" not in text_of(client.get(LIST, {"q": query}))


def test_one_order_says_who_pays_for_every_discount(sold: Sold) -> None:
    page = text_of(client_of(sold, "merchant_owner", "tea").get(f"{LIST}T-1/"))
    for part in (
        "29.00",
        "JUNE",
        "shop 0.60",
        "platform 0.40",
        "王小明 13800001111",
        "Goods pot",
        "add up to it exactly",
    ):
        assert part in page


def test_parcels_and_history_are_escaped(sold: Sold) -> None:
    client = client_of(sold, "merchant_owner", "tea")
    page = text_of(client.get(f"{LIST}T-2/?tab=parcels"))
    assert "SF2002" in page
    assert "签收 &lt;b&gt;" in page
    page = text_of(client.get(f"{LIST}T-3/?tab=history"))
    assert "A part was shipped" in page


class TestOthers:
    """One shop opening another's order by its number."""

    def test_it_is_not_there(self, sold: Sold) -> None:
        client = client_of(sold, "merchant_owner", "books")
        assert "T-1</a>" not in text_of(client.get(f"{LIST}?q=T-1"))
        parcel = Parcel.objects.get(tracking_no="SF2001")
        for path in ("", "ship/", "note/", f"parcels/{parcel.parcel_no}/back/"):
            assert client.get(f"{LIST}T-1/{path}").status_code == 404
            assert client.post(f"{LIST}T-1/{path}", {"note": "x"}).status_code in (404, 405)
        assert client.get(f"{LIST}print/?order=T-1").status_code == 404
        parcel.refresh_from_db()
        assert (parcel.state, state_of(Order.objects.get(order_no="T-1"))) == ("sent", "paid")

    def test_its_parcel_is_not_taken_back_through_an_order_of_ones_own(self, sold: Sold) -> None:
        parcel = Parcel.objects.get(tracking_no="SF2001")
        client_of(sold, "merchant_owner", "books").post(f"{LIST}B-1/parcels/{parcel.parcel_no}/back/")
        parcel.refresh_from_db()
        assert parcel.state == "sent"

    @pytest.mark.parametrize(
        "table",
        ["trade_order", "trade_order_line", "trade_line_share", "trade_order_step", "trade_purchase", "trade_parcel",
         "trade_parcel_line", "trade_parcel_event"],
    )  # fmt: skip
    def test_the_database_hides_it(self, sold: Sold, table: str) -> None:
        def rows(party: str) -> int:
            with as_tenant(sold.id(party)), connection.cursor() as cursor:
                cursor.execute(f"select count(*) from {table}")
                return int(cursor.fetchone()[0])

        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {table}")
            everything = int(cursor.fetchone()[0])
        assert rows("tea") > 0 or table == "trade_line_share"
        assert rows("tea") + rows("books") <= everything
        assert rows("books") < everything
        assert rows("sf") == 0


class TestShipping:
    def test_by_hand_with_another_order_to_the_same_person(self, sold: Sold) -> None:
        client = client_of(sold, "merchant_staff", "tea")
        form = text_of(client.get(f"{LIST}T-1/ship/"))
        assert 'name="units-T-1-1"' in form and 'name="units-T-3-1"' in form
        assert "units-T-2" not in form
        answer = client.post(
            f"{LIST}T-1/ship/",
            {
                "units-T-1-1": "2",
                "units-T-1-2": "1",
                "units-T-3-1": "2",
                "carrier": "sf",
                "tracking_no": "SF3001",
            },
        )
        assert answer.status_code == 302
        assert [state_of(Order.objects.get(order_no=one)) for one in ("T-1", "T-3")] == ["shipped", "shipped"]

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"units-T-1-1": "3"}, "2 left to ship"), ({"units-T-1-1": "x"}, "whole numbers"),
            ({"units-T-1-1": "0", "units-T-1-2": "0"}, "nothing in the parcel"),
            ({"tracking_no": "SF2001"}, "another parcel"), ({"tracking_no": "单"}, "no tracking number"),
            ({"carrier": "tea"}, "no carrier"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_and_nothing_shipped(
        self, sold: Sold, typed: dict[str, str], said: str
    ) -> None:
        sent = {"units-T-1-1": "2", "units-T-1-2": "1", "carrier": "sf", "tracking_no": "SF3001"} | typed
        answer = client_of(sold, "merchant_owner", "tea").post(f"{LIST}T-1/ship/", sent)
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert state_of(Order.objects.get(order_no="T-1")) == "paid"

    def test_the_suppliers_orders_are_not_the_shops_to_ship(self, sold: Sold) -> None:
        client = client_of(sold, "merchant_owner", "tea")
        assert client.get(f"{LIST}T-4/ship/").status_code == 404
        assert "/ship/" not in text_of(client.get(f"{LIST}T-4/"))

    def test_viewers_look_and_do_not_ship(self, sold: Sold) -> None:
        client = client_of(sold, "merchant_viewer", "tea")
        assert client.get(LIST).status_code == 200
        for path in ("T-1/ship/", "ship/", "ship/to-ship.xlsx", "hand-over/"):
            assert client.get(f"{LIST}{path}").status_code == 403
        assert client.post(f"{LIST}T-1/note/", {"note": "x"}).status_code == 403

    def test_a_parcel_is_taken_back(self, sold: Sold) -> None:
        client = client_of(sold, "merchant_owner", "tea")
        parcel = Parcel.objects.get(tracking_no="SF2001")
        place = f"{LIST}T-3/parcels/{parcel.parcel_no}/back/"
        assert place in text_of(client.get(f"{LIST}T-3/?tab=parcels"))
        client.get(place)
        client.post(place)
        parcel.refresh_from_db()
        assert parcel.state == "back"

    def test_what_is_to_be_shipped_comes_back_filled_in(self, sold: Sold) -> None:
        client = client_of(sold, "merchant_staff", "tea")
        content = client.get(f"{LIST}ship/to-ship.xlsx").content
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert [row[0] for row in rows[1:]] == ["T-1", "T-1", "T-3"]
        assert [row[4] for row in rows[1:]] == ["2", "1", "2"]
        lines = [",".join(str(cell) for cell in row[:5]) for row in rows]
        filled = "\n".join([lines[0], *(line.replace(",,,", ",sf,SF4001,", 1) for line in lines[1:])])
        for act, states in (
            ("try", ["paid", "paid"]),
            ("ship", ["shipped", "shipped"]),
            ("ship", ["shipped", "shipped"]),
        ):
            answer = client.post(
                f"{LIST}ship/", {"file": SimpleUploadedFile("p.csv", filled.encode()), "act": act}
            )
            assert answer.status_code == 200
            assert [state_of(Order.objects.get(order_no=one)) for one in ("T-1", "T-3")] == states
        assert "3 shipped before" in text_of(answer)

    def test_wrong_rows_are_named_in_the_readers_language(self, sold: Sold) -> None:
        client = client_of(sold, "merchant_staff", "tea", language="zh-hans")
        text = "订单号,快递公司,快递单号\nB-1,sf,SF4001\nT-1,驿站,SF4002\n"
        page = text_of(
            client.post(f"{LIST}ship/", {"file": SimpleUploadedFile("p.csv", text.encode()), "act": "ship"})
        )
        assert "您没有待发货的订单“B-1”" in page
        assert "没有快递公司“驿站”" in page
        for bad in (None, SimpleUploadedFile("p.csv", b""), SimpleUploadedFile("p.exe", b"MZ")):
            assert client.post(f"{LIST}ship/", {"file": bad} if bad else {}).status_code == 422


def test_notes_are_kept_and_escaped(sold: Sold) -> None:
    client = client_of(sold, "merchant_finance", "tea")
    client.post(f"{LIST}T-1/note/", {"note": "<script>alert(1)</script>"})
    page = text_of(client.get(f"{LIST}T-1/?tab=history"))
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_papers_are_printed_as_page_and_pdf(sold: Sold) -> None:
    client = client_of(sold, "merchant_owner", "tea")
    page = text_of(client.get(f"{LIST}print/"))
    assert "Pick list" in page and "TEA-POT" in page and "T-4" not in page
    pdf = client.get(f"{LIST}print/?format=pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert client.get(f"{LIST}print/?order=T-2&format=pdf").content.startswith(b"%PDF-")


def test_the_counter_hands_over_by_code(sold: Sold) -> None:
    paid_orders_prepared(clock=lambda: Order.objects.get(order_no="T-7").placed_at, actor="clockwork")
    code = unseal(bytes(PickupCode.objects.get().sealed), purpose=SEALED_AS)
    client = client_of(sold, "merchant_staff", "tea")
    assert client.post(f"{LIST}hand-over/", {"code": "1"}).status_code == 422
    assert client.post(f"{LIST}hand-over/", {"code": code}).status_code == 302
    assert state_of(Order.objects.get(order_no="T-7")) == "received"


class TestLive:
    def test_new_orders_are_told(self, sold: Sold) -> None:
        client = client_of(sold, "merchant_staff", "tea")
        parts = text_of(client.get(f"{LIST}live/parts/?since=0"))
        assert "new orders were paid" in parts
        assert "B-1" not in parts
        latest = int(Order.objects.get(order_no="T-1").paid_at.timestamp() * 1_000_000)  # type: ignore[union-attr]
        assert "new order" not in text_of(client.get(f"{LIST}live/parts/?since={latest}"))
        for since in ("x", "-1", "9" * 30):
            assert client.get(f"{LIST}live/parts/?since={since}").status_code == 200

    def test_the_page_opens_the_stream(self, sold: Sold) -> None:
        client = client_of(sold, "merchant_staff", "tea")
        assert "/merchant/mall-orders/live/?since=" in text_of(client.get(LIST))
        answer = client.get(f"{LIST}live/")
        assert answer["Content-Type"] == "text/event-stream"
        answer.close()


def test_staff_without_money_land_on_orders(sold: Sold) -> None:
    client = client_of(sold, "merchant_staff", "tea")
    assert client.get("/merchant/").headers["Location"] == LIST
    assert client.get("/merchant/statements/").status_code == 403
    assert "/merchant/statements/" not in text_of(client.get(LIST))


def test_the_search_box_finds_ones_own_by_any_number(sold: Sold) -> None:
    parcel = Parcel.objects.get(tracking_no="SF2002")
    tea, books = client_of(sold, "merchant_staff", "tea"), client_of(sold, "merchant_staff", "books")
    for number in ("T-2", "BUY-T-2", "sf 2002", parcel.parcel_no):
        assert f"{LIST}T-2/" in text_of(tea.get("/find", {"q": number}, follow=True))
        assert f"{LIST}T-2/" not in text_of(books.get("/find", {"q": number}, follow=True))
