"""Goods by command: begun, priced, stocked, quoted by their supplier; what `zhanggui goods` does besides stepping."""

import argparse
from pathlib import Path
from typing import Any

from django.db import transaction

from zhanggui.journeys.supply_priced import supply_priced
from zhanggui.money.decimals import parse_minor
from zhanggui.parties.models import Party, PartyKind
from zhanggui.portals.desk.goods_acts import stock_entered
from zhanggui.portals.desk.pictures import kept_content
from zhanggui.portals.shell.choosing import party_of
from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.people import owner_named, takes_person
from zhanggui.trade.catalogue.models import SkuPrice
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.catalogue.operations.draft_goods import draft_goods
from zhanggui.trade.catalogue.operations.set_prices import set_prices
from zhanggui.trade.catalogue.rules.goods import GoodsDraft, PriceDraft, SkuDraft
from zhanggui.trade.catalogue.rules.pictures import MOST_BYTES


def add_entering(acts: Any) -> None:
    """The acts and their arguments."""
    draft = acts.add_parser("draft", help="begin a good; put it up for review with `step submit`")
    draft.add_argument("--category", required=True, metavar="CODE")
    draft.add_argument("--zh", default="", metavar="TITLE")
    draft.add_argument("--en", default="", metavar="TITLE")
    draft.add_argument("--brand", default="", metavar="CODE")
    draft.add_argument("--kind", choices=GoodsKind.values, default=GoodsKind.PHYSICAL.value)
    draft.add_argument("--sku", action="append", required=True, nargs="+", metavar=("SKU", "AXIS=CHOICE"),
                       help="one of its SKUs with what tells it from the others; repeat it")  # fmt: skip
    draft.add_argument("--picture", action="append", default=[], type=Path, metavar="FILE",
                       help="JPEG, PNG or WebP, the face first; repeat it")  # fmt: skip
    price = acts.add_parser("price", help="set prices of SKUs; no review is needed for it")
    quote = acts.add_parser("quote", help="quote supply prices, as a supplier, for orders placed from now on")
    quote.add_argument("good", metavar="GOOD", help="its number, G00000017")
    for act in (draft, price, quote):
        act.add_argument("--price", action="append", required=True, metavar="SKU=AMOUNT",
                         help="in major units, LJ-1=128.00; repeat it")  # fmt: skip
        act.add_argument("--currency", default="CNY", metavar="CODE", help="of the prices; CNY if left out")
    stock = acts.add_parser("stock", help="enter what came in or was counted; the same document counts once")
    stock.add_argument("--sku", required=True, metavar="SKU")
    stock.add_argument("--warehouse", required=True, metavar="CODE")
    how = stock.add_mutually_exclusive_group(required=True)
    how.add_argument("--received", type=int, metavar="UNITS", help="so many came in")
    how.add_argument("--counted", type=int, metavar="UNITS", help="so many are there")
    stock.add_argument("--reference", required=True, metavar="TEXT", help="number of the document")
    for act in (draft, price, quote, stock):
        act.add_argument("--party", required=True, metavar="CODE", help="whose goods they are")
    takes_person(draft, price, quote, stock)


def entered(options: argparse.Namespace) -> dict[str, Any]:
    """Do what was asked; what came of it. Raises BadArguments, FileRefused, and what the act refuses."""
    party = party_of(options.party)
    actor = owner_named(options.person, party)
    if options.act == "draft":
        return {"goods": _drafted(options, party, actor)}
    if options.act == "stock":
        kind = "counted" if options.received is None else "received"
        new = stock_entered(
            kind=kind, owner_id=party.id, sku=options.sku, warehouse=options.warehouse,
            quantity=options.counted if options.received is None else options.received,
            reference=options.reference, at=clock(), actor=actor,
        )  # fmt: skip
        return {"sku": options.sku, "new": new}
    prices = _prices(options)
    if options.act == "quote":
        quoted = {(sku, options.currency): minor for sku, minor in prices.items()}
        changed = supply_priced(
            supplier_id=party.id, number=options.good, prices=quoted, at=clock(), actor=actor
        )
        return {"changed": changed}
    with transaction.atomic():
        changed = set_prices(
            owner_id=party.id, prices=_beside(party, options.currency, prices), at=clock(), actor=actor
        )
    return {"changed": changed}


def _drafted(options: argparse.Namespace, party: Party, actor: str) -> str:
    """The number of the good that is begun."""
    prices, skus = _prices(options), {one[0]: _pairs(one[1:], "--sku") for one in options.sku}
    if prices.keys() != skus.keys():
        raise BadArguments("every --sku needs its --price, and every --price its --sku")
    names = {"zh": options.zh, "en": options.en}
    with transaction.atomic():
        row = draft_goods(
            owner_id=party.id, supply=party.kind == PartyKind.SUPPLIER, at=clock(), actor=actor,
            draft=GoodsDraft(
                category_code=options.category, title={key: text for key, text in names.items() if text},
                brand_code=options.brand, kind=options.kind,
                pictures=[_picture(path, party) for path in options.picture],
                skus=[
                    SkuDraft(specs=specs, code=code, prices={options.currency: PriceDraft(prices[code])})
                    for code, specs in skus.items()
                ],
            ),
        )  # fmt: skip
    return row.number


def _prices(options: argparse.Namespace) -> dict[str, int]:
    """Minor units by SKU."""
    pairs = _pairs(options.price, "--price")
    return {sku: parse_minor(amount, options.currency) for sku, amount in pairs.items()}


def _pairs(texts: list[str], option: str) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        if not equals or not name or not value or name in found:
            raise BadArguments(f"{option} takes NAME=VALUE, each name once, not {text!r}")
        found[name] = value
    return found


def _beside(party: Party, currency: str, prices: dict[str, int]) -> dict[str, dict[str, PriceDraft]]:
    """The new prices beside the struck-out and member prices there are; no member pays more than others."""
    there = {
        row.sku.code: row
        for row in SkuPrice.objects.filter(
            sku__owner_id=party.id, sku__code__in=prices, currency=currency
        ).select_related("sku")
    }
    found = {}
    for sku, minor in prices.items():
        row = there.get(sku)
        market, member = (row.market_minor, min(row.member_minor, minor)) if row else (0, 0)
        found[sku] = {currency: PriceDraft(minor, market, member)}
    return found


def _picture(path: Path, party: Party) -> str:
    """A picture's digest. Raises FileRefused, PictureRefused."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileRefused(
                f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB; choose a smaller picture"
            )
        content = path.read_bytes()
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror}") from error
    return kept_content(content, name=path.name, owner_id=party.id)
