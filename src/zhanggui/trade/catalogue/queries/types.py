"""Types, categories and brands by their codes."""

from zhanggui.trade.catalogue.errors import UnknownGoods
from zhanggui.trade.catalogue.models import Brand, Category, ProductType


def product_type_of(code: str) -> ProductType:
    """This function will return a product type. Raises UnknownGoods."""
    row = ProductType.objects.filter(code=code).first()
    if row is None:
        raise UnknownGoods(f"there is no product type {code!r}; choose one of the list", product_type=code)
    return row


def category_of(code: str) -> Category:
    """This function will return a category. Raises UnknownGoods."""
    row = Category.objects.select_related("parent", "product_type").filter(code=code).first()
    if row is None:
        raise UnknownGoods(f"there is no category {code!r}; choose one of the list", category=code)
    return row


def brand_of(code: str) -> Brand:
    """This function will return a brand. Raises UnknownGoods."""
    row = Brand.objects.filter(code=code).first()
    if row is None:
        raise UnknownGoods(f"there is no brand {code!r}; choose one of the list", brand=code)
    return row
