"""zhanggui receivers: where money may go, and the accounts of ours it leaves from."""

import argparse
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from zhanggui.journeys.own_account_changed import (
    own_account_closed,
    own_account_details_changed,
    own_account_opened,
    own_account_reopened,
)
from zhanggui.parties.models import Party
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may
from zhanggui.settlement.collections.models import Receipt
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.rules.account_details import text_of_detail
from zhanggui.settlement.payouts.models import Receiver, ReceiverKind, ReceiverState
from zhanggui.settlement.payouts.operations.close_receiver import close_receiver
from zhanggui.settlement.payouts.operations.propose_receiver import ReceiverDetails, propose_receiver
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver

DETAILS = {
    False: 'JSON, such as {"cnaps": "102100099996"}',
    True: 'JSON, such as {"channel": "unionpay", "merchant_number": "898", "cut_hour": 23}',
}
HELP = "receivers of money: list, propose, verify, close; and the accounts of ours that pay"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(
        dest="act",
        required=True,
        metavar="{list,propose,verify,close,own-accounts,own-account,own-account-details,...}",
    )
    listed = acts.add_parser("list", help="receivers, the latest first; numbers are masked")
    listed.add_argument("--state", choices=ReceiverState.values)
    listed.add_argument("--party", metavar="CODE")
    proposed = acts.add_parser("propose", help="propose one; another person verifies it")
    proposed.add_argument(
        "party", metavar="PARTY", help="its code, or the number RC... of a receipt that goes back"
    )
    proposed.add_argument("currency")
    verified = acts.add_parser("verify", help="verify a proposed one: after the cool-down money goes there")
    closed = acts.add_parser("close", help="close one: nothing more goes there")
    closed.add_argument("--reason", required=True)
    for act in (verified, closed):
        act.add_argument("number", type=int, metavar="RECEIVER")
    acts.add_parser("own-accounts", help="the accounts of ours")
    own = acts.add_parser("own-account", help="open an account of ours")
    own.add_argument("code")
    own.add_argument("--entity", required=True)
    own.add_argument("--currency", required=True)
    own.add_argument("--kind", choices=OwnAccountKind.values, default=OwnAccountKind.BANK.value,
                     help="at a bank or a payment channel; default %(default)s")  # fmt: skip
    own.add_argument("--name-zh", default="", metavar="NAME")
    own.add_argument("--name-en", default="", metavar="NAME")
    own.add_argument(
        "--rail", default="", help="iso20022, iso20022-03 or a bank template; none: nothing is paid from it"
    )
    changed = acts.add_parser(
        "own-account-details", help="put details in place of those an account of ours has"
    )
    changed.add_argument("code")
    shut = acts.add_parser("own-account-close", help="close an account of ours: nothing is paid from it")
    again = acts.add_parser("own-account-reopen", help="open a closed account of ours again")
    for act in (shut, again):
        act.add_argument("code")
        act.add_argument("--reason", required=True)
    for act in (proposed, own):
        needed = act is proposed
        act.add_argument(
            "--holder", required=needed, default="", help=None if needed else "of a bank account"
        )
        act.add_argument(
            "--number", required=needed, default="", help="the full account number; it is kept sealed"
        )
    for act in (proposed, own, changed):
        act.add_argument(
            "--details",
            type=json.loads,
            default={},
            required=act is changed,
            help=DETAILS[act is not proposed],
        )
    proposed.add_argument("--bank", default="")
    proposed.add_argument("--kind", choices=ReceiverKind.values, default=ReceiverKind.BANK.value)
    for act in (proposed, verified, closed, own, changed, shut, again):
        act.add_argument("--as", dest="person", required=True, metavar="USER", help="who acts: a log-in name")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


@transaction.atomic
def run(options: argparse.Namespace, out: Output) -> int:
    match options.act:
        case "list":
            _list(options, out)
        case "own-accounts":
            rows = [_own(row) for row in OwnAccount.objects.order_by("id")]
            out.result({"own_accounts": rows}, lambda _: "\n".join(map(_own_line, rows)) or "none yet")
        case "own-account":
            _open(options, out)
        case "own-account-details":
            actor = actor_who_may(options.person, "own_accounts.change")
            row = own_account_details_changed(
                code=options.code, details=_object(options.details), at=clock(), actor=actor
            )
            out.result(_own(row), _own_line)
        case "own-account-close" | "own-account-reopen":
            change = own_account_closed if options.act == "own-account-close" else own_account_reopened
            actor = actor_who_may(options.person, "own_accounts.change")
            row = change(code=options.code, reason=options.reason, at=clock(), actor=actor)
            out.result(_own(row), _own_line)
        case _:
            _act(options, out)
    return 0


