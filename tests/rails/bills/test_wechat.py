"""WeChat Pay's bills: the real ones as served, today's and older headers, and everything that must be refused."""

import gzip
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from zhanggui.config.bill_readers import connect_bill_readers
from zhanggui.files.errors import FileEmpty, FilePackedTooLarge
from zhanggui.rails.wechat_pay.bill_writing import fund_bill, trade_bill
from zhanggui.rows.times import moment
from zhanggui.settlement.reconciliation import errors
from zhanggui.settlement.reconciliation.files.opening import open_bill
from zhanggui.settlement.reconciliation.readers import reader_for
from zhanggui.settlement.reconciliation.records import BillContent, BillRow, Expected

ZONE = ZoneInfo("Asia/Shanghai")
REAL = Path(__file__).parents[3].parent / "shared" / "data" / "bills"
MERCHANT = "1601959334"
NOON = 1_611_806_400_000_000  # 2021-01-28 12:00 in Shanghai


def real(name: str) -> Path:
    if not (REAL / name).exists():
        pytest.skip(f"the real data is not at hand ({name} beside the checkout)")
    return REAL / name


def read(path: Path, merchant: str = MERCHANT, currency: str = "CNY") -> tuple[BillContent, list[BillRow]]:
    connect_bill_readers()
    files = open_bill(path)
    content = reader_for("wechat", files).read(files, Expected(currency, merchant, ZONE))
    return content, list(content.rows)


def payment(number: int, amount: int, **more: object) -> BillRow:
    row = BillRow(
        number, 1, NOON + number * 1_000_000, amount, own_number=f"S{number}", channel_number=f"42{number}"
    )
    return row._replace(**more)


