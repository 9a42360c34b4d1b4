"""How the mall is set up: its parameters, its shops, its payment channels."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.channel_kept import channel_kept
from zhanggui.payments.models import PaymentChannel
from zhanggui.portals.api.access import caller, require_fresh_factor
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, given, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import PRINTABLE, Code, Note, Strict
from zhanggui.portals.desk.told.shops import (
    channels_told,
    parameters_told,
    shop_of,
    shop_switched,
    shops_told,
)
from zhanggui.trade.catalogue.models import Shop
from zhanggui.trade.parameters.operations.set_parameter import set_parameter

router = Router(tags=["mall"])

ShopState = Literal["open", "closed", "suspended"]


class MallParameterOut(Schema):
    """A parameter. `least` and `most` bound whole numbers; a text has up to `most` characters."""

    code: str
    value: int | str
    usual: int | str
    least: int | None
    most: int


class Parameters(Schema):
    """All of them."""

    items: list[MallParameterOut]


class ParameterIn(Strict):
    """The value from now on; what was promised before stays."""

    value: (
        Annotated[int, Field(strict=True, ge=0, le=10**9, examples=[45])]
        | Annotated[str, Field(max_length=200, pattern=PRINTABLE)]
    )


class ShopFilters(Schema):
    """Which shops."""

    state: ShopState | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class ShopOut(Schema):
    """A shop; its code is its merchant's. `goods` are listed, which buyers see while it is open. `suspended_for` is
    the platform's reason."""

    code: str
    name: dict[str, str]
    state: ShopState
    answer_hours: int
    goods: int
    suspended_for: str
    opened_at: datetime


class ShopPage(Paged):
    """Shops."""

    items: list[ShopOut]


class SuspensionIn(Strict):
    """Suspend, with the reason that the merchant reads, or lift it."""

    suspended: bool
    reason: Note = ""


class ChannelOut(Schema):
    """A payment channel; never a key. `usable` is false where its rail is not installed."""

    code: str
    name: dict[str, str]
    rail: str
    currency: str
    account: str
    active: bool
    has_secrets: bool
    usable: bool


class Channels(Schema):
    """All of them, in the order in which buyers see them."""

    items: list[ChannelOut]


class ChannelSwitchIn(Strict):
    """Whether buyers are offered it."""

    active: bool


@look(router, "/mall-parameters", Parameters)
def list_parameters(request: HttpRequest) -> Any:
    """Every parameter of the mall with its value and bounds."""
    caller(request).require("parties.view")
    return {"items": parameters_told()}


@act(router, "/mall-parameters/{code}", MallParameterOut)
def set_a_parameter(request: HttpRequest, code: Code, payload: ParameterIn) -> Any:
    """Set a parameter of the mall. A value out of its bounds is 422 and says which they are."""
    who = caller(request)
    who.require("parameters.change")
    with transaction.atomic():
        set_parameter(code=code, value=payload.value, at=timezone.now(), actor=who.actor)
    return next(one for one in parameters_told() if one["code"] == code)


@look(router, "/shops", ShopPage)
def list_shops(request: HttpRequest, filters: Query[ShopFilters]) -> Any:
    """Shops in the order of their merchants."""
    caller(request).require("goods.view")
    rows = Shop.objects.filter(**given(state=filters.state))
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit, by="merchant_id")
    return {"items": shops_told(shown), "next_cursor": following}


@look(router, "/shops/{code}", ShopOut)
def get_shop(request: HttpRequest, code: Code) -> Any:
    """One shop; a merchant sees its own."""
    who = caller(request)
    who.require("goods.view", "own_goods.view")
    if not who.is_platform and code != who.standing.party.code:
        raise NotFound(f"there is no shop {code!r}", shop=code)
    return shops_told([shop_of(code)])[0]


@act(router, "/shops/{code}/suspension", ShopOut)
def suspend_shop(request: HttpRequest, code: Code, payload: SuspensionIn) -> Any:
    """Suspend a shop: none of its goods is sold any more, what was ordered goes on. Or open it again."""
    who = caller(request)
    who.require("shops.change")
    row = shop_switched(
        code=code, suspended=payload.suspended, reason=payload.reason, at=timezone.now(), actor=who.actor
    )
    return shops_told([row])[0]


@look(router, "/payment-channels", Channels)
def list_channels(request: HttpRequest) -> Any:
    """Our accounts at payment channels."""
    caller(request).require("parties.view")
    return {"items": channels_told(PaymentChannel.objects.order_by("position", "id"))}


@act(router, "/payment-channels/{code}/switch", ChannelOut)
def switch_channel(request: HttpRequest, code: Code, payload: ChannelSwitchIn) -> Any:
    """Offer a channel to buyers or not; what was paid there is still asked and refunded. Keys are kept by command
    alone. A browser's session needs a fresh second factor."""
    who = caller(request)
    who.require("channels.change")
    require_fresh_factor(request)
    row = PaymentChannel.objects.filter(code=code).first()
    if row is None:
        raise NotFound(f"there is no payment channel {code!r}", channel=code)
    kept = channel_kept(
        code=row.code, name=row.name, rail=row.rail, currency=row.currency, account=row.account,
        settings=row.settings, secrets=None, active=payload.active, at=timezone.now(), actor=who.actor,
    )  # fmt: skip
    return channels_told([kept])[0]
