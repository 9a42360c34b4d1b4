"""zhanggui debts: what parties owe us; ageing, dunning, the policy, settling from the deposit, writing off."""

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from zhanggui.clockwork.age_debts import age_debts
from zhanggui.journeys.debt_collected import (
    collection_policy_set,
    debt_noted,
    deposit_asked,
    write_off_requested,
)
from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.portals.shell.choosing import entity_of, party_codes, party_of, statement_of
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.collections.errors import UnknownDebt
from zhanggui.settlement.collections.models import Debt, DebtAction, DunningNote
from zhanggui.settlement.collections.queries import ageing, debt, dunning_of, settlements_of, write_offs_of
from zhanggui.settlement.collections.rules import bucket_names, bucket_of
from zhanggui.settlement.collections.states import debt_state
from zhanggui.settlement.statements.models import Statement

HELP = "what parties owe us: list, show, ageing, dun, notes, note, policy, from-deposit, write-off"
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(
        dest="act", required=True, metavar="{list,show,ageing,dun,notes,note,policy,from-deposit,write-off}"
    )
    listed = acts.add_parser("list", help="debts, the oldest first")
    listed.add_argument("--all", action="store_true", help="settled ones, too")
    listed.add_argument("--age", choices=bucket_names(), help="of this ageing bucket")
    opened = acts.add_parser("show", help="one debt: its steps, its dunning, the write-offs asked for")
    said = acts.add_parser("notes", help="levels that debts reached, calls, promises; the latest first")
    for act in (listed, said):
        act.add_argument("--party", metavar="PARTY")
        act.add_argument("--level", type=int, help="of this dunning level")
    acts.add_parser("ageing", help="open debts by currency and age")
    acts.add_parser("dun", help="raise the level of debts that grew older")
    note = acts.add_parser("note", help="keep what was said, and a promise to pay")
    note.add_argument("text")
    note.add_argument("--promised-on", type=day)
    note.add_argument("--promised", default="0", help="major units")
    rule = acts.add_parser("policy", help="whether debts are carried on or collected, from a day on")
    rule.add_argument("action", choices=DebtAction.values)
    rule.add_argument("--party", metavar="PARTY", help="for this party alone")
    rule.add_argument("--entity", metavar="CODE")
    rule.add_argument("--from", dest="starts", type=day, required=True)
    rule.add_argument("--carry-max", type=int, help="carry so many times in a row, then collect")
    rule.add_argument("--while-selling", action="store_true", help="carry only while the party sells")
    rule.add_argument("--due-days", type=int, default=15)
    rule.add_argument("--no-set-off", action="store_true", help="do not use later goods money")
    rule.add_argument(
        "--deposit-agreed", action="store_true", help="the deposit pays without further approval"
    )
    taken = acts.add_parser("from-deposit", help="settle from the deposit, with approval unless it is agreed")
    given = acts.add_parser("write-off", help="give a debt up; another person approves it")
    for act in (opened, note, taken, given):
        act.add_argument("statement", metavar="STATEMENT", help="its number")
    takes_person(rule, note, taken, given)
    given.add_argument("--evidence", default="", help="where the proof is")
    for act in (taken, given):
        act.add_argument("amount", help="major units")
        act.add_argument("--reason", required=True)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    match options.act:
        case "list":
            found = _documents(_listed(options))
            out.result({"debts": found}, lambda _: "\n".join(map(_line, found)) or "nobody owes anything")
        case "ageing":
            aged = ageing(clock().astimezone(zone()).date())
            out.result({"ageing": aged}, lambda _: "\n".join(map(_bucket, aged)) or "nobody owes anything")
        case "show":
            out.result(_whole(options.statement), _told)
        case "notes":
            notes = _notes(_of(DunningNote.objects.order_by("-id"), options)[:1000])
            out.result({"notes": notes}, lambda _: "\n".join(map(_note_line, notes)) or "nobody was dunned")
        case "dun":
            count = age_debts(clock=clock, zone=zone())
            out.result({"dunned": count}, lambda row: f"{row['dunned']} debts reached the next level")
        case "policy":
            row = collection_policy_set(
                entity=entity_of(options.entity), action=options.action, effective_from=options.starts,
                at=clock(), actor=actor_who_may(options.person, "policies.change"),
                party_id=party_of(options.party).id if options.party else 0,
                carry_max=options.carry_max, while_selling=options.while_selling, due_days=options.due_days,
                set_off=not options.no_set_off, deposit_agreed=options.deposit_agreed,
            )  # fmt: skip
            out.result({"policy": row.id, "action": row.action, "from": row.effective_from})
        case _:
            _act(options, out)
    return 0