def _act(options: argparse.Namespace, out: Output) -> None:
    actor = actor_who_may(options.person, "receivers.change")
    if options.act == "propose":
        party_id, receipt_id = _whose(options.party, options.currency)
        given = ReceiverDetails(
            options.holder, options.number, ReceiverKind(options.kind), options.bank, options.details
        )
        row = propose_receiver(
            party_id=party_id,
            receipt_id=receipt_id,
            currency=options.currency,
            given=given,
            at=clock(),
            actor=actor,
        )
    elif options.act == "verify":
        row = verify_receiver(
            receiver_id=options.number, at=clock(), cool_down=settings.RECEIVER_COOL_DOWN, actor=actor
        )
    else:
        row = close_receiver(receiver_id=options.number, at=clock(), actor=actor, reason=options.reason)
    found = Party.objects.filter(id=row.party_id).first()
    out.result(_receiver(row, found.code if found else ""), _line)


def _whose(named: str, currency: str) -> tuple[int, int]:
    """A party, or a receipt of this currency, as (party, receipt). Raises BadArguments."""
    party = Party.objects.filter(code=named).first()
    if party is not None:
        return party.id, 0
    number = named.removeprefix("RC")
    if named.startswith("RC") and number.isdigit():
        found = Receipt.objects.filter(id=int(number), currency=currency).first()
        if found is not None:
            return 0, found.id
    raise BadArguments(f"there is no party {named!r}")


def _list(options: argparse.Namespace, out: Output) -> None:
    rows = Receiver.objects.order_by("-id")
    rows = rows.filter(state=options.state) if options.state else rows
    if options.party:
        rows = rows.filter(party_id__in=Party.objects.filter(code=options.party).values("id"))
    found = list(rows[:1000])
    codes = dict(Party.objects.filter(id__in={row.party_id for row in found}).values_list("id", "code"))
    shown = [_receiver(row, codes.get(row.party_id, "")) for row in found]
    out.result({"receivers": shown}, lambda _: "\n".join(map(_line, shown)) or "no receiver")


def _receiver(row: Receiver, party: str) -> dict[str, Any]:
    return {
        "id": row.id, "party": party, "receipt_id": row.receipt_id, "currency": row.currency, "kind": row.kind,
        "holder": row.holder,
        "number": row.number_masked, "bank": row.bank, "state": row.state, "proposed_by": row.proposed_by,
        "verified_by": row.verified_by,
        "usable_from": row.usable_from.isoformat() if row.usable_from else None,
    }  # fmt: skip


def _line(one: Mapping[str, Any]) -> str:
    return (
        f"#{one['id']} {one['party']:12} {one['currency']} {one['number']} {one['holder']}"
        f"  {one['state']}" + (f", money from {one['usable_from']}" if one["usable_from"] else "")
    )


def _open(options: argparse.Namespace, out: Output) -> None:
    actor = actor_who_may(options.person, "own_accounts.change")
    entity = SettlementEntity.objects.filter(code=options.entity).first()
    if entity is None:
        raise BadArguments(f"there is no settlement entity {options.entity!r}")
    row = own_account_opened(
        code=options.code, name={"zh": options.name_zh, "en": options.name_en}, kind=OwnAccountKind(options.kind),
        entity=entity, currency=options.currency, rail=options.rail, number=options.number, holder=options.holder,
        details=_object(options.details), at=clock(), actor=actor,
    )  # fmt: skip
    out.result(_own(row), _own_line)


def _object(details: Any) -> Mapping[str, Any]:
    if not isinstance(details, dict):
        raise BadArguments(f"--details takes a JSON object, such as {DETAILS[True]}")
    return details


def _own(row: OwnAccount) -> dict[str, Any]:
    return {
        "code": row.code, "kind": row.kind, "entity": row.entity.code, "currency": row.currency, "rail": row.rail,
        "number": row.number_masked, "details": row.details, "active": row.active,
    }  # fmt: skip


def _own_line(one: Mapping[str, Any]) -> str:
    details = ", ".join(f"{key}={text_of_detail(value)}" for key, value in one["details"].items())
    return (
        f"{one['code']}  {one['kind']} {one['entity']} {one['currency']} {one['number']}"
        f" over {one['rail'] or 'nothing'}" + (f" ({details})" if details else "")
    )
