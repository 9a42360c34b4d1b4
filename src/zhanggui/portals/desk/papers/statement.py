"""A statement as a paper: parties, period, net, fee summary, payment and invoices, hash and seals."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhanggui.parties.models import Party
from zhanggui.parties.rules import name_in
from zhanggui.portals.desk.amounts import format_integer, format_money
from zhanggui.portals.desk.papers.setting import paper
from zhanggui.portals.desk.papers.words import AXES, MODES, STATIONS
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.invoices.queries import invoices_of_statement
from zhanggui.settlement.statements import queries
from zhanggui.settlement.statements.models import Statement, StatementState

ONE_DAY = timedelta(days=1)


def statement_paper(row: Statement, *, language: str, printed_at: datetime) -> bytes:
    """The PDF of a statement in a language ("zh…" or "en"). Raises FontMissing, PaperFailed."""
    with translation.override("zh-hans" if language.startswith("zh") else "en"):
        return paper("statement", statement_texts(row, printed_at))


def statement_texts(row: Statement, printed_at: datetime) -> dict[str, Any]:
    """Every text of the paper, in the active language."""
    figures, fees = queries.live_figures(row), queries.fee_summary(row.party_id, row.id)
    chinese = translation.get_language().startswith("zh")

    def money(minor: int) -> str:
        return format_money(minor, row.currency)

    parts = [
        (_("Goods"), figures["goods_minor"]), (_("Commission and fees"), figures["fees_minor"]),
        (_("Refunds"), figures["refunds_minor"]), (_("Other"), figures["other_minor"]),
    ]  # fmt: skip
    entity, merchant, tax_number = _heading(row)
    by_id = catalogue().by_id
    return {
        "title": _("Statement of account"),
        "author": entity,
        "lang": "zh" if chinese else "en",
        "number": row.number,
        "foot": _("Printed %(at)s") % {"at": f"{timezone.localtime(printed_at):%Y-%m-%d %H:%M %Z}"},
        "currency": row.currency,
        "facts": [
            [_("Merchant"), merchant],
            [_("Settled by"), entity],
            *([[_("Tax number"), tax_number]] if tax_number else []),
            [_("Period"), f"{row.starts_on:%Y-%m-%d} – {row.ends_before - ONE_DAY:%Y-%m-%d}"],
            [_("Payable from"), f"{row.due_on:%Y-%m-%d}"],
            [_("Status"), str(STATIONS[row.state])],
            [_("Invoices"), str(MODES[row.mode])],
        ],
        "net_label": _("Net so far") if row.state == StatementState.OPEN else _("Net"),
        "net": money(figures["net_minor"]),
        "equation": " · ".join(f"{label} {money(amount)}" for label, amount in parts if amount),
        "fees_title": _("Fee summary"),
        "fees_head": [_("Fee"), _("Details"), _("Amount")],
        "fees": [
            [by_id[fee["fee_type_id"]].name_in("zh" if chinese else "en"), format_integer(fee["details"]),
             money(fee["amount"])]
            for fee in fees
        ],
        "fees_foot": [_("Net"), format_integer(sum(fee["details"] for fee in fees)),
                      money(sum(fee["amount"] for fee in fees))],
        "axes_title": _("Payment and invoices"),
        "axes": _axes(row, figures["net_minor"], money),
        "proof_title": _("Genuine and unchanged"),
        "proof_text": _proof(row),
        "hash": bytes(row.hash).hex() if row.hash else "–",
        "seals": [
            _("For %(name)s (seal, date)") % {"name": entity},
            _("For %(name)s (seal, date)") % {"name": merchant},
        ],
    }  # fmt: skip


def _axes(row: Statement, net: int, money: Any) -> list[list[str]]:
    since = {event.after: event.at for event in queries.history(row.party_id, row.id)}.get(row.state)
    at = f" {timezone.localtime(since):%Y-%m-%d}" if since else ""
    rows = [[_("Payment"), f"{STATIONS[row.state]}{at}", money(net - row.carried_minor)]]
    if row.carried_minor:
        rows.append([_("Moved on"), _("to the next statement"), money(row.carried_minor)])
    rows.append([_("Invoices"), str(AXES[row.invoice_axis]), ""])
    rows += [
        ["", f"{one.number}{f' · {one.tax_number}' if one.tax_number else ''}", money(one.gross_minor)]
        for one in invoices_of_statement(row.party_id, row.id)
        if one.state != "voided"
    ]
    return rows


def _proof(row: Statement) -> str:
    if not row.hash:
        return _("This statement is open: it has no hash yet and its figures may change.")
    return _(
        "The hash below is over the previous statement's hash, this header and every line. To check it, download"
        " the proof file of this statement and run verify_statement.py of the documentation; it needs nothing of"
        " ours. The lines themselves are in the spreadsheet of this statement."
    )


def _heading(row: Statement) -> tuple[str, str, str]:
    """Entity, merchant and the entity's tax number, as they were at cut-off; of an open statement as they are now."""
    then = queries.heading_at_cut_off(row)
    entity, party = SettlementEntity.objects.get(id=row.entity_id), Party.objects.get(id=row.party_id)
    if then is None:
        return _named(entity.name, entity.code), party.name_in(translation.get_language()), entity.tax_number
    return (
        _named(then.entity_name, then.entity_code), _named(then.party_name, then.party_code),
        then.entity_tax_number,
    )  # fmt: skip


def _named(names: dict[str, str], code: str) -> str:
    return name_in(names, code, translation.get_language())
