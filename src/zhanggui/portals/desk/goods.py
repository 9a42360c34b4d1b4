"""A good as the back offices show it: words in the reader's language, SKUs with all their prices, steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhanggui.parties.rules import name_in
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Step
from zhanggui.portals.desk.lists.columns import Column
from zhanggui.portals.desk.pictures import picture_url
from zhanggui.portals.desk.written import actor_name, reason_text
from zhanggui.trade.catalogue.models import ShopState, Spu, SpuState
from zhanggui.trade.catalogue.operations.step_goods import BY_SOURCE
from zhanggui.trade.catalogue.queries.product import good_page
from zhanggui.trade.catalogue.queries.shapes import GoodPage
from zhanggui.trade.catalogue.queries.stock import units_left

GOODS_STATES = {
    SpuState.DRAFT.value: Badge(pgettext_lazy("goods", "Draft"), "grey"),
    SpuState.SUBMITTED.value: Badge(_("Being reviewed"), "amber"),
    SpuState.LISTED.value: Badge(_("On sale"), "green"),
    SpuState.REFUSED.value: Badge(_("Refused"), "red"),
    SpuState.UNLISTED.value: Badge(_("Off sale"), "grey"),
    SpuState.BANNED.value: Badge(_("Taken down by the platform"), "red"),
}
SHOP_STATES = {
    ShopState.OPEN.value: Badge(pgettext_lazy("shop", "Open"), "green"),
    ShopState.CLOSED.value: Badge(_("Closed for now"), "grey"),
    ShopState.SUSPENDED.value: Badge(_("Suspended by the platform"), "red"),
}
GOODS_KINDS = {
    "physical": pgettext_lazy("goods", "Shipped"),
    "digital": _("Digital"),
    "pickup": _("Picked up at the shop"),
}


def named(names: Mapping[str, str], code: str = "") -> str:
    """A name in several languages, in the reader's."""
    return name_in(names, code, get_language() or "zh")


FACE = (
    "coalesce((select i.digest from trade_spu_picture x join trade_picture i on i.id = x.picture_id"
    " where x.spu_id = s.id order by x.position limit 1), '')"
)
"""SQL of the first picture of the goods `s` of a list, for a PictureColumn; empty where there is none."""


@dataclass(frozen=True)
class PictureColumn(Column):
    """A small picture; the value is its digest."""

    css = "is-picture"

    def html(self, value: Any, row: Any) -> str:
        """The picture, or nothing."""
        if not value:
            return ""
        return format_html('<img class="thumb" src="{}" alt="" width="40" height="40" loading="lazy">',
                           picture_url(value, 80))  # fmt: skip


@dataclass(frozen=True)
class SkuRow:
    """A SKU as a row: what was chosen, all prices as (currency, price, struck out, member), what is left."""

    code: str
    choices: str
    prices: Sequence[tuple[str, int, int, int]]
    left: int
    low_stock: int
    active: bool


@dataclass(frozen=True)
class GoodsView:
    """Everything the page of a good in a back office draws."""

    page: GoodPage
    skus: Sequence[SkuRow]
    title: str
    subtitle: str
    other_titles: Sequence[str]
    category: str
    brand: str


def goods_view(spu: Spu, currency: str) -> GoodsView:
    """Read the whole of a good."""
    page = good_page(spu.number, currency=currency, preview=True)
    skus = list(spu.skus.order_by("id").prefetch_related("prices"))
    left = units_left([sku.id for sku in skus])
    kind = spu.category.product_type
    axes = {row.code: row for row in kind.specifications.order_by("position", "id")} if kind else {}
    rows = [
        SkuRow(
            code=sku.code,
            choices=" · ".join(
                named(axis.choices.get(sku.specs[code], {}), sku.specs[code])
                for code, axis in axes.items() if code in sku.specs
            ),
            prices=sorted((one.currency, one.price_minor, one.market_minor, one.member_minor)
                          for one in sku.prices.all()),
            left=left.get(sku.id, 0), low_stock=sku.low_stock, active=sku.active,
        )
        for sku in skus
    ]  # fmt: skip
    title = named(page.title, page.number)
    return GoodsView(
        page=page, skus=rows, title=title, subtitle=named(page.subtitle),
        other_titles=[text for text in page.title.values() if text != title],
        category=" › ".join(named(names, code) for code, names in page.category_path),
        brand=named(page.brand[1], page.brand[0]) if page.brand else "",
    )  # fmt: skip


def goods_steps(spu: Spu) -> list[Step]:
    """The latest steps of a good, the oldest first."""
    latest = list(spu.steps.order_by("-id")[:6])[::-1]
    return [
        Step(
            GOODS_STATES[step.after].label,
            "failed" if step.after in (SpuState.REFUSED, SpuState.BANNED) else "done",
            step.at, _by(step.actor, step.note),
        )
        for step in latest
    ]  # fmt: skip


def _by(actor: str, note: str) -> str:
    said = _("with its supply goods") if note.startswith(BY_SOURCE) else reason_text(note)
    return f"{actor_name(actor)}: {said}" if note else actor_name(actor)
