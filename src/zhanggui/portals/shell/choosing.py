"""Which business lines, statements, parties and accounts a command is about, and how many work on it."""

import argparse
from collections.abc import Iterable

from zhanggui.parties.models import Party
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.rows.side_by_side import usual_workers
from zhanggui.settlement.entities.models import BusinessLine, OwnAccount, SettlementEntity
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.statements.errors import UnknownStatement
from zhanggui.settlement.statements.models import Statement


def chosen_lines(code: str | None) -> list[BusinessLine]:
    """The line of this code, or all of them. Raises UnknownBusinessLine, BadArguments when there is none."""
    if code:
        return [business_line(code)]
    lines = list(BusinessLine.objects.order_by("id"))
    if not lines:
        raise BadArguments(
            "there is no business line yet; import orders, or open one with `business-line open`"
        )
    return lines


def the_line(code: str | None) -> BusinessLine:
    """The line of this code, or the only one there is. Raises as `chosen_lines`, and BadArguments."""
    lines = chosen_lines(code)
    if len(lines) > 1:
        known = ", ".join(line.code for line in lines)
        raise BadArguments(f"there are several business lines; name one with --business-line ({known})")
    return lines[0]


def statement_of(number: str) -> Statement:
    """The statement of this number. Raises UnknownStatement."""
    found = Statement.objects.filter(number=number.strip()).first()
    if found is None:
        raise UnknownStatement(f"there is no statement {number!r}; `zhanggui export statements` lists them")
    return found


def party_of(code: str) -> Party:
    """The party of this code. Raises BadArguments."""
    found = Party.objects.filter(code=code).first()
    if found is None:
        raise BadArguments(f"there is no party {code!r}")
    return found


def own_account_of(code: str | None) -> OwnAccount:
    """The account of ours with this code, or the only bank account there is. Raises BadArguments."""
    rows = OwnAccount.objects.filter(code=code) if code else OwnAccount.objects.filter(kind="bank")
    found = list(rows.select_related("entity")[:2])
    if len(found) != 1:
        known = ", ".join(OwnAccount.objects.order_by("code").values_list("code", flat=True)) or "none yet"
        raise BadArguments(f"name an account of ours with --account (known: {known})")
    return found[0]


def entity_of(code: str | None) -> SettlementEntity:
    """The settlement entity of this code, or the only one there is. Raises BadArguments."""
    found = list((SettlementEntity.objects.filter(code=code) if code else SettlementEntity.objects.all())[:2])
    if len(found) != 1:
        known = ", ".join(SettlementEntity.objects.order_by("code").values_list("code", flat=True))
        raise BadArguments(f"name a settlement entity with --entity (known: {known or 'none yet'})")
    return found[0]


def party_codes(ids: Iterable[int]) -> dict[int, str]:
    """The codes of parties by id."""
    return dict(Party.objects.filter(id__in=set(ids)).values_list("id", "code"))


def takes_workers(parser: argparse.ArgumentParser, who: str) -> None:
    """Have a command take `--workers N`; `who` says what shares the work."""
    parser.add_argument(
        "--workers", type=int, choices=range(1, 17), metavar="N", default=usual_workers(),
        help=f"{who}, 1 to 16; one a processor, at most four, if left out",
    )  # fmt: skip


def takes_engine(parser: argparse.ArgumentParser, what: str) -> None:
    """Have a command take `--engine` and `--ray-address`; `what` says what is shared."""
    parser.add_argument(
        "--engine", choices=("here", "ray"), default="here",
        help=f"who shares {what}: this machine, or the processes of a Ray cluster, an optional extra",
    )  # fmt: skip
    parser.add_argument(
        "--ray-address", metavar="HOST:PORT",
        help="the cluster's head, which this machine has joined; one of this machine alone if left out",
    )  # fmt: skip


def on_ray_chosen(options: argparse.Namespace) -> bool:
    """Whether a Ray cluster is to do it. Raises BadArguments."""
    if options.ray_address and options.engine != "ray":
        raise BadArguments("--ray-address goes with --engine ray")
    return bool(options.engine == "ray")
