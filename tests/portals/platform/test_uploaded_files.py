"""Every screen of the platform that takes a file refuses what an attacker would upload; nothing is left of it."""

import gzip
import html
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.files.bad import BAD, SMALL, smaller, workbook
from tests.isolation.market import Market
from zhanggui.clockwork.take_in_upload import taking
from zhanggui.files.checking import Taken
from zhanggui.files.errors import FilePackedTooLarge, FileTooLarge, HandedFileRefused
from zhanggui.journeys.own_account_changed import own_account_opened
from zhanggui.portals.platform.rule_sets.publishing import RULE_FILES
from zhanggui.settlement.billing.models import Comparison
from zhanggui.settlement.collections.models import Receipt
from zhanggui.settlement.collections.operations.import_receipts import RECEIPT_FILES
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.fees.models import RuleSetVersion
from zhanggui.settlement.intake.models import ImportRun
from zhanggui.settlement.intake.order_files import ORDER_FILES
from zhanggui.settlement.invoices.files import INVOICE_FILES, Attachment, keep_file
from zhanggui.settlement.invoices.issued_file import ISSUED_FILES, read_issued
from zhanggui.settlement.reconciliation.files.opening import BILL_FILES, open_bill
from zhanggui.settlement.reconciliation.models import Bill

pytestmark = pytest.mark.django_db
SCREENS: dict[str, tuple[str, Taken, tuple[str, ...]]] = {
    "orders": (
        "imports/new/",
        ORDER_FILES,
        ("too large", "a program", "a workbook by another name", "another ending"),
    ),
    "receipts": (
        "receipts/new/",
        RECEIPT_FILES,
        ("too large", "a program", "a workbook by another name", "another ending"),
    ),
    "issued invoices": ("invoices/import/", ISSUED_FILES, tuple(BAD)),
    "rule sets": ("rules/publish/", RULE_FILES, ("another ending",)),
    "what-ifs": ("what-if/new/", RULE_FILES, ("another ending",)),
}


@pytest.fixture
def bank(market: Market) -> OwnAccount:
    return own_account_opened(
        code="icbc", name={"en": "ICBC"}, kind=OwnAccountKind.BANK, entity=SettlementEntity.objects.get(code="ZG-CN"),
        currency="CNY", rail="", number="6222020200012345678", holder="Zhanggui", details={},
        at=timezone.now(), actor="mia",
    )  # fmt: skip


def send(desk: Client, market: Market, address: str, name: str, content: bytes) -> Any:
    told = {"line": str(market.line.id), "account": "icbc", "act": "import", "channel": "bank"}
    return desk.post(f"/platform/{address}", told | {"file": SimpleUploadedFile(name, content)})


def left() -> list[int]:
    models = (ImportRun, Receipt, Bill, RuleSetVersion, Comparison)
    return [model.objects.count() for model in models]


@pytest.mark.parametrize(
    ("screen", "bad"), [(screen, bad) for screen, (_, _, kinds) in SCREENS.items() for bad in kinds]
)
def test_what_is_wrong_with_a_file_is_said(
    market: Market, desk: Client, bank: OwnAccount, screen: str, bad: str
) -> None:
    address, taken, _ = SCREENS[screen]
    name, content, words = BAD[bad]
    before = left()
    with smaller(taken):
        answer = send(desk, market, address, name, content)
    assert answer.status_code == 422 and words in html.unescape(answer.content.decode())
    desk.cookies["django_language"] = "zh-hans"
    with smaller(taken):
        answer = send(desk, market, address, name, content)
    assert answer.status_code == 422
    assert words == "MB" or words not in html.unescape(answer.content.decode()), "said in Chinese"
    assert left() == before and list(taking().folder.iterdir()) == []


@pytest.mark.parametrize(
    ("screen", "name", "content", "words"),
    [
        ("rules/publish/", "a.json", b"MZ\x90\x00" + bytes(100), "not what it says"),
        ("rules/publish/", "a.json", b"{" * (SMALL + 1), "at most"),
        ("what-if/new/", "a.json", workbook(), "not what it says"),
        ("imports/new/", "a.csv.gz", gzip.compress(bytes(12_000_000)), "no honest file"),
        ("imports/new/", "a.parquet", b"PAR1" + bytes(20) + b"PAR1", "damaged"),
        ("bills/new/", "a.csv.gz", gzip.compress(bytes(12_000_000)), "no honest file"),
        ("bills/new/", "a.csv", b"MZ\x90\x00" + bytes(100), "not what it says"),
        ("bills/new/", "a.csv", workbook(), "not what it says"),
        ("bills/new/", "a.csv", b"a" * (SMALL + 1), "MB"),
    ],
)
def test_packed_ones_and_documents_too(
    market: Market, desk: Client, bank: OwnAccount, screen: str, name: str, content: bytes, words: str
) -> None:
    told = {"line": str(market.line.id), "account": str(bank.id), "channel": "bank"}
    with smaller(RULE_FILES), smaller(BILL_FILES):
        answer = desk.post(f"/platform/{screen}", told | {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422 and words in html.unescape(answer.content.decode())


def bill(tmp_path: Path) -> Callable[[str, bytes], object]:
    def take(name: str, content: bytes) -> object:
        path = tmp_path / "bill"
        path.write_bytes(content)
        return open_bill(path, name=name)

    return take


def test_whoever_comes_by_another_way_is_held_to_the_same(market: Market, tmp_path: Path) -> None:
    def invoice(name: str, content: bytes) -> object:
        return keep_file(1, Attachment(name, content), number="1", at=timezone.now())

    takers: list[tuple[Callable[[str, bytes], object], Taken, str]] = [
        (invoice, INVOICE_FILES, ".pdf"), (read_issued, ISSUED_FILES, ".csv"), (bill(tmp_path), BILL_FILES, ".csv"),
    ]  # fmt: skip
    for take, taken, ending in takers:
        with smaller(taken), pytest.raises(FileTooLarge):
            take(f"a{ending}", b"a" * (SMALL + 1))
        with pytest.raises(HandedFileRefused):
            take(f"a{ending}", b"MZ\x90\x00" + bytes(100))
    with pytest.raises(FilePackedTooLarge):
        read_issued("a.xlsx", workbook(bomb=True))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("OFD.xml", b"<x/>")
        packed.writestr("page.xml", bytes(12_000_000))
    with pytest.raises(FilePackedTooLarge):
        invoice("a.ofd", bomb.getvalue())
