"""A buyer orders: priced anew, written down, stock and coupons reserved, a payment opened, all or nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction

from zhanggui.journeys.purchase_paid import purchase_paid
from zhanggui.payments.operations.open_payment import PartOf, open_payment
from zhanggui.trade.buyers.models import Address, Buyer
from zhanggui.trade.carts.models import CartItem
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.catalogue.operations.reserve_stock import reserve_stock
from zhanggui.trade.orders.errors import (
    AddressMissing,
    GoodsUnavailable,
    NothingWanted,
    PriceChanged,
    RequestKeyReused,
)
from zhanggui.trade.orders.locks import hold_buyer, hold_orders_of
from zhanggui.trade.orders.models import Order, Purchase
from zhanggui.trade.orders.operations.place_purchase import place_purchase
from zhanggui.trade.orders.reserving import stock_moves
from zhanggui.trade.parameters.queries import number, text
from zhanggui.trade.promotions.operations.reserve_coupons import reserve_coupons
from zhanggui.trade.promotions.queries.quotes import quote
from zhanggui.trade.promotions.shapes import Quote, Wanted

REQUEST_KEY_MOST = 64
LINES_MOST = 200


@transaction.atomic
def purchase_placed(
    *, buyer: Buyer, wanted: Sequence[Wanted], address_id: int | None, currency: str, region: str,
    held_coupons: Sequence[int] | None, request_key: str, expected_due_minor: int, surface: str,
    notes: Mapping[int, str], at: datetime,
) -> Purchase:  # fmt: skip
    """This function will order what is wanted, for exactly what the buyer was shown, and return the purchase.

    The same key with the same request again is the first one's purchase. `expected_due_minor` is what the buyer saw;
    anything else is refused and nothing ordered. Raises NothingWanted, RequestKeyReused, AddressMissing,
    GoodsUnavailable, PriceChanged, OutOfStock, and what coupons refuse.
    """
    if not wanted or len(wanted) > LINES_MOST:
        raise NothingWanted(f"a purchase has 1 to {LINES_MOST} different goods; choose some")
    hold_buyer(buyer.id)
    digest = _digest(wanted, address_id, held_coupons, currency, expected_due_minor)
    known = Purchase.objects.filter(buyer_id=buyer.id, request_key=request_key[:REQUEST_KEY_MOST]).first()
    if known is not None:
        if bytes(known.request_digest) != digest:
            raise RequestKeyReused("this form was sent before with something else in it; open the cart again")
        return known
    address = _address(buyer, address_id)
    priced = quote(
        wanted=wanted, buyer=buyer, region=str(address.get("region", region)), currency=currency,
        held_coupons=held_coupons, at=at,
    )  # fmt: skip
    _check(priced, address, expected_due_minor)
    purchase = place_purchase(
        buyer=buyer, quote=priced, address=address, request_key=request_key[:REQUEST_KEY_MOST],
        request_digest=digest, surface=surface, notes=notes, at=at,
        expires_at=at + timedelta(minutes=number("pay_within_minutes")),
        rebate_ppm=number("member_rebate_permille") * 1000 if buyer.level_code else 0,
    )  # fmt: skip
    orders = hold_orders_of(purchase)
    reserve_coupons(held_coupons=priced.held_coupons, buyer_id=buyer.id, purchase_no=purchase.purchase_no)
    reserve_stock(moves=stock_moves(orders), at=at, actor=f"buyer:{buyer.number}")
    CartItem.objects.filter(buyer_id=buyer.id, sku_id__in=[one.sku_id for one in wanted]).delete()
    if purchase.due_minor == 0:
        purchase_paid(purchase=purchase, orders=orders, paid_at=at, at=at, actor="nothing to pay")
    else:
        _ask_for_money(purchase, orders, at)
    return purchase


def _digest(
    wanted: Sequence[Wanted], address_id: int | None, held: Sequence[int] | None, currency: str, due: int
) -> bytes:
    content = [
        sorted([one.sku_id, one.quantity] for one in wanted), address_id,
        None if held is None else sorted(held), currency, due,
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(content)).digest()


def _address(buyer: Buyer, address_id: int | None) -> dict[str, Any]:
    if address_id is None:
        return {}
    found = Address.objects.filter(id=address_id, buyer_id=buyer.id, removed_at=None).first()
    if found is None:
        raise AddressMissing("this address is not there any more; choose another one")
    fields = ("recipient", "phone", "region", "city", "street", "postcode")
    return {field: getattr(found, field) for field in fields}


def _check(priced: Quote, address: Mapping[str, Any], expected: int) -> None:
    if priced.unavailable:
        named = {str(sku): list(why) for sku, why in priced.unavailable.items()}
        raise GoodsUnavailable(
            "some of the goods cannot be bought any more; look at the cart", unavailable=named
        )
    if not priced.orders:
        raise NothingWanted("nothing of this can be bought; look at the cart")
    if not address and any(order.kind == GoodsKind.PHYSICAL for order in priced.orders):
        raise AddressMissing("goods that are sent need an address; choose or add one")
    if priced.due_minor != expected:
        raise PriceChanged(
            "a price, a discount or freight has changed; look at the new total and confirm it",
            shown_minor=expected, due_minor=priced.due_minor,
        )  # fmt: skip


def _ask_for_money(purchase: Purchase, orders: list[Order], at: datetime) -> None:
    payment = open_payment(
        subject=purchase.purchase_no, payer_id=purchase.buyer_id, currency=purchase.currency,
        amount_minor=purchase.due_minor, title=f"{text('surface_title')} {purchase.purchase_no}", at=at,
        expires_at=purchase.expires_at,
        parts=[PartOf(order.order_no, order.merchant_id, order.due_minor) for order in orders],
    )  # fmt: skip
    purchase.payment_no = payment.payment_no
    purchase.save(update_fields=["payment_no"])
