"""Carriers' tariffs: what a parcel costs whoever ships it."""

from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.parties.models import Party
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, decode, page
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, Currency, Minor, Moment, Strict
from zhanggui.trade.pricing.models import CarrierTariff
from zhanggui.trade.pricing.operations.set_carrier_tariff import set_carrier_tariff
from zhanggui.trade.pricing.rules.freight import FreightStep

router = Router(tags=["mall"])
Grams = Annotated[int, Field(strict=True, ge=1, le=10**7, description="grams")]


class CarrierTariffIn(Strict):
    """The next version of a carrier's tariff. `next_minor` 0: every parcel costs the same."""

    carrier: Code
    currency: Currency
    first_grams: Grams
    first_minor: Minor
    next_grams: Grams
    next_minor: Minor
    effective_at: Moment | None = None


class CarrierTariffOut(Schema):
    """One version of a carrier's tariff."""

    carrier: str
    currency: str
    version: int
    first_grams: int
    first_minor: int
    next_grams: int
    next_minor: int
    effective_at: datetime
    set_at: datetime
    set_by: str


class CarrierTariffPage(Paged):
    """Tariffs."""

    items: list[CarrierTariffOut]


class CarrierTariffFilters(Schema):
    """Whose tariffs."""

    carrier: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/carrier-tariffs", CarrierTariffPage)
def list_carrier_tariffs(request: HttpRequest, filters: Query[CarrierTariffFilters]) -> Any:
    """Every version in the order in which they were set."""
    who = caller(request)
    who.require("parties.view")
    after = decode(filters.cursor, 1)
    with who.reading():
        rows = CarrierTariff.objects.filter(id__gt=after[0] if after else 0).order_by("id")
        if filters.carrier is not None:
            rows = rows.filter(
                carrier_id__in=Party.objects.filter(code=filters.carrier).values_list("id", flat=True)
            )
        found = list(rows[: filters.limit + 1])
        codes = dict(Party.objects.filter(id__in={row.carrier_id for row in found}).values_list("id", "code"))
        documents = [_document(row, codes[row.carrier_id]) | {"id": row.id} for row in found]
    shown, following = page(documents, filters.limit, lambda row: [row["id"]])
    return {"items": shown, "next_cursor": following}


@act(router, "/carrier-tariffs", CarrierTariffOut, status=201)
def set_a_carrier_tariff(request: HttpRequest, payload: CarrierTariffIn) -> Any:
    """Add the next version: in force from now on, or later. Parcels keep the version they were shipped by."""
    who = caller(request)
    who.require("parameters.change")
    step = FreightStep((), payload.first_grams, payload.first_minor, payload.next_grams, payload.next_minor)
    with transaction.atomic():
        row = set_carrier_tariff(
            carrier=payload.carrier, currency=payload.currency, step=step, at=timezone.now(), actor=who.actor,
            effective_at=payload.effective_at,
        )  # fmt: skip
    return _document(row, payload.carrier)


def _document(row: CarrierTariff, carrier: str) -> dict[str, Any]:
    same = ("currency", "version", "first_grams", "first_minor", "next_grams", "next_minor", "effective_at",
            "set_at", "set_by")  # fmt: skip
    return {"carrier": carrier} | {name: getattr(row, name) for name in same}
