"""What a purchase would cost: goods, promotions, freight, split into the orders it would become."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.pricing.queries import UNLISTED, Offer, free_stock, freight_terms, offers
from zhanggui.trade.pricing.rules.freight import FreightTerms, Load, freight_of_order, step_for
from zhanggui.trade.pricing.rules.sending import Need, choose_warehouses
from zhanggui.trade.promotions.errors import CouponNotUsable, NothingWanted, UnknownCoupon
from zhanggui.trade.promotions.queries.terms import chosen_coupons, savings_at, usable_coupons
from zhanggui.trade.promotions.rules.choosing import Candidate, best_coupons, unusable
from zhanggui.trade.promotions.rules.giving import give
from zhanggui.trade.promotions.rules.terms import Goods, SavingTerms
from zhanggui.trade.promotions.shapes import Quote, QuotedLine, QuotedOrder, Share, Wanted

SHORT = "short"
REGION = "region"

type Unavailable = dict[int, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class _Sent:
    """So many of an offer from one warehouse: one line of the quote."""

    offer: Offer
    warehouse_id: int
    quantity: int

    @property
    def key(self) -> tuple[int, int]:
        return self.offer.sku_id, self.warehouse_id

    @property
    def order(self) -> tuple[int, int, int, str]:
        """What goes into one order: one merchant, one shipper, one warehouse, one kind."""
        return self.offer.merchant_id, self.offer.supplier_id, self.warehouse_id, self.offer.kind

    @property
    def goods(self) -> Goods:
        offer = self.offer
        return Goods(
            self.key, offer.merchant_id, offer.unit_minor * self.quantity, offer.categories, offer.spu_number
        )

    @property
    def load(self) -> Load:
        offer = self.offer
        return Load(
            offer.freight_template_id, self.quantity, offer.weight_grams, offer.unit_minor * self.quantity
        )


def quote(
    *, wanted: Sequence[Wanted], buyer: Buyer | None, region: str, currency: str,
    held_coupons: Sequence[int] | None, at: datetime,
) -> Quote:  # fmt: skip
    """This function will return what `wanted` costs `buyer` at `at`, in at most eight statements whatever its size.

    `held_coupons` None chooses the coupons that take most off. What cannot be bought is left out of the orders and
    named in `unavailable` with the reason and how many are left: unlisted, closed (the shop), currency (no price in
    it), region (not sent there), short. An empty `region` is one not known yet: nothing is refused for it.
    Raises NothingWanted (a quantity below 1), UnknownCoupon, CouponNotFree, CouponNotUsable, CouponsDoNotCombine.
    """
    quantities = _merged(wanted)
    found = offers(sku_ids=quantities, currency=currency, member=bool(buyer and buyer.level_code))
    unavailable: Unavailable = {
        sku: (found[sku].refused if sku in found else UNLISTED, 0)
        for sku in quantities
        if sku not in found or found[sku].refused
    }
    buyable = [found[sku] for sku in sorted(quantities) if sku not in unavailable]
    terms = freight_terms(template_ids={offer.freight_template_id for offer in buyable}, currency=currency)
    for offer in buyable:
        if offer.freight_template_id and not _is_sent(terms.get(offer.freight_template_id), region):
            unavailable[offer.sku_id] = (REGION, 0)
    sent = _sourced([one for one in buyable if one.sku_id not in unavailable], quantities, unavailable)
    goods = [line.goods for line in sent]
    merchants = {line.merchant_id for line in goods}
    savings = savings_at(merchants=merchants, currency=currency, at=at)
    coupons = _coupons(
        buyer, goods, savings, held_coupons, currency=currency, at=at, complete=not unavailable
    )
    shares = give(goods, savings=savings, coupons=[one.terms for one in coupons])
    return Quote(
        currency=currency, region=region, at=at, orders=_orders(sent, shares, terms, region),
        held_coupons=tuple(sorted(one.held_id for one in coupons)), unavailable=unavailable,
    )  # fmt: skip


def _merged(wanted: Sequence[Wanted]) -> dict[int, int]:
    """Quantities by SKU; the same SKU twice is its sum."""
    quantities: dict[int, int] = defaultdict(int)
    for one in wanted:
        if one.quantity < 1:
            raise NothingWanted(
                f"{one.quantity} of SKU {one.sku_id} cannot be bought; ask for 1 or more", sku=one.sku_id
            )
        quantities[one.sku_id] += one.quantity
    return dict(quantities)


def _is_sent(terms: FreightTerms | None, region: str) -> bool:
    return terms is not None and step_for(terms, region) is not None


def _sourced(
    buyable: Sequence[Offer], quantities: Mapping[int, int], unavailable: Unavailable
) -> list[_Sent]:
    """From which warehouse each offer leaves; those that are short go to `unavailable` with what is left."""
    stock = free_stock(sku_ids={offer.stock_sku_id for offer in buyable})
    stocked = {sku for sku, _warehouse in stock}
    by_sku = {offer.sku_id: offer for offer in buyable}
    groups: dict[tuple[int, int, str], list[Need]] = defaultdict(list)
    sent = []
    for offer in buyable:
        if offer.kind == GoodsKind.DIGITAL and offer.stock_sku_id not in stocked:
            # Digital goods nobody counts are never short and leave no warehouse.
            sent.append(_Sent(offer, 0, quantities[offer.sku_id]))
            continue
        need = Need(offer.sku_id, offer.stock_sku_id, quantities[offer.sku_id])
        groups[offer.merchant_id, offer.supplier_id, offer.kind].append(need)
    for group in sorted(groups):
        picked, short = choose_warehouses(groups[group], stock)
        sent += [_Sent(by_sku[one.key], one.warehouse_id, one.quantity) for one in picked]
        unavailable.update({sku: (SHORT, left) for sku, left in short.items()})
    return sorted(sent, key=lambda line: line.key)


def _coupons(
    buyer: Buyer | None, goods: Sequence[Goods], savings: Sequence[SavingTerms],
    held_coupons: Sequence[int] | None, *, currency: str, at: datetime, complete: bool,
) -> Collection[Candidate]:  # fmt: skip
    """The coupons used: the chosen ones, or the best. Where some goods cannot be bought, a chosen coupon that gives
    nothing on the others is left out instead of refused: what is wrong are the goods."""
    if held_coupons is None:
        if buyer is None or not goods:
            return ()
        merchants = {line.merchant_id for line in goods}
        candidates = usable_coupons(buyer_id=buyer.id, merchants=merchants, currency=currency, at=at)
        return best_coupons(goods, savings=savings, candidates=candidates)
    if not held_coupons:
        return ()
    if buyer is None:
        raise UnknownCoupon("coupons belong to buyers; log in to use them", held=held_coupons[0])
    chosen = chosen_coupons(buyer_id=buyer.id, held_ids=held_coupons, currency=currency, at=at)
    useless = unusable(goods, savings=savings, chosen=chosen)
    if useless and complete:
        one = next(candidate for candidate in chosen if candidate.held_id in useless)
        raise CouponNotUsable(
            f"coupon {one.terms.code} takes nothing off these goods; buy more of what it is for, or leave it out",
            held=one.held_id, from_minor=one.terms.from_minor, goods_minor=useless[one.held_id],
        )  # fmt: skip
    return [candidate for candidate in chosen if candidate.held_id not in useless]


def _orders(
    sent: Sequence[_Sent], shares: Mapping[tuple[int, ...], tuple[Share, ...]],
    terms: Mapping[int, FreightTerms], region: str,
) -> tuple[QuotedOrder, ...]:  # fmt: skip
    groups: dict[tuple[int, int, int, str], list[_Sent]] = defaultdict(list)
    for line in sent:
        groups[line.order].append(line)
    orders = []
    for merchant_id, supplier_id, warehouse_id, kind in sorted(groups):
        lines = groups[merchant_id, supplier_id, warehouse_id, kind]
        freight = freight_of_order([line.load for line in lines], terms=terms, region=region)
        quoted = tuple(
            _line(line, freight_minor=amount or 0, shares=shares.get(line.key, ()))
            for line, amount in zip(lines, freight, strict=True)
        )
        orders.append(QuotedOrder(merchant_id, supplier_id, warehouse_id, kind, quoted))
    return tuple(orders)


def _line(line: _Sent, *, freight_minor: int, shares: tuple[Share, ...]) -> QuotedLine:
    offer = line.offer
    return QuotedLine(
        sku_id=offer.sku_id, stock_sku_id=offer.stock_sku_id, sku_code=offer.sku_code,
        spu_number=offer.spu_number, category_code=offer.category_code, sku_type=offer.sku_type,
        title=offer.title, specs=offer.specs, picture=offer.picture, quantity=line.quantity,
        unit_minor=offer.unit_minor, market_minor=offer.market_minor, supply_minor=offer.supply_minor,
        freight_minor=freight_minor, shares=shares,
    )  # fmt: skip
