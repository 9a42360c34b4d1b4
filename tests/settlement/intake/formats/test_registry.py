"""The formats by name, and what a source is before anyone reads a row of it."""

import gzip
import hashlib
import os
from pathlib import Path

import pytest

from tests.settlement.intake.formats.readings import SAMPLE, SHANGHAI, put, read
from zhanggui.settlement.intake.formats import FORMATS, read_records, reader, source_digest
from zhanggui.settlement.intake.formats.errors import (
    OptionRefused,
    SourceEmpty,
    SourceNotFound,
    SourceTruncated,
    SourceUnreadable,
    UnknownFormat,
)


class TestRegistry:
    def test_lists_three_formats_with_names_in_both_languages(self) -> None:
        assert {name: (entry.currency, entry.path_kind) for name, entry in FORMATS.items()} == {
            "olist": ("BRL", "folder"),
            "online-retail": ("GBP", "file"),
            "zhanggui": ("", "file"),
        }
        assert all(
            entry.title_zh and entry.title_en and entry.path_zh and entry.path_en
            for entry in FORMATS.values()
        )

    def test_takes_names_with_underscores_too(self) -> None:
        assert next(iter(reader("online_retail", SAMPLE, tz=SHANGHAI)))

    def test_refuses_an_unknown_name_at_once(self) -> None:
        with pytest.raises(UnknownFormat, match="olist, online-retail, zhanggui"):
            read_records("excel", SAMPLE, tz=SHANGHAI)

    def test_refuses_an_unknown_option_at_once(self) -> None:
        with pytest.raises(OptionRefused, match="'sheet'"):
            read_records("online-retail", SAMPLE, tz=SHANGHAI, options={"sheet": 1})


class TestSources:
    @pytest.mark.parametrize("name", ["online-retail", "zhanggui"])
    def test_what_is_no_file_is_refused(self, tmp_path: Path, name: str) -> None:
        currency = "GBP"
        with pytest.raises(SourceNotFound):
            read(name, tmp_path / "nothing.csv", currency)
        with pytest.raises(SourceUnreadable, match="folder"):
            read(name, tmp_path, currency)
        with pytest.raises(SourceEmpty):
            read(name, put(tmp_path / "empty.csv", ""), currency)
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(SourceUnreadable, match="pipe"):
            read(name, tmp_path / "pipe", currency)
        with pytest.raises(SourceUnreadable):
            read(name, Path("a\0b"), currency)

    @pytest.mark.parametrize(
        ("begins", "advice"),
        [
            ("record,currency\n".encode("utf-16"), "UTF-16"),
            (b"PK\x03\x04....", "Excel"),
            (b"%PDF-1.7", "PDF"),
            (b"BZh91AY", "bzip2"),
        ],
    )
    def test_what_is_no_text_is_refused_with_advice(self, tmp_path: Path, begins: bytes, advice: str) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes(begins)
        with pytest.raises(SourceUnreadable, match=advice):
            read("zhanggui", path, "CNY")

    def test_gzip_is_told_by_its_content(self, tmp_path: Path) -> None:
        plain = put(tmp_path / "plain.csv", "record,currency\n")
        packed = tmp_path / "packed.csv"
        packed.write_bytes(gzip.compress(plain.read_bytes()))
        assert read("zhanggui", packed, "CNY") == []
        lying = tmp_path / "lying.csv.gz"
        lying.write_bytes(plain.read_bytes())
        with pytest.raises(SourceUnreadable, match="not gzip"):
            read("zhanggui", lying, "CNY")

    def test_a_gzip_cut_in_its_header_is_truncated(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv.gz"
        path.write_bytes(gzip.compress(b"record\n")[:5])
        with pytest.raises(SourceTruncated):
            read("zhanggui", path, "CNY")

    def test_a_packed_nothing_is_empty(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv.gz"
        path.write_bytes(gzip.compress(b""))
        with pytest.raises(SourceEmpty):
            read("zhanggui", path, "CNY")


class TestDigest:
    def test_of_a_file_is_its_sha256(self, tmp_path: Path) -> None:
        assert source_digest(put(tmp_path / "a.csv", "abc")) == hashlib.sha256(b"abc").digest()

    def test_of_a_folder_covers_names_and_contents_in_order(self, tmp_path: Path) -> None:
        for name, text in (("b.csv", "2"), ("a.csv", "1"), (".hidden", "x")):
            put(tmp_path / "one" / name, text)
        for name, text in (("a.csv", "1"), ("b.csv", "2")):
            put(tmp_path / "same" / name, text)
        for name, text in (("a.csv", "2"), ("b.csv", "1")):
            put(tmp_path / "other" / name, text)
        assert source_digest(tmp_path / "one") == source_digest(tmp_path / "same")
        assert source_digest(tmp_path / "one") != source_digest(tmp_path / "other")

    def test_refuses_what_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(SourceNotFound):
            source_digest(tmp_path / "nothing")
        with pytest.raises(SourceEmpty):
            source_digest(tmp_path)
