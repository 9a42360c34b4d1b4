"""How tax is charged and filed is set: tax data, rates, withheld tax, ways of invoicing; filed months are closed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from django.db import transaction

from zhanggui.settlement.invoices.operations.close_tax_month import close_tax_month
from zhanggui.settlement.invoices.operations.set_invoice_policy import set_invoice_policy
from zhanggui.settlement.invoices.operations.set_tax_profile import set_tax_profile
from zhanggui.settlement.invoices.operations.set_tax_treatment import set_tax_treatment
from zhanggui.settlement.invoices.operations.set_withholding_table import set_withholding_table
from zhanggui.settlement.invoices.tax_models import (
    InvoicePolicy,
    TaxMonth,
    Taxpayer,
    TaxProfile,
    TaxTreatment,
    WithholdingTable,
)


@transaction.atomic
def tax_profile_set(
    *, party_id: int, effective_from: date, title: str, at: datetime, actor: str, entity_id: int = 0,
    taxpayer: str = Taxpayer.GENERAL, tax_number: str = "", address: str = "", phone: str = "",
    bank_name: str = "", bank_account: str = "", keep_account: bool = False,
) -> TaxProfile:  # fmt: skip
    """This function will set what stands on invoices about a party (0: the entity itself) from a day on. Raises
    OverlappingTaxData, TaxDataIncomplete."""
    return set_tax_profile(
        party_id=party_id, entity_id=entity_id, effective_from=effective_from, title=title, taxpayer=taxpayer,
        tax_number=tax_number, address=address, phone=phone, bank_name=bank_name, bank_account=bank_account,
        keep_account=keep_account, at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def tax_treatment_set(
    *, direction: int, rate_ppm: int, effective_from: date, at: datetime, actor: str, tax_code: str = "",
    item: Mapping[str, str] | None = None, entity_id: int = 0, party_id: int = 0, fee_type_id: int = 0,
) -> TaxTreatment:  # fmt: skip
    """This function will set at which rate and under which code something is invoiced from a day on. Raises
    OverlappingTaxData, InvalidRate."""
    return set_tax_treatment(
        direction=direction, rate_ppm=rate_ppm, effective_from=effective_from, tax_code=tax_code, item=item,
        entity_id=entity_id, party_id=party_id, fee_type_id=fee_type_id, at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def withholding_table_set(
    *, currency: str, effective_from: date, brackets: Sequence[dict[str, Any]], at: datetime, actor: str,
    entity_id: int = 0, allowance_minor: int = 0, allowance_ppm: int = 0,
) -> WithholdingTable:  # fmt: skip
    """This function will set how much tax is withheld from individuals from a day on. Raises BracketsRefused,
    OverlappingTaxData, InvalidRate, UnknownCurrency."""
    return set_withholding_table(
        currency=currency, effective_from=effective_from, brackets=brackets, entity_id=entity_id,
        allowance_minor=allowance_minor, allowance_ppm=allowance_ppm, at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def invoice_policy_set(
    *, entity_id: int, draft_when: str, reversals: str, input_check: str, verify_above_minor: int | None,
    at: datetime, actor: str,
) -> InvoicePolicy:  # fmt: skip
    """This function will set how an entity (0: every one without its own) invoices. Raises PolicyRefused."""
    return set_invoice_policy(
        entity_id=entity_id, draft_when=draft_when, reversals=reversals, input_check=input_check,
        verify_above_minor=verify_above_minor, at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def tax_month_closed(
    *, entity_id: int, currency: str, month: date, at: datetime, zone: tzinfo, actor: str
) -> TaxMonth:
    """This function will close a filed month (its first day), keeping its figures. Raises TaxMonthClosed."""
    return close_tax_month(
        entity_id=entity_id, currency=currency, month=month, today=at.astimezone(zone).date(), at=at,
        actor=actor,
    )  # fmt: skip
