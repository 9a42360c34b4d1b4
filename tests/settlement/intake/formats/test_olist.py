"""Olist's published files: the join, the statuses, the times, and the totals of the real data."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.settlement.intake.formats.readings import SHANGHAI, orders, put, read, refused_rows, shared
from zhanggui.settlement.intake.formats.errors import HeaderRefused, SourceNotFound, SourceUnreadable
from zhanggui.settlement.intake.records import DimensionRecord, PartyRecord, Record

FILES = {
    "olist_orders_dataset": """\
order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date
o1,c1,delivered,2017-05-01 10:00:00,2017-05-01 10:05:00,2017-05-03 08:00:00,2017-05-06 12:00:00,2017-05-20 00:00:00
o2,c2,delivered,2017-05-02 10:00:00,,2017-05-30 08:00:00,,2017-05-20 00:00:00
o3,c2,unavailable,2017-05-03 10:00:00,2017-05-03 10:01:00,,,2017-05-20 00:00:00
o4,c1,invoiced,2017-05-04 10:00:00,2017-05-04 10:01:00,,,2017-05-20 00:00:00
o5,c1,delivered,2017-05-05 10:00:00,2017-05-05 10:01:00,2017-05-06 08:00:00,,2017-05-20 00:00:00
""",
    "olist_order_items_dataset": """\
order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value
o1,2,p2,s2,2017-05-03 10:00:00,0.90,15.10
o1,1,p1,s1,2017-05-03 10:00:00,58.90,13.29
o2,1,p1,s1,2017-05-03 10:00:00,58.90,0.00
o5,1,p3,s1,2017-05-03 10:00:00,7.00,0.00
""",
    "olist_order_payments_dataset": """\
order_id,payment_sequential,payment_type,payment_installments,payment_value
o1,2,voucher,1,8.19
o1,1,credit_card,3,80.00
o3,1,boleto,1,20.00
""",
    "olist_customers_dataset": """\
customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state
c1,u1,01000,sao paulo,SP
c2,u2,20000,rio de janeiro,RJ
""",
    "olist_products_dataset": """\
product_id,product_category_name
p1,beleza_saude
p2,
p3,pc_gamer
""",
    "olist_sellers_dataset": """\
