"""Online Retail: shops, categories, the class of every row, and the totals of the real data."""

from collections import Counter, defaultdict
from pathlib import Path
from time import perf_counter

import pytest

from tests.settlement.intake.formats.readings import (
    notes,
    orders,
    put,
    read,
    read_until_cut,
    refunds,
    refused_rows,
    shared,
)
from zhanggui.settlement.intake.formats.errors import HeaderRefused, OptionRefused
from zhanggui.settlement.intake.formats.online_retail.categories import categories, category_of
from zhanggui.settlement.intake.formats.online_retail.shops import shop_of, shops
from zhanggui.settlement.intake.records import DimensionRecord, OrderRecord, PartyRecord, Record, RefundRecord

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def retail(tmp_path: Path, text: str) -> list[Record]:
    """The records of these rows: invoice, stock code, quantity, day and hour, price, customer."""
    lines = []
    for row in text.strip().splitlines():
        number, stock, quantity, at, price, customer = row.split()
        named = "" if customer == "-" else customer
        lines.append(f"{number},{stock},THING {stock},{quantity},2011-{at}:00:00,{price},{named},France\n")
    return read("online-retail", put(tmp_path / "retail.csv", HEADER + "".join(lines).replace("T", " ")))


def taken(records: list[Record]) -> list[tuple[str, str, str, int, int]]:
    """(number, order, line, quantity, goods) of every refund."""
    return [
        (refund.refund_no, refund.order_no, refund.line_no, refund.quantity, refund.goods)
        for refund in refunds(records)
    ]


class TestShopsAndCategories:
    @pytest.mark.parametrize(
        ("stock", "shop"),
        [
            ("85123A", "shop-03"),
            ("85123B", "shop-03"),
            ("22423", "shop-23"),
            ("10002", "shop-02"),
            ("POST", "shop-services"),
            ("gift_0001_20", "shop-services"),
            ("DCGS0076", "shop-services"),
            ("٨٥١٢٣", "shop-services"),
        ],
    )
    def test_the_first_five_digits_say_the_shop(self, stock: str, shop: str) -> None:
        assert shop_of(stock) == shop

    def test_every_shop_has_both_names_and_no_two_the_same(self) -> None:
        found = list(shops())
        assert len(found) == 41
        for language in ("zh", "en"):
            assert len({shop.names[language] for shop in found}) == 41

    @pytest.mark.parametrize(
        ("stock", "description", "category"),
        [
            ("85123A", "WHITE HANGING HEART T-LIGHT HOLDER", "lighting-candles"),
            ("22423", "REGENCY CAKESTAND 3 TIER", "kitchen-baking"),
            ("20725", "LUNCH BAG RED RETROSPOT", "bags-bags"),
            ("22086", "PAPER CHAIN KIT 50'S CHRISTMAS", "seasonal-christmas"),
            ("21000", "Something else", "other-articles"),
            ("POST", "POSTAGE", "services-charges"),
        ],
    )
    def test_words_of_the_description_say_the_category(
        self, stock: str, description: str, category: str
    ) -> None:
        assert category_of(stock, description) == category

    def test_the_tree_has_two_levels_parents_first(self) -> None:
        seen: set[str] = set()
        for entry in categories():
            assert entry.parent == "" or entry.parent in seen
            assert entry.code not in seen
            seen.add(entry.code)


