"""Acts of `zhanggui invoices` about tax: the report and its proof, months, data and settings."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.db import transaction

from zhanggui.money import Money
from zhanggui.money.rates import format_rate, parse_rate
from zhanggui.parties.models import Party
from zhanggui.portals.desk.exports.tables import write_table
from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.portals.shell.moments import clock, zone
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.fees.queries import catalogue
from zhanggui.settlement.invoices.operations.close_tax_month import close_tax_month
from zhanggui.settlement.invoices.operations.set_invoice_policy import set_invoice_policy
from zhanggui.settlement.invoices.operations.set_tax_profile import set_tax_profile
from zhanggui.settlement.invoices.operations.set_tax_treatment import set_tax_treatment
from zhanggui.settlement.invoices.operations.set_withholding_table import set_withholding_table
from zhanggui.settlement.invoices.proof import tax_proof
from zhanggui.settlement.invoices.queries import closed_month, tax_report
from zhanggui.settlement.invoices.tax_data import policy
from zhanggui.settlement.invoices.tax_models import Direction

ACTOR = "zhanggui invoices"
COLUMNS = ("month", "entity", "currency", "kind", "rate_ppm", "net", "tax", "gross", "documents")


def _entity(code: str) -> int:
    if not code:
        return 0
    row = SettlementEntity.objects.filter(code=code).first()
    if row is None:
        known = ", ".join(SettlementEntity.objects.order_by("code").values_list("code", flat=True))
        raise BadArguments(f"there is no entity {code!r} (known: {known or 'none yet'})")
    return row.id


def _party(code: str) -> int:
    if not code:
        return 0
    row = Party.objects.filter(code=code).first()
    if row is None:
        raise BadArguments(f"there is no party {code!r}")
    return row.id


def report(options: argparse.Namespace, out: Output) -> int:
    """What to file, and whether it agrees with the ledger."""
    entity = _entity(options.entity)
    given = {"entity_id": entity, "currency": options.currency, "month": options.month}
    rows, proofs = tax_report(**given), tax_proof(**given, zone=str(zone()))
    document: dict[str, Any] = {
        "entity": options.entity, "currency": options.currency, "month": f"{options.month:%Y-%m}",
        "closed": closed_month(**given) is not None, "figures": rows,
        "proof": [
            {"account": one.account, "ledger_minor": one.ledger, "filed_minor": one.filed,
             "differences": one.differences, "unexplained_minor": one.unexplained}
            for one in proofs
        ],
    }  # fmt: skip
    if options.out:
        head = {name: document[name] for name in ("month", "entity", "currency")}
        write_table(Path(options.out), COLUMNS, [head | row for row in rows])
        document["file"] = options.out
    out.result(document, _told)
    return 0 if all(one.unexplained == 0 for one in proofs) else 1


def _told(found: Any) -> str:
    def money(minor: int) -> str:
        return Money(minor, found["currency"]).grouped().rjust(16)

    lines = [
        f"{found['entity']} {found['month']} {found['currency']}{' (closed)' if found['closed'] else ''}"
    ]
    lines += [
        f"{row['kind']:<12}{format_rate(row['rate_ppm']):>8}{money(row['net'])}{money(row['tax'])}"
        f"{money(row['gross'])}{row['documents']:>8}"
        for row in found["figures"]
    ] or ["nothing to file in this month"]
    for one in found["proof"]:
        lines.append(
            f"{one['account']}: ledger {money(one['ledger_minor']).strip()}, filed"
            f" {money(one['filed_minor']).strip()}, {len(one['differences'])} differences listed, unexplained"
            f" {money(one['unexplained_minor']).strip()}"
        )
    return "\n".join(lines)


def close_month(options: argparse.Namespace, out: Output) -> int:
    """Close a filed month."""
    at = clock()
    with transaction.atomic():
        row = close_tax_month(
            entity_id=_entity(options.entity), currency=options.currency, month=options.month,
            today=at.astimezone(zone()).date(), at=at, actor=ACTOR,
        )  # fmt: skip
    out.result(
        {"month": f"{row.month:%Y-%m}", "figures": row.figures}, lambda told: f"{told['month']} closed"
    )
    return 0


def set_profile(options: argparse.Namespace, out: Output) -> int:
    """Tax data of a party or entity."""
    if not options.party and not options.entity:
        raise BadArguments("name a party (--party) or an entity (--entity)")
    with transaction.atomic():
        row = set_tax_profile(
            party_id=_party(options.party), entity_id=_entity(options.entity), effective_from=options.starts,
            title=options.title, taxpayer=options.taxpayer, tax_number=options.tax_number,
            address=options.address, phone=options.phone, bank_name=options.bank_name,
            bank_account=options.bank_account, at=clock(), actor=ACTOR,
        )  # fmt: skip
    out.result({"title": row.title, "tax_number": row.tax_number, "from": row.effective_from})
    return 0


def set_treatment(options: argparse.Namespace, out: Output) -> int:
    """Rate and code."""
    fee = catalogue().by_code.get(options.fee) if options.fee else None
    if options.fee and fee is None:
        raise BadArguments(
            f"there is no fee type {options.fee!r}; `zhanggui export` and the catalogue list them"
        )
    item = {name: text for name, text in (("zh", options.item_zh), ("en", options.item_en)) if text}
    with transaction.atomic():
        row = set_tax_treatment(
            direction=Direction[options.direction.upper()], rate_ppm=parse_rate(options.rate),
            effective_from=options.starts, tax_code=options.code, item=item, entity_id=_entity(options.entity),
            party_id=_party(options.party), fee_type_id=fee.id if fee else 0, at=clock(), actor=ACTOR,
        )  # fmt: skip
    out.result({"direction": options.direction, "rate_ppm": row.rate_ppm, "from": row.effective_from})
    return 0


def set_policy(options: argparse.Namespace, out: Output) -> int:
    """Show or set how an entity invoices."""
    entity = _entity(options.entity)
    row = policy(entity)
    given = {
        "draft_when": options.draft_when, "reversals": options.reversals, "input_check": options.input_check
    }  # fmt: skip
    limit = row.verify_above_minor
    if options.verify_above is not None:
        if options.verify_above != "none" and not options.verify_above.isdigit():
            raise BadArguments("--verify-above is a whole number of minor units, or none")
        limit = None if options.verify_above == "none" else int(options.verify_above)
    if any(given.values()) or options.verify_above is not None:
        chosen = {name: value or getattr(row, name) for name, value in given.items()}
        with transaction.atomic():
            row = set_invoice_policy(
                entity_id=entity, verify_above_minor=limit, at=clock(), actor=ACTOR, **chosen
            )
    names = ("draft_when", "reversals", "input_check", "verify_above_minor")
    out.result({"entity": options.entity or "*"} | {name: getattr(row, name) for name in names})
    return 0


def set_withholding(options: argparse.Namespace, out: Output) -> int:
    """Brackets from a document: currency, effective_from, allowance_minor, allowance_ppm, brackets, entity."""
    try:
        found = json.loads(Path(options.file).read_text("utf-8"))
        given = {name: found[name] for name in ("currency", "brackets")}
        starts = found["effective_from"]
    except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as wrong:
        raise FileRefused(
            f"{options.file} is no document of withheld tax: {wrong}", path=options.file
        ) from None
    from zhanggui.portals.shell.moments import day

    with transaction.atomic():
        row = set_withholding_table(
            **given, effective_from=day(starts), entity_id=_entity(found.get("entity", "")),
            allowance_minor=found.get("allowance_minor", 0), allowance_ppm=found.get("allowance_ppm", 0),
            at=clock(), actor=ACTOR,
        )  # fmt: skip
    out.result({"currency": row.currency, "from": row.effective_from, "brackets": row.brackets})
    return 0
