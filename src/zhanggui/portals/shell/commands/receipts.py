"""zhanggui receipts: money that arrived at our bank; record, import, claim, give back, withdraw."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhanggui.journeys.receipt_recorded import (
    claim_reversed,
    receipt_claimed,
    receipt_recorded,
    receipt_refund_requested,
    receipt_reversed,
    receipts_imported,
)
from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.portals.shell.choosing import own_account_of, party_codes, party_of, statement_of
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.collections.errors import UnknownReceipt
from zhanggui.settlement.collections.models import Claim, Receipt
from zhanggui.settlement.collections.queries import claims_of, receipt, refunds_of
from zhanggui.settlement.collections.states import receipt_state
from zhanggui.settlement.statements.models import Statement
from zhanggui.vault.sealing import masked

HELP = "money that arrived at our bank: list, show, record, import, claims, claim, unclaim, refund, withdraw"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(
        dest="act", required=True, metavar="{list,show,record,import,claims,claim,unclaim,refund,withdraw}"
    )
    acts.add_parser("list", help="receipts, the latest first, with what is left of each")
    opened = acts.add_parser("show", help="one receipt with its claims and the refunds asked for")
    opened.add_argument("receipt", type=int, metavar="RECEIPT")
    made = acts.add_parser("claims", help="claims on receipts, the latest first, reversed ones too")
    made.add_argument("--statement", metavar="NUMBER", help="of the debt of this statement")
    made.add_argument("--party", metavar="PARTY")
    new = acts.add_parser("record", help="one receipt; recorded twice by the bank's reference it counts once")
    new.add_argument("reference", help="the bank's reference")
    new.add_argument("amount", help="major units of the account's currency")
    new.add_argument("--on", type=day, required=True, help="the day it arrived")
    for name in ("payer", "payer-account", "memo"):
        new.add_argument(f"--{name}", default="")
    taken = acts.add_parser(
        "import", help="a CSV file: reference, received_on, amount, payer, payer_account, memo"
    )
    taken.add_argument("file", type=Path)
    for act in (new, taken):
        act.add_argument("--account", metavar="CODE", help="our account it arrived on")
    claimed = acts.add_parser("claim", help="claim part of a receipt for a statement's debt or a deposit")
    claimed.add_argument("--statement", metavar="NUMBER", help="the debt it pays")
    claimed.add_argument("--deposit-of", metavar="PARTY", help="the deposit it pays into")
    undone = acts.add_parser("unclaim", help="reverse a claim by a new entry")
    undone.add_argument("claim", type=int, metavar="CLAIM")
    given = acts.add_parser("refund", help="give back what nobody claimed; another person approves it")
    for act in (claimed, given):
        act.add_argument("receipt", type=int, metavar="RECEIPT")
        act.add_argument("amount", help="major units")
    gone = acts.add_parser("withdraw", help="withdraw a receipt that was recorded wrongly")
    gone.add_argument("receipt", type=int, metavar="RECEIPT")
    for act in (undone, given, gone):
        act.add_argument("--reason", required=True)
    takes_person(new, taken, claimed, undone, given, gone)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    actor = actor_who_may(options.person, "collections.act") if hasattr(options, "person") else ""
    match options.act:
        case "list":
            found = [_document(row) for row in Receipt.objects.order_by("-received_on", "-id")[:1000]]
            out.result({"receipts": found}, lambda _: "\n".join(map(_line, found)) or "no receipts")
        case "record":
            account = own_account_of(options.account)
            row = receipt_recorded(
                own_account=account, bank_reference=options.reference,
                amount_minor=parse_minor(options.amount, account.currency), received_on=options.on,
                payer=options.payer, payer_account=masked(options.payer_account), memo=options.memo,
                source="command", at=clock(), actor=actor,
            )  # fmt: skip
            out.result(_document(row), _line)
        case "show":
            out.result(_whole(_found(options.receipt)), _told)
        case "claims":
            claims = _claims(_claimed(options))
            out.result({"claims": claims}, lambda _: "\n".join(map(_claim_line, claims)) or "no such claim")
        case "import":
            _import(options, actor, out)
        case "claim":
            _claim(options, actor, out)
        case _:
            _take_back(options, actor, out)
    return 0


def _import(options: argparse.Namespace, actor: str, out: Output) -> None:
    if not options.file.is_file():
        raise BadArguments(f"there is no file {options.file}")
    total = receipts_imported(
        own_account=own_account_of(options.account),
        content=options.file.read_bytes(),
        name=options.file.name,
        at=clock(),
        actor=actor,
    )
    out.result(
        {"recorded": total.recorded, "known": total.known, "amount_minor": total.amount_minor},
        lambda found: f"{found['recorded']} receipts recorded, {found['known']} known already",
    )


def _claim(options: argparse.Namespace, actor: str, out: Output) -> None:
    row = _found(options.receipt)
    if bool(options.statement) == bool(options.deposit_of):
        raise BadArguments("claim it for a debt with --statement, or for a deposit with --deposit-of")
    statement = statement_of(options.statement) if options.statement else None
    claim = receipt_claimed(
        receipt_id=row.id, party_id=statement.party_id if statement else party_of(options.deposit_of).id,
        target="debt" if statement else "deposit", statement_id=statement.id if statement else 0,
        amount_minor=parse_minor(options.amount, row.currency), at=clock(), zone=zone(), actor=actor,
    )  # fmt: skip
    out.result(_document(_found(row.id)) | {"claim": claim.id}, _line)


def _take_back(options: argparse.Namespace, actor: str, out: Output) -> None:
    if options.act == "unclaim":
        claim = claim_reversed(
            claim_id=options.claim, reason=options.reason, at=clock(), zone=zone(), actor=actor
        )
        number = claim.receipt_id
    elif options.act == "withdraw":
        number = receipt_reversed(
            receipt_id=options.receipt, reason=options.reason, at=clock(), zone=zone(), actor=actor
        ).id
    else:
        row = _found(options.receipt)
        number = receipt_refund_requested(
            receipt_id=row.id, amount_minor=parse_minor(options.amount, row.currency), reason=options.reason,
            at=clock(), maker=actor,
        ).receipt_id  # fmt: skip
    out.result(_document(_found(number)), _line)


def _found(number: int) -> Receipt:
    row = receipt(number)
    if row is None:
        raise UnknownReceipt(f"there is no receipt {number}")
    return row


def _claimed(options: argparse.Namespace) -> list[Claim]:
    rows = Claim.objects.order_by("-id")
    if options.statement:
        statement = statement_of(options.statement)
        rows = rows.filter(party_id=statement.party_id, statement_id=statement.id)
    if options.party:
        rows = rows.filter(party_id=party_of(options.party).id)
    return list(rows[:1000])


def _claims(rows: list[Claim]) -> list[dict[str, Any]]:
    codes = party_codes(row.party_id for row in rows)
    numbers = dict(
        Statement.objects.filter(id__in=[row.statement_id for row in rows]).values_list("id", "number")
    )
    same = ("id", "receipt_id", "target", "amount_minor", "currency", "at", "actor", "reversed_at")
    return [
        {name: getattr(row, name) for name in same}
        | {"party": codes[row.party_id], "statement": numbers.get(row.statement_id)}
        for row in rows
    ]


def _claim_line(row: Mapping[str, Any]) -> str:
    amount = Money(row["amount_minor"], row["currency"]).grouped()
    what = row["statement"] or "deposit"
    undone = f", reversed {row['reversed_at']:%Y-%m-%d}" if row["reversed_at"] else ""
    return (
        f"#{row['id']} {row['at']:%Y-%m-%d} receipt {row['receipt_id']} {row['party']:16} {row['currency']}"
        f" {amount:>14} for {what}{undone}"
    )


def _whole(row: Receipt) -> dict[str, Any]:
    same = ("number", "state", "amount_minor", "reason", "made_by")
    return _document(row) | {
        "claims": _claims(claims_of(row.id)),
        "refunds": [
            {name: getattr(one, name) for name in same} | {"approval": one.approval_id}
            for one in refunds_of(row.id)
        ],
    }


def _told(row: Mapping[str, Any]) -> str:
    lines = [_line(row), *(f"  {_claim_line(one)}" for one in row["claims"])]
    lines += [f"  refund {one['number']} {one['state']}: {one['reason']}" for one in row["refunds"]]
    return "\n".join(lines)


def _document(row: Receipt) -> dict[str, Any]:
    return {
        "id": row.id, "number": row.number, "state": receipt_state(row), "reference": row.bank_reference,
        "received_on": row.received_on, "currency": row.currency, "amount_minor": row.amount_minor,
        "claimed_minor": row.claimed_minor, "refunded_minor": row.refunded_minor, "rest_minor": row.rest_minor,
        "payer": row.payer,
    }  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    amount, rest = (Money(row[name], row["currency"]).grouped() for name in ("amount_minor", "rest_minor"))
    return (
        f"{row['number']} {row['received_on']} {row['state']:9} {row['currency']} {amount:>14}, {rest} left,"
        f" {row['reference']} {row['payer']}"
    )
