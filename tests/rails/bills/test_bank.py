"""Statements of banks: MT940 (with mt-940 as a second opinion), CSV by template, camt.053."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import mt940
import pytest

from zhanggui.config.bill_readers import connect_bill_readers
from zhanggui.settlement.reconciliation import errors
from zhanggui.settlement.reconciliation.files.opening import open_bill
from zhanggui.settlement.reconciliation.readers import reader_for
from zhanggui.settlement.reconciliation.records import BillContent, BillRow, Expected

ZONE = ZoneInfo("Asia/Shanghai")
MT940 = """:20:STMT0302
:25:CMBC/6225880012340001
:28C:61/1
:60F:C260301CNY1000,50
:61:2603020302C168,98NTRFWX-F9//B202603020001
SETTLEMENT OF THE DAY
:86:WECHAT PAY SETTLEMENT
 TWO LINES
:61:2603020302D20,NTRFPO-77//B202603020002
:86:PAYOUT
:61:2603020302RC0,48NMSCNONREF
:62F:C260302CNY1149,
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S1</Id>
<Acct><Id><Othr><Id>6225880012340001</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">1000.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>
<Ntry><Amt Ccy="CNY">168.98</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>WX-F9</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CNY">20.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>B2</AcctSvcrRef></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def read(
    tmp_path: Path, content: bytes, name: str = "statement.txt", ends: str = "0001", **details: Any
) -> tuple[BillContent, list[BillRow]]:
    connect_bill_readers()
    (tmp_path / name).write_bytes(content)
    files = open_bill(tmp_path / name)
    found = reader_for("bank", files).read(files, Expected("CNY", ends, ZONE, details))
    return found, list(found.rows)


def test_mt940_is_read_to_the_cent(tmp_path: Path) -> None:
    content, rows = read(tmp_path, MT940.encode())
    assert [(row.amount, row.own_number, row.channel_number) for row in rows] == [
        (16898, "WX-F9", "B202603020001"), (-2000, "PO-77", "B202603020002"), (-48, "", ""),
    ]  # fmt: skip
    assert rows[0].memo == "WECHAT PAY SETTLEMENT TWO LINES" and rows[2].balance == 114900
    assert (content.opening, content.closing, content.ends_before) == (100050, 114900, date(2026, 3, 3))


def test_mt940_agrees_with_another_parser(tmp_path: Path) -> None:
    _, rows = read(tmp_path, MT940.encode())
    theirs = [one.data["amount"].amount for one in mt940.parse(MT940)]
    # It takes RC (a credit taken back) for money coming in; by the standard it goes out.
    assert [Decimal(row.amount).scaleb(-2) for row in rows] == [*theirs[:2], -theirs[2]]


def test_pages_are_chained(tmp_path: Path) -> None:
    pages = MT940.replace(":62F:C260302CNY1149,", ":62M:C260302CNY1149,\n-\n:20:STMT0302\n:25:CMBC/6225880012340001\n:28C:61/2\n"
                          ":60M:C260302CNY1149,\n:61:2603020302C1,NTRFX\n:62F:C260302CNY1150,")  # fmt: skip
    content, rows = read(tmp_path, pages.encode())
    assert (len(rows), content.opening, content.closing) == (4, 100050, 115000)
    with pytest.raises(errors.BillBalanceBroken, match="page is missing"):
        read(tmp_path, pages.replace(":60M:C260302CNY1149,", ":60M:C260302CNY1149,01").encode())


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("CNY1149,", "CNY1149,01", errors.BillBalanceBroken),
        (":62F:C260302CNY1149,\n", "", errors.BillUnreadable),
        ("C168,98NTRF", "C168,98", errors.BillRowRefused),
        ("6225880012340001", "6225880012349999", errors.BillOfAnother),
        ("CNY1000,50", "USD1000,50", errors.BillOfAnother),
    ],
)
def test_a_damaged_mt940_is_refused(old: str, new: str, error: type, tmp_path: Path) -> None:
    with pytest.raises(error):
        read(tmp_path, MT940.replace(old, new).encode())


def test_camt_053_is_read_to_the_cent(tmp_path: Path) -> None:
    content, rows = read(tmp_path, CAMT.format(closing="1149.48").encode(), "statement.xml")
    assert [(row.amount, row.own_number, row.channel_number) for row in rows] == [
        (16898, "WX-F9", "B1"),
        (-2000, "", "B2"),
    ]
    assert (content.opening, content.closing, content.starts_on) == (100050, 114948, date(2026, 3, 2))


def test_a_camt_053_that_does_not_add_up_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.BillBalanceBroken):
        read(tmp_path, CAMT.format(closing="1149.49").encode(), "statement.xml")


def test_a_csv_has_the_usual_names_or_the_banks_own(tmp_path: Path) -> None:
    usual = "账户流水\n交易日期,收入金额,支出金额,余额,凭证号,摘要\n2026-03-02,168.98,,1169.48,WX-F9,结算\n2026-03-02,,20.00,1149.48,PO-77,付款\n"
    for encoding in ("utf-8", "gb18030"):
        content, rows = read(tmp_path, usual.encode(encoding), "usual.csv")
        assert [row.amount for row in rows] == [16898, -2000] and content.opening == 100050
    own = 'wann;betrag;zeichen\n2026-03-02;"1,168.98";X\n'
    template = {"delimiter": ";", "columns": {"time": "wann", "amount": "betrag", "reference": "zeichen"}}
    _, [row] = read(tmp_path, own.encode(), "own.csv", csv_template=template)
    assert (row.amount, row.own_number) == (116898, "X")


def test_a_csv_without_known_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.BillHeaderRefused, match="csv_template"):
        read(tmp_path, b"a,b\n1,2\n", "x.csv")
    with pytest.raises(errors.BillBalanceBroken):
        read(
            tmp_path,
            "交易日期,收入金额,支出金额,余额\n2026-03-02,1.00,,1.00\n2026-03-02,1.00,,3.00\n".encode(),
            "x.csv",
        )


def test_a_statement_in_another_encoding_is_refused(tmp_path: Path) -> None:
    csv = "交易日期,交易金额,摘要\n2026-03-02,1.00,货款\n"
    with pytest.raises(errors.BillEncodingRefused, match="UTF-16"):
        read(tmp_path, csv.encode("utf-16"), "x.csv")
    with pytest.raises(errors.BillEncodingRefused, match="row 2"):
        read(tmp_path, csv.encode()[:-3] + b"\xff\n", "x.csv")
    with pytest.raises(errors.BillEncodingRefused, match="row 8"):
        read(tmp_path, MT940.replace("TWO", "两").encode("gb18030"))
