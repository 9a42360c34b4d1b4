"""zhanggui terms: the settlement terms of a merchant, or a line's defaults, over time; set new ones from a day on."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.journeys.terms_changed import terms_changed
from zhanggui.portals.shell.choosing import entity_of, party_codes, party_of, the_line
from zhanggui.portals.shell.moments import clock, day
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.entities.models import BillingNode, InvoiceMode, SettlementTerms
from zhanggui.settlement.entities.queries import terms_in_force

HELP = "settlement terms over time: list them, or set period, invoice mode, entity and due date from a day on"
ACTOR = "zhanggui terms"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,set}")
    listed = acts.add_parser("list", help="terms by business line and party, the earliest first")
    changed = acts.add_parser("set", help="new terms from a day on; what is not named stays as it is")
    listed.add_argument("--party", metavar="CODE", help="those of one party, and the defaults behind them")
    changed.add_argument("--party", metavar="CODE", help="whose terms; left out: the line's defaults")
    for act in (listed, changed):
        act.add_argument("--business-line", metavar="CODE", help="default: all, or the only one there is")
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    changed.add_argument("--from", dest="start", type=day, required=True, metavar="DAY", help="first day")
    changed.add_argument("--entity", metavar="CODE", help="the entity that settles")
    changed.add_argument(
        "--cycle", metavar="CYCLE", help="period type, such as month:1, week:1, D+1, document"
    )
    changed.add_argument("--invoice-mode", choices=[mode.name.lower() for mode in InvoiceMode])
    changed.add_argument(
        "--node", choices=[node.name.lower() for node in BillingNode], help="when lines bill"
    )
    changed.add_argument("--hold-days", type=int, metavar="DAYS", help="days between the node and billing")
    changed.add_argument("--due-rule", metavar="RULE", help="such as D+7, T+1, day:15")
    changed.add_argument("--auto-confirm-days", type=int, metavar="DAYS", help="silence that confirms")
    changed.add_argument("--calendar", metavar="CODE", help="working days: CN, another country, weekdays")


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "set":
        return _set(options, out)
    rows = SettlementTerms.objects.select_related("business_line", "entity")
    if options.business_line:
        rows = rows.filter(business_line=the_line(options.business_line))
    if options.party:
        rows = rows.filter(party_id__in=(0, party_of(options.party).id))
    found = list(rows.order_by("business_line_id", "party_id", "effective_from"))
    codes = party_codes(row.party_id for row in found)
    documents = [_document(row, codes) for row in found]
    out.result({"terms": documents}, lambda _: "\n".join(map(_line, documents)) or "no terms yet")
    return 0


def _set(options: argparse.Namespace, out: Output) -> int:
    line = the_line(options.business_line)
    party_id = party_of(options.party).id if options.party else 0
    now = terms_in_force(business_line_id=line.id, party_id=party_id, day=options.start)
    named: dict[str, Any] = {
        "invoice_mode": InvoiceMode[options.invoice_mode.upper()] if options.invoice_mode else None,
        "node": BillingNode[options.node.upper()] if options.node else None,
        "hold_days": options.hold_days, "cycle": options.cycle, "due_rule": options.due_rule,
        "auto_confirm_days": options.auto_confirm_days, "calendar": options.calendar,
    }  # fmt: skip
    settings = {name: getattr(now, name) if value is None else value for name, value in named.items()}
    row = terms_changed(
        party_id=party_id, business_line=line, entity=entity_of(options.entity) if options.entity else now.entity,
        effective_from=options.start, at=clock(), actor=ACTOR, **settings,
    )  # fmt: skip
    out.result(_document(row, party_codes([party_id])), _line)
    return 0


def _document(row: SettlementTerms, codes: Mapping[int, str]) -> dict[str, Any]:
    same = ("cycle", "due_rule", "hold_days", "calendar", "auto_confirm_days")
    return {
        "business_line": row.business_line.code, "party": codes.get(row.party_id), "entity": row.entity.code,
        "effective_from": row.effective_from.isoformat(),
        "effective_before": row.effective_before.isoformat() if row.effective_before else None,
        "invoice_mode": InvoiceMode(row.invoice_mode).name.lower(), "node": BillingNode(row.node).name.lower(),
    } | {name: getattr(row, name) for name in same}  # fmt: skip


def _line(told: Mapping[str, Any]) -> str:
    until = f"until before {told['effective_before']}" if told["effective_before"] else "until further notice"
    return (
        f"{told['business_line']} {told['party'] or '(defaults)'}: from {told['effective_from']} {until},"
        f" {told['cycle']}, due {told['due_rule']} ({told['calendar']}), invoices {told['invoice_mode']},"
        f" entity {told['entity']}, billed when {told['node']} + {told['hold_days']} days"
    )
