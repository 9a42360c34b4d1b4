"""An invoice of ours, or one we expect, as a paper: a draft to check and to copy from, never the invoice itself."""

from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhanggui.portals.desk.amounts import format_money, format_rate
from zhanggui.portals.desk.papers.setting import paper
from zhanggui.portals.desk.papers.words import FIELDS
from zhanggui.settlement.invoices.completeness import entity_profile, printed
from zhanggui.settlement.invoices.models import InvoiceKind, InvoiceState
from zhanggui.settlement.invoices.queries import Whole
from zhanggui.settlement.invoices.tax_data import profile
from zhanggui.settlement.invoices.tax_models import Direction


def invoice_paper(whole: Whole, *, language: str, printed_at: datetime) -> bytes:
    """The PDF of an invoice in a language ("zh…" or "en"). Raises FontMissing, PaperFailed."""
    with translation.override("zh-hans" if language.startswith("zh") else "en"):
        return paper("invoice", invoice_texts(whole, printed_at))


def invoice_texts(whole: Whole, printed_at: datetime) -> dict[str, Any]:
    """Every text of the paper, in the active language."""
    row = whole.row
    red, issued = row.kind == InvoiceKind.RED, row.state == InvoiceState.ISSUED
    seller, buyer = sides_of(whole, printed_at)

    def money(minor: int) -> str:
        return format_money(minor, row.currency)

    facts = [
        [_("Number"), row.number],
        [_("Statement"), whole.statement.number],
        [_("Issued as"), row.tax_number or "–"],
        [_("Issued on"), f"{row.issued_on:%Y-%m-%d}" if row.issued_on else "–"],
    ]
    if whole.original:
        facts.append([_("Takes back from"), f"{whole.original.number} {whole.original.tax_number}".strip()])
    return {
        "title": _("Red-letter invoice") if red else _("Invoice"),
        "author": seller.get("title", ""),
        "lang": "zh" if translation.get_language().startswith("zh") else "en",
        "number": row.number,
        "foot": _("Printed %(at)s") % {"at": f"{timezone.localtime(printed_at):%Y-%m-%d %H:%M %Z}"},
        "draft": "" if issued else _("DRAFT"),
        "facts": facts,
        "sides": [
            {"title": _("Buyer"), "rows": _side(buyer)},
            {"title": _("Seller"), "rows": _side(seller)},
        ],
        "lines_head": [_("Item"), _("Tax code"), _("Net"), _("Tax rate"), _("Tax"), _("Gross")],
        "lines": [
            [item_of(whole, line.part_id), line.tax_code, money(line.net_minor), format_rate(line.rate_ppm),
             money(line.tax_minor), money(line.gross_minor)]
            for line in whole.lines
        ],
        "lines_foot": [_("Total"), "", money(row.net_minor), "", money(row.tax_minor), money(row.gross_minor)],
        "total_label": _("Total with tax"),
        "total": money(row.gross_minor),
        "currency": row.currency,
        "note": _("This is not an invoice: the tax authority issues that under its own number.")
        if not issued
        else _("A copy for checking; the invoice itself is the tax authority's document of this number."),
    }  # fmt: skip


def sides_of(whole: Whole, at: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """Seller and buyer: as frozen on an issued invoice, else as they would be printed today."""
    row = whole.row
    if row.seller or row.buyer:
        return row.seller, row.buyer
    day = timezone.localtime(at).date()
    own = printed(entity_profile(row.entity_id, day))
    party = printed(profile(row.party_id, row.entity_id, day))
    return (own, party) if row.direction == Direction.OUTPUT else (party, own)


def item_of(whole: Whole, part_id: int) -> str:
    """What a line is called, in the active language."""
    item = whole.parts[part_id].item
    wanted = "zh" if translation.get_language().startswith("zh") else "en"
    return str(item.get(wanted) or next(iter(item.values()), ""))


def _side(values: dict[str, Any]) -> list[list[str]]:
    shown = [[str(label), str(values.get(name) or "–")] for name, label in FIELDS.items()]
    return [row for row in shown if row[1] != "–"] or [["–", "–"]]
