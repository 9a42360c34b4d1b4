"""How tax is charged and filed: tax data, rates, withheld tax, ways of invoicing, closed months, issued numbers."""

import base64
import binascii
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.invoice_issued import issued_imported
from zhanggui.journeys.tax_arranged import (
    invoice_policy_set,
    tax_month_closed,
    tax_profile_set,
    tax_treatment_set,
    withholding_table_set,
)
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas import taxes as shapes
from zhanggui.portals.api.schemas.fields import Code, Currency, Day
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.invoices.completeness import missing_of
from zhanggui.settlement.invoices.errors import IssuedFileRefused, TaxDataIncomplete
from zhanggui.settlement.invoices.issued_file import read_issued
from zhanggui.settlement.invoices.tax_data import policy
from zhanggui.settlement.invoices.tax_models import (
    Direction,
    InvoicePolicy,
    TaxMonth,
    TaxProfile,
    TaxTreatment,
    WithholdingTable,
)

router = Router(tags=["taxes"])


class DatedFilters(Schema):
    """Which rows of dated tax data; `on` asks for what holds on a day."""

    entity: Code | None = None
    on: Day | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class OfPartyFilters(DatedFilters):
    """The same, of one party."""

    party: Code | None = None


class TreatmentFilters(OfPartyFilters):
    """The same, in one direction."""

    direction: Literal["output", "input"] | None = None


class TableFilters(DatedFilters):
    """The same, in one currency."""

    currency: Currency | None = None


class MonthFilters(Schema):
    """Which closed months."""

    entity: Code | None = None
    currency: Currency | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/tax-profiles", shapes.TaxProfilePage)
def list_tax_profiles(request: HttpRequest, filters: Query[OfPartyFilters]) -> Any:
    """What stands on invoices about parties, with what stood there before."""
    caller(request).require("invoices.view")
    rows = _dated(TaxProfile.objects.all(), filters)
    if filters.party is not None:
        rows = rows.filter(party_id=naming.party_id(filters.party))
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": profile_documents(shown), "next_cursor": following}


@act(router, "/tax-profiles", shapes.TaxProfileOut, status=201)
def set_tax_profile(request: HttpRequest, payload: shapes.TaxProfileIn) -> Any:
    """Set what stands on invoices about a party, or about an entity, from a day on."""
    who = caller(request)
    who.require("invoices.act")
    if payload.party is None and payload.entity is None:
        raise TaxDataIncomplete("name the party whose tax data these are, or the entity")
    row = tax_profile_set(
        party_id=_party(payload.party), entity_id=_entity(payload.entity),
        bank_account=payload.bank_account or "", keep_account=payload.bank_account is None,
        at=timezone.now(), actor=who.actor, **payload.dict(exclude={"party", "entity", "bank_account"}),
    )  # fmt: skip
    return profile_documents([row])[0]


@look(router, "/tax-treatments", shapes.TaxTreatmentPage)
def list_tax_treatments(request: HttpRequest, filters: Query[TreatmentFilters]) -> Any:
    """Rates and codes, with those before."""
    caller(request).require("invoices.view")
    rows = _dated(TaxTreatment.objects.all(), filters)
    if filters.party is not None:
        rows = rows.filter(party_id__in=(0, naming.party_id(filters.party)))
    if filters.direction is not None:
        rows = rows.filter(direction=Direction[filters.direction.upper()])
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": treatment_documents(shown), "next_cursor": following}


@act(router, "/tax-treatments", shapes.TaxTreatmentOut, status=201)
def set_tax_treatment(request: HttpRequest, payload: shapes.TaxTreatmentIn) -> Any:
    """Set at which rate and under which code a fee, or everything, is invoiced from a day on."""
    who = caller(request)
    who.require("invoices.act")
    fee = catalogue().by_code.get(payload.fee) if payload.fee else None
    if payload.fee and fee is None:
        raise NotFound(f"There is no fee type {payload.fee!r}", fee=payload.fee)
    item = {"zh": payload.item_zh, "en": payload.item_en}
    row = tax_treatment_set(
        direction=Direction[payload.direction.upper()], rate_ppm=payload.rate_ppm,
        effective_from=payload.effective_from, tax_code=payload.tax_code,
        item={name: text for name, text in item.items() if text}, entity_id=_entity(payload.entity),
        party_id=_party(payload.party), fee_type_id=fee.id if fee else 0, at=timezone.now(), actor=who.actor,
    )  # fmt: skip
    return treatment_documents([row])[0]


@look(router, "/withholding-tables", shapes.WithholdingTablePage)
def list_withholding_tables(request: HttpRequest, filters: Query[TableFilters]) -> Any:
    """By which tables tax is withheld from individuals, with those before."""
    caller(request).require("invoices.view")
    rows = _dated(WithholdingTable.objects.all(), filters)
    if filters.currency is not None:
        rows = rows.filter(currency=filters.currency)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": table_documents(shown), "next_cursor": following}


@act(router, "/withholding-tables", shapes.WithholdingTableOut, status=201)
def set_withholding_table(request: HttpRequest, payload: shapes.WithholdingTableIn) -> Any:
    """Set how much tax is withheld from individuals from a day on."""
    who = caller(request)
    who.require("invoices.act")
    row = withholding_table_set(
        entity_id=_entity(payload.entity),
        at=timezone.now(),
        actor=who.actor,
        **payload.dict(exclude={"entity"}),
    )
    return table_documents([row])[0]


@look(router, "/invoice-policies", shapes.InvoicePolicies)
def list_invoice_policies(request: HttpRequest) -> Any:
    """How every entity invoices: the general setting, then what holds for each."""
    caller(request).require("invoices.view")
    own = set(InvoicePolicy.objects.values_list("entity_id", flat=True))
    entities = [(0, None), *SettlementEntity.objects.order_by("code").values_list("id", "code")]
    return {"items": [_policy(policy(number), code, own=number in own) for number, code in entities]}


