"""Alipay's bills: the ZIP as downloaded, both orders of its members, signs of fees, and what must be refused."""

import io
import zipfile
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from zhanggui.config.bill_readers import connect_bill_readers
from zhanggui.files.errors import FilePackedTooLarge
from zhanggui.rails.alipay.bill_writing import account_zip, trade_zip
from zhanggui.settlement.reconciliation import errors
from zhanggui.settlement.reconciliation.files.opening import open_bill
from zhanggui.settlement.reconciliation.readers import reader_for
from zhanggui.settlement.reconciliation.records import BillContent, BillRow, Expected

ZONE = ZoneInfo("Asia/Shanghai")
ACCOUNT = "2088000000000156"
NOON = 1_780_632_000_000_000  # 2026-06-05 12:00 in Shanghai
DAY = date(2026, 6, 5)
ROWS = [
    BillRow(6, 1, NOON, 1000, fee_milli=6000, own_number="A1", channel_number="2026060522001"),
    BillRow(
        7,
        2,
        NOON,
        -250,
        fee_milli=-2000,
        own_number="A1",
        own_refund_number="R1",
        channel_number="2026060522001",
    ),
]
PLAIN = (
    "#支付宝业务明细查询\r\n#账号：[20880000…0156]\r\n#起始日期：[2026年06月05日 00:00:00]   终止日期：[2026年06月06日 00:00:00]\r\n"
    "#-----业务明细列表-----\r\n支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,"
    "卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注\r\n"
    "2026060522001419931441931972\t,USR1NOZM644N1780646479\t,交易\t,TUC1,2026-06-05 16:01:34,2026-06-05 16:01:38,\t,\t,\t,\t,"
    "**博(156******89)\t,0.01,0.01,0.01,0.00,0.00,0.00,0.00,CY24,0.00\t,0.00,\t,{fee},0.00,\r\n"
    "#-----业务明细列表结束-----\r\n#交易合计：1笔，商家实收共{sum}元，商家优惠共0.00元\r\n"
)


def read(path: Path, account: str = ACCOUNT) -> tuple[BillContent, list[BillRow]]:
    connect_bill_readers()
    files = open_bill(path)
    content = reader_for("alipay", files).read(files, Expected("CNY", account, ZONE))
    return content, list(content.rows)


def written(tmp_path: Path, content: bytes, name: str = "bill.zip") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def packed(**more: bool) -> bytes:
    return trade_zip(ROWS, account=ACCOUNT, first=DAY, last=DAY, currency="CNY", zone=ZONE, **more)


@pytest.mark.parametrize("summary_first", [False, True])
def test_the_details_are_found_in_whatever_order_the_archive_has(tmp_path: Path, summary_first: bool) -> None:
    content, rows = read(written(tmp_path, packed(summary_first=summary_first)))
    assert [row._replace(number=0, title="", memo="") for row in rows] == [
        row._replace(number=0) for row in ROWS
    ]
    assert (content.starts_on, content.ends_before, content.merchant_number) == (
        DAY,
        date(2026, 6, 6),
        ACCOUNT,
    )


def test_names_in_gbk_are_read_as_such(tmp_path: Path) -> None:
    names = [file.name for file in open_bill(written(tmp_path, packed()))]
    assert names == [f"{ACCOUNT}_20260605_业务明细.csv", f"{ACCOUNT}_20260605_业务明细(汇总).csv"]


@pytest.mark.parametrize("fee", ["0.01", "-0.01"])
def test_the_fee_is_a_cost_whichever_sign_it_bears(tmp_path: Path, fee: str) -> None:
    content = PLAIN.format(fee=fee, sum="0.01").encode("gb18030")
    bill, [row] = read(written(tmp_path, content, "plain.csv"))
    assert (row.amount, row.fee_milli, bill.ends_before) == (1, 1000, date(2026, 6, 6))


def test_the_account_bill_chains_its_balance(tmp_path: Path) -> None:
    rows = [BillRow(6, 1, NOON, 1000, channel_number="1"), BillRow(7, 3, NOON, -6, channel_number="1"),
            BillRow(8, 5, NOON, -500, channel_number="2")]  # fmt: skip
    path = written(
        tmp_path,
        account_zip(rows, account=ACCOUNT, first=DAY, last=DAY, opening=7, currency="CNY", zone=ZONE),
    )
    content, found = read(path)
    assert [row.kind for row in found] == [1, 3, 5]
    assert (content.kind, content.opening, content.closing) == ("fund", 7, 501)


def _zip_of(name: str, content: bytes, flags: int = 0) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    del flags
    return stream.getvalue()


BROKEN_CHAIN = (
    account_zip(
        [BillRow(6, 1, NOON, 1000), BillRow(7, 1, NOON, 5), BillRow(8, 1, NOON, 5)], account=ACCOUNT, first=DAY,
        last=DAY, opening=7, currency="CNY", zone=ZONE,
    )
)  # fmt: skip


def _broken_chain() -> bytes:
    with zipfile.ZipFile(io.BytesIO(BROKEN_CHAIN)) as archive:
        text = archive.read(archive.infolist()[0]).decode("gb18030")
    return text.replace(",10.12,", ",10.13,").encode("gb18030")


HOSTILE = {
    "footer": (PLAIN.format(fee="0", sum="0.02").encode("gb18030"), errors.BillFooterDisagrees, "0.02"),
    "another account": (PLAIN.format(fee="0", sum="0.01").replace("0156", "0999").encode("gb18030"), errors.BillOfAnother, "0999"),
    "traversal": (_zip_of("../../etc/cron.d/x", b"1"), errors.BillNameUnsafe, "outside"),
    "absolute": (_zip_of("/etc/passwd", b"1"), errors.BillNameUnsafe, "outside"),
    "windows": (_zip_of("..\\x.csv", b"1"), errors.BillNameUnsafe, "outside"),
    "cut zip": (packed()[:-60], errors.BillUnreadable, "breaks off"),
    "damaged zip": (packed()[:200] + b"\0" * 40 + packed()[240:], errors.BillUnreadable, "breaks off"),
    "zip bomb": (_zip_of("a.csv", b"0" * 40_000_000), FilePackedTooLarge, "250 times"),
    "no foot": (PLAIN.format(fee="0", sum="0.01").split("#-----业务明细列表结束")[0].encode("gb18030"), errors.BillUnreadable, "breaks off"),
    "broken row": (PLAIN.format(fee="0", sum="0.01").replace(",0.01,0.01,0.01,", ",0.01,one,0.01,").encode("gb18030"),
                   errors.BillRowRefused, "row 6"),
    "neither": (PLAIN.format(fee="0", sum="0.01").replace("交易\t,TUC1", "转账\t,TUC1").encode("gb18030"), errors.BillRowRefused, "转账"),
    "bad byte": (PLAIN.format(fee="0", sum="0.01").encode("gb18030").replace(b"TUC1", b"TU\xff1"), errors.BillEncodingRefused, "row 6"),
    "chain": (_broken_chain(), errors.BillBalanceBroken, "row 7"),
    "no bill": (b'{"alipay_data_dataservice_bill_downloadurl_query_response":{"sub_code":"isp.bill_not_exist"}}', errors.BillEmptyAnswer, "--empty-day"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_bill_that_is_not_as_it_should_be_is_refused(case: str, tmp_path: Path) -> None:
    content, error, word = HOSTILE[case]
    with pytest.raises(error) as refused:
        read(written(tmp_path, content))
    assert word in refused.value.message
