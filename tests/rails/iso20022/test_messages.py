"""Our pain.001 against the published schemas; every answer we read, and what is refused."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sepaxml
from lxml import etree

from zhanggui.rails.bank_sandbox.payment import Payment
from zhanggui.rails.bank_sandbox.writing import camt053, camt054, pacs004, pain002
from zhanggui.rails.iso20022.account_report import account_reports
from zhanggui.rails.iso20022.answers import read_answers
from zhanggui.rails.iso20022.errors import MessageDamaged, MessageUnsafe, NotIso20022
from zhanggui.rails.iso20022.pain001 import written_pain001
from zhanggui.settlement.payouts.rail import Instruction, Message, Outcome, Side

AT = datetime(2027, 1, 4, 9, tzinfo=UTC)
IBAN = Side(
    "茶行 Tea & Co", "DE89370400440532013000", details={"iban": "yes", "bic": "DEUTDEFF", "country": "DE"}
)
CNAPS = Side("掌柜茶行", "6217001234567890123", bank="中国工商银行", details={"cnaps": "102100099996"})


def message(currency: str = "EUR", *sides: Side) -> Message:
    payer = Side("Mall", "NL41MOCK0000000001", details={"iban": "yes", "bic": "MOCKNL2A"})
    return Message(
        "PB270104000001", "bank-1", AT, date(2027, 1, 5), payer,
        [Instruction(f"PO2701040000000{n}-1", 9500 + n, currency, side, f"ST1 结算 {n}")
         for n, side in enumerate(sides or (IBAN,), start=1)],
    )  # fmt: skip


class TestWriting:
    @pytest.mark.parametrize("version", ["03", "09"])
    def test_holds_against_the_schema(self, version: str) -> None:
        schema = Path(sepaxml.__file__).parent / "schemas" / f"pain.001.001.{version}.xsd"
        written = written_pain001(message("EUR", IBAN, CNAPS), version=version)
        etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(written.content))

    def test_says_the_amounts_the_numbers_and_the_total(self) -> None:
        content = written_pain001(message("CNY", IBAN, CNAPS), version="09").content.decode()
        for part in ("<CtrlSum>190.03</CtrlSum>", "<NbOfTxs>2</NbOfTxs>", '<InstdAmt Ccy="CNY">95.02</InstdAmt>',
                     "<IBAN>DE89370400440532013000</IBAN>", "<Id>6217001234567890123</Id>",
                     "<MmbId>102100099996</MmbId>", "<Nm>掌柜茶行</Nm>"):  # fmt: skip
            assert part in content
        assert "结算" not in content.split("Ustrd")[1]

    def test_a_currency_without_cents(self) -> None:
        assert b'<InstdAmt Ccy="JPY">9501</InstdAmt>' in written_pain001(message("JPY"), version="09").content


def payment(**more: object) -> Payment:
    return Payment(**{
        "message": "PB1", "end_to_end": "PO1-1", "amount_minor": 9500, "currency": "CNY", "creditor": "m1",
        "number": "62", **more,
    })  # type: ignore[arg-type]  # fmt: skip


class TestReading:
    def test_statuses(self) -> None:
        content = pain002("S1", AT, "PB1", [payment(), payment(end_to_end="PO2-1", status="rejected", reason="AC04")],
                          group="PART")  # fmt: skip
        found = read_answers(content, name="a")
        assert found.kind == "pain.002.001.10"
        assert [(one.end_to_end, one.outcome, one.amount_minor, one.reason_code) for one in found.answers] == [
            ("PO1-1", Outcome.ACCEPTED, 9500, ""), ("PO2-1", Outcome.REJECTED, 9500, "AC04"),
        ]  # fmt: skip

    def test_a_group_that_names_nobody_speaks_for_its_message(self) -> None:
        [one] = read_answers(pain002("S1", AT, "PB1", [], group="RJCT", because="FF01"), name="a").answers
        assert (one.end_to_end, one.message, one.outcome) == ("", "PB1", Outcome.REJECTED)

    def test_a_refused_copy_is_no_rejection_of_the_payment(self) -> None:
        [one] = read_answers(pain002("S1", AT, "PB1", [], group="RJCT", because="DU01"), name="a").answers
        assert one.outcome == Outcome.SUBMITTED

    def test_statements_notifications_and_returns(self) -> None:
        on = date(2027, 1, 5)
        out, back = payment(), payment(end_to_end="PO2-1", reason="AC01")
        moved = [(out, False), (back, True)]
        for content in (
            camt053("M1", AT, on, "CNY", 10000, 10000, moved),
            camt054("M2", AT, on, "CNY", moved),
        ):
            executed, returned = read_answers(content, name="a").answers
            assert (executed.outcome, executed.amount_minor, executed.at) == (Outcome.EXECUTED, 9500, on)
            assert (returned.outcome, returned.reason_code) == (Outcome.RETURNED, "AC01")
        [one] = read_answers(pacs004("R1", AT, on, back), name="a").answers
        assert (one.end_to_end, one.outcome, one.amount_minor) == ("PO2-1", Outcome.RETURNED, 9500)

    def test_a_statement_as_rows(self) -> None:
        [report] = account_reports(
            camt053("M1", AT, date(2027, 1, 5), "CNY", 10000, 500, [(payment(), False)]), name="a"
        )
        assert [(one.code, one.amount_minor) for one in report.balances] == [("OPBD", 10000), ("CLBD", 500)]
        [entry] = report.entries
        assert (entry.amount_minor, entry.end_to_end, entry.counterparty) == (-9500, "PO1-1", "m1")


BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>&b;</CstmrPmtStsRpt></Document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><A>&x;</A></Document>"""


class TestRefusing:
    @pytest.mark.parametrize("content", [BOMB, OUTSIDE, BOMB.decode().encode("utf-16")])
    def test_entities_and_document_types(self, content: bytes) -> None:
        with pytest.raises(MessageUnsafe):
            read_answers(content, name="bomb.xml")

    def test_what_is_too_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("zhanggui.rails.iso20022.parsing.LARGEST", 10)
        with pytest.raises(MessageUnsafe):
            read_answers(b"<Document/>" * 2, name="large.xml")

    @pytest.mark.parametrize(
        "content",
        [b"", b"not xml", b"<Document/>", b'<Document xmlns="urn:x"><a/></Document>', b"\x89PNG\r\n",
         b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><a/></Document>'],
    )  # fmt: skip
    def test_what_is_no_answer(self, content: bytes) -> None:
        with pytest.raises((NotIso20022, MessageUnsafe)):
            read_answers(content, name="a")

    @pytest.mark.parametrize("amount", ["-5.00", "5.001", "1e3", "", "NaN", "5,00"])
    def test_an_amount_that_is_none(self, amount: str) -> None:
        content = pacs004("R1", AT, date(2027, 1, 5), payment()).replace(b">95.00<", f">{amount}<".encode())
        with pytest.raises(MessageDamaged):
            read_answers(content, name="a")

    def test_a_batched_entry_whose_parts_do_not_add_up(self) -> None:
        content = camt054("M", AT, date(2027, 1, 5), "CNY", [(payment(), False)]).decode()
        details = content[content.index("<TxDtls>") : content.index("</NtryDtls>")]
        twice = details.replace("<Refs>", '<Amt Ccy="CNY">95.00</Amt><Refs>') * 2
        with pytest.raises(MessageDamaged):
            account_reports(content.replace(details, twice).encode())
