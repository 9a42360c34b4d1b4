"""What payouts are made of: numbers, parts, what a batch says to who approves it. Pure."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from zhanggui.settlement.entities.rules.account_details import BIC, CNAPS
from zhanggui.settlement.payouts.errors import ReceiverIncomplete

IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
NUMBER = re.compile(r"[A-Za-z0-9@._+-]{4,64}")
ALIPAY = re.compile(
    r"2088[0-9]{12}|1[0-9]{10}|[0-9]{1,4}-[0-9]{5,15}|[^@]+@[A-Za-z0-9.-]+\.[A-Za-z]+|[A-Za-z0-9_-]{24,64}"
)
DETAILS = frozenset({"iban", "bic", "cnaps", "branch", "province", "city", "country", "business"})
LONGEST_NAME = 140


def parts(amount_minor: int, limit_minor: int | None, least_minor: int = 0) -> list[int]:
    """This function will cut an amount into payments of at most `limit_minor`, the last one the smallest; where that
    would be below `least_minor`, the one before it gives up what is missing."""
    if limit_minor is None or amount_minor <= limit_minor:
        return [amount_minor]
    whole, rest = divmod(amount_minor, limit_minor)
    found = [limit_minor] * whole + ([rest] if rest else [])
    if found[-1] < least_minor <= limit_minor // 2:
        found[-2:] = [found[-2] + found[-1] - least_minor, least_minor]
    return found


def bundles[One](counted: Sequence[tuple[One, int]], *, most: int | None) -> list[list[One]]:
    """This function will bundle things, each of which counts for so many, in order, so that no bundle counts for more
    than `most`; a thing that counts for more by itself is a bundle by itself."""
    found: list[list[One]] = []
    room = 0
    for one, count in counted:
        if not found or (most is not None and count > room):
            found.append([])
            room = most or 0
        found[-1].append(one)
        room -= count
    return found


def payout_number(day: date, number: int) -> str:
    """This function will return a payout's number; with its attempt it still fits a bank's 35 characters."""
    return f"PO{day:%y%m%d}{number:08d}"


def batch_number(day: date, number: int) -> str:
    """This function will return a batch's number."""
    return f"PB{day:%y%m%d}{number:06d}"


def end_to_end(payout: str, attempt: int) -> str:
    """This function will return the number that goes with one try through every bank and back."""
    return f"{payout}-{attempt}"


PREFIXES = {"deposit": "DO", "receipt": "RR"}


def document_number(cause: str, document_id: int) -> str:
    """This function will return the number by which people know the document that gives money back."""
    return f"{PREFIXES[cause]}{document_id:08d}"


@dataclass(frozen=True)
class PaymentLine:
    """What an approval says of one payout."""

    number: str
    party_id: int
    statement_id: int
    amount_minor: int
    receiver_digest: bytes
    receiver_masked: str
    document: str = ""


def batch_payload(
    *, number: str, own_account: str, currency: str, lines: Sequence[PaymentLine]
) -> dict[str, Any]:
    """This function will return what is put up for approval: only this may be carried out."""
    return {
        "batch": number, "own_account": own_account, "currency": currency,
        "payouts": [
            {"number": one.number, "party_id": one.party_id, "statement_id": one.statement_id,
             "amount_minor": one.amount_minor, "receiver": one.receiver_masked,
             "receiver_digest": one.receiver_digest.hex(), **({"document": one.document} if one.document else {})}
            for one in sorted(lines, key=lambda one: one.number)
        ],
    }  # fmt: skip


def checked_details(details: Mapping[str, Any]) -> dict[str, str]:
    """This function will return a receiver's details, cleaned. Raises ReceiverIncomplete."""
    unknown = sorted(set(details) - DETAILS)
    if unknown:
        raise ReceiverIncomplete(
            f"a receiver has no {', '.join(unknown)}; known are {', '.join(sorted(DETAILS))}"
        )
    found = {name: str(value).strip() for name, value in sorted(details.items()) if str(value).strip()}
    if "cnaps" in found and not CNAPS.fullmatch(found["cnaps"]):
        raise ReceiverIncomplete("a CNAPS number (联行号) has 12 digits", field="cnaps")
    if "bic" in found and not BIC.fullmatch(found["bic"]):
        raise ReceiverIncomplete("a BIC has 8 or 11 letters and digits", field="bic")
    return found


def checked_number(number: str, *, iban: bool) -> str:
    """This function will return an account number without its blanks. Raises ReceiverIncomplete."""
    plain = "".join(number.split())
    if iban:
        plain = plain.upper()
        if not IBAN.fullmatch(plain) or _iban_rest(plain) != 1:
            raise ReceiverIncomplete(
                "this IBAN does not hold its check digits; read it again from the bank's paper",
                field="number",
            )
    elif not NUMBER.fullmatch(plain):
        raise ReceiverIncomplete("an account number has 4 to 64 letters and digits", field="number")
    return plain


def checked_alipay(number: str) -> str:
    """This function will return an Alipay account without blanks: a user number (2088...), the telephone or e-mail
    its owner logs in with, or an open id. Raises ReceiverIncomplete."""
    plain = "".join(number.split())
    if not ALIPAY.fullmatch(plain) or not NUMBER.fullmatch(plain):
        raise ReceiverIncomplete(
            "an Alipay account is the telephone or e-mail its owner logs in with, a user number (2088…, 16 digits) or"
            " an open id",
            field="number",
        )
    return plain


def _iban_rest(iban: str) -> int:
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97


def receiver_content(
    *,
    party_id: int,
    currency: str,
    kind: str,
    holder: str,
    number: str,
    bank: str,
    details: Mapping[str, Any],
) -> dict[str, Any]:
    """This function will return all that a receiver says, as its digest is taken of it."""
    return {
        "party_id": party_id, "currency": currency, "kind": str(kind), "holder": holder, "number": number,
        "bank": bank, "details": dict(details),
    }  # fmt: skip


def receiver_digest(content: Mapping[str, Any], *, key: bytes) -> bytes:
    """This function will return a keyed digest (BLAKE2b, 32 bytes) of all a receiver says, its number too."""
    plain = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(plain, key=key, digest_size=32).digest()