seller_id,seller_zip_code_prefix,seller_city,seller_state
s1,13023,campinas,SP
s2,20000,"rio de janeiro, rio de janeiro, brasil",RJ
s3,20000,niteroi,RJ
""",
    "product_category_name_translation": "product_category_name,product_category_name_english\nbeleza_saude,health_beauty\n",
}


def folder(tmp_path: Path, **changed: str) -> Path:
    """The small set above, with some files changed."""
    for number, (name, text) in enumerate(FILES.items()):
        ending = ".csv.gz" if number % 2 else ".csv"
        put(tmp_path / f"{name}{ending}", changed.get(name, text))
    return tmp_path


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


class TestOlist:
    def test_joins_lines_of_many_sellers_and_payments_in_their_order(self, tmp_path: Path) -> None:
        first = orders(read("olist", folder(tmp_path)))[0]
        assert [
            (line.line_no, line.merchant, line.sku, line.goods, line.freight, line.category)
            for line in first.lines
        ] == [("1", "s1", "p1", 5890, 1329, "beleza_saude"), ("2", "s2", "p2", 90, 1510, "")]
        assert [(paid.sequence, paid.method, paid.amount, paid.instalments) for paid in first.payments] == [
            (1, "credit_card", 8000, 3),
            (2, "voucher", 819, 1),
        ]
        assert (first.payment_method, first.region, first.buyer, first.row) == ("credit_card", "SP", "c1", 2)

    def test_maps_statuses_and_keeps_the_original(self, tmp_path: Path) -> None:
        found = orders(read("olist", folder(tmp_path)))
        assert [(order.source_status, order.status) for order in found] == [
            ("delivered", "received"),
            ("delivered", "received"),
            ("unavailable", "cancelled"),
            ("invoiced", "paid"),
            ("delivered", "received"),
        ]

    def test_keeps_published_times_and_fills_two_gaps(self, tmp_path: Path) -> None:
        first, second, third, fourth, fifth = orders(read("olist", folder(tmp_path)))
        assert first.received_at == at("2017-05-06 12:00:00")
        assert second.paid_at == second.ordered_at == at("2017-05-02 10:00:00")
        assert second.received_at == at("2017-05-30 08:00:00"), "the carrier had it after the promised day"
        assert fifth.received_at == at("2017-05-20 00:00:00"), "the promised day"
        assert third.received_at is None and fourth.shipped_at is None

    def test_keeps_an_order_without_lines_and_one_without_payments(self, tmp_path: Path) -> None:
        found = {order.order_no: order for order in orders(read("olist", folder(tmp_path)))}
        assert (len(found["o3"].lines), sum(paid.amount for paid in found["o3"].payments)) == (0, 2000)
        assert (len(found["o2"].lines), found["o2"].payments, found["o2"].payment_method) == (1, [], "")

    def test_brings_categories_states_methods_and_the_sellers_that_sold(self, tmp_path: Path) -> None:
        found = read("olist", folder(tmp_path))
        assert [
            (entry.kind, entry.code, entry.names["en"])
            for entry in found
            if isinstance(entry, DimensionRecord)
        ] == [
            ("category", "beleza_saude", "Health beauty"),
            ("category", "pc_gamer", "Gaming PCs"),
            ("region", "RJ", "Rio de Janeiro"),
            ("region", "SP", "São Paulo"),
            ("payment_method", "boleto", "Boleto"),
            ("payment_method", "credit_card", "Credit card"),
            ("payment_method", "voucher", "Voucher"),
        ]
        assert [(entry.code, entry.names["zh"]) for entry in found if isinstance(entry, PartyRecord)] == [
            ("s1", "卖家 s1 · campinas SP"),
            ("s2", "卖家 s2 · rio de janeiro, rio de janeiro, brasil RJ"),
        ]


class TestOlistWithFaults:
    @pytest.mark.parametrize("price", ["58,90", "1e3", "-5.00", "58.901", "", "NaN"])
    def test_refuses_the_whole_order_of_a_bad_price(self, tmp_path: Path, price: str) -> None:
        items = FILES["olist_order_items_dataset"].replace(
            "o1,1,p1,s1,2017-05-03 10:00:00,58.90", "o1,1,p1,s1,x," + f'"{price}"'
        )
        found = read("olist", folder(tmp_path, olist_order_items_dataset=items))
        assert refused_rows(found) == [(3, "amount_refused"), (2, "order_has_refused_rows")]
        assert [order.order_no for order in orders(found)] == ["o2", "o3", "o4", "o5"]

    def test_refuses_rows_by_number_and_goes_on(self, tmp_path: Path) -> None:
        text = FILES["olist_orders_dataset"]
        text = text.replace("o2,c2,delivered", "o2,c2,lost").replace("o4,c1,invoiced,", "o4,c1,invoiced,,")
        text += "o1,c1,created,2017-05-04 10:00:00,,,,\n" + "o6,c1,created,,,,,\n" + 'o7,"c1,created,,,,,\n'
        found = read("olist", folder(tmp_path, olist_orders_dataset=text))
        assert refused_rows(found) == [
            (3, "row_refused"),
            (5, "row_broken"),
            (7, "order_repeated"),
            (8, "row_refused"),
            (9, "row_broken"),
        ]
        assert [order.order_no for order in orders(found)] == ["o1", "o3", "o5"]

    def test_names_lines_and_payments_without_an_order(self, tmp_path: Path) -> None:
        items = FILES["olist_order_items_dataset"] + "o9,1,p1,s1,2017-05-03 10:00:00,1.00,0.00\n"
        found = read("olist", folder(tmp_path, olist_order_items_dataset=items))
        assert refused_rows(found) == [(0, "order_missing")]

    def test_refuses_an_order_of_an_unknown_seller(self, tmp_path: Path) -> None:
        items = FILES["olist_order_items_dataset"].replace("o2,1,p1,s1", "o2,1,p1,s7")
        found = read("olist", folder(tmp_path, olist_order_items_dataset=items))
        assert refused_rows(found) == [(3, "row_refused")]

    def test_refuses_a_folder_that_lacks_a_file_or_a_column(self, tmp_path: Path) -> None:
        path = folder(tmp_path, olist_sellers_dataset="seller_id\ns1\n")
        with pytest.raises(HeaderRefused, match="seller_city"):
            read("olist", path)
        (path / "olist_products_dataset.csv").unlink()
        with pytest.raises(SourceNotFound, match="olist_products_dataset"):
            read("olist", path)

    def test_refuses_a_file_where_a_folder_is_meant(self, tmp_path: Path) -> None:
        with pytest.raises(SourceUnreadable, match="is a file"):
            read("olist", put(tmp_path / "orders.csv", "order_id\n"))


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return read("olist", shared("olist"))


class TestOlistAsPublished:
    def test_has_every_line_and_every_cent(self, records: list[Record]) -> None:
        found = orders(records)
        lines = [line for order in found for line in order.lines]
        payments = [payment for order in found for payment in order.payments]
        assert len(found) == 30_977
        assert (len(lines), sum(line.goods for line in lines)) == (35_216, 425_650_386)
        assert sum(line.freight for line in lines) == 70_054_056
        assert (len(payments), sum(payment.amount for payment in payments)) == (32_390, 500_149_437)
        assert sum(len({line.merchant for line in order.lines}) > 1 for order in found) == 374
        assert refused_rows(records) == []

    def test_has_every_status(self, records: list[Record]) -> None:
        assert Counter(order.source_status for order in orders(records)) == {
            "delivered": 30_249,
            "shipped": 253,
            "unavailable": 167,
            "canceled": 151,
            "invoiced": 81,
            "processing": 74,
            "created": 2,
        }
        assert sum(not order.lines for order in orders(records)) == 209

    def test_every_received_order_has_its_times_and_every_code_its_master_data(
        self, records: list[Record]
    ) -> None:
        found = orders(records)
        received = [order for order in found if order.status == "received"]
        assert all(order.paid_at and order.shipped_at and order.received_at for order in received)
        sellers = {record.code for record in records if isinstance(record, PartyRecord)}
        assert len(sellers) == 2_312
        assert {line.merchant for order in found for line in order.lines} == sellers
        known = {(entry.kind, entry.code) for entry in records if isinstance(entry, DimensionRecord)}
        assert {("category", line.category) for order in found for line in order.lines} - known == {
            ("category", "")
        }
        assert {("region", order.region) for order in found} <= known
        assert all(
            entry.names["zh"] != entry.names["en"]
            for entry in records
            if isinstance(entry, DimensionRecord) and entry.kind == "category"
        )

    def test_yields_the_same_again(self, records: list[Record]) -> None:
        assert read("olist", shared("olist")) == records

    def test_reads_a_wall_clock_in_the_zone_it_is_told(self, records: list[Record]) -> None:
        first = orders(records)[0]
        assert first.ordered_at.isoformat() == "2016-09-15T12:16:38+08:00"
        assert first.ordered_at.utcoffset() == timedelta(hours=8)