class TestRows:
    def test_an_invoice_is_an_order_of_several_shops(self, tmp_path: Path) -> None:
        found = retail(tmp_path, "501 85123A 6 03-01T08 2.55 17850.0\n501 22423 1 03-01T08 12.75 17850.0")
        (order,) = orders(found)
        assert [(line.line_no, line.merchant, line.goods, line.quantity) for line in order.lines] == [
            ("1", "shop-03", 1530, 6),
            ("2", "shop-23", 1275, 1),
        ]
        assert (order.buyer, order.region, order.status) == ("17850", "France", "received")
        assert order.ordered_at == order.paid_at == order.received_at
        assert (order.payments, order.payments_listed) == ([], False), "which counts as paid in full"

    def test_a_repeated_row_is_a_line_of_its_own(self, tmp_path: Path) -> None:
        (order,) = orders(retail(tmp_path, "501 22423 1 03-01T08 2.00 1.0\n501 22423 1 03-01T08 2.00 1.0"))
        assert [line.line_no for line in order.lines] == ["1", "2"]

    def test_rows_without_a_sale_are_noted(self, tmp_path: Path) -> None:
        found = retail(
            tmp_path,
            """
            501 22423 3 03-01T08 0.0 -
            502 22423 -9 03-01T09 0 -
            503 22423 1 03-01T10 0.001 17850.0
            A504 B 1 03-01T11 11062.06 -
            A505 B 1 03-01T12 -11062.06 -
            """,
        )
        assert [(note.row, note.category, note.amount) for note in notes(found)] == [
            (2, "free_item", 0),
            (3, "stock_count", 0),
            (4, "below_a_penny", 0),
            (5, "bad_debt", 1106206),
            (6, "bad_debt", -1106206),
        ]
        assert orders(found) == [] and refused_rows(found) == []

    def test_rows_of_an_invoice_need_not_stand_together_and_time_decides_the_order(
        self, tmp_path: Path
    ) -> None:
        found = retail(
            tmp_path,
            "503 22423 1 03-03T08 3.00 1.0\n501 22423 1 03-01T08 1.00 1.0\n"
            "502 22423 1 03-02T08 2.00 1.0\n501 20725 1 03-01T08 5.00 1.0",
        )
        assert [(order.order_no, order.row, len(order.lines)) for order in orders(found)] == [
            ("501", 3, 2),
            ("502", 4, 1),
            ("503", 2, 1),
        ]

    @pytest.mark.parametrize(
        "row",
        [
            "501 22423 -2 03-01T08 1.00 1.0",
            "C501 22423 2 03-01T08 1.00 1.0",
            "501 22423 2 03-01T08 -1.00 1.0",
            "501 22423 0 03-01T08 1.00 1.0",
            "501 22423 2.5 03-01T08 1.00 1.0",
            "501 22423 2 03-01T08 1e3 1.0",
            "501 22423 2 02-30T08 1.00 1.0",
            "X501 22423 2 03-01T08 1.00 1.0",
            "501 22423 2 03-01T08 99999999999999999999999.00 1.0",
        ],
    )
    def test_a_row_that_says_nothing_known_is_refused(self, tmp_path: Path, row: str) -> None:
        found = retail(tmp_path, f"{row}\n600 22423 1 03-02T08 1.00 1.0")
        assert refused_rows(found) == [(2, "row_refused")]
        assert [order.order_no for order in orders(found)] == ["600"]

    def test_a_bad_row_refuses_its_whole_invoice(self, tmp_path: Path) -> None:
        found = retail(tmp_path, "501 22423 1 03-01T08 1.00 1.0\n501 22423 x 03-01T08 1.00 1.0")
        assert refused_rows(found) == [(3, "row_refused"), (2, "order_has_refused_rows")]
        assert orders(found) == []


class TestCancellations:
    def test_take_the_most_recent_sale_first_and_split_over_several(self, tmp_path: Path) -> None:
        found = retail(
            tmp_path,
            """
            501 22423 4 03-01T08 1.00 1.0
            502 22423 3 03-02T08 1.00 1.0
            503 22423 9 03-03T08 1.00 2.0
            C504 22423 -5 03-04T08 1.00 1.0
            """,
        )
        assert taken(found) == [("C504-1", "502", "1", 3, 300), ("C504-2", "501", "1", 2, 200)]

    def test_remember_what_earlier_ones_took(self, tmp_path: Path) -> None:
        found = retail(
            tmp_path,
            """
            501 22423 4 03-01T08 1.00 1.0
            C502 22423 -3 03-02T08 1.00 1.0
            C503 22423 -3 03-03T08 1.00 1.0
            """,
        )
        assert taken(found) == [
            ("C502-1", "501", "1", 3, 300),
            ("C503-1", "501", "1", 1, 100),
            ("C503-2", "", "", 2, 200),
        ]
        last = refunds(found)[-1]
        assert (last.kind, last.merchant, last.sku) == ("unmatched", "shop-23", "22423")

    def test_share_an_amount_that_does_not_divide_so_that_the_last_piece_clears(self, tmp_path: Path) -> None:
        found = retail(
            tmp_path,
            """
            501 22423 1 03-01T08 5.00 1.0
            502 22423 1 03-02T08 5.00 1.0
            503 22423 1 03-03T08 5.00 1.0
            C504 22423 -3 03-04T08 0.335 1.0
            """,
        )
        assert [goods for *_, goods in taken(found)] == [34, 33, 34]

    def test_never_take_more_than_is_left_of_a_line(self, tmp_path: Path) -> None:
        found = retail(tmp_path, "501 22423 2 03-01T08 1.00 1.0\nC502 22423 -2 03-02T08 1.50 1.0")
        assert taken(found) == [("C502-1", "501", "1", 2, 200), ("C502-2", "", "", 0, 100)]

    def test_may_give_back_less_than_was_paid(self, tmp_path: Path) -> None:
        found = retail(
            tmp_path,
            "501 22423 2 03-01T08 1.00 1.0\nC502 22423 -2 03-02T08 0.50 1.0\nC503 22423 -1 03-03T08 1.00 1.0",
        )
        assert taken(found) == [("C502-1", "501", "1", 2, 100), ("C503-1", "", "", 1, 100)]

    def test_find_nothing_for_another_customer_an_unnamed_one_or_a_later_sale(self, tmp_path: Path) -> None:
        found = retail(
            tmp_path,
            """
            501 22423 2 03-01T08 1.00 -
            502 22423 2 03-01T09 1.00 2.0
            C503 22423 -1 03-02T08 1.00 1.0
            C504 22423 -1 03-02T09 1.00 -
            505 22423 2 03-03T08 1.00 1.0
            """,
        )
        assert taken(found) == [("C503-1", "", "", 1, 100), ("C504-1", "", "", 1, 100)]

    def test_number_the_refunds_through_the_rows_of_an_invoice(self, tmp_path: Path) -> None:
        found = retail(tmp_path, "C503 22423 -1 03-02T08 1.00 1.0\nC503 20725 -1 03-02T08 1.00 1.0")
        assert [refund.refund_no for refund in refunds(found)] == ["C503-1", "C503-2"]
        assert [refund.row for refund in refunds(found)] == [2, 3]


