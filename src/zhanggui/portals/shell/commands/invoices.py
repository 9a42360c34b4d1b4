"""zhanggui invoices: what is due, drafts, issuing, red letters, invoices received, the tax report, its data."""

import argparse
from collections.abc import Callable
from datetime import date

from zhanggui.portals.shell import invoicing, taxing
from zhanggui.portals.shell.moments import day
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person

HELP = "invoices: due, draft, list, issue, import, red letters, receive, verify, reject, report, tax data"
ACTS: dict[str, Callable[[argparse.Namespace, Output], int]] = {
    "due": invoicing.due, "draft": invoicing.draft, "list": invoicing.listed, "show": invoicing.show,
    "issue": invoicing.issue, "import-issued": invoicing.import_issued, "red": invoicing.red,
    "void": invoicing.void, "receive": invoicing.receive, "verify": invoicing.verify,
    "reject": invoicing.reject, "write-off": invoicing.write_off, "report": taxing.report,
    "close-month": taxing.close_month, "profile": taxing.set_profile, "treatment": taxing.set_treatment,
    "policy": taxing.set_policy, "withholding": taxing.set_withholding, "profiles": taxing.profiles,
    "treatments": taxing.treatments, "withholding-tables": taxing.withholding_tables,
    "months": taxing.months_closed,
}  # fmt: skip

BY_PEOPLE = ("void", "issue", "red", "receive", "verify", "reject", "write-off", "import-issued", "close-month",
             "profile", "treatment", "withholding")  # fmt: skip
"""Acts that make or decide about a document, or set how tax is charged."""


def month(text: str) -> date:
    """A month on the command line: 2026-03."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no month; write it as 2026-03") from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{" + ",".join(ACTS) + "}")
    acts.add_parser("due", help="statements whose invoices are due but not drafted")
    draft = acts.add_parser("draft", help="draft what is due, or the named statements'")
    draft.add_argument("statements", metavar="STATEMENT", nargs="*", help="numbers of closed statements")
    listed = acts.add_parser("list", help="invoices, by state or party")
    listed.add_argument("--state", help="draft, issued, voided, expected, received, verified, written_off")
    listed.add_argument("--party", metavar="CODE")
    for name, text in (("show", "one invoice with its lines"), ("void", "void a draft"),
                       ("issue", "enter the number that the tax authority gave a draft"),
                       ("red", "draft a red letter against an issued invoice"),
                       ("receive", "enter an invoice that a party sent"),
                       ("verify", "verify what was sent towards an expected invoice"),
                       ("reject", "reject what was sent towards an expected invoice"),
                       ("write-off", "check a verified invoice off (核销)")):  # fmt: skip
        acts.add_parser(name, help=text).add_argument("invoice", metavar="INVOICE", help="our number")
    for name in ("issue", "receive"):
        acts.choices[name].add_argument("number", metavar="NUMBER", help="the tax authority's number")
        acts.choices[name].add_argument("--code", default="", help="the invoice code, where there is one")
        acts.choices[name].add_argument("--on", type=day, required=True, metavar="DATE", help="day of issue")
        acts.choices[name].add_argument("--file", metavar="FILE", help="its pdf, xml or ofd")
    acts.choices["issue"].add_argument("--gross", metavar="AMOUNT", help="checked against the draft")
    acts.choices["receive"].add_argument(
        "--amount", action="append", required=True, metavar="RATE:NET:TAX", help="such as 13%%:88.50:11.50"
    )
    for name in ("verify", "reject"):
        acts.choices[name].add_argument("number", metavar="NUMBER", help="the document's number")
    for name in ("void", "red", "reject"):
        acts.choices[name].add_argument("--reason", required=True)
    acts.choices["red"].add_argument(
        "--line", action="append", default=[], metavar="PLACE:AMOUNT", help="part of a line; default is all"
    )
    imported = acts.add_parser(
        "import-issued", help="issue the drafts that a csv or xlsx file names, or none"
    )
    imported.add_argument("file", metavar="FILE")
    _tax_arguments(acts)
    _tax_lists(acts)
    takes_person(*(acts.choices[name] for name in BY_PEOPLE))
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def _tax_arguments(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    report = acts.add_parser("report", help="the figures to file for a month, and their proof on the ledger")
    close = acts.add_parser("close-month", help="close a filed month: later documents go to the next")
    for one in (report, close):
        one.add_argument("--entity", required=True, metavar="CODE")
        one.add_argument("--month", required=True, type=month, metavar="YYYY-MM")
        one.add_argument("--currency", default="CNY")
    report.add_argument("--out", metavar="FILE", help="write it as .csv, .xlsx or .parquet")
    profile = acts.add_parser("profile", help="tax data of a party (or, without --party, of an entity)")
    profile.add_argument("--party", metavar="CODE", default="")
    profile.add_argument("--title", required=True)
    profile.add_argument("--taxpayer", choices=("general", "small", "individual"), default="general")
    for name in ("tax-number", "address", "phone", "bank-name", "bank-account"):
        profile.add_argument(f"--{name}", default="")
    profile.add_argument("--keep-account", action="store_true", help="the bank account before stands on")
    treatment = acts.add_parser("treatment", help="tax rate and code of a fee, a party or everything")
    treatment.add_argument("direction", choices=("output", "input"))
    treatment.add_argument("--rate", required=True, metavar="RATE", help="such as 6%%")
    treatment.add_argument("--code", default="", help="tax classification code")
    treatment.add_argument("--fee", default="", metavar="CODE")
    treatment.add_argument("--party", default="", metavar="CODE")
    for name in ("zh", "en"):
        treatment.add_argument(f"--item-{name}", default="", help="what lines are called")
    for one in (profile, treatment):
        one.add_argument("--entity", default="", metavar="CODE", help="default is every entity")
        one.add_argument("--from", dest="starts", type=day, required=True, metavar="DATE")
    policy = acts.add_parser("policy", help="show or set how an entity (default: every one) invoices")
    policy.add_argument("--entity", default="", metavar="CODE")
    policy.add_argument("--draft-when", choices=("closed", "confirmed"))
    policy.add_argument("--reversals", choices=("red_letter", "deduction"))
    policy.add_argument("--input-check", choices=("before_payment", "after_payment"))
    policy.add_argument("--verify-above", metavar="MINOR", help="minor units, or none")
    policy.add_argument("--as", dest="person", metavar="USER", help="who sets it: a log-in name")
    withholding = acts.add_parser("withholding", help="set brackets of tax withheld, from a JSON document")
    withholding.add_argument("file", metavar="FILE")


def _tax_lists(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    listed = (
        acts.add_parser("profiles", help="tax data of parties and entities, with what held before"),
        acts.add_parser("treatments", help="tax rates and codes, with what held before"),
        acts.add_parser("withholding-tables", help="brackets of tax withheld, with what held before"),
        acts.add_parser("months", help="closed months with their figures as filed"),
    )
    for one in listed:
        one.add_argument("--entity", default="", metavar="CODE", help="what holds for this entity")
    for one in listed[:3]:
        one.add_argument("--on", type=day, metavar="DAY", help="what holds on this day alone")
    for one in listed[:2]:
        one.add_argument("--party", default="", metavar="CODE", help="what holds for this party")


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act in BY_PEOPLE:
        options.actor = actor_who_may(options.person, "invoices.act")
    return ACTS[options.act](options, out)