def _act(options: argparse.Namespace, out: Output) -> None:
    actor = actor_who_may(options.person, "collections.act")
    statement = statement_of(options.statement)
    key = {"party_id": statement.party_id, "statement_id": statement.id}
    if options.act == "note":
        debt_noted(
            **key, note=options.text, at=clock(), actor=actor, promised_on=options.promised_on,
            promised_minor=parse_minor(options.promised, statement.currency),
        )  # fmt: skip
        approval = 0
    elif options.act == "from-deposit":
        order = deposit_asked(
            **key, amount_minor=parse_minor(options.amount, statement.currency), reason=options.reason,
            at=clock(), zone=zone(), actor=actor,
        )  # fmt: skip
        approval = order.approval_id if order else 0
    else:
        approval = write_off_requested(
            **key, amount_minor=parse_minor(options.amount, statement.currency), reason=options.reason,
            evidence=options.evidence, at=clock(), maker=actor,
        ).approval_id  # fmt: skip
    found = debt(statement.party_id, statement.id)
    document = _documents([found] if found else [])[0] | {"approval": approval}
    out.result(
        document, lambda row: _line(row) + (f", request {row['approval']} waits" if row["approval"] else "")
    )


def _of[Rows: QuerySet[Any]](rows: Rows, options: argparse.Namespace) -> Rows:
    """Those of the party and the level that the options name."""
    if options.party:
        rows = rows.filter(party_id=party_of(options.party).id)
    return rows if options.level is None else rows.filter(level=options.level)


def _listed(options: argparse.Namespace) -> list[Debt]:
    rows = _of(Debt.objects.order_by("due_on", "statement_id"), options)
    found = list(rows if options.all else rows.filter(open_minor__gt=0))
    if options.age:
        today = clock().astimezone(zone()).date()
        found = [row for row in found if bucket_of(row.due_on, today) == options.age]
    return found[:MOST]


def _whole(number: str) -> dict[str, Any]:
    statement = statement_of(number)
    key = (statement.party_id, statement.id)
    row = debt(*key)
    if row is None:
        raise UnknownDebt(
            f"statement {number} is not being collected; `zhanggui debts list` lists those that are"
        )
    return _documents([row])[0] | {
        "pledged_minor": row.pledged_minor,
        "settlements": [
            {"by": one.by, "amount_minor": one.amount_minor, "at": one.at, "actor": one.actor}
            for one in settlements_of(*key)
        ],
        "notes": _notes(dunning_of(*key)),
        "write_offs": [
            {"number": one.number, "state": one.state, "amount_minor": one.amount_minor, "reason": one.reason,
             "approval": one.approval_id, "made_by": one.made_by}
            for one in write_offs_of(*key)
        ],
    }  # fmt: skip


def _notes(rows: Iterable[DunningNote]) -> list[dict[str, Any]]:
    found = list(rows)
    codes = party_codes(row.party_id for row in found)
    numbers = dict(
        Statement.objects.filter(id__in=[row.statement_id for row in found]).values_list("id", "number")
    )
    same = ("id", "level", "at", "note", "promised_on", "promised_minor")
    return [
        {name: getattr(row, name) for name in same}
        | {"statement": numbers[row.statement_id], "party": codes[row.party_id], "by": row.actor}
        for row in found
    ]


def _note_line(row: Mapping[str, Any]) -> str:
    promised = f", promised for {row['promised_on']}" if row["promised_on"] else ""
    return (
        f"{row['at']:%Y-%m-%d} {row['statement']} {row['party']:16} level {row['level']}: {row['note']}{promised}"
        f" ({row['by']})"
    )


def _told(row: Mapping[str, Any]) -> str:
    lines = [_line(row)]
    lines += [
        f"  {one['at']:%Y-%m-%d} {Money(one['amount_minor'], row['currency']).grouped():>14} by {one['by']}"
        for one in row["settlements"]
    ]
    lines += [f"  {_note_line(one)}" for one in row["notes"]]
    lines += [f"  write-off {one['number']} {one['state']}: {one['reason']}" for one in row["write_offs"]]
    return "\n".join(lines)


def _documents(rows: list[Debt]) -> list[dict[str, Any]]:
    codes = party_codes(row.party_id for row in rows)
    numbers = dict(
        Statement.objects.filter(id__in=[row.statement_id for row in rows]).values_list("id", "number")
    )
    today = clock().astimezone(zone()).date()
    return [
        {
            "statement": numbers[row.statement_id], "party": codes[row.party_id], "state": debt_state(row),
            "currency": row.currency, "amount_minor": row.amount_minor, "open_minor": row.open_minor,
            "due_on": row.due_on, "level": row.level, "age": bucket_of(row.due_on, today),
        }
        for row in rows
    ]  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    rest, amount = (Money(row[name], row["currency"]).grouped() for name in ("open_minor", "amount_minor"))
    return (
        f"{row['statement']} {row['party']:16} {row['currency']} {rest} open of {amount}, due {row['due_on']},"
        f" {row['age']}, level {row['level']}"
    )


def _bucket(row: Mapping[str, Any]) -> str:
    rest = Money(row["open_minor"], row["currency"]).grouped()
    return f"{row['currency']} {row['bucket']:8} {row['debts']:>5} debts {rest:>16}"