class TestBrokenFiles:
    def test_a_truncated_file_gives_what_was_whole_and_says_how_far(self, tmp_path: Path) -> None:
        rows = "".join(
            f"{500 + number // 3},22423,THING,{number},2011-03-01 08:00:00,1.{number % 100:02},17.0,France\n"
            for number in range(1, 30_000)
        )
        path = put(tmp_path / "retail.csv.gz", HEADER + rows)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        records, cut = read_until_cut("online-retail", path)
        assert cut is not None
        rows_read = cut.details["rows_read"]
        found = orders(records)
        assert 10_000 < rows_read < 20_000
        assert sum(len(order.lines) for order in found) + len(refused_rows(records)) == rows_read - 1
        assert {code for _, code in refused_rows(records)} == {"order_has_refused_rows"}
        assert f"after row {rows_read}" in cut.message

    def test_a_foreign_file_is_refused_by_its_header(self, tmp_path: Path) -> None:
        with pytest.raises(HeaderRefused, match="InvoiceNo"):
            read("online-retail", put(tmp_path / "retail.csv", "order_id,amount\n1,2\n"))

    def test_another_currency_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(OptionRefused, match="GBP"):
            read("online-retail", put(tmp_path / "retail.csv", HEADER), currency="CNY")


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return read("online-retail", shared("online_retail/online_retail.csv.gz"))


class TestOnlineRetailAsPublished:
    def test_every_row_is_in_one_class_and_every_penny_with_it(self, records: list[Record]) -> None:
        lines = [line for order in orders(records) for line in order.lines]
        found = notes(records)
        cancelled_rows = {refund.row for refund in refunds(records)}
        assert refused_rows(records) == []
        assert len(lines) + len(cancelled_rows) + len(found) == 541_909
        assert (len(lines), len(cancelled_rows)) == (530_099, 9_288)
        assert Counter(note.category for note in found) == {
            "stock_count": 1_336,
            "free_item": 1_179,
            "below_a_penny": 4,
            "bad_debt": 3,
        }
        sales = sum(line.goods for line in lines)
        adjustments = sum(note.amount for note in found)
        assert (sales, adjustments) == (1_065_562_248, -1_106_206)
        assert sales + adjustments == 1_064_456_042, "the published 10,644,560.42"
        assert sum(refund.goods for refund in refunds(records)) == 89_681_249, "the published 896,812.49"

    def test_matched_and_unmatched_together_are_all_cancellations(self, records: list[Record]) -> None:
        by_kind: defaultdict[str, list[int]] = defaultdict(list)
        for refund in refunds(records):
            by_kind[refund.kind].append(refund.goods)
        assert {kind: (len(goods), sum(goods)) for kind, goods in by_kind.items()} == {
            "return": (7_727, 46_678_102),
            "unmatched": (1_814, 43_003_147),
        }

    def test_no_line_gives_back_more_than_it_was_and_only_after_its_sale(self, records: list[Record]) -> None:
        left: dict[tuple[str, str], list[int]] = {}
        seen: set[str] = set()
        for record in records:
            if isinstance(record, OrderRecord):
                for line in record.lines:
                    left[record.order_no, line.line_no] = [line.goods, line.quantity]
            elif isinstance(record, RefundRecord):
                assert record.refund_no not in seen
                seen.add(record.refund_no)
                assert record.goods > 0
                if record.kind == "return":
                    rest = left[record.order_no, record.line_no]
                    rest[0] -= record.goods
                    rest[1] -= record.quantity
                    assert min(rest) >= 0
                    assert record.quantity > 0

    def test_time_goes_forward(self, records: list[Record]) -> None:
        moments = [
            record.ordered_at if isinstance(record, OrderRecord) else record.refunded_at
            for record in records
            if isinstance(record, OrderRecord | RefundRecord)
        ]
        assert moments == sorted(moments)

    def test_every_code_has_its_master_data(self, records: list[Record]) -> None:
        known = {(entry.kind, entry.code) for entry in records if isinstance(entry, DimensionRecord)}
        merchants = {entry.code for entry in records if isinstance(entry, PartyRecord)}
        for order in orders(records):
            assert ("region", order.region) in known
            assert {line.merchant for line in order.lines} <= merchants
            assert {("category", line.category) for line in order.lines} <= known

    def test_is_read_in_seconds_and_the_same_again(self, records: list[Record]) -> None:
        started = perf_counter()
        again = read("online-retail", shared("online_retail/online_retail.csv.gz"))
        assert perf_counter() - started < 60, "about 5 s on two cores; the margin is for a busy machine"
        assert again == records
