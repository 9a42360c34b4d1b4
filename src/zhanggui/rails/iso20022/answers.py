"""What a bank says of our payments: in status reports, statements, notifications and returns."""

from collections.abc import Iterator

from zhanggui.files.safe_xml import Element
from zhanggui.rails.iso20022.account_report import Entry, account_reports
from zhanggui.rails.iso20022.errors import NotIso20022
from zhanggui.rails.iso20022.parsing import day, every, first, minor_units, opened, text
from zhanggui.settlement.payouts.rail import Answer, Outcome, Read

STATUSES = {
    "ACSC": Outcome.EXECUTED, "ACCC": Outcome.EXECUTED, "RJCT": Outcome.REJECTED, "CANC": Outcome.REJECTED,
    "ACCP": Outcome.ACCEPTED, "ACTC": Outcome.ACCEPTED, "ACSP": Outcome.ACCEPTED, "ACWC": Outcome.ACCEPTED,
    "ACWP": Outcome.ACCEPTED, "ACFC": Outcome.ACCEPTED, "RCVD": Outcome.SUBMITTED, "PDNG": Outcome.SUBMITTED,
}  # fmt: skip
"""ISO external status codes. Accepted is a promise, not money; only a settled one (ACSC) has left the account."""
DUPLICATES = frozenset({"DUPL", "AM05", "DU01", "DU02", "DU03", "DU04", "DU05"})
"""Reasons that refuse a second copy: the first one lives on, so they are no rejection of the payment."""

NOTHING_SAID = ("", "NOTPROVIDED")


def read_answers(content: bytes, *, name: str) -> Read:
    """The answers of a pain.002, camt.052, camt.053, camt.054 or pacs.004, in order. Raises MessageUnsafe,
    NotIso20022, MessageDamaged."""
    kind, root = opened(content, name=name)
    if kind.startswith("pain.002"):
        return Read(kind, list(_statuses(root)))
    if kind.startswith("pacs.004"):
        return Read(kind, list(_returns(root)))
    if kind.startswith("camt."):
        found = [
            answer
            for report in account_reports(content, name=name)
            for entry in report.entries
            for answer in _of_entry(entry)
        ]
        return Read(kind, found)
    raise NotIso20022(f"{name} is a {kind}; answers are pain.002, camt.052 to .054 and pacs.004")


def _statuses(root: Element) -> Iterator[Answer]:
    """Transactions speak for themselves; a group or block that is wholly accepted or rejected and names none speaks
    for all of them."""
    for report in every(root, "CstmrPmtStsRpt"):
        group = first(report, "OrgnlGrpInfAndSts")
        message = text(group, "OrgnlMsgId") if group is not None else ""
        told = 0
        for block in every(report, "OrgnlPmtInfAndSts"):
            transactions = every(block, "TxInfAndSts")
            for one in transactions:
                yield from _status(one, "TxSts", text(one, "OrgnlEndToEndId"), "")
                told += 1
            if not transactions:
                # Our messages have one block, which bears the message's own number.
                found = list(_status(block, "PmtInfSts", "", text(block, "OrgnlPmtInfId") or message))
                told += len(found)
                yield from found
        if not told and group is not None:
            yield from _status(group, "GrpSts", "", message)


def _status(node: Element, name: str, end_to_end: str, message: str) -> Iterator[Answer]:
    outcome = STATUSES.get(text(node, name))
    if outcome is None or (end_to_end in NOTHING_SAID and not message):
        return
    reason = first(node, "StsRsnInf")
    if outcome == Outcome.REJECTED and _reason_code(reason) in DUPLICATES:
        outcome = Outcome.SUBMITTED
    amount, currency = None, ""
    instructed = first(node, "OrgnlTxRef/Amt/InstdAmt")
    if instructed is not None:
        amount, currency = minor_units(instructed)
    yield Answer(
        end_to_end="" if end_to_end in NOTHING_SAID else end_to_end, outcome=outcome, amount_minor=amount,
        currency=currency, reference=text(node, "AcctSvcrRef"), message=message,
        at=day(node, "AccptncDtTm") if outcome == Outcome.EXECUTED else None,
        reason_code=_reason_code(reason), reason=_reason(reason),
    )  # fmt: skip


def _of_entry(entry: Entry) -> Iterator[Answer]:
    """Money out under one of our numbers was executed; money in that takes a payment back returned it."""
    if (
        not entry.booked
        or entry.end_to_end in NOTHING_SAID
        or (entry.amount_minor > 0 and not entry.returned)
    ):
        return
    came_back = entry.amount_minor > 0
    yield Answer(
        end_to_end=entry.end_to_end, outcome=Outcome.RETURNED if came_back else Outcome.EXECUTED,
        amount_minor=abs(entry.amount_minor), currency=entry.currency, at=entry.booked_on,
        reference=entry.reference, reason_code=entry.reason_code if came_back else "",
        reason=entry.reason if came_back else "",
    )  # fmt: skip


def _returns(root: Element) -> Iterator[Answer]:
    for one in every(root, "PmtRtr/TxInf"):
        amount, currency = minor_units(first(one, "RtrdIntrBkSttlmAmt"))
        reason = first(one, "RtrRsnInf")
        yield Answer(
            end_to_end=text(one, "OrgnlEndToEndId"), outcome=Outcome.RETURNED, amount_minor=amount,
            currency=currency, at=day(one, "IntrBkSttlmDt"), reference=text(one, "RtrId"),
            reason_code=_reason_code(reason), reason=_reason(reason),
        )  # fmt: skip


def _reason_code(node: Element | None) -> str:
    return "" if node is None else text(node, "Rsn/Cd") or text(node, "Rsn/Prtry")


def _reason(node: Element | None) -> str:
    return "" if node is None else " ".join((one.text or "").strip() for one in every(node, "AddtlInf"))
