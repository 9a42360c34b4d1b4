"""Customers of the merchant who asks: who bought, how often and for how much. Names are masked."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, decode, page
from zhanggui.portals.api.routes import look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.desk.told.customers import customers_told

router = Router(tags=["customers"])


class CustomerFilters(Schema):
    """In which currency; each stands for itself."""

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"
    cursor: CursorText = ""
    limit: Limit = 50


class CustomerOut(Schema):
    """A person who paid orders of the merchant, minor units. Given back counts from when it was asked for."""

    number: str
    name: str
    level: str
    currency: str
    orders: int
    paid_minor: int
    given_back_minor: int
    first_at: datetime
    last_at: datetime


class CustomerPage(Paged):
    """Customers."""

    items: list[CustomerOut]


@look(router, "/customers", CustomerPage)
def list_customers(request: HttpRequest, filters: Query[CustomerFilters]) -> Any:
    """Who bought at the merchant who asks."""
    who = caller(request)
    who.require(merchant="own_customers.view")
    assert who.party_id is not None
    after = decode(filters.cursor, 1)
    with who.reading():
        rows = customers_told(
            party_id=who.party_id,
            currency=filters.currency,
            after=after[0] if after else 0,
            most=filters.limit + 1,
        )
    shown, following = page(rows, filters.limit, lambda row: [row["id"]])
    return {"items": shown, "next_cursor": following}
