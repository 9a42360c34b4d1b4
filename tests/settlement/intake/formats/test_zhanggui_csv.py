"""Our own CSV: every value is checked by itself, a broken row breaks only its order."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.settlement.intake.formats.readings import (
    SHANGHAI,
    orders,
    put,
    read,
    read_until_cut,
    refunds,
    refused_rows,
    rejects,
)
from zhanggui.money.errors import UnknownCurrency
from zhanggui.settlement.intake.formats.errors import HeaderRefused, OptionRefused, SourceEmpty
from zhanggui.settlement.intake.records import Record

COLUMNS = (
    "record,currency,order_no,ordered_at,line_no,merchant,sku,quantity,goods_minor,shop_discount_minor,title"
)
GOOD = {
    "record": "order",
    "currency": "CNY",
    "order_no": "A",
    "ordered_at": "2026-03-01 09:30:00",
    "line_no": "1",
    "merchant": "m",
    "sku": "s",
    "quantity": "2",
    "goods_minor": "1000",
    "shop_discount_minor": "",
    "title": "",
}


def row(**changed: str) -> str:
    """A good order row with some cells changed; cells with commas are quoted by the caller."""
    return ",".join((GOOD | changed).values()) + "\n"


def table(tmp_path: Path, *rows: str, header: str = COLUMNS) -> list[Record]:
    return read("zhanggui", put(tmp_path / "orders.csv", header + "\n" + "".join(rows)), currency="CNY")


class TestOrders:
    def test_rows_of_an_order_are_its_lines(self, tmp_path: Path) -> None:
        found = table(tmp_path, row(), row(line_no="2", ordered_at="", goods_minor="5"), row(order_no="B"))
        assert [
            (order.order_no, order.row, [line.line_no for line in order.lines]) for order in orders(found)
        ] == [
            ("A", 2, ["1", "2"]),
            ("B", 4, ["1"]),
        ]

    def test_times_without_a_zone_are_read_in_the_zone_given(self, tmp_path: Path) -> None:
        found = table(tmp_path, row(), row(order_no="B", ordered_at="2026-03-01T09:30:00Z"))
        assert [order.ordered_at for order in orders(found)] == [
            datetime(2026, 3, 1, 9, 30, tzinfo=SHANGHAI),
            datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        ]

    def test_blank_lines_and_carriage_returns_and_a_byte_order_mark_do_not_matter(
        self, tmp_path: Path
    ) -> None:
        text = "\ufeff" + COLUMNS + "\n\n" + row(title="茶") + "\n" + row(order_no="B")
        found = read("zhanggui", put(tmp_path / "a.csv", text.replace("\n", "\r\n")), currency="CNY")
        assert [(order.row, order.order_no) for order in orders(found)] == [(3, "A"), (5, "B")]
        assert orders(found)[0].lines[0].title == "茶"

    def test_an_order_without_lines_is_one_row(self, tmp_path: Path) -> None:
        text = "record,currency,order_no,ordered_at,pay_sequence,pay_method,pay_amount_minor\n"
        text += "order,CNY,A,2026-03-01 09:30:00,1,wechat,100\norder,CNY,A,,2,points,20\n"
        text += "order,CNY,B,2026-03-01 09:30:00,,,\n"
        first, second = orders(read("zhanggui", put(tmp_path / "a.csv", text), currency="CNY"))
        assert [(paid.sequence, paid.method, paid.amount) for paid in first.payments] == [
            (1, "wechat", 100),
            (2, "points", 20),
        ]
        assert (second.lines, second.payments) == ([], [])


class TestValues:
    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"record": "sale"}, "record_unknown"),
            ({"record": ""}, "record_unknown"),
            ({"currency": ""}, "value_missing"),
            ({"currency": "USD"}, "currency_refused"),
            ({"currency": "cny"}, "currency_refused"),
            ({"ordered_at": ""}, "value_missing"),
            ({"merchant": " "}, "value_missing"),
            ({"line_no": ""}, "value_missing"),
            ({"order_no": "x" * 65}, "text_too_long"),
            ({"title": "茶" * 201}, "text_too_long"),
            ({"title": "a\x07b"}, "text_refused"),
            ({"ordered_at": "2026-03-01"}, "time_refused"),
            ({"ordered_at": "2026-02-30 09:30:00"}, "time_refused"),
            ({"ordered_at": "01/03/2026 09:30"}, "time_refused"),
            ({"ordered_at": "2026-03-01 25:00:00"}, "time_refused"),
            ({"ordered_at": "0001-01-01 00:00:00"}, "time_refused"),
            ({"ordered_at": "yesterday"}, "time_refused"),
            ({"goods_minor": "10.00"}, "money_not_integer"),
            ({"goods_minor": "1e3"}, "money_not_integer"),
            ({"goods_minor": "1 000"}, "money_not_integer"),
            ({"goods_minor": "NaN"}, "money_not_integer"),
            ({"goods_minor": "٣"}, "money_not_integer"),
            ({"goods_minor": "0x10"}, "money_not_integer"),
            ({"goods_minor": "9" * 500}, "money_not_integer"),
            ({"goods_minor": "-1"}, "amount_negative"),
            ({"goods_minor": str(10**15 + 1)}, "amount_too_large"),
            ({"quantity": "0"}, "count_refused"),
            ({"quantity": "-2"}, "count_refused"),
            ({"quantity": "1.5"}, "count_refused"),
            ({"quantity": "2000000000"}, "count_refused"),
            ({"shop_discount_minor": "1001"}, "discounts_exceed_goods"),
        ],
    )
    def test_a_bad_value_refuses_its_row_and_the_rest_goes_on(
        self, tmp_path: Path, changed: dict[str, str], code: str
    ) -> None:
        found = table(tmp_path, row(order_no="0"), row(**changed), row(order_no="Z"))
        assert refused_rows(found) == [(3, code)]
        assert [order.order_no for order in orders(found)] == ["0", "Z"]
        assert rejects(found)[0].message.startswith("Row 3 ")

    def test_the_message_names_the_column_and_what_to_write(self, tmp_path: Path) -> None:
        (reject,) = rejects(table(tmp_path, row(goods_minor="12.50")))
        assert reject.message == (
            "Row 2 has 12.50 in goods_minor, which must be whole minor units, such as 1250 for 12.50."
        )
        assert "12.50" in reject.raw

    def test_the_largest_amount_passes(self, tmp_path: Path) -> None:
        (order,) = orders(table(tmp_path, row(goods_minor=str(10**15))))
        assert order.lines[0].goods == 10**15


class TestOrdersAreTakenWhole:
    def test_a_bad_row_refuses_the_other_rows_of_its_order(self, tmp_path: Path) -> None:
        found = table(tmp_path, row(), row(line_no="2", quantity="x"), row(line_no="3"), row(order_no="B"))
        assert refused_rows(found) == [
            (3, "count_refused"),
            (2, "order_has_refused_rows"),
            (4, "order_has_refused_rows"),
        ]
        assert [order.order_no for order in orders(found)] == ["B"]

    def test_also_when_the_first_row_is_the_bad_one(self, tmp_path: Path) -> None:
        found = table(tmp_path, row(currency="USD"), row(line_no="2"))
        assert refused_rows(found) == [(2, "currency_refused"), (3, "order_has_refused_rows")]

    def test_a_repeated_line_number_refuses_the_order(self, tmp_path: Path) -> None:
        found = table(tmp_path, row(), row())
        assert refused_rows(found) == [(3, "line_repeated"), (2, "order_has_refused_rows")]

    def test_rows_that_disagree_about_their_order_refuse_it(self, tmp_path: Path) -> None:
        found = table(tmp_path, row(), row(line_no="2", ordered_at="2026-03-02 00:00:00"))
        assert refused_rows(found) == [(3, "order_rows_disagree"), (2, "order_has_refused_rows")]

    @pytest.mark.parametrize(
        "broken",
        [
            'order,CNY,A,2026-03-01 09:30:00,2,m,s,2,1000,,"never closed\n',
            'order,CNY,A,2026-03-01 09:30:00,2,m,s,2,1000,,"closed" too early\n',
            "order,CNY,A,2026-03-01 09:30:00,2,m,s,2,1000\n",
            "order,CNY,A,2026-03-01 09:30:00,2,m,s,2,1000,,a,b\n",
        ],
    )
    def test_a_broken_row_breaks_only_its_order(self, tmp_path: Path, broken: str) -> None:
        found = table(tmp_path, row(order_no="0"), row(), broken, row(order_no="B"), row(order_no="C"))
        assert refused_rows(found) == [(4, "row_broken"), (3, "order_has_refused_rows")]
        assert [order.order_no for order in orders(found)] == ["0", "B", "C"]

    def test_a_broken_row_of_another_order_leaves_its_neighbours_alone(self, tmp_path: Path) -> None:
        found = table(tmp_path, row(), row(order_no="X", title='"'), row(order_no="B"))
        assert refused_rows(found) == [(3, "row_broken")]
        assert [order.order_no for order in orders(found)] == ["A", "B"]

    def test_a_broken_row_before_the_others_of_its_order_refuses_them(self, tmp_path: Path) -> None:
        found = table(
            tmp_path, row(order_no="X", title='"'), row(order_no="X", line_no="2"), row(order_no="B")
        )
        assert refused_rows(found) == [(2, "row_broken"), (3, "order_has_refused_rows")]

    def test_a_row_that_does_not_tell_its_order_refuses_both_neighbours(self, tmp_path: Path) -> None:
        found = table(tmp_path, row(order_no="0"), row(), "order\n", row(order_no="B"), row(order_no="C"))
        assert refused_rows(found) == [
            (4, "row_broken"),
            (3, "order_has_refused_rows"),
            (5, "order_has_refused_rows"),
        ]
        assert [order.order_no for order in orders(found)] == ["0", "C"]

    def test_a_row_in_another_encoding_is_refused_by_number(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes(
            (COLUMNS + "\n" + row()).encode()
            + row(order_no="B", title="茶").encode("gbk")
            + row(order_no="C").encode()
        )
        found = read("zhanggui", path, currency="CNY")
        assert refused_rows(found) == [(3, "row_unreadable")]
        assert "UTF-8" in rejects(found)[0].message
        assert [order.order_no for order in orders(found)] == ["A", "C"]

    def test_a_huge_row_is_passed_over_without_being_held(self, tmp_path: Path) -> None:
        found = table(tmp_path, row(), row(order_no="B", title="x" * 9_000_000), row(order_no="C"))
        assert refused_rows(found) == [(3, "row_unreadable")]
        assert len(rejects(found)[0].raw) <= 500
        assert [order.order_no for order in orders(found)] == ["A", "C"]

    def test_a_nul_is_refused(self, tmp_path: Path) -> None:
        assert refused_rows(table(tmp_path, row(title="a\0b"), row(order_no="B"))) == [(2, "row_unreadable")]


class TestRefunds:
    HEADER = (
        "record,currency,refund_no,order_no,line_no,kind,merchant,quantity,goods_minor,freight_minor,"
        "refunded_at\n"
    )

    def refund(self, tmp_path: Path, *rows: str) -> list[Record]:
        return read("zhanggui", put(tmp_path / "r.csv", self.HEADER + "\n".join(rows) + "\n"), currency="CNY")

    def test_are_read_from_a_file_of_their_own(self, tmp_path: Path) -> None:
        (refund,) = refunds(self.refund(tmp_path, "refund,CNY,R1,A,1,,,1,500,20,2026-03-02 00:00:00"))
        assert (refund.kind, refund.goods, refund.freight, refund.quantity) == ("return", 500, 20, 1)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("refund,CNY,,A,1,,,1,500,20,2026-03-02 00:00:00", "value_missing"),
            ("refund,CNY,R1,A,,,,1,500,20,2026-03-02 00:00:00", "value_missing"),
            ("refund,CNY,R1,A,1,gift,,1,500,20,2026-03-02 00:00:00", "kind_refused"),
            ("refund,CNY,R1,,,unmatched,,1,500,20,2026-03-02 00:00:00", "value_missing"),
            ("refund,CNY,R1,A,1,unmatched,m,1,500,20,2026-03-02 00:00:00", "kind_refused"),
            ("refund,CNY,R1,A,1,,,1,-500,20,2026-03-02 00:00:00", "amount_negative"),
            ("refund,USD,R1,A,1,,,1,500,20,2026-03-02 00:00:00", "currency_refused"),
            ("refund,CNY,R1,A,1,,,1,500,20,soon", "time_refused"),
            ("order,CNY,R1,A,1,,,1,500,20,", "column_not_of_record"),
        ],
    )
    def test_a_bad_one_is_refused_and_the_rest_goes_on(self, tmp_path: Path, text: str, code: str) -> None:
        found = self.refund(tmp_path, text, "refund,CNY,R2,A,1,,,1,500,20,2026-03-02 00:00:00")
        assert refused_rows(found) == [(2, code)]
        assert [refund.refund_no for refund in refunds(found)] == ["R2"]


class TestHeaders:
    def test_an_unknown_column_is_refused_with_the_nearest_known_one(self, tmp_path: Path) -> None:
        with pytest.raises(HeaderRefused, match=r"'goods_amount'.*did you mean goods_minor"):
            table(tmp_path, header=COLUMNS.replace("goods_minor", "goods_amount"))

    def test_a_column_that_must_be_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(HeaderRefused, match="lacks the column record"):
            table(tmp_path, header="order_no,currency")

    def test_a_repeated_column_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(HeaderRefused, match="twice"):
            table(tmp_path, header=COLUMNS + ",title")

    def test_a_column_may_be_missing_but_then_its_rows_are_refused(self, tmp_path: Path) -> None:
        found = table(tmp_path, "order,CNY,A,1\n", header="record,currency,order_no,line_no")
        assert refused_rows(found) == [(2, "value_missing")]

    def test_a_header_alone_is_no_error(self, tmp_path: Path) -> None:
        assert table(tmp_path) == []

    def test_an_empty_file_is(self, tmp_path: Path) -> None:
        with pytest.raises(SourceEmpty):
            read("zhanggui", put(tmp_path / "a.csv", ""), currency="CNY")

    def test_the_currency_must_be_named_and_known(self, tmp_path: Path) -> None:
        path = put(tmp_path / "a.csv", COLUMNS + "\n")
        with pytest.raises(OptionRefused, match="currency"):
            read("zhanggui", path)
        with pytest.raises(UnknownCurrency):
            read("zhanggui", path, currency="XXX")


class TestTruncation:
    @pytest.mark.parametrize("share", [10, 50, 90, 99])
    def test_every_order_before_the_break_is_whole(self, tmp_path: Path, share: int) -> None:
        rows = [
            row(order_no=f"A{number:05}", line_no=str(line), goods_minor=str(number * 7919 % 100_003))
            for number in range(4_000)
            for line in (1, 2, 3)
        ]
        whole = put(tmp_path / "whole.csv.gz", COLUMNS + "\n" + "".join(rows))
        expected = orders(read("zhanggui", whole, currency="CNY"))
        cut_at = len(whole.read_bytes()) * share // 100
        broken = tmp_path / "broken.csv.gz"
        broken.write_bytes(whole.read_bytes()[:cut_at])
        records, cut = read_until_cut("zhanggui", broken, currency="CNY")
        assert cut is not None and cut.code == "source_truncated"
        found = orders(records)
        assert found == expected[: len(found)]
        assert 0 <= cut.details["rows_read"] - 1 - 3 * len(found) <= 3
        assert len(found) > 4_000 * share // 100 - 1_500

    def test_a_damaged_file_is_refused_after_what_was_whole(self, tmp_path: Path) -> None:
        path = put(tmp_path / "a.csv.gz", COLUMNS + "\n" + row() + row(order_no="B"))
        packed = bytearray(path.read_bytes())
        packed[-6] ^= 0xFF
        path.write_bytes(packed)
        records, cut = read_until_cut("zhanggui", path, currency="CNY")
        assert cut is not None and [order.order_no for order in orders(records)] in (["A"], [])

    def test_a_source_goes_on_where_an_import_stopped(self, tmp_path: Path) -> None:
        rows = [row(order_no=str(number)) for number in range(50)]
        path = put(tmp_path / "a.csv", COLUMNS + "\n" + "".join(rows))
        first, again = (read("zhanggui", path, currency="CNY") for _ in range(2))
        assert first[:20] + again[20:] == first == [replace(order) for order in orders(again)]
