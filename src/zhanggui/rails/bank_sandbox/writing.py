"""What the bank writes: pain.002, camt.053, camt.054 and pacs.004, in the versions of 2019."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from lxml import etree

from zhanggui.files.safe_xml import Element
from zhanggui.money import Money
from zhanggui.rails.bank_sandbox.payment import Payment


def pain002(
    number: str, at: datetime, message: str, payments: Sequence[Payment], *, group: str, because: str = ""
) -> bytes:
    """A status report: the group's status, and each payment's when there are any."""
    root, report = _document("pain.002.001.10", "CstmrPmtStsRpt")
    _header(report, number, at)
    status = _into(report, "OrgnlGrpInfAndSts")
    _into(status, "OrgnlMsgId", message)
    _into(status, "OrgnlMsgNmId", "pain.001")
    _into(status, "GrpSts", group)
    if because:
        _into(_into(_into(status, "StsRsnInf"), "Rsn"), "Cd", because)
    if payments:
        block = _into(report, "OrgnlPmtInfAndSts")
        _into(block, "OrgnlPmtInfId", message)
        for one in payments:
            node = _into(block, "TxInfAndSts")
            _into(node, "OrgnlEndToEndId", one.end_to_end)
            _into(node, "TxSts", "RJCT" if one.status == "rejected" else "ACCP")
            if one.reason:
                _into(_into(_into(node, "StsRsnInf"), "Rsn"), "Cd", one.reason)
            _amount(_into(_into(node, "OrgnlTxRef"), "Amt"), "InstdAmt", one.amount_minor, one.currency)
    return _text(root)


def camt054(
    number: str, at: datetime, on: date, currency: str, movements: Sequence[tuple[Payment, bool]]
) -> bytes:
    """A notification of debits (or, for what came back, credits)."""
    root, body = _document("camt.054.001.08", "BkToCstmrDbtCdtNtfctn")
    _header(body, number, at)
    notification = _into(body, "Ntfctn")
    _into(notification, "Id", number)
    _account(notification, currency)
    _entries(notification, on, movements)
    return _text(root)


def camt053(
    number: str, at: datetime, on: date, currency: str, opening: int, closing: int,
    movements: Sequence[tuple[Payment, bool]],
) -> bytes:  # fmt: skip
    """A statement of the day, with its balances."""
    root, body = _document("camt.053.001.08", "BkToCstmrStmt")
    _header(body, number, at)
    statement = _into(body, "Stmt")
    _into(statement, "Id", number)
    _account(statement, currency)
    for code, amount in (("OPBD", opening), ("CLBD", closing)):
        balance = _into(statement, "Bal")
        _into(_into(_into(balance, "Tp"), "CdOrPrtry"), "Cd", code)
        _amount(balance, "Amt", abs(amount), currency)
        _into(balance, "CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")
        _into(_into(balance, "Dt"), "Dt", on.isoformat())
    _entries(statement, on, movements)
    return _text(root)


def pacs004(number: str, at: datetime, on: date, one: Payment) -> bytes:
    """A payment that comes back."""
    root, body = _document("pacs.004.001.09", "PmtRtr")
    _header(body, number, at)
    node = _into(body, "TxInf")
    _into(node, "RtrId", number)
    _into(node, "OrgnlEndToEndId", one.end_to_end)
    _amount(node, "RtrdIntrBkSttlmAmt", one.amount_minor, one.currency)
    _into(node, "IntrBkSttlmDt", on.isoformat())
    _into(_into(_into(node, "RtrRsnInf"), "Rsn"), "Cd", one.reason)
    return _text(root)


def _entries(node: Element, on: date, movements: Sequence[tuple[Payment, bool]]) -> None:
    for place, (one, back) in enumerate(movements, start=1):
        entry = _into(node, "Ntry")
        _into(entry, "NtryRef", str(place))
        _amount(entry, "Amt", one.amount_minor, one.currency)
        _into(entry, "CdtDbtInd", "CRDT" if back else "DBIT")
        _into(_into(entry, "Sts"), "Cd", "BOOK")
        _into(_into(entry, "BookgDt"), "Dt", on.isoformat())
        _into(_into(entry, "ValDt"), "Dt", on.isoformat())
        details = _into(_into(entry, "NtryDtls"), "TxDtls")
        references = _into(details, "Refs")
        _into(references, "MsgId", one.message)
        _into(references, "AcctSvcrRef", f"SB-{one.end_to_end}")
        _into(references, "EndToEndId", one.end_to_end)
        parties = _into(details, "RltdPties")
        _into(_into(_into(parties, "Cdtr"), "Pty"), "Nm", one.creditor)
        if back:
            _into(_into(_into(details, "RtrInf"), "Rsn"), "Cd", one.reason)


def _document(kind: str, body: str) -> tuple[Element, Element]:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{kind}"
    root = etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})
    return root, _into(root, body)


def _header(node: Element, number: str, at: datetime) -> None:
    header = _into(node, "GrpHdr")
    _into(header, "MsgId", number)
    _into(header, "CreDtTm", f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")


def _account(node: Element, currency: str) -> None:
    account = _into(node, "Acct")
    _into(_into(_into(account, "Id"), "Othr"), "Id", "SANDBOX")
    _into(account, "Ccy", currency)


def _amount(node: Element, name: str, amount_minor: int, currency: str) -> None:
    _into(node, name, Money(amount_minor, currency).plain()).set("Ccy", currency)


def _into(node: Element, name: str, value: str | None = None) -> Element:
    child = etree.SubElement(node, f"{{{etree.QName(node).namespace}}}{name}")
    child.text = value
    return child


def _text(root: Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
