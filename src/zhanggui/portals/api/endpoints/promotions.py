"""Coupons, spend-and-save rules and freight templates: a merchant's own, or the platform's."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import NotAllowed
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, Count, Currency, Minor, Moment, Strict
from zhanggui.portals.api.schemas.incoming import Names
from zhanggui.portals.desk.told.promotions import coupon_told, freight_told, saving_told
from zhanggui.trade.pricing.models import FreightTemplate
from zhanggui.trade.pricing.operations.add_freight_template import add_freight_template
from zhanggui.trade.pricing.operations.close_freight_template import close_freight_template
from zhanggui.trade.pricing.rules.freight import FreightStep
from zhanggui.trade.promotions.models import Coupon, SpendAndSave
from zhanggui.trade.promotions.operations.add_saving import add_saving
from zhanggui.trade.promotions.operations.close_coupon import close_coupon
from zhanggui.trade.promotions.operations.close_saving import close_saving
from zhanggui.trade.promotions.operations.issue_coupon import issue_coupon
from zhanggui.trade.promotions.rules.terms import PLATFORM

router = Router(tags=["promotions"])
Ppm = Annotated[int, Field(strict=True, ge=0, le=1_000_000, description="parts of a million")]
Codes = Annotated[list[Code], Field(max_length=200)]
Step = Annotated[list[Minor], Field(min_length=2, max_length=2, description="[from, off]")]


class CouponIn(Strict):
    """A coupon: `amount_minor` off, or `off_ppm` of a million off, at most `most_minor` (0: no bound)."""

    code: Code
    name: Names
    kind: Literal["amount", "percent"]
    currency: Currency
    amount_minor: Minor = 0
    off_ppm: Ppm = 0
    most_minor: Minor = 0
    from_minor: Minor = 0
    platform_ppm: Ppm = 0
    categories: Codes = Field(default_factory=list)
    spus: Codes = Field(default_factory=list)
    total: Count
    per_buyer: Count = 1
    claim_starts_at: Moment
    claim_ends_before: Moment
    use_starts_at: Moment
    use_ends_before: Moment


class CouponOut(Schema):
    """A coupon and how many were claimed. `merchant_id` 0: the platform's."""

    code: str
    name: dict[str, str]
    merchant_id: int
    kind: Literal["amount", "percent"]
    currency: str
    amount_minor: int
    off_ppm: int
    most_minor: int
    from_minor: int
    platform_ppm: int
    categories: list[str]
    spus: list[str]
    total: int
    claimed: int
    per_buyer: int
    claim_starts_at: datetime
    claim_ends_before: datetime
    use_starts_at: datetime
    use_ends_before: datetime
    active: bool


class CouponPage(Paged):
    """Coupons."""

    items: list[CouponOut]


class SavingIn(Strict):
    """Spend and save: the highest step reached counts once."""

    code: Code
    name: Names
    currency: Currency
    steps: Annotated[list[Step], Field(min_length=1, max_length=10)]
    platform_ppm: Ppm = 0
    categories: Codes = Field(default_factory=list)
    spus: Codes = Field(default_factory=list)
    starts_at: Moment
    ends_before: Moment


class SavingOut(Schema):
    """A spend-and-save rule. `merchant_id` 0: the platform's."""

    code: str
    name: dict[str, str]
    merchant_id: int
    currency: str
    steps: list[list[int]]
    platform_ppm: int
    categories: list[str]
    spus: list[str]
    starts_at: datetime
    ends_before: datetime
    active: bool


class SavingPage(Paged):
    """Spend-and-save rules."""

    items: list[SavingOut]


class FreightRowIn(Strict):
    """What some regions cost; without regions: everywhere else. Units are pieces or grams."""

    regions: Codes = Field(default_factory=list)
    first_units: Count
    first_minor: Minor
    next_units: Count
    next_minor: Minor


class FreightIn(Strict):
    """A freight template. `free_from_minor` 0: never free."""

    code: Code
    name: Names
    currency: Currency
    basis: Literal["piece", "weight"]
    free_from_minor: Minor = 0
    rows: Annotated[list[FreightRowIn], Field(min_length=1, max_length=40)]


class FreightRowOut(Schema):
    """One row of a template."""

    regions: list[str]
    first_units: int
    first_minor: int
    next_units: int
    next_minor: int


class FreightOut(Schema):
    """A freight template."""

    code: str
    name: dict[str, str]
    currency: str
    basis: Literal["piece", "weight"]
    free_from_minor: int
    rows: list[FreightRowOut]
    active: bool


class FreightPage(Paged):
    """Freight templates."""

    items: list[FreightOut]


class PromotionFilters(Schema):
    """Which ones."""

    active: bool | None = None
    cursor: CursorText = ""
    limit: Limit = 50


def _owner(who: Caller) -> int:
    return PLATFORM if who.party_id is None else who.party_id


def _shop(who: Caller, permission: str) -> int:
    """The merchant who calls; the platform has no freight. Raises NotAllowed."""
    who.require(None, permission)
    if who.party_id is None:
        raise NotAllowed("freight templates belong to merchants")
    return who.party_id


