"""Write a credit transfer initiation: pain.001.001.03 or .09, accounts as IBAN or as Othr/Id."""

import re
from datetime import UTC

from lxml import etree

from zhanggui.files.safe_xml import Element
from zhanggui.money import Money
from zhanggui.settlement.payouts.rail import Instruction, Message, Side, Written

KINDS = {"03": "pain.001.001.03", "09": "pain.001.001.09"}
# What every bank's character set has; the rest of a purpose or an identifier is left out or replaced.
PLAIN = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
LONGEST = {"name": 140, "purpose": 140, "address": 70}


def written_pain001(message: Message, *, version: str) -> Written:
    """The message as XML. Names keep their script (Chinese banks want the name as it stands at the account)."""
    kind = KINDS[version]
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{kind}"
    root = etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})
    initiation = _into(root, "CstmrCdtTrfInitn")
    total = sum(one.amount_minor for one in message.instructions)
    currency = message.instructions[0].currency
    header = _into(initiation, "GrpHdr")
    _into(header, "MsgId", message.number)
    _into(header, "CreDtTm", f"{message.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}")
    _into(header, "NbOfTxs", str(len(message.instructions)))
    _into(header, "CtrlSum", _plain(total, currency))
    _into(_into(header, "InitgPty"), "Nm", message.payer.holder[: LONGEST["name"]])
    block = _into(initiation, "PmtInf")
    _into(block, "PmtInfId", message.number)
    _into(block, "PmtMtd", "TRF")
    _into(block, "BtchBookg", "false")
    _into(block, "NbOfTxs", str(len(message.instructions)))
    _into(block, "CtrlSum", _plain(total, currency))
    execution = _into(block, "ReqdExctnDt")
    if version == "03":
        execution.text = message.execute_on.isoformat()
    else:
        _into(execution, "Dt", message.execute_on.isoformat())
    _into(_into(block, "Dbtr"), "Nm", message.payer.holder[: LONGEST["name"]])
    _account(_into(block, "DbtrAcct"), message.payer, currency)
    _agent(_into(block, "DbtrAgt"), message.payer, version)
    _into(block, "ChrgBr", "SLEV")
    for one in message.instructions:
        _transfer(_into(block, "CdtTrfTxInf"), one, version)
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return Written(name=f"{message.number}.xml", kind=kind, content=content)


def _transfer(node: Element, one: Instruction, version: str) -> None:
    ids = _into(node, "PmtId")
    _into(ids, "InstrId", one.end_to_end)
    _into(ids, "EndToEndId", one.end_to_end)
    amount = _into(_into(node, "Amt"), "InstdAmt", _plain(one.amount_minor, one.currency))
    amount.set("Ccy", one.currency)
    if any(one.to.details.get(name) for name in ("bic", "cnaps")) or one.to.bank:
        _agent(_into(node, "CdtrAgt"), one.to, version)
    creditor = _into(node, "Cdtr")
    _into(creditor, "Nm", one.to.holder[: LONGEST["name"]])
    if one.to.details.get("country"):
        _into(_into(creditor, "PstlAdr"), "Ctry", one.to.details["country"])
    _account(_into(node, "CdtrAcct"), one.to, "")
    remittance = _into(node, "RmtInf")
    _into(remittance, "Ustrd", PLAIN.sub(" ", one.purpose)[: LONGEST["purpose"]])


def _account(node: Element, side: Side, currency: str) -> None:
    number = _into(node, "Id")
    if side.details.get("iban"):
        _into(number, "IBAN", side.number)
    else:
        _into(_into(number, "Othr"), "Id", side.number[:34])
    if currency:
        _into(node, "Ccy", currency)


def _agent(node: Element, side: Side, version: str) -> None:
    """The bank: by BIC, by its CNAPS number (clearing system CNAPS), by name, or as not provided."""
    institution = _into(node, "FinInstnId")
    if side.details.get("bic"):
        _into(institution, "BIC" if version == "03" else "BICFI", side.details["bic"])
    if side.details.get("cnaps"):
        member = _into(institution, "ClrSysMmbId")
        _into(_into(member, "ClrSysId"), "Cd", "CNAPS")
        _into(member, "MmbId", side.details["cnaps"])
    if side.bank:
        _into(institution, "Nm", side.bank[: LONGEST["name"]])
    if len(institution) == 0:
        _into(_into(institution, "Othr"), "Id", "NOTPROVIDED")


def _plain(amount_minor: int, currency: str) -> str:
    return Money(amount_minor, currency).plain()


def _into(node: Element, name: str, value: str | None = None) -> Element:
    """A child in its parent's namespace, in the order the schema wants: the order of these calls."""
    child = etree.SubElement(node, f"{{{etree.QName(node).namespace}}}{name}")
    child.text = value
    return child
