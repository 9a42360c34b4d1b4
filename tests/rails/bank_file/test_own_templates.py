"""A mall's own bank templates: wired beside the shipped ones; a broken one says where and why when it is used."""

from pathlib import Path

import pytest

from zhanggui.config.wiring import wire
from zhanggui.rails.bank_file.errors import TemplateInvalid
from zhanggui.rails.bank_file.template import template_in
from zhanggui.settlement.payouts import rail
from zhanggui.wiring.late import LateWiring

OWN = """\
name = "city-bank"
title = { zh = "城商行批量", en = "City bank" }
format = "csv"
encoding = "gb18030"
columns = [
  { title = "流水号", value = "end_to_end" },
  { title = "账号", value = "number" },
  { title = "户名", value = "holder" },
  { title = "金额", value = "amount" },
]

[result.columns]
end_to_end = "流水号"
state = "状态"

[result.states]
"成功" = "executed"
"""


@pytest.fixture(autouse=True)
def wired_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wired here is wired nowhere else."""
    monkeypatch.setattr(rail, "_rails", {})
    monkeypatch.setattr(rail, "_broken", {})
    monkeypatch.setattr(rail, "_late", LateWiring())


def test_a_template_in_the_folder_is_a_rail(tmp_path: Path) -> None:
    (tmp_path / "city-bank.toml").write_text(OWN, "utf-8")
    (tmp_path / "notes.txt").write_text("no template", "utf-8")
    wire(tmp_path / "bank", tmp_path)
    found = rail.rail_named("file-city-bank")
    read = found.read(name="r.csv", content="流水号,状态\r\nPO1-1,成功\r\n".encode("gb18030"))
    assert [(one.end_to_end, one.outcome) for one in read.answers] == [("PO1-1", "executed")]
    assert {"file-city-bank", "file-gbk-csv", "iso20022"} <= set(rail.rail_names())
    assert rail.rail_pays("file-city-bank", "bank") and not rail.rail_pays("file-city-bank", "wallet")


def test_no_folder_is_no_template(tmp_path: Path) -> None:
    wire(tmp_path / "bank", tmp_path / "nothing")
    ours = {"file-fixed-gbk", "file-gbk-csv", "file-pipe-txt", "file-xlsx"}
    assert {name for name in rail.rail_names() if name.startswith("file-")} == ours


def test_a_broken_one_is_refused_when_used_and_stops_no_other(tmp_path: Path) -> None:
    (tmp_path / "city-bank.toml").write_text(OWN.replace('"number"', '"colour"'), "utf-8")
    wire(tmp_path / "bank", tmp_path)
    assert "file-city-bank" in rail.rail_names(), "not left out in silence"
    for _ in range(2):
        with pytest.raises(
            TemplateInvalid, match=r"city-bank\.toml: columns, 2: value 'colour' is not known"
        ):
            rail.rail_named("file-city-bank")
    assert rail.rail_named("file-gbk-csv")
    (tmp_path / "city-bank.toml").write_text(OWN, "utf-8")
    wire(tmp_path / "bank", tmp_path)
    assert rail.rail_named("file-city-bank")


def test_no_own_template_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "gbk-csv.toml").write_text(OWN, "utf-8")
    wire(tmp_path / "bank", tmp_path)
    with pytest.raises(TemplateInvalid, match="gbk-csv is a shipped template"):
        rail.rail_named("file-gbk-csv")


@pytest.mark.parametrize(("old", "new", "told"), [
    ('name = "city-bank"', 'name = "other"', "name: it must be the name of the file"),
    ("title = {", "title = ", "is no TOML in UTF-8: .*line 2"),
    ('format = "csv"', 'format = "pdf"', "format: 'pdf' is not known"),
    ('format = "csv"', "format = 7", "format is int, not str"),
    ('"gb18030"', '"klingon"', "encoding: 'klingon' is not known"),
    ('format = "csv"', 'format = "fixed"', "columns, 1: a column of fixed width needs a width"),
    ('value = "end_to_end"', 'value = "sequence"', "columns: end_to_end, number and holder must be there"),
    ('value = "amount"', 'value = "purpose"', "columns: amount or amount_minor must be there"),
    ('title = "账号", value', 'tilte = "账号", value', "columns, 2: .*tilte"),
    ('"成功" = "executed"', '"成功" = "done"', "result.states: 'done'"),
    ('state = "状态"\n', "", "result.columns: state is missing"),
    ("[result.columns]", "[results.columns]", "result.columns is missing"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "city-bank.toml"
    path.write_text(OWN.replace(old, new, 1), "utf-8")
    with pytest.raises(TemplateInvalid, match=rf"^bank template city-bank\.toml.*{told}"):
        template_in(path)


def test_a_file_in_another_encoding_is_no_template(tmp_path: Path) -> None:
    path = tmp_path / "city-bank.toml"
    path.write_bytes(OWN.encode("gb18030"))
    with pytest.raises(TemplateInvalid, match="is no TOML in UTF-8"):
        template_in(path)
