"""zhanggui payout: propose what is due, send what is approved, read what banks say, pay again what came back."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from zhanggui.clockwork.run_payouts import run_payouts
from zhanggui.files.checking import check_size
from zhanggui.journeys.bank_answered import bank_answered, inboxes_read
from zhanggui.journeys.payout_evidenced import payout_evidenced
from zhanggui.journeys.payout_file_opened import payout_file_opened
from zhanggui.journeys.payouts_proposed import payouts_proposed, payouts_retried
from zhanggui.journeys.payouts_sent import approved_batches_sent, batch_sent, payouts_asked
from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.parties.models import Party
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may
from zhanggui.settlement.payouts.errors import UnknownBatch, UnknownPayout
from zhanggui.settlement.payouts.evidence_files import EVIDENCE_FILES
from zhanggui.settlement.payouts.models import BatchState, Payout, PayoutBatch, PayoutFile, PayoutState
from zhanggui.settlement.payouts.operations.settle_by_evidence import FROM, Evidence
from zhanggui.settlement.payouts.queries import answers_of, batch_by_number, payout_by_number, steps_of
from zhanggui.settlement.payouts.rules import document_number

HELP = "payouts: propose what is due, send what is approved, read a bank's answers, pay again what failed"
ACTOR = "zhanggui payout"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(
        dest="act",
        required=True,
        metavar="{propose,batches,list,show,send,files,answers,ask,retry,evidence,run}",
    )
    proposed = acts.add_parser("propose", help="put what is due into batches and ask for their approval")
    batches = acts.add_parser("batches", help="batches, the latest first")
    batches.add_argument("--state", choices=BatchState.values)
    listed = acts.add_parser("list", help="payouts, the latest first")
    listed.add_argument("--state", choices=PayoutState.values)
    listed.add_argument("--batch", metavar="NUMBER")
    shown = acts.add_parser("show", help="one payout: attempts, answers, history")
    shown.add_argument("number")
    sent = acts.add_parser("send", help="send approved batches: all, or the named ones")
    sent.add_argument("numbers", nargs="*", metavar="BATCH")
    taken = acts.add_parser(
        "files", help="write a batch's files for the web bank; the audit log says who did"
    )
    taken.add_argument("batch", metavar="BATCH")
    taken.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="an existing folder")
    answers = acts.add_parser("answers", help="read a bank's files: the named ones, or all that came in")
    answers.add_argument("files", nargs="*", type=Path, metavar="FILE")
    answers.add_argument("--account", metavar="CODE", help="the account of ours that the named files are of")
    asked = acts.add_parser("ask", help="ask after what nobody knows")
    retried = acts.add_parser("retry", help="propose anew what failed or came back, for the same statement")
    retried.add_argument("numbers", nargs="+", metavar="PAYOUT")
    proof = acts.add_parser(
        "evidence", help="state with proof what the bank cannot say; another person approves it"
    )
    proof.add_argument("number", metavar="PAYOUT")
    proof.add_argument("outcome", choices=[one.value for one in FROM])
    proof.add_argument("file", type=Path, metavar="FILE", help="the bank's paper or message")
    proof.add_argument("--reference", required=True, help="the bank's own number of it")
    proof.add_argument("--booked", type=day, required=True, metavar="DAY")
    proof.add_argument("--reason", required=True, help="how it was found out")
    proof.add_argument(
        "--amount", help="major units, where only a part was executed or came back: how much of it"
    )
    whole = acts.add_parser(
        "run", help="one go: read, ask, send, propose; the books are checked before and after"
    )
    for act in (proposed, sent, taken, answers, asked, retried, whole, proof):
        act.add_argument("--as", dest="person", required=True, metavar="USER", help="who acts: a log-in name")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    moment: dict[str, Any] = {}
    if hasattr(options, "person"):
        actor = actor_who_may(options.person, "payouts.make")
        moment = {"clock": clock, "zone": zone(), "actor": actor}
    match options.act:
        case "propose":
            return _propose(moment, out)
        case "retry":
            made = payouts_retried(numbers=options.numbers, at=clock(), zone=zone(), actor=moment["actor"])
            return _told_batches(made, [], out)
        case "send":
            return _send(options, moment, out)
        case "files":
            _files(options, moment["actor"], out)
        case "answers":
            return _answers(options, moment, out)
        case "ask":
            out.result({"asked": payouts_asked(**moment)})
        case "run":
            done = run_payouts(**moment)
            out.result(done.counts)
        case "evidence":
            _evidence(options, moment["actor"], out)
        case "batches":
            rows = PayoutBatch.objects.order_by("-id")
            rows = rows.filter(state=options.state) if options.state else rows
            return _told_batches(list(rows[:1000]), [], out)
        case "list":
            _list(options, out)
        case "show":
            _show(options.number, out)
    return 0


def _propose(moment: Mapping[str, Any], out: Output) -> int:
    proposal = payouts_proposed(at=clock(), zone=zone(), actor=moment["actor"])
    codes = dict(
        Party.objects.filter(id__in={due.party_id for due in proposal.held_up}).values_list("id", "code")
    )
    held_up = [
        {"party": codes.get(due.party_id, ""), "statement": due.number,
         "cause": due.cause, "amount_minor": due.amount_minor,
         "currency": due.currency, "obstacle": due.obstacle,
         "clears_at": due.clears_at.isoformat() if due.clears_at else None}
        for due in proposal.held_up
    ]  # fmt: skip
    return _told_batches(proposal.batches, held_up, out)


def _told_batches(batches: list[PayoutBatch], held_up: list[dict[str, Any]], out: Output) -> int:
    document = {"batches": [_batch(row) for row in batches], "held_up": held_up}

    def told(document: Mapping[str, Any]) -> str:
        lines = [
            f"{one['number']}  {one['state']:9} {one['payouts']:>5,} payouts"
            f"  {one['currency']} {Money(one['total_minor'], one['currency']).grouped():>16}"
            for one in document["batches"]
        ] or ["no batch"]
        return "\n".join(
            lines
            + [
                f"held up: {one['party']} {one['statement']}: {one['obstacle']}"
                for one in document["held_up"]
            ]
        )

    out.result(document, told)
    return 0


def _batch(row: PayoutBatch) -> dict[str, Any]:
    return {
        "number": row.number, "state": row.state, "payouts": row.payout_count, "currency": row.currency,
        "total_minor": row.total_minor, "made_by": row.made_by, "approved_by": row.approved_by,
    }  # fmt: skip


def _send(options: argparse.Namespace, moment: Mapping[str, Any], out: Output) -> int:
    if options.numbers:
        done = [batch_sent(number=number, **moment) for number in options.numbers]
    else:
        done = approved_batches_sent(**moment)
    rows = [
        {"batch": one.number, "message": one.message, "outcome": one.outcome, "sent": one.sent,
         "refused": one.refused, "reason": one.reason}
        for one in done
    ]  # fmt: skip

    def told(document: Mapping[str, Any]) -> str:
        lines = [
            f"{one['batch']}: {one['sent']:,} payouts {one['outcome'] or 'not sent'}, {one['refused']:,} refused"
            + (f" ({one['reason']})" if one["reason"] else "")
            for one in document["sent"]
        ]
        return "\n".join(lines) or "no approved batch waits to be sent"

    out.result({"sent": rows}, told)
    return 1 if any(one.outcome in ("unknown", "not_taken") or one.refused for one in done) else 0


def _evidence(options: argparse.Namespace, maker: str, out: Output) -> None:
    path: Path = options.file
    if not path.is_file():
        raise BadArguments(f"there is no file {path}")
    check_size(path.name, path.stat().st_size, EVIDENCE_FILES)
    known = payout_by_number(options.number)
    part = parse_minor(options.amount, known.currency) if options.amount and known else None
    evidence = Evidence(
        options.outcome, options.reference, options.booked, path.name, path.read_bytes(), options.reason,
        amount_minor=part,
    )  # fmt: skip
    row = payout_evidenced(number=options.number, evidence=evidence, at=clock(), zone=zone(), maker=maker)
    out.result(
        {
            "payout": row.subject,
            "approval": row.id,
            "state": row.state,
            "amount_minor": row.amount_minor,
            "currency": row.currency,
        },
        lambda told: f"payout {told['payout']}: the evidence waits for approval, request {told['approval']}",
    )


def _files(options: argparse.Namespace, actor: str, out: Output) -> None:
    batch = batch_by_number(options.batch)
    if batch is None:
        raise UnknownBatch(f"there is no payout batch {options.batch}")
    if not options.out.is_dir():
        raise BadArguments(f"{options.out} is no folder; make it first, where only you can read")
    written = []
    for number in PayoutFile.objects.filter(batch_id=batch.id, direction="out").order_by("id").values_list(
        "id", flat=True
    ):  # fmt: skip
        row, content = payout_file_opened(
            batch=batch.number, file_id=number, at=clock(), actor=actor, where="command"
        )
        path = options.out / PurePath(row.name).name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        written.append({"name": row.name, "path": str(path), "sha256": bytes(row.sha256).hex()})
    out.result(
        {"files": written},
        lambda told: "\n".join(one["path"] for one in told["files"]) or "nothing of it was sent yet",
    )


def _answers(options: argparse.Namespace, moment: Mapping[str, Any], out: Output) -> int:
    refused: list[tuple[str, Any]] = []
    if options.files:
        done = [
            bank_answered(
                own_account=options.account or "", name=path.name, content=path.read_bytes(), **moment
            )
            for path in options.files
        ]
    else:
        done, refused = inboxes_read(**moment)
    document = {
        "files": [
            {"name": one.name, "kind": one.kind, "repeated": one.repeated, "effects": one.effects}
            for one in done
        ],
        "refused": [{"name": name, "reason": refusal.message} for name, refusal in refused],
    }

    def told(document: Mapping[str, Any]) -> str:
        lines = [
            f"{one['name']} ({one['kind']}): "
            + ("read before" if one["repeated"]
               else ", ".join(f"{count} {effect}" for effect, count in one["effects"].items()) or "nothing of ours")
            for one in document["files"]
        ]  # fmt: skip
        lines += [f"refused {one['name']}: {one['reason']}" for one in document["refused"]]
        return "\n".join(lines) or "no file came in"

    out.result(document, told)
    return 1 if refused else 0


def _party(row: Payout) -> str:
    found = Party.objects.filter(id=row.party_id).first()
    return found.code if found else ""


def _payout(row: Payout, party: str) -> dict[str, Any]:
    return {
        "number": row.number, "party": party, "cause": row.cause,
        "document": document_number(row.cause, row.document_id) if row.document_id else "",
        "state": row.state, "currency": row.currency,
        "amount_minor": row.amount_minor, "short_minor": row.short_minor, "returned_minor": row.returned_minor,
        "receiver": row.receiver_masked, "batch": row.batch.number,
        "part": row.part, "reason_code": row.reason_code, "reason": row.reason,
    }  # fmt: skip


def _list(options: argparse.Namespace, out: Output) -> None:
    rows = Payout.objects.select_related("batch").order_by("-id")
    rows = rows.filter(state=options.state) if options.state else rows
    rows = rows.filter(batch__number=options.batch) if options.batch else rows
    found = list(rows[:1000])
    codes = dict(Party.objects.filter(id__in={row.party_id for row in found}).values_list("id", "code"))
    document = {"payouts": [_payout(row, codes.get(row.party_id, "")) for row in found]}
    out.result(document, lambda told: "\n".join(map(_line, told["payouts"])) or "no payout")


def _line(one: Mapping[str, Any]) -> str:
    amount = Money(one["amount_minor"], one["currency"]).grouped()
    return (
        f"{one['number']}  {one['party']:12} {one['currency']} {amount:>14}  {one['state']:9} "
        f"{one['receiver']} {one['reason_code']}"
    ).rstrip()


def _show(number: str, out: Output) -> None:
    row = payout_by_number(number)
    if row is None:
        raise UnknownPayout(f"there is no payout {number}")
    document = _payout(row, _party(row)) | {
        "attempts": [
            {"end_to_end": one.end_to_end, "state": one.state, "reference": one.reference,
             "reason_code": one.reason_code}
            for one in row.attempts.order_by("attempt")
        ],
        "answers": [
            {"outcome": one.outcome, "effect": one.effect, "amount_minor": one.amount_minor,
             "reason_code": one.reason_code, "at": one.at.isoformat()}
            for one in answers_of(row.id)
        ],
        "steps": [
            {"after": one.after, "at": one.at.isoformat(), "by": one.actor} for one in steps_of("payout", row.id)
        ],
    }  # fmt: skip
    out.result(document)
