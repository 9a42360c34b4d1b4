"""What the search box finds of money's documents: payouts, batches, receivers, receipts, debts, invoices, bills, and
whatever has a number like RC00000001."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.finding import Hit, Resolver, register_resolver
from zhanggui.portals.platform.names import parties, party_name
from zhanggui.settlement.adjustments.models import Adjustment, RebateAgreement
from zhanggui.settlement.collections.models import Debt, Receipt, ReceiptRefund
from zhanggui.settlement.guarantees.models import DepositOrder, Hold
from zhanggui.settlement.invoices.models import Invoice
from zhanggui.settlement.payouts.models import PayoutAttempt, Receiver
from zhanggui.settlement.payouts.queries import batch_by_number, payout_by_number
from zhanggui.settlement.reconciliation.models import Bill
from zhanggui.settlement.statements.queries import statements_by_number

MOST = 10
NUMBERED = re.compile(r"(RC|HD|AD|RA|DO|RR)([0-9]{8,18})")


def find_payouts(request: HttpRequest, text: str) -> list[Hit]:
    """By the whole number of a payout or batch, or the number that an attempt has at the bank."""
    text = text.upper()
    attempt = PayoutAttempt.objects.select_related("payout").filter(end_to_end=text).first()
    row = payout_by_number(text) or (attempt.payout if attempt else None)
    batch = batch_by_number(text)
    hits = []
    if row is not None:
        amount = f"{row.currency} {format_money(row.amount_minor, row.currency)}"
        hits.append(Hit(reverse("platform:payout", args=[row.number]), row.number, amount))
    if batch is not None:
        amount = f"{batch.currency} {format_money(batch.total_minor, batch.currency)}"
        hits.append(Hit(reverse("platform:payout_batch", args=[batch.number]), batch.number, amount))
    return hits


def find_receivers(request: HttpRequest, text: str) -> list[Hit]:
    """By the holder's whole name."""
    found = Receiver.objects.filter(holder=text).order_by("-id")[:MOST]
    return [
        Hit(reverse("platform:receiver", args=[row.id]), f"#{row.id} {row.holder}", row.number_masked)
        for row in found
    ]


def find_receipts(request: HttpRequest, text: str) -> list[Hit]:
    """By the number, or the bank's reference."""
    found = Receipt.objects.filter(bank_reference=text).order_by("-id")[:MOST]
    return [
        Hit(reverse("platform:receipt", args=[row.id]), row.number, f"{row.bank_reference} · {row.payer}")
        for row in found
    ]


def find_debts(request: HttpRequest, text: str) -> list[Hit]:
    """By the number of the statement that is collected."""
    statements = {(row.party_id, row.id): row.number for row in statements_by_number(text.upper())}
    rows = Debt.objects.filter(statement_id__in=[number for _, number in statements])
    known = parties(row.party_id for row in rows)
    return [
        Hit(
            reverse("platform:debt", args=[row.party_id, row.statement_id]),
            statements[row.party_id, row.statement_id], party_name(known.get(row.party_id)),
        )
        for row in rows if (row.party_id, row.statement_id) in statements
    ]  # fmt: skip


def find_invoices(request: HttpRequest, text: str) -> list[Hit]:
    """By our number, or the tax authority's."""
    found = [
        *Invoice.objects.filter(number=text.upper())[:1],
        *Invoice.objects.filter(tax_number=text)[:MOST],
    ]
    known = parties(row.party_id for row in found)
    return [
        Hit(
            reverse("platform:invoice", args=[row.party_id, row.id]), row.number,
            f"{row.tax_number} {party_name(known.get(row.party_id))}".strip(),
        )
        for row in dict.fromkeys(found)
    ]  # fmt: skip


def find_bills(request: HttpRequest, text: str) -> list[Hit]:
    """By the name of the file."""
    found = Bill.objects.filter(source_name=text).order_by("-id")[:MOST]
    return [
        Hit(reverse("platform:bill", args=[row.id]), row.source_name, f"{row.channel} · {row.starts_on}")
        for row in found
    ]


PAGES: dict[str, tuple[Any, Callable[[Any], str], str]] = {
    "RC": (Receipt, lambda row: reverse("platform:receipt", args=[row.id]), "collections.view"),
    "RR": (ReceiptRefund, lambda row: reverse("platform:receipt", args=[row.receipt_id]), "collections.view"),
    "HD": (Hold, lambda row: reverse("platform:hold", args=[row.id]), "guarantees.view"),
    "DO": (DepositOrder, lambda row: reverse("platform:deposit", args=[row.deposit_id]), "guarantees.view"),
    "AD": (Adjustment, lambda row: reverse("platform:adjustment", args=[row.id]), "adjustments.view"),
    "RA": (
        RebateAgreement,
        lambda row: reverse("platform:rebate_agreement", args=[row.id]),
        "adjustments.view",
    ),
}
"""By the letters of a number: what it is, its page, and who may look."""


def _by_number(letters: str) -> Callable[[HttpRequest, str], list[Hit]]:
    model, page, _permission = PAGES[letters]

    def resolve(request: HttpRequest, text: str) -> list[Hit]:
        named = NUMBERED.fullmatch(text.upper())
        if named is None or named[1] != letters:
            return []
        row = model.objects.filter(id=int(named[2])).first()
        return [Hit(page(row), row.number)] if row is not None else []

    return resolve


def register() -> None:
    """Make the resolvers known to the desk."""
    for code, label, resolve, permission in (
        ("payouts", gettext_lazy("Payouts"), find_payouts, "payouts.view"),
        ("receivers", gettext_lazy("Receiving accounts"), find_receivers, "receivers.view"),
        ("receipts", gettext_lazy("Receipts"), find_receipts, "collections.view"),
        ("debts", gettext_lazy("Debts"), find_debts, "collections.view"),
        ("invoices", gettext_lazy("Invoices"), find_invoices, "invoices.view"),
        ("bills", gettext_lazy("Channel bills"), find_bills, "reconciliation.view"),
        *(
            (f"numbered_{letters.lower()}", gettext_lazy("Documents"), _by_number(letters), PAGES[letters][2])
            for letters in PAGES
        ),
    ):
        register_resolver(
            Resolver(f"platform.{code}", label, resolve, portal="platform", permission=permission)
        )
