"""JSON lines: the same checks, with types."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.settlement.intake.formats.readings import orders, put, read, read_until_cut, refused_rows
from zhanggui.settlement.intake.records import Record

LINE: dict[str, Any] = {"line_no": "1", "merchant": "m", "sku": "s", "quantity": 1, "goods_minor": 100}
ORDER: dict[str, Any] = {
    "record": "order",
    "currency": "CNY",
    "order_no": "A",
    "ordered_at": "2026-03-01 09:30:00",
    "lines": [LINE],
}


def read_texts(tmp_path: Path, *texts: str) -> list[Record]:
    """The records of these lines, between two good orders."""
    around = [json.dumps(ORDER | {"order_no": name}) for name in ("0", "Z")]
    lines = [around[0], *texts, around[1]]
    return read("zhanggui", put(tmp_path / "a.jsonl", "\n".join(lines) + "\n"), currency="CNY")


class TestBadObjects:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("{", "row_broken"),
            ("[]", "row_broken"),
            ("[" * 100_000, "row_broken"),
            ('{"record": "order", "record": "refund"}', "row_broken"),
            ('{"record": "order", "quantity": NaN}', "row_broken"),
            ('{"record": "order", "order_no": ' + "9" * 5000 + "}", "row_broken"),
            ('{"record": 7}', "text_refused"),
            ("{}", "record_unknown"),
            (json.dumps(ORDER | {"lines": [LINE | {"goods_minor": 1.0}]}), "money_not_integer"),
            (json.dumps(ORDER | {"lines": [LINE | {"goods_minor": True}]}), "money_not_integer"),
            (json.dumps(ORDER | {"lines": [LINE | {"goods_minor": [1]}]}), "money_not_integer"),
            (json.dumps(ORDER | {"lines": [LINE | {"goods_minor": 10**30}]}), "amount_too_large"),
            (json.dumps(ORDER | {"lines": [LINE, LINE]}), "line_repeated"),
            (json.dumps(ORDER | {"lines": {"1": LINE}}), "row_broken"),
            (json.dumps(ORDER | {"lines": [LINE | {"price": 1}]}), "key_unknown"),
            (json.dumps(ORDER | {"goods_minor": 1}), "key_unknown"),
            (json.dumps(ORDER | {"order_no": 17}), "text_refused"),
            (json.dumps(ORDER | {"order_no": "\ud800"}), "text_refused"),
            (json.dumps(ORDER | {"order_no": "a\0"}), "text_refused"),
            (json.dumps(ORDER | {"ordered_at": 1740000000}), "time_refused"),
            (json.dumps(ORDER | {"payments": [{"sequence": 1, "method": "x"}]}), "value_missing"),
            (
                json.dumps(ORDER | {"payments": [{"sequence": 1, "method": "x", "amount_minor": 1}] * 2}),
                "payment_repeated",
            ),
            ('{"record": "party", "code": "m", "kind": "merchant"}', "value_missing"),
            ('{"record": "party", "code": "m", "kind": "platform", "name_en": "M"}', "kind_refused"),
            ('{"record": "dimension", "code": "m", "kind": "colour", "name_en": "M"}', "kind_refused"),
        ],
    )
    def test_are_refused_by_row_and_the_rest_goes_on(self, tmp_path: Path, text: str, code: str) -> None:
        found = read_texts(tmp_path, text)
        assert refused_rows(found) == [(2, code)]
        assert [order.order_no for order in orders(found)] == ["0", "Z"]


def test_whole_numbers_may_come_as_texts_too(tmp_path: Path) -> None:
    order = orders(read_texts(tmp_path, json.dumps(ORDER | {"lines": [LINE | {"goods_minor": "100"}]})))[1]
    assert order.lines[0].goods == 100


def test_a_truncated_file_gives_what_was_whole(tmp_path: Path) -> None:
    text = "".join(json.dumps(ORDER | {"order_no": f"{number * 7919:x}"}) + "\n" for number in range(5_000))
    path = put(tmp_path / "a.jsonl.gz", text)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    records, cut = read_until_cut("zhanggui", path, currency="CNY")
    assert cut is not None and cut.details["rows_read"] == len(orders(records)) > 500
