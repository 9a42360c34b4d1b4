"""Lists of invoices: ours to issue, the merchants' to check and to check off."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.invoices.words import INPUT_STATES, INVOICE_KINDS, OUTPUT_STATES
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME, entity_choices, entity_names

SELECT = f"""
select i.id, i.party_id, i.number, i.kind, i.state, i.currency, i.entity_id, i.net_minor as net,
  i.tax_minor as tax, i.gross_minor as gross, i.tax_number, i.issued_on, i.tax_month, i.drafted_at,
  i.statement_id, s.number as statement, {PARTY_NAME} as party_name,
  coalesce((select sum(r.gross_minor) from settlement_received_invoice r where r.party_id = i.party_id
    and r.invoice_id = i.id and r.state <> 'rejected'), 0)::bigint as sent,
  coalesce((select string_agg(r.number, ' ') from settlement_received_invoice r where r.party_id = i.party_id
    and r.invoice_id = i.id and r.state <> 'rejected'), '') as sent_numbers
from settlement_invoice i join parties_party p on p.id = i.party_id
join settlement_statement s on s.party_id = i.party_id and s.id = i.statement_id
where i.direction = %(direction)s and {{where}}
"""
FIELDS = {
    "id": "i.id",
    "state": "i.state",
    "currency": "i.currency",
    "kind": "i.kind",
    "number": "i.number",
    "tax_number": "i.tax_number",
    "entity_id": "i.entity_id",
    "net": "i.net_minor",
    "tax": "i.tax_minor",
    "gross": "i.gross_minor",
    "issued_on": "i.issued_on",
    "tax_month": "i.tax_month",
    "drafted_at": "i.drafted_at",
    "statement": "s.number",
    "party_name": PARTY_NAME,
    "party_code": "p.code",
    "sent_numbers": "(select string_agg(r.number, ' ') from settlement_received_invoice r"
    " where r.party_id = i.party_id and r.invoice_id = i.id)",
}


def invoice_url(row: Any) -> str:
    """The page of an invoice."""
    return reverse("platform:invoice", args=[row.party_id, row.id])


class InvoiceList(MoneyList):
    """Invoices that we issue to merchants for our fees."""

    name = "platform.invoices"
    title = gettext_lazy("Output invoices")
    permission = "invoices.view"
    sort = "-drafted_at"
    tabs = StatusTabs.of("state", OUTPUT_STATES)
    direction = 1
    empty = gettext_lazy("Drafts appear when statements are confirmed; the button above makes them now.")

    def get_source(self) -> SqlSource:
        """Invoices of one direction."""
        return SqlSource(
            select=SELECT, fields=FIELDS, params=language_params() | {"direction": self.direction}
        )

    def page_actions(self) -> list[Action]:
        """Drafting now, without waiting for the morning."""
        if self.direction != 1 or not may(self.user, "invoices.act"):
            return []
        return [
            Action(_("Import issued invoices"), reverse("platform:import_issued")),
            Action(_("Draft what is due"), reverse("platform:draft_invoices"), kind="primary", post=True),
        ]

    def get_filters(self) -> Sequence[Any]:
        """By number, statement, merchant, entity, kind and day."""
        return [
            TextFilter(
                "q",
                _("Invoice, statement, merchant code or name"),
                starts=["number", "tax_number", "statement", "party_code"],
                contains=["party_name", *(["sent_numbers"] if self.direction == 2 else [])],
            ),
            *self.currency_filters(),
            SelectFilter("entity", _("Entity"), entity_choices, field="entity_id", read=int),
            SelectFilter("kind", _("Kind"), list(INVOICE_KINDS.items())),
            DateRangeFilter("month", _("Month filed in"), field="tax_month", days=True),
            DateRangeFilter("drafted", _("Drafted"), field="drafted_at"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Number, whose, how much, where it stands."""
        money, entities = {"currency": self.currency, "total": True}, entity_names()
        return [
            LinkColumn("number", _("Number"), href=invoice_url, sort="id"),
            StatusColumn("state", _("Status"), badges=self.badges()),
            TextColumn("kind", _("Kind"), value=lambda r: INVOICE_KINDS[r.kind]),
            PartyColumn("party_name", _("Merchant")),
            TextColumn(
                "statement",
                _("Statement"),
                code=True,
                href=lambda r: reverse("platform:statement", args=[r.party_id, r.statement_id]),
            ),
            MoneyColumn("net", _("Net of tax"), sort="net", phone="", **money),
            MoneyColumn("tax", _("Tax"), sort="tax", phone="", **money),
            MoneyColumn("gross", _("With tax"), sort="gross", phone="amount", **money),
            *self.more_columns(),
            TextColumn(
                "entity", _("Entity"), value=lambda r: entities.get(r.entity_id, ""), shown=False, phone=""
            ),
            DateTimeColumn("drafted_at", _("Drafted"), sort="drafted_at", phone=""),
        ]

    def badges(self) -> dict[str, Any]:
        """Stations of this direction."""
        return OUTPUT_STATES

    def more_columns(self) -> list[Column]:
        """What only invoices of ours have."""
        return [
            TextColumn("tax_number", _("Tax authority's number"), code=True),
            DateColumn("issued_on", _("Issued on"), sort="issued_on", nullable=True, phone=""),
            TextColumn(
                "tax_month",
                _("Filed in"),
                value=lambda r: f"{r.tax_month:%Y-%m}" if r.tax_month else "–",
                phone="",
            ),
        ]


class InputInvoiceList(InvoiceList):
    """Invoices that merchants owe us for their goods: sent, verified, checked off."""

    name = "platform.input_invoices"
    title = gettext_lazy("Input invoices")
    tabs = StatusTabs.of("state", INPUT_STATES)
    direction = 2
    empty = gettext_lazy(
        "Merchants whose terms say that they invoice their goods appear here after confirmation."
    )

    def badges(self) -> dict[str, Any]:
        """Stations of this direction."""
        return INPUT_STATES

    def more_columns(self) -> list[Column]:
        """How much was sent, under which numbers."""
        return [
            MoneyColumn("sent", _("Sent, with tax"), currency=self.currency, total=True, phone="line"),
            TextColumn("sent_numbers", _("Numbers sent"), code=True, wrap=True, phone=""),
        ]


class WriteOffList(InputInvoiceList):
    """Verified input invoices that wait to be checked off (核销), and those that are."""

    name = "platform.write_offs"
    title = gettext_lazy("Checking off")
    tabs = StatusTabs.of(
        "state", {name: INPUT_STATES[name] for name in ("verified", "written_off")}, default="verified"
    )
    empty = gettext_lazy(
        "Nothing waits: verified invoices are checked off at once, or when their statement is paid."
    )


def waiting_to_issue(request: HttpRequest) -> int:
    """Badge of the menu: drafts."""
    from zhanggui.settlement.invoices.queries import waiting_counts

    return waiting_counts()["to_issue"]


def waiting_to_verify(request: HttpRequest) -> int:
    """Badge of the menu: documents nobody has verified."""
    from zhanggui.settlement.invoices.queries import waiting_counts

    return waiting_counts()["to_verify"]


def waiting_to_write_off(request: HttpRequest) -> int:
    """Badge of the menu: verified, not checked off."""
    from zhanggui.settlement.invoices.queries import waiting_counts

    return waiting_counts()["to_write_off"]
