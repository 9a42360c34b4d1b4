"""Shops with goods, stock and freight, written straight into the tables: what quotes and carts read."""

from datetime import UTC, datetime, timedelta

from zhanggui.parties.models import PartyKind, User
from zhanggui.parties.operations.open_party import open_party
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.catalogue.models import (
    Category,
    ProductType,
    Shop,
    Sku,
    SkuPrice,
    Spu,
    SpuStep,
    Stock,
    StockMovement,
    Warehouse,
)
from zhanggui.trade.pricing.models import FreightRow, FreightTemplate
from zhanggui.trade.promotions.models import Coupon, HeldCoupon, SpendAndSave

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
DAY = timedelta(days=1)


class Stalls:
    """A market under construction; everything is found again by the short name it was given."""

    def __init__(self) -> None:
        kind = ProductType.objects.create(code="plain", name={"en": "Plain"})
        food = Category.objects.create(code="food", name={"en": "Food"})
        self.categories = {
            code: Category.objects.create(code=code, name={"en": code}, parent=food, product_type=kind)
            for code in ("tea", "cups")
        }
        self.merchants: dict[str, int] = {}

    def shop(self, code: str, kind: PartyKind = PartyKind.MERCHANT) -> int:
        """Open a shop, or a supplier without one."""
        party = open_party(code=code, kind=kind, name={"en": code.title(), "zh": code})
        if kind == PartyKind.MERCHANT:
            Shop.objects.create(merchant_id=party.id, code=code, name=party.name, opened_at=NOW)
        self.merchants[code] = party.id
        return party.id

    def warehouse(self, owner: str, code: str = "main") -> Warehouse:
        return Warehouse.objects.get_or_create(
            owner_id=self.merchants[owner], code=code, defaults={"name": {"en": code}}
        )[0]

    def sku(
        self, owner: str, code: str, price: int, *, stock: int = 100, member: int = 0, market: int = 0,
        category: str = "tea", grams: int = 0, kind: str = "physical", template: int = 0, source: Sku | None = None,
        supplier: str = "", supply: bool = False, currency: str = "CNY", warehouse: str = "main",
    ) -> Sku:  # fmt: skip
        """List a good with one SKU; `stock` 0 puts no row of stock."""
        spu = Spu.objects.create(
            number=f"G-{code}", owner_id=self.merchants[owner], category=self.categories[category], kind=kind,
            title={"en": code, "zh": code}, state="listed", supply=supply, freight_template_id=template,
            source=source.spu if source else None, supplier_id=self.merchants.get(supplier, 0),
            created_at=NOW, changed_at=NOW, listed_at=NOW,
        )  # fmt: skip
        sku = Sku.objects.create(code=code, spu=spu, owner_id=spu.owner_id, source=source, weight_grams=grams)
        SkuPrice.objects.create(
            sku=sku, currency=currency, price_minor=price, market_minor=market, member_minor=member
        )
        SpuStep.objects.create(spu=spu, before="draft", after="listed", at=NOW, actor="tests")
        if stock:
            self.stock(sku, on_hand=stock, warehouse=self.warehouse(owner, warehouse))
        return sku

    def stock(self, sku: Sku, *, on_hand: int, reserved: int = 0, warehouse: Warehouse | None = None) -> None:
        """Let so many be there, with the movement that says so; without a warehouse in the only one that has it."""
        place = warehouse or Stock.objects.get(sku=sku).warehouse
        row = Stock.objects.get_or_create(sku=sku, warehouse=place)[0]
        StockMovement.objects.create(
            stock=row, kind="counted", on_hand_change=on_hand - row.on_hand, reserved_change=reserved - row.reserved,
            reference=f"count-{row.movements.count()}", at=NOW, actor="tests",
        )  # fmt: skip
        Stock.objects.filter(id=row.id).update(on_hand=on_hand, reserved=reserved)

    def take_down(self, spu: Spu, state: str = "unlisted") -> None:
        """Take a good off sale, with the step that says so."""
        SpuStep.objects.create(spu=spu, before=spu.state, after=state, at=NOW, actor="tests")
        spu.state = state
        spu.save()

    def buyer(self, name: str, level: str = "") -> Buyer:
        user = User.objects.create_user(username=name, password="not of interest")
        return Buyer.objects.create(
            number=f"B-{name}", user=user, name=name, level_code=level, created_at=NOW
        )

    def freight(
        self, owner: str, code: str, *rows: tuple[list[str], int, int, int, int], basis: str = "piece", free: int = 0,
    ) -> int:  # fmt: skip
        template = FreightTemplate.objects.create(
            owner_id=self.merchants[owner], code=code, name={"en": code}, currency="CNY", basis=basis,
            free_from_minor=free,
        )  # fmt: skip
        for regions, first, first_minor, more, more_minor in rows:
            FreightRow.objects.create(
                template=template, regions=regions, first_units=first, first_minor=first_minor, next_units=more,
                next_minor=more_minor,
            )  # fmt: skip
        return template.id

    def coupon(self, code: str, owner: str = "", **terms: object) -> Coupon:
        """An amount coupon unless `off_ppm` says otherwise; without an owner the platform's."""
        percent = "off_ppm" in terms
        defaults: dict[str, object] = {
            "name": {"en": code, "zh": code}, "merchant_id": self.merchants.get(owner, 0), "currency": "CNY",
            "kind": "percent" if percent else "amount", "total": 1000, "claim_starts_at": NOW - DAY,
            "claim_ends_before": NOW + DAY, "use_starts_at": NOW - DAY, "use_ends_before": NOW + 30 * DAY,
            "created_at": NOW - DAY,
        }  # fmt: skip
        return Coupon.objects.create(code=code, **(defaults | terms))

    def held(self, coupon: Coupon, buyer: Buyer) -> int:
        """Put a coupon into a buyer's hands."""
        sequence = HeldCoupon.objects.filter(coupon=coupon, buyer_id=buyer.id).count() + 1
        Coupon.objects.filter(id=coupon.id).update(claimed=coupon.held.count() + 1)
        return HeldCoupon.objects.create(
            coupon=coupon, buyer_id=buyer.id, sequence=sequence, claimed_at=NOW
        ).id

    def saving(self, code: str, owner: str = "", *steps: list[int], **terms: object) -> SpendAndSave:
        return SpendAndSave.objects.create(
            code=code, name={"en": code}, merchant_id=self.merchants.get(owner, 0), currency="CNY",
            steps=list(steps), starts_at=NOW - DAY, ends_before=NOW + DAY, **terms,
        )  # fmt: skip
