"""Acts of `zhanggui invoices` about tax: the report and its proof, months, data and settings."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from zhanggui.journeys.tax_arranged import (
    invoice_policy_set,
    tax_month_closed,
    tax_profile_set,
    tax_treatment_set,
    withholding_table_set,
)
from zhanggui.money import Money
from zhanggui.money.rates import format_rate, parse_rate
from zhanggui.parties.models import Party
from zhanggui.portals.desk.exports.tables import write_table
from zhanggui.portals.shell.choosing import party_codes
from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.invoices.completeness import missing_of
from zhanggui.settlement.invoices.proof import tax_proof
from zhanggui.settlement.invoices.queries import closed_month, tax_report
from zhanggui.settlement.invoices.tax_data import policy
from zhanggui.settlement.invoices.tax_models import (
    Direction,
    TaxMonth,
    TaxProfile,
    TaxTreatment,
    WithholdingTable,
)

MOST = 10_000
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
    row = tax_month_closed(
        entity_id=_entity(options.entity), currency=options.currency, month=options.month, at=clock(),
        zone=zone(), actor=options.actor,
    )  # fmt: skip
    out.result(
        {"month": f"{row.month:%Y-%m}", "figures": row.figures}, lambda told: f"{told['month']} closed"
    )
    return 0


def months_closed(options: argparse.Namespace, out: Output) -> int:
    """The months that are closed, with their figures as filed."""
    rows = TaxMonth.objects.order_by("-month", "entity_id", "currency")
    if options.entity:
        rows = rows.filter(entity_id=_entity(options.entity))
    entities = _entities()
    found = [
        {"entity": entities[row.entity_id], "currency": row.currency, "month": f"{row.month:%Y-%m}",
         "closed_at": row.closed_at, "closed_by": row.closed_by, "figures": row.figures}
        for row in rows[:MOST]
    ]  # fmt: skip

    def line(row: Mapping[str, Any]) -> str:
        tax = Money(sum(one["tax"] for one in row["figures"] if one["kind"] == "output"), row["currency"])
        return (
            f"{row['month']} {row['entity']} {row['currency']} output tax {tax.grouped():>14},"
            f" closed {row['closed_at']:%Y-%m-%d} by {row['closed_by']}"
        )

    out.result({"months": found}, lambda _: "\n".join(map(line, found)) or "no month is closed yet")
    return 0


def set_profile(options: argparse.Namespace, out: Output) -> int:
    """Tax data of a party or entity."""
    if not options.party and not options.entity:
        raise BadArguments("name a party (--party) or an entity (--entity)")
    row = tax_profile_set(
        party_id=_party(options.party), entity_id=_entity(options.entity), effective_from=options.starts,
        title=options.title, taxpayer=options.taxpayer, tax_number=options.tax_number,
        address=options.address, phone=options.phone, bank_name=options.bank_name,
        bank_account=options.bank_account, keep_account=options.keep_account, at=clock(), actor=options.actor,
    )  # fmt: skip
    out.result({"title": row.title, "tax_number": row.tax_number, "from": row.effective_from})
    return 0


def profiles(options: argparse.Namespace, out: Output) -> int:
    """What stands on invoices about parties and entities; of bank accounts only their ends."""
    rows = _holding(TaxProfile.objects.order_by("party_id", "entity_id", "effective_from"), options)
    if options.party:
        rows = rows.filter(party_id=_party(options.party))
    shown, same = list(rows[:MOST]), ("title", "taxpayer", "tax_number", "address", "phone", "bank_name")
    codes = party_codes(row.party_id for row in shown)
    found = [
        _dated(row) | {name: getattr(row, name) for name in same}
        | {"party": codes.get(row.party_id), "bank_account": row.bank_account_masked,
           "missing": missing_of(row, as_seller=not row.party_id)}
        for row in shown
    ]  # fmt: skip

    def line(row: Mapping[str, Any]) -> str:
        lacks = f", lacks {', '.join(row['missing'])}" if row["missing"] else ""
        return (
            f"{row['party'] or 'the entity':16} {row['entity'] or '*':12} {_days(row)} {row['title']}"
            f" {row['tax_number']}{lacks}"
        )

    out.result({"profiles": found}, lambda _: "\n".join(map(line, found)) or "no tax data are set")
    return 0


def set_treatment(options: argparse.Namespace, out: Output) -> int:
    """Rate and code."""
    fee = catalogue().by_code.get(options.fee) if options.fee else None
    if options.fee and fee is None:
        raise BadArguments(f"there is no fee type {options.fee!r}; `zhanggui fee-types list` lists them")
    item = {name: text for name, text in (("zh", options.item_zh), ("en", options.item_en)) if text}
    row = tax_treatment_set(
        direction=Direction[options.direction.upper()], rate_ppm=parse_rate(options.rate),
        effective_from=options.starts, tax_code=options.code, item=item, entity_id=_entity(options.entity),
        party_id=_party(options.party), fee_type_id=fee.id if fee else 0, at=clock(), actor=options.actor,
    )  # fmt: skip
    out.result({"direction": options.direction, "rate_ppm": row.rate_ppm, "from": row.effective_from})
    return 0


def treatments(options: argparse.Namespace, out: Output) -> int:
    """Rates and codes by fee, party and entity."""
    rows = _holding(TaxTreatment.objects.order_by("direction", "fee_type_id", "effective_from"), options)
    if options.party:
        rows = rows.filter(party_id__in=(0, _party(options.party)))
    shown, fees = list(rows[:MOST]), catalogue().by_id
    codes = party_codes(row.party_id for row in shown)
    found = [
        _dated(row)
        | {"direction": Direction(row.direction).name.lower(), "party": codes.get(row.party_id),
           "fee": fees[row.fee_type_id].code if row.fee_type_id in fees else None, "rate_ppm": row.rate_ppm,
           "tax_code": row.tax_code, "item": row.item}
        for row in shown
    ]  # fmt: skip

    def line(row: Mapping[str, Any]) -> str:
        return (
            f"{row['direction']:7} {row['fee'] or '*':24} {row['party'] or '*':12} {row['entity'] or '*':12}"
            f" {format_rate(row['rate_ppm']):>7} {row['tax_code']:12} {_days(row)}"
        )

    out.result({"treatments": found}, lambda _: "\n".join(map(line, found)) or "no treatment is set")
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
        if not options.person:
            raise BadArguments("say who sets it: --as takes a log-in name")
        chosen = {name: value or getattr(row, name) for name, value in given.items()}
        row = invoice_policy_set(
            entity_id=entity, verify_above_minor=limit, at=clock(),
            actor=actor_who_may(options.person, "invoices.act"), **chosen,
        )  # fmt: skip
    names = ("draft_when", "reversals", "input_check", "verify_above_minor")
    out.result({"entity": options.entity or "*"} | {name: getattr(row, name) for name in names})
    return 0


def set_withholding(options: argparse.Namespace, out: Output) -> int:
    """Brackets from a document: currency, effective_from, allowance_minor, allowance_ppm, brackets, entity."""
    try:
        found = json.loads(Path(options.file).read_text("utf-8"))
        given = {name: found[name] for name in ("currency", "brackets")}
        starts, entity = day(str(found["effective_from"])), str(found.get("entity", ""))
        if not all(isinstance(one, dict) for one in given["brackets"]):
            raise TypeError("brackets is a list of objects")
    except OSError as wrong:
        raise FileRefused(f"{options.file} cannot be read: {wrong.strerror}", path=options.file) from None
    except (ValueError, KeyError, TypeError, AttributeError, argparse.ArgumentTypeError) as wrong:
        raise FileRefused(
            f"{options.file} is no document of withheld tax: {wrong}", path=options.file
        ) from None
    row = withholding_table_set(
        **given, effective_from=starts, entity_id=_entity(entity),
        allowance_minor=found.get("allowance_minor", 0), allowance_ppm=found.get("allowance_ppm", 0),
        at=clock(), actor=options.actor,
    )  # fmt: skip
    out.result({"currency": row.currency, "from": row.effective_from, "brackets": row.brackets})
    return 0


def withholding_tables(options: argparse.Namespace, out: Output) -> int:
    """The tables by which tax is withheld from individuals."""
    shown = _holding(WithholdingTable.objects.order_by("currency", "entity_id", "effective_from"), options)
    same = ("currency", "allowance_minor", "allowance_ppm", "brackets")
    found = [_dated(row) | {name: getattr(row, name) for name in same} for row in shown[:MOST]]

    def line(row: Mapping[str, Any]) -> str:
        allowance = Money(row["allowance_minor"], row["currency"]).grouped()
        lines = [f"{row['currency']} {row['entity'] or '*':12} {_days(row)}, allowance {allowance}"]
        lines[0] += f" or {format_rate(row['allowance_ppm'])}"
        for one in row["brackets"]:
            over, quick = (
                Money(one[name], row["currency"]).grouped() for name in ("over_minor", "quick_minor")
            )
            lines.append(f"  above {over:>14}: {format_rate(one['rate_ppm']):>7} less {quick}")
        return "\n".join(lines)

    out.result({"tables": found}, lambda _: "\n".join(map(line, found)) or "no tax is withheld")
    return 0


def _entities() -> dict[int, str]:
    return dict(SettlementEntity.objects.values_list("id", "code"))


def _holding[Rows: QuerySet[Any]](rows: Rows, options: argparse.Namespace) -> Rows:
    if options.entity:
        rows = rows.filter(entity_id__in=(0, _entity(options.entity)))
    if options.on:
        ends = Q(effective_before=None) | Q(effective_before__gt=options.on)
        rows = rows.filter(ends, effective_from__lte=options.on)
    return rows


def _dated(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "entity": _entities().get(row.entity_id), "effective_from": row.effective_from,
        "effective_before": row.effective_before,
    }  # fmt: skip


def _days(row: Mapping[str, Any]) -> str:
    ends = f" before {row['effective_before']}" if row["effective_before"] else ""
    return f"from {row['effective_from']}{ends}"
