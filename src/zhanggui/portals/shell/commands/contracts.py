"""zhanggui contracts: contracts with merchants, suppliers and other partners; keep one with its paper."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from zhanggui.journeys.contract_kept import contract_kept
from zhanggui.portals.shell.choosing import party_codes, party_of
from zhanggui.portals.shell.errors import FileRefused
from zhanggui.portals.shell.moments import clock, day
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.entities.contracts import ContractState, contract_by_number, contracts
from zhanggui.settlement.entities.operations.keep_contract import Signed

HELP = "contracts with merchants, suppliers and other partners: list them, keep one with its paper"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,keep}")
    listed = acts.add_parser("list", help="contracts in the order they were kept, with their states today")
    listed.add_argument("--party", metavar="CODE", help="those of one party")
    listed.add_argument("--state", choices=[one.value for one in ContractState])
    kept = acts.add_parser("keep", help="keep a contract; a newer one takes its place from its first day on")
    kept.add_argument("party", metavar="PARTY")
    kept.add_argument("number", metavar="NUMBER")
    kept.add_argument("file", metavar="FILE", help="its paper: PDF, PNG, JPEG or OFD of at most 10 MB")
    kept.add_argument("--signed-on", type=day, required=True, metavar="DAY")
    kept.add_argument(
        "--from", dest="starts_on", type=day, required=True, metavar="DAY", help="its first day"
    )
    kept.add_argument("--to", dest="ends_on", type=day, required=True, metavar="DAY", help="its last day")
    kept.add_argument("--signed-by", required=True, help="who signed, on both sides")
    kept.add_argument("--note", default="")
    takes_person(kept)
    for act in (listed, kept):
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    today = timezone.localdate(clock())
    if options.act == "keep":
        said = {
            name: getattr(options, name) for name in ("number", "signed_on", "starts_on", "ends_on", "note")
        }
        signed = Signed(
            signed_by=options.signed_by,
            file_name=Path(options.file).name,
            content=_content(options.file),
            **said,
        )
        actor = actor_who_may(options.person, "parties.change")
        contract_kept(party=party_of(options.party), signed=signed, at=clock(), actor=actor)
        out.result(_told([contract_by_number(options.number, today=today)])[0], _line)
        return 0
    party = party_of(options.party).id if options.party else None
    found = _told(contracts(today=today, party_id=party, state=options.state))
    out.result({"contracts": found}, lambda _: "\n".join(map(_line, found)) or "there is no such contract")
    return 0


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise FileRefused(
            f"{name} cannot be read ({error.strerror}); name the paper of the contract"
        ) from error


def _told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    codes = party_codes(row["party_id"] for row in rows)
    hidden = ("id", "party_id")
    return [
        {"party": codes.get(row["party_id"], "")} | {name: row[name] for name in row if name not in hidden}
        for row in rows
    ]


def _line(row: Mapping[str, Any]) -> str:
    return f"{row['number']} {row['party']} {row['state']} {row['starts_on']} ~ {row['ends_on']} {row['file_name']}"