def _listed(who: Caller, rows: Any, filters: PromotionFilters, owner: str) -> tuple[list[Any], str | None]:
    if who.party_id is not None:
        rows = rows.filter(**{owner: who.party_id})
    if filters.active is not None:
        rows = rows.filter(active=filters.active)
    return keyset(rows, cursor=filters.cursor, limit=filters.limit)


@look(router, "/coupons", CouponPage)
def list_coupons(request: HttpRequest, filters: Query[PromotionFilters]) -> Any:
    """Coupons in the order they were issued: a merchant's own, all for the platform."""
    who = caller(request)
    who.require("promotions.view", "own_promotions.view")
    with who.reading():
        shown, following = _listed(who, Coupon.objects.all(), filters, "merchant_id")
    return {"items": [coupon_told(row) for row in shown], "next_cursor": following}


@act(router, "/coupons", CouponOut, status=201)
def issue_a_coupon(request: HttpRequest, payload: CouponIn) -> Any:
    """Issue a coupon of the caller: of the shop, or of the platform, which funds `platform_ppm` of it."""
    who = caller(request)
    who.require("promotions.change", "own_promotions.change")
    with transaction.atomic():
        row = issue_coupon(merchant_id=_owner(who), at=timezone.now(), actor=who.actor, **_told(payload))
    return coupon_told(row)


@act(router, "/coupons/{code}/closing", CouponOut)
def close_a_coupon(request: HttpRequest, code: Code) -> Any:
    """Close one's own coupon: nobody claims it any more; whoever holds it may use it in its time."""
    who = caller(request)
    who.require("promotions.change", "own_promotions.change")
    with transaction.atomic():
        row = close_coupon(code=code, merchant_id=_owner(who), at=timezone.now(), actor=who.actor)
    return coupon_told(row)


@look(router, "/spend-and-save", SavingPage)
def list_savings(request: HttpRequest, filters: Query[PromotionFilters]) -> Any:
    """Spend-and-save rules in the order they were added: a merchant's own, all for the platform."""
    who = caller(request)
    who.require("promotions.view", "own_promotions.view")
    with who.reading():
        shown, following = _listed(who, SpendAndSave.objects.all(), filters, "merchant_id")
    return {"items": [saving_told(row) for row in shown], "next_cursor": following}


@act(router, "/spend-and-save", SavingOut, status=201)
def add_a_saving(request: HttpRequest, payload: SavingIn) -> Any:
    """Add a spend-and-save rule of the caller. It never changes: orders name it."""
    who = caller(request)
    who.require("promotions.change", "own_promotions.change")
    with transaction.atomic():
        row = add_saving(merchant_id=_owner(who), at=timezone.now(), actor=who.actor, **_told(payload))
    return saving_told(row)


@act(router, "/spend-and-save/{code}/closing", SavingOut)
def close_a_saving(request: HttpRequest, code: Code) -> Any:
    """Close one's own rule before its time."""
    who = caller(request)
    who.require("promotions.change", "own_promotions.change")
    with transaction.atomic():
        row = close_saving(code=code, merchant_id=_owner(who), at=timezone.now(), actor=who.actor)
    return saving_told(row)


@look(router, "/freight-templates", FreightPage)
def list_freight_templates(request: HttpRequest, filters: Query[PromotionFilters]) -> Any:
    """Freight templates of the merchant who asks."""
    who = caller(request)
    _shop(who, "own_promotions.view")
    with who.reading():
        rows = FreightTemplate.objects.prefetch_related("rows")
        shown, following = _listed(who, rows, filters, "owner_id")
        items = [freight_told(row) for row in shown]
    return {"items": items, "next_cursor": following}


@act(router, "/freight-templates", FreightOut, status=201)
def add_a_freight_template(request: HttpRequest, payload: FreightIn) -> Any:
    """Add a freight template of the merchant. Nothing is sent to a region that no row is for."""
    who = caller(request)
    told = _told(payload) | {
        "owner_id": _shop(who, "own_promotions.change"),
        "rows": [FreightStep(tuple(row.regions), row.first_units, row.first_minor, row.next_units, row.next_minor)
                 for row in payload.rows],
    }  # fmt: skip
    with transaction.atomic():
        row = add_freight_template(at=timezone.now(), actor=who.actor, **told)
    return freight_told(row)


@act(router, "/freight-templates/{code}/closing", FreightOut)
def close_a_freight_template(request: HttpRequest, code: Code) -> Any:
    """Close one's own template, if no goods on sale name it."""
    who = caller(request)
    owner = _shop(who, "own_promotions.change")
    with transaction.atomic():
        row = close_freight_template(owner_id=owner, code=code, at=timezone.now(), actor=who.actor)
    return freight_told(row)


def _told(payload: CouponIn | SavingIn | FreightIn) -> dict[str, Any]:
    """What was told, as the acts want it."""
    return payload.dict() | {"name": {key: text for key, text in payload.name.dict().items() if text}}
