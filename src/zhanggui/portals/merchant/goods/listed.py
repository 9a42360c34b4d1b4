"""The shop's goods, by state."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.parties.models import PartyKind
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.goods import FACE, GOODS_STATES, PictureColumn, named
from zhanggui.portals.desk.languages import language_params, readable
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import may_here, standing_at
from zhanggui.trade.catalogue.models import Category

TITLE = readable("s.title", "s.number")
CATEGORY = readable("c.name", "c.code")
SOLD = "(s.sold + coalesce((select sum(l.sold) from trade_spu l where s.supply and l.source_id = s.id), 0))::bigint"
"""Of a supply good: what the shops that list it sold."""
FIELDS = {
    "id": "s.id", "owner_id": "s.owner_id", "number": "s.number", "state": "s.state", "title": TITLE,
    "category": CATEGORY, "category_code": "c.code", "price": "p.low", "units": "coalesce(u.units, 0)",
    "sold": SOLD, "changed_at": "s.changed_at", "from_supply": "s.source_id is not null", "face": FACE,
}  # fmt: skip
TABLES = (
    "trade_spu s join trade_category c on c.id = s.category_id"
    " left join lateral (select min(r.price_minor) as low from trade_sku k join trade_sku_price r on r.sku_id = k.id"
    "  and r.currency = %(currency)s where k.spu_id = s.id and k.active) p on true"
    " left join lateral (select sum(t.on_hand - t.reserved)::bigint as units from trade_sku k"
    "  join trade_stock t on t.sku_id = k.id where k.spu_id = s.id and k.active) u on true where {where}"
)


def category_choices() -> list[tuple[str, str]]:
    """Categories in which goods stand, with the one above."""
    rows = Category.objects.filter(parent__isnull=False, active=True, parent__active=True)
    return [
        (row.code, f"{named(row.parent.name, row.parent.code)} › {named(row.name, row.code)}")
        for row in rows.select_related("parent").order_by("parent__position", "parent_id", "position", "id")
    ]


class GoodsList(OwnList):
    """What the shop sells, has drafted or taken down."""

    name = "merchant.goods"
    title = pgettext_lazy("catalogue", "Goods")
    permission = "own_goods.view"
    sort = "-changed_at"
    tabs = StatusTabs.of("state", GOODS_STATES)
    empty = gettext_lazy("Nothing is here yet. Add a good with the button above, or list supply goods.")

    def restrict(self) -> Sequence[Any]:
        """The shop's own."""
        return [Condition("owner_id", "eq", self.party_id)]

    def get_source(self) -> SqlSource:
        """Goods with their lowest price and what is left of them."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(
            select=f"select {selected} from {TABLES}",
            fields=FIELDS,
            params=language_params() | {"currency": self.currency},
        )

    def get_filters(self) -> Sequence[Any]:
        """By words and category."""
        return [
            TextFilter("q", _("Number or title"), starts=["number"], contains=["title"]),
            SelectFilter("category", _("Category"), category_choices, field="category_code"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What it is, what it costs, what is left."""
        return [
            PictureColumn("face", _("Picture"), phone=""),
            LinkColumn("title", _("Title"), sort="title", phone="title",
                       href=lambda r: reverse("merchant:good", args=[r.number])),
            StatusColumn("state", _("Status"), badges=GOODS_STATES),
            TextColumn("number", _("Number"), code=True, sort="number", phone="sub"),
            TextColumn("category", _("Category"), phone=""),
            MoneyColumn("price", self._price_name(), currency=self.currency, sort="price", nullable=True,
                        phone="amount"),
            TextColumn("units", pgettext("stock", "Left"), sort="units",
                       value=lambda r: _("supplier's") if r.from_supply else f"{r.units:,}"),
            IntegerColumn("sold", _("Sold"), sort="sold"),
            DateTimeColumn("changed_at", _("Changed"), sort="changed_at", phone=""),
        ]  # fmt: skip

    def _price_name(self) -> str:
        """What a supplier asks is not what buyers pay."""
        standing = standing_at(self.user, self.party_id)
        supplies = standing is not None and standing.party.kind == PartyKind.SUPPLIER
        return _("Supply price from") if supplies else _("Price from")

    def page_actions(self) -> Sequence[Any]:
        """Adding goods, for those who may."""
        if self.request is None or not may_here(self.request, "own_goods.change"):
            return []
        return [
            Action(_("Upload goods"), reverse("merchant:goods_upload"), icon="import"),
            Action(_("New good"), reverse("merchant:new_good"), "primary"),
        ]