def written(tmp_path: Path, content: bytes, name: str = "bill.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def good(*rows: BillRow) -> bytes:
    rows = rows or (payment(2, 1000, fee_milli=6000), payment(3, 1))
    return trade_bill(rows, merchant=MERCHANT, currency="CNY", zone=ZONE)


def test_the_real_bill_of_all_transactions_is_read_to_the_cent() -> None:
    content, rows = read(real("wechat_trade_all_2021-01-28.csv"))
    assert (content.kind, content.form, content.merchant_number) == ("trade", "wechat.trade.all", MERCHANT)
    assert [(row.amount, row.fee_milli, row.own_number) for row in rows] == [
        (1, 0, "S20210128170702357723"), (1, 0, "S20210128153505214586"), (1, 0, "S20210128165824499930"),
    ]  # fmt: skip
    assert moment(rows[0].at).astimezone(ZONE).isoformat() == "2021-01-28T17:07:11+08:00"
    assert content.told["应结订单总金额"] == "0.03"


def test_the_real_refund_bill_is_dated_by_acceptance() -> None:
    content, rows = read(real("wechat_trade_refund_2021-02-01.csv"))
    assert content.variant == "refund"
    assert [(row.kind, row.amount, row.own_refund_number, row.channel_refund_number) for row in rows] == [
        (2, -1, "S20210201143320649393", "50300807172021020106006664916"),
        (2, -1, "S20210201140044552846", "50300907032021020105978998710"),
    ]
    assert {moment(row.at).astimezone(ZONE).date() for row in rows} == {date(2021, 2, 1)}


def test_the_real_success_bill_is_read() -> None:
    content, rows = read(real("wechat_trade_success_2021-02-01.csv"))
    assert content.variant == "success" and len(rows) == 1


def test_the_real_fund_bill_whose_foot_disagrees_is_refused_with_figures() -> None:
    with pytest.raises(errors.BillFooterDisagrees) as refused:
        read(real("wechat_fundflow_basic_2021-02-01.csv"))
    for figure in ("资金流水总笔数 3 ≠ 2", "收入笔数 1 ≠ 0", "收入金额 0.01 ≠ 0.00"):
        assert figure in refused.value.message


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    rows = [
        payment(2, 10001, fee_milli=60000), payment(3, 5),
        BillRow(4, 2, NOON, -401, fee_milli=-2000, own_number="S2", own_refund_number="R1", channel_number="422",
                channel_refund_number="503", state=2),
    ]  # fmt: skip
    _, found = read(written(tmp_path, good(*rows)))
    assert [row._replace(title="", memo="") for row in found] == rows


def test_a_value_may_hold_a_comma_and_the_header_another_order(tmp_path: Path) -> None:
    text = good(payment(2, 100, title="tea, green")).decode()
    _, rows = read(written(tmp_path, text.encode()))
    assert rows[0].title == "tea, green"
    lines = text.splitlines()
    swapped = [line.split("," if at in (0, 2) else ",`") for at, line in enumerate(lines)]
    for cells in swapped[:2]:
        cells[0], cells[7] = cells[7], cells[0]
    swapped[1] = ["`" + swapped[1][0].lstrip("`")] + [cell.lstrip("`") for cell in swapped[1][1:]]
    lines[0], lines[1] = ",".join(swapped[0]), ",`".join(swapped[1])
    _, again = read(written(tmp_path, "\r\n".join(lines).encode(), "other.csv"))
    assert again[0].amount == 100 and again[0].at == rows[0].at


def test_an_older_account_has_an_older_header(tmp_path: Path) -> None:
    old = (
        "﻿交易时间,公众账号ID,商户号,子商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,总金额,"
        "企业红包金额,微信退款单号,商户退款单号,退款金额,企业红包退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率\r\n"
        "`2016-05-01 10:00:00,`wx1,`1601959334,`0,`,`4001,`A1,`o1,`JSAPI,`SUCCESS,`CFT,`CNY,`12.30,`0.00,`0,`0,`0.00,"
        "`0.00,`,`,`tea,`,`0.07000,`0.60%\r\n"
        "总交易单数,总交易额,总退款金额,总企业红包退款金额,手续费总金额\r\n`1,`12.30,`0.00,`0.00,`0.07000\r\n"
    )
    content, rows = read(written(tmp_path, old.encode()))
    assert (rows[0].amount, rows[0].fee_milli, content.variant) == (1230, 7000, "all")


def test_gzip_has_the_digest_of_what_is_in_it(tmp_path: Path) -> None:
    plain = written(tmp_path, good())
    packed = written(tmp_path, gzip.compress(good()), "bill.csv.gz")
    assert open_bill(plain)[0].digest == open_bill(packed)[0].digest
    assert len(read(packed)[1]) == 2


def test_the_fund_bill_chains_its_balance(tmp_path: Path) -> None:
    rows = [BillRow(2, 1, NOON, 1000, channel_number="1"), BillRow(3, 3, NOON, -6, channel_number="1"),
            BillRow(4, 5, NOON, -500, channel_number="9")]  # fmt: skip
    content, found = read(written(tmp_path, fund_bill(rows, opening=22, currency="CNY", zone=ZONE)))
    assert (content.opening, content.closing) == (22, 516)
    assert [row.kind for row in found] == [1, 3, 5]


FUND = fund_bill(
    [BillRow(2, 1, NOON, 1000), BillRow(3, 1, NOON, 500)], opening=0, currency="CNY", zone=ZONE
).decode()
HOSTILE = {
    "footer": (good().replace(b"`10.01", b"`10.02", 9), errors.BillFooterDisagrees, "10.02"),
    "encoding": (good().decode("utf-8-sig").encode("gb18030"), errors.BillEncodingRefused, "GBK"),
    "utf16": (good().decode("utf-8-sig").encode("utf-16"), errors.BillEncodingRefused, "UTF-16"),
    "another merchant": (good().replace(MERCHANT.encode(), b"1900009231"), errors.BillOfAnother, "1900009231"),
    "another currency": (good().replace(b"`CNY", b"`USD"), errors.BillOfAnother, "USD"),
    "no bill": (b"<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[No Bill Exist]]></return_msg></xml>",
                errors.BillEmptyAnswer, "--empty-day"),
    "not yet": (b'{"code":"STATEMENT_CREATING","message":"x"}', errors.BillEmptyAnswer, "later"),
    "broken row": (good(payment(2, 5), payment(3, 6), payment(4, 7)).replace(b"`0.06,`0.00", b"`six,`0.00"),
                   errors.BillRowRefused, "row 3"),
    "short row": (good(payment(2, 5), payment(3, 6)).replace(b"`S3,", b""), errors.BillRowRefused, "row 3"),
    "cut before the foot": (good().split("总交易单数".encode())[0], errors.BillUnreadable, "breaks off"),
    "cut in the foot": (good().rsplit(b"\r\n", 2)[0], errors.BillUnreadable, "breaks off"),
    "cut gzip": (gzip.compress(good())[:-40], errors.BillUnreadable, "breaks off"),
    "empty": (b"", FileEmpty, "empty"),
    "chain": (FUND.replace("`15.00", "`15.01", 1).encode(), errors.BillBalanceBroken, "row 3"),
    "header": (good().replace("手续费,".encode(), "手工费,".encode(), 1), errors.BillHeaderRefused, "手续费"),
    "not a bill": (b"a,b\n1,2\n", errors.BillUnreadable, "wechat"),
    "bomb": (gzip.compress(b"0" * 40_000_000), FilePackedTooLarge, "250 times"),
    "bad byte": (good(payment(2, 5, title="tea"), payment(3, 6, title="cup")).replace(b"`cup", b"`c\xffp"),
                 errors.BillEncodingRefused, "row 3"),
    "unknown state": (good().replace(b"`SUCCESS", b"`WISHED", 1), errors.BillRowRefused, "WISHED"),
    "too many decimals": (good(payment(2, 5), payment(3, 6)).replace(b"`0.06,`0.00", b"`0.061,`0.00"),
                          errors.BillRowRefused, "decimals"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_bill_that_is_not_as_it_should_be_is_refused(case: str, tmp_path: Path) -> None:
    content, error, word = HOSTILE[case]
    with pytest.raises(error) as refused:
        read(written(tmp_path, content))
    assert word in refused.value.message
