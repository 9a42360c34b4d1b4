"""zhanggui funds: what stands where at the end of a day."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.money import Money
from zhanggui.parties.models import Party
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import day
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.monitoring.queries.funds import snapshot

HELP = "balances of all parties and of our own accounts, or of one party, now or at the end of a day"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--currency", help="such as CNY; all of the business lines' if left out")
    parser.add_argument("--party", metavar="CODE", help="one party's balances")
    parser.add_argument("--through", type=day, metavar="DATE", help="at the end of this day; now if left out")


def run(options: argparse.Namespace, out: Output) -> int:
    party = None
    if options.party:
        party = Party.objects.filter(code=options.party).first()
        if party is None:
            raise BadArguments(f"there is no party {options.party!r}; name one by its code")
    known = list(dict.fromkeys(BusinessLine.objects.order_by("id").values_list("currency", flat=True)))
    document = {
        "party": party.code if party else "", "through": options.through,
        "balances_minor": {
            code: snapshot(currency=code, through=options.through, party_id=party.id if party else None)
            for code in ([options.currency] if options.currency else known)
        },
    }  # fmt: skip
    out.result(document, _told)
    return 0


def _told(document: Mapping[str, Any]) -> str:
    lines = []
    for currency, figures in document["balances_minor"].items():
        lines.append(f"{currency} {document['party']}".rstrip())
        lines += [f"  {Money(amount, currency).grouped():>18}  {name}" for name, amount in figures.items()]
    return "\n".join(lines)