@act(router, "/invoice-policies", shapes.InvoicePolicyOut)
def set_invoice_policy(request: HttpRequest, payload: shapes.InvoicePolicyIn) -> Any:
    """Set how an entity, or every one without a setting of its own, invoices from now on."""
    who = caller(request)
    who.require("invoices.act")
    row = invoice_policy_set(
        entity_id=_entity(payload.entity),
        at=timezone.now(),
        actor=who.actor,
        **payload.dict(exclude={"entity"}),
    )
    return _policy(row, payload.entity, own=True)


@look(router, "/tax-months", shapes.TaxMonthPage)
def list_tax_months(request: HttpRequest, filters: Query[MonthFilters]) -> Any:
    """Months that are filed and closed, with their figures as filed."""
    caller(request).require("invoices.view")
    rows = TaxMonth.objects.all()
    if filters.entity is not None:
        rows = rows.filter(entity_id=naming.entity(filters.entity).id)
    if filters.currency is not None:
        rows = rows.filter(currency=filters.currency)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": month_documents(shown), "next_cursor": following}


@act(router, "/tax-months", shapes.TaxMonthOut, status=201)
def close_tax_month(request: HttpRequest, payload: shapes.TaxMonthIn) -> Any:
    """Close a month that is filed: later documents go to the next one."""
    who = caller(request)
    who.require("invoices.act")
    row = tax_month_closed(
        entity_id=naming.entity(payload.entity).id, currency=payload.currency,
        month=date.fromisoformat(f"{payload.month}-01"), at=timezone.now(),
        zone=timezone.get_default_timezone(), actor=who.actor,
    )  # fmt: skip
    return month_documents([row])[0]


@act(router, "/issued-invoices", shapes.IssuedManyOut)
def import_issued(request: HttpRequest, payload: shapes.IssuedFileIn) -> Any:
    """Issue every draft that a file names, or none; the same file again changes nothing."""
    who = caller(request)
    who.require("invoices.act")
    try:
        content = base64.b64decode(payload.content, validate=True)
    except (binascii.Error, ValueError):
        raise IssuedFileRefused(f"{payload.name} is not base64; encode the file's bytes", rows=[]) from None
    done = issued_imported(
        rows=read_issued(payload.name, content), at=timezone.now(), zone=timezone.get_default_timezone(),
        actor=who.actor,
    )  # fmt: skip
    return {"issued": done.issued, "already": done.already}


def _dated[Rows: QuerySet[Any]](rows: Rows, filters: DatedFilters) -> Rows:
    if filters.entity is not None:
        rows = rows.filter(entity_id__in=(0, naming.entity(filters.entity).id))
    if filters.on is not None:
        ends = Q(effective_before=None) | Q(effective_before__gt=filters.on)
        rows = rows.filter(ends, effective_from__lte=filters.on)
    return rows


def _entity(code: str | None) -> int:
    return 0 if code is None else naming.entity(code).id


def _party(code: str | None) -> int:
    return 0 if code is None else naming.party_id(code)


def _days(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "effective_from", "effective_before")}


def profile_documents(rows: Iterable[TaxProfile]) -> list[dict[str, Any]]:
    """Tax data as `TaxProfileOut`; of the bank account only its end."""
    found = list(rows)
    codes, entities = naming.party_codes(row.party_id for row in found), naming.entity_codes()
    same = ("title", "taxpayer", "tax_number", "address", "phone", "bank_name")
    return [
        _days(row) | {name: getattr(row, name) for name in same}
        | {"party": codes.get(row.party_id), "entity": entities.get(row.entity_id),
           "bank_account": row.bank_account_masked,
           "missing": [name.removesuffix("_masked") for name in missing_of(row, as_seller=not row.party_id)]}
        for row in found
    ]  # fmt: skip


def treatment_documents(rows: Iterable[TaxTreatment]) -> list[dict[str, Any]]:
    """Treatments as `TaxTreatmentOut`."""
    found = list(rows)
    codes, entities = naming.party_codes(row.party_id for row in found), naming.entity_codes()
    return [
        _days(row)
        | {"direction": Direction(row.direction).name.lower(), "rate_ppm": row.rate_ppm,
           "fee": naming.fee_code(row.fee_type_id) if row.fee_type_id else None,
           "party": codes.get(row.party_id), "entity": entities.get(row.entity_id),
           "tax_code": row.tax_code, "item": row.item}
        for row in found
    ]  # fmt: skip


def table_documents(rows: Iterable[WithholdingTable]) -> list[dict[str, Any]]:
    """Tables as `WithholdingTableOut`."""
    entities = naming.entity_codes()
    same = ("currency", "allowance_minor", "allowance_ppm", "brackets")
    return [
        _days(row) | {name: getattr(row, name) for name in same} | {"entity": entities.get(row.entity_id)}
        for row in rows
    ]


def _policy(row: InvoicePolicy, entity: str | None, *, own: bool) -> dict[str, Any]:
    same = ("draft_when", "reversals", "input_check", "verify_above_minor")
    return {name: getattr(row, name) for name in same} | {"entity": entity, "own": own}


def month_documents(rows: Iterable[TaxMonth]) -> list[dict[str, Any]]:
    """Closed months as `TaxMonthOut`."""
    entities = naming.entity_codes()
    return [
        {name: getattr(row, name) for name in ("id", "currency", "closed_at", "closed_by", "figures")}
        | {"entity": entities[row.entity_id], "month": f"{row.month:%Y-%m}"}
        for row in rows
    ]
