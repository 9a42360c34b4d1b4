"""The registry of this package's tables: types and categories, goods, stock."""

from zhanggui.trade.catalogue.models.goods import Picture, Sku, SkuPrice, Spu, SpuPicture, SpuState, SpuStep
from zhanggui.trade.catalogue.models.shops import Shop, ShopState
from zhanggui.trade.catalogue.models.stock import Stock, StockMovement, StockMovementKind, Warehouse
from zhanggui.trade.catalogue.models.types import Attribute, Brand, Category, ProductType, Specification

__all__ = [
    "Attribute",
    "Brand",
    "Category",
    "Picture",
    "ProductType",
    "Shop",
    "ShopState",
    "Sku",
    "SkuPrice",
    "Specification",
    "Spu",
    "SpuPicture",
    "SpuState",
    "SpuStep",
    "Stock",
    "StockMovement",
    "StockMovementKind",
    "Warehouse",
]
