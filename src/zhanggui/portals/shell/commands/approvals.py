"""zhanggui approvals: what waits for a second person; approve, reject or withdraw it; limits by role."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.approvals.errors import UnknownApproval
from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.queries import approval, limits
from zhanggui.journeys.approval_decided import approval_decided, approval_withdrawn
from zhanggui.journeys.approval_limit_set import approval_limit_set
from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.parties.models import Role, User
from zhanggui.parties.queries import platform_standing
from zhanggui.portals.shell.amounts import ANY_CURRENCY, grouped_in
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person

HELP = "documents that wait for a second person: list, show, approve, reject, withdraw; limits by role"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(
        dest="act", required=True, metavar="{list,show,approve,reject,withdraw,limits,limit}"
    )
    listed = acts.add_parser("list", help="what waits (or, with --state, what had its decision)")
    listed.add_argument("--state", choices=ApprovalState.values, default=ApprovalState.PENDING.value)
    shown = acts.add_parser("show", help="one request, its content and decisions")
    approved = acts.add_parser(
        "approve", help="approve it, and carry it out if it was the last approval needed"
    )
    approved.add_argument(
        "--amount", required=True, help="what moves in all, typed once more, such as 1250.00"
    )
    rejected = acts.add_parser("reject", help="reject it")
    withdrawn = acts.add_parser("withdraw", help="take back one's own")
    for act in (shown, approved, rejected, withdrawn):
        act.add_argument("number", type=int, metavar="REQUEST")
    for act in (approved, rejected, withdrawn):
        act.add_argument(
            "--as", dest="person", required=True, metavar="USER", help="who decides: a log-in name"
        )
        act.add_argument("--reason", default="", help="why, for the maker and the history")
    acts.add_parser("limits", help="how much each role may approve")
    limit = acts.add_parser(
        "limit",
        help="set what a role may approve (without --max: no limit); more than now waits for a second person",
    )
    limit.add_argument("role", choices=Role.values)
    limit.add_argument("--max", dest="most", metavar="AMOUNT", help="such as 50000.00, in the currency named")
    limit.add_argument("--two-above", metavar="AMOUNT", help="above this, two people are needed")
    limit.add_argument("--kind", default="*", help="of which documents (default: all)")
    limit.add_argument("--currency", default="*", help="of which currency; an amount needs one")
    takes_person(limit)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    match options.act:
        case "list":
            rows = [_shown(row) for row in Approval.objects.filter(state=options.state).order_by("id")[:1000]]
            out.result(
                {"approvals": rows}, lambda _: "\n".join(map(_line, rows)) or f"nothing is {options.state}"
            )
        case "limits" | "limit":
            _limits(options, out)
        case "show":
            row = approval(options.number)
            if row is None:
                raise UnknownApproval(f"there is no request for approval {options.number}")
            _show(row, out)
        case _:
            _decide(options, out)
    return 0


def _decide(options: argparse.Namespace, out: Output) -> None:
    user = User.objects.filter(username=options.person, is_active=True).first()
    standing = platform_standing(user) if user else None
    if user is None or standing is None:
        raise BadArguments(
            f"{options.person!r} is nobody who works at the platform; `--as` takes a log-in name"
        )
    moment = {"at": clock(), "zone": zone(), "reason": options.reason}
    if options.act == "withdraw":
        row = approval_withdrawn(approval_id=options.number, maker=user.username, **moment)
    else:
        if not standing.may("approvals.decide"):
            raise BadArguments(f"the roles of {user.username} do not include approving; ask a controller")
        row = approval_decided(
            approval_id=options.number, approve=options.act == "approve", checker=user.username,
            roles=standing.roles, proof=Proof(retyped_minor=_retyped(options)), **moment,
        )  # fmt: skip
    out.result(_shown(row), _line)


def _retyped(options: argparse.Namespace) -> int | None:
    """What was typed once more, in the currency of what is decided; None where nothing is to be typed."""
    row = approval(options.number)
    return parse_minor(options.amount, row.currency) if options.act == "approve" and row else None


def _limit_amount(options: argparse.Namespace, given: str | None) -> int | None:
    if given is None:
        return None
    if options.currency == ANY_CURRENCY:
        raise BadArguments("an amount is one of a currency: name it with --currency")
    return parse_minor(given, options.currency)


def _limits(options: argparse.Namespace, out: Output) -> None:
    waits = None
    if options.act == "limit":
        change = approval_limit_set(
            role=options.role, max_minor=_limit_amount(options, options.most), at=clock(),
            actor=actor_who_may(options.person, "limits.change"), kind=options.kind, currency=options.currency,
            two_above_minor=_limit_amount(options, options.two_above),
        )  # fmt: skip
        waits = change.approval.id if change.approval else None
        if waits:
            out.note(f"zhanggui: it allows more than before and waits for a second person as request {waits}")
    names = ("role", "kind", "currency", "max_minor", "two_above_minor")
    rows = [{name: getattr(one, name) for name in names} for one in limits()]
    out.result(
        {"limits": rows, "waits_for_approval": waits},
        lambda _: "\n".join(
            "{role:22} {kind:22} {currency:4} {most}".format(
                **row,
                most="no limit"
                if row["max_minor"] is None
                else grouped_in(row["max_minor"], row["currency"]),
            )
            for row in rows
        ),
    )


def _shown(row: Approval) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.kind, "subject": row.subject, "title": row.title, "state": row.state,
        "amount_minor": row.amount_minor, "currency": row.currency, "maker": row.maker,
        "made_at": row.made_at.isoformat(), "checks_needed": row.checks_needed,
    }  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    amount = Money(row["amount_minor"], row["currency"]).grouped()
    about = f"#{row['id']} {row['kind']} {row['subject']}: {row['state']}"
    return f"{about}, {row['currency']} {amount}, by {row['maker']}"


def _show(row: Approval, out: Output) -> None:
    decisions = [
        {"checker": one.checker, "approved": one.approved, "at": one.at.isoformat(), "reason": one.reason}
        for one in row.decisions.order_by("id")
    ]
    document = _shown(row) | {"payload": row.payload, "decisions": decisions}
    told = [_line(document), *(f"  {name}: {value}" for name, value in row.payload.items())]
    told += [
        f"  {'approved' if one['approved'] else 'rejected'} by {one['checker']} {one['reason']}"
        for one in decisions
    ]
    out.result(document, lambda _: "\n".join(told))
