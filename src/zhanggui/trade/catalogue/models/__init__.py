"""The registry of this package's tables: types and categories, goods, stock."""

from zhanggui.trade.catalogue.models.goods import Picture, Sku, SkuPrice, Spu, SpuPicture, SpuState, SpuStep
from zhanggui.trade.catalogue.models.shops import Shop, ShopState
from zhanggui.trade.catalogue.models.stock import Stock, StockMovement, StockMovementKind, Warehouse
from zhanggui.trade.catalogue.models.types import Attribute, Brand, Category, ProductType, Specification
from zhanggui.trade.catalogue.models.uploads import GoodsUpload, UploadState

__all__ = [
    "Attribute",
    "Brand",
    "Category",
    "GoodsUpload",
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
    "UploadState",
    "Warehouse",
]
