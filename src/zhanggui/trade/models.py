"""The registry of this app's models: shapes live with their packages, so they can move without a migration."""

from zhanggui.trade.applications.models import Application
from zhanggui.trade.buyers.models import Address, Buyer, Identity
from zhanggui.trade.carts.models import CartItem, Favourite
from zhanggui.trade.catalogue.models import (
    Attribute,
    Brand,
    Category,
    GoodsUpload,
    Picture,
    ProductType,
    Shop,
    Sku,
    SkuPrice,
    Specification,
    Spu,
    SpuPicture,
    SpuStep,
    Stock,
    StockMovement,
    Warehouse,
)
from zhanggui.trade.fulfilment.models import (
    DigitalItem,
    Parcel,
    ParcelEvent,
    ParcelFreight,
    ParcelLine,
    PickupCode,
)
from zhanggui.trade.orders.models import (
    GiveBack,
    GiveBackLine,
    LineShare,
    Order,
    OrderLine,
    OrderStep,
    Purchase,
)
from zhanggui.trade.parameters.models import Parameter
from zhanggui.trade.pricing.models import CarrierTariff, FreightRow, FreightTemplate
from zhanggui.trade.promotions.models import Coupon, HeldCoupon, SpendAndSave
from zhanggui.trade.questions.models import Question, QuestionMessage
from zhanggui.trade.returns.models import ReturnCase, ReturnFreight, ReturnLine, ReturnStep
from zhanggui.trade.reviews.models import Review

__all__ = [
    "Address",
    "Application",
    "Attribute",
    "Brand",
    "Buyer",
    "CarrierTariff",
    "CartItem",
    "Category",
    "Coupon",
    "DigitalItem",
    "Favourite",
    "FreightRow",
    "FreightTemplate",
    "GiveBack",
    "GiveBackLine",
    "GoodsUpload",
    "HeldCoupon",
    "Identity",
    "LineShare",
    "Order",
    "OrderLine",
    "OrderStep",
    "Parameter",
    "Parcel",
    "ParcelEvent",
    "ParcelFreight",
    "ParcelLine",
    "PickupCode",
    "Picture",
    "ProductType",
    "Purchase",
    "Question",
    "QuestionMessage",
    "ReturnCase",
    "ReturnFreight",
    "ReturnLine",
    "ReturnStep",
    "Review",
    "Shop",
    "Sku",
    "SkuPrice",
    "Specification",
    "SpendAndSave",
    "Spu",
    "SpuPicture",
    "SpuStep",
    "Stock",
    "StockMovement",
    "Warehouse",
]
