"""Statements and notifications: camt.052, camt.053, camt.054 as plain rows, for payouts and reconciliation."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from zhanggui.files.safe_xml import Element
from zhanggui.rails.iso20022.errors import MessageDamaged, NotIso20022
from zhanggui.rails.iso20022.parsing import day, every, first, minor_units, opened, text

ROOTS = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


@dataclass(frozen=True)
class Balance:
    """A balance of a statement: `OPBD` opening, `CLBD` closing, `ITBD` interim; minor units, credit positive."""

    code: str
    amount_minor: int
    currency: str
    day: date | None


@dataclass(frozen=True)
class Entry:
    """One movement of the account, or one part of a batched one. Minor units, money in positive, out negative.

    `reference` is the bank's own number; `returned` says that the entry takes an earlier payment back.
    """

    amount_minor: int
    currency: str
    booked: bool
    booked_on: date | None
    value_on: date | None
    reference: str = ""
    end_to_end: str = ""
    message: str = ""
    instruction: str = ""
    transaction_code: str = ""
    returned: bool = False
    reason_code: str = ""
    reason: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    remittance: str = ""


@dataclass(frozen=True)
class AccountReport:
    """One statement, report or notification of one account."""

    kind: str
    id: str
    account: str
    currency: str
    balances: tuple[Balance, ...] = ()
    entries: tuple[Entry, ...] = field(default=())


def account_reports(content: bytes, *, name: str = "the file") -> list[AccountReport]:
    """The statements in a camt.052, .053 or .054. Raises MessageUnsafe, NotIso20022, MessageDamaged."""
    kind, root = opened(content, name=name)
    if kind[:8] not in ROOTS:
        raise NotIso20022(f"{name} is a {kind}; an account report is camt.052, camt.053 or camt.054")
    return [_report(kind, node) for node in every(root, "/".join(ROOTS[kind[:8]]))]


def _report(kind: str, node: Element) -> AccountReport:
    account = first(node, "Acct")
    return AccountReport(
        kind=kind, id=text(node, "Id"), account=_number(account) if account is not None else "",
        currency=text(node, "Acct/Ccy"), balances=tuple(_balance(one) for one in every(node, "Bal")),
        entries=tuple(entry for one in every(node, "Ntry") for entry in _entries(one)),
    )  # fmt: skip


def _number(account: Element) -> str:
    return text(account, "Id/IBAN") or text(account, "Id/Othr/Id")


def _balance(node: Element) -> Balance:
    amount, currency = minor_units(first(node, "Amt"))
    return Balance(
        text(node, "Tp/CdOrPrtry/Cd") or text(node, "Tp/CdOrPrtry/Prtry"), _signed(node, amount), currency,
        day(node, "Dt"),
    )  # fmt: skip


def _signed(node: Element, amount: int) -> int:
    side = text(node, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise MessageDamaged(f"{side!r} is neither CRDT nor DBIT")
    return amount if side == "CRDT" else -amount


def _entries(node: Element) -> Iterator[Entry]:
    """An entry with several transactions in it is told transaction by transaction, when their amounts are there."""
    details = every(node, "NtryDtls/TxDtls")
    amount, currency = minor_units(first(node, "Amt"))
    whole = _signed(node, amount)
    if len(details) < 2:
        yield _entry(node, details[0] if details else None, whole, currency)
        return
    parts = []
    for one in details:
        found = first(one, "Amt")
        if found is None:
            found = first(one, "AmtDtls/TxAmt/Amt")
        part, part_currency = minor_units(found)
        parts.append((one, part if whole > 0 else -part, part_currency))
    if sum(part for _, part, _ in parts) != whole:
        raise MessageDamaged(f"an entry of {amount} minor units is told in parts that do not add up to it")
    for one, part, part_currency in parts:
        yield _entry(node, one, part, part_currency)


def _entry(node: Element, details: Element | None, amount: int, currency: str) -> Entry:
    status = text(node, "Sts/Cd") or text(node, "Sts")
    inner = details if details is not None else node
    returned = first(inner, "RtrInf")
    code = text(inner, "BkTxCd/Domn/Fmly/SubFmlyCd") or text(node, "BkTxCd/Domn/Fmly/SubFmlyCd")
    # Money out names the creditor, money in the debtor; a return names the original creditor.
    other = "Cdtr" if amount < 0 or returned is not None else "Dbtr"
    account = first(inner, f"RltdPties/{other}Acct")
    return Entry(
        amount_minor=amount, currency=currency, booked=status in ("BOOK", ""),
        booked_on=day(node, "BookgDt"), value_on=day(node, "ValDt"),
        reference=text(inner, "Refs/AcctSvcrRef") or text(node, "AcctSvcrRef") or text(node, "NtryRef"),
        end_to_end=text(inner, "Refs/EndToEndId"), message=text(inner, "Refs/MsgId"),
        instruction=text(inner, "Refs/InstrId"), transaction_code=code,
        returned=returned is not None or code in ("RRTN", "RPCR", "ARET"),
        reason_code=text(returned, "Rsn/Cd") or text(returned, "Rsn/Prtry") if returned is not None else "",
        reason=" ".join((one.text or "").strip() for one in every(returned, "AddtlInf"))
        if returned is not None else "",
        counterparty=text(inner, f"RltdPties/{other}/Pty/Nm") or text(inner, f"RltdPties/{other}/Nm"),
        counterparty_account=_number(account) if account is not None else "",
        remittance=" ".join((one.text or "").strip() for one in every(inner, "RmtInf/Ustrd"))
        or text(inner, "RmtInf/Strd/CdtrRefInf/Ref"),
    )  # fmt: skip
